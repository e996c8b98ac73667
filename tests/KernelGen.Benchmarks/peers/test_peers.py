"""Tests of what needs no GPU: python3 -m unittest test_peers (in this folder)."""

import contextlib
import json
import os
import tempfile
import unittest

import goals
import merge
import probes
from session import DeviceLost, MeasuringSession, Refused
from shapes import Shape, buffer_count, load_shapes, median, visible_pairs

HERE = os.path.dirname(os.path.abspath(__file__))


def shape(**changes):
    fields = dict(name="s", head_dim=40, dtype="f16", batch=2, heads=8, queries=4096, keys=4096, causal=False)
    return Shape(**{**fields, **changes})


def our_row(**changes):
    row = dict(shape().to_json(), variant="streaming-sm80-f16-d40-r128", chosen=True, ms=0.5, tflops=100.0, registers=128, local_bytes=0,
               shared_bytes=40960, compile_ms=400.0, load_ms=2.0, error=3e-4, peak_fraction=0.5, fault=None)
    return {**row, **changes}


def our_file(*rows):
    return dict(date="2000-01-01", device="Test GPU (compute capability 9.0)", driver="d", compiler="c", version="0.1.0", complete=True, rows=list(rows))


def peer_file(**row):
    peer = dict(shape().to_json(), peers={}, errors={}, refused={}, unmeasured=[], kernels={})
    return dict(date="2000-01-01", gpu="Test GPU", driver="1", torch="2", cuda="13", cudnn=1, complete=True, rows=[{**peer, **row}])


class FakeClock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class FakeBench:
    """Peers that take the given seconds; None refuses, "lost" loses the GPU."""

    def __init__(self, clock, seconds, without_memory=None):
        self._clock = clock
        self._without_memory = without_memory
        self._seconds = seconds

    @contextlib.contextmanager
    def prepare(self, shape):
        if shape.head_dim == self._without_memory:
            raise Refused("no memory")
        yield None

    def measure(self, shape, name, tensors):
        seconds = self._seconds[name]
        if seconds == "lost":
            raise DeviceLost("gone")
        self._clock.now += 1 if seconds is None else seconds
        if seconds is None:
            raise Refused("head dim too large")
        return 1e3 * seconds, 0.0

    def kernel_names(self, shape, name, tensors):
        return ["kernel"]


class ShapesTests(unittest.TestCase):
    def test_visible_pairs_equal_a_count(self):
        for queries in range(1, 7):
            for keys in range(1, 7):
                counted = sum(1 for i in range(queries) for j in range(keys) if j <= i)
                self.assertEqual(counted, visible_pairs(queries, keys, True))

    def test_operations_of_a_known_shape(self):
        self.assertEqual(4 * 16 * 4096 * 4096 * 40, shape().operations)
        self.assertEqual(2 * 8 * (4096 + 4096 + 2 * 4096) * 40 * 2, shape().tensor_bytes)

    def test_buffers_together_exceed_twice_the_cache(self):
        self.assertGreater(buffer_count(10 << 20, 60 << 20, 1 << 40) * (10 << 20), 120 << 20)
        self.assertEqual(2, buffer_count(1 << 30, 60 << 20, 1 << 40))
        self.assertEqual(1, buffer_count(1 << 30, 60 << 20, 1 << 20))

    def test_files_are_valid_and_cover_the_head_dims(self):
        shapes = load_shapes(os.path.join(HERE, "shapes.json"))
        self.assertLessEqual({40, 64, 80, 128, 160, 256, 512}, {s.head_dim for s in shapes})
        self.assertEqual({"f16", "bf16", "f32"}, {s.dtype for s in shapes})
        self.assertTrue(all(s.operations < 1e6 * s.head_dim for s in load_shapes(os.path.join(HERE, "shapes-smoke.json"))))

    def test_median(self):
        self.assertEqual(2, median([3, 1, 2]))
        self.assertEqual(2.5, median([4, 1, 2, 3]))


class SessionTests(unittest.TestCase):
    def run_session(self, seconds, limit, passes):
        clock = FakeClock()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "peers.json")
            shapes = [shape(), shape(head_dim=80)]
            result = MeasuringSession(FakeBench(clock, seconds), shapes, passes, limit, path, {"gpu": "g"}, ["default"], clock).run()
            with open(path, encoding="utf-8") as file:
                self.assertEqual(result, json.load(file))
        return result

    def test_refusals_are_recorded_with_their_reason(self):
        result = self.run_session({"default": 1, "flash": None}, 100, [["default", "flash"]])
        self.assertTrue(result["complete"])
        self.assertEqual({"flash": "head dim too large"}, result["rows"][0]["refused"])
        self.assertEqual({"default": 1e3}, result["rows"][0]["peers"])
        self.assertEqual({"default": ["kernel"]}, result["rows"][0]["kernels"])

    def test_a_slow_peer_is_not_started_again_when_it_would_not_end_in_time(self):
        result = self.run_session({"default": 1, "flex": 30}, 50, [["default"], ["flex"]])
        self.assertFalse(result["complete"])
        self.assertIn("flex", result["rows"][0]["peers"])
        self.assertEqual(["flex"], result["rows"][1]["unmeasured"])
        self.assertIn("default", result["rows"][1]["peers"])


    def test_a_lost_gpu_is_recorded_and_the_next_process_goes_on(self):
        clock, shapes = FakeClock(), [shape(), shape(head_dim=80)]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "peers.json")
            with self.assertRaises(DeviceLost):
                MeasuringSession(FakeBench(clock, {"default": 1, "cudnn": "lost", "flash": 1}), shapes, [["default", "cudnn", "flash"]], 100, path, {}, clock=clock).run()
            with open(path, encoding="utf-8") as file:
                earlier = json.load(file)["rows"]
            self.assertEqual(({"default": 1e3}, {"cudnn": "gone"}), (earlier[0]["peers"], earlier[0]["refused"]))
            again = FakeBench(clock, {"default": 2, "cudnn": 2, "flash": 2})
            rows = MeasuringSession(again, shapes, [["default", "cudnn", "flash"]], 100, path, {}, clock=clock, earlier=earlier).run()["rows"]
        self.assertEqual({"default": 1e3, "flash": 2e3}, rows[0]["peers"])
        self.assertEqual({"default": 2e3, "cudnn": 2e3, "flash": 2e3}, rows[1]["peers"])

    def test_tensors_that_cannot_be_made_are_a_refusal(self):
        clock = FakeClock()
        with tempfile.TemporaryDirectory() as folder:
            bench = FakeBench(clock, {"default": 1}, without_memory=40)
            rows = MeasuringSession(bench, [shape(), shape(head_dim=80)], [["default"]], 100, os.path.join(folder, "p"), {}, clock=clock).run()["rows"]
        self.assertEqual([{"default": "no memory"}, {}], [row["refused"] for row in rows])
        self.assertEqual({"default": 1e3}, rows[1]["peers"])


class MergeTests(unittest.TestCase):
    def test_the_best_peer_and_the_ratio(self):
        peers = peer_file(peers={"cudnn": 0.6, "flash": 0.9}, errors={"cudnn": 3e-4, "flash": 3e-4}, refused={"flex": "no"})
        row = merge.merge(our_file(our_row()), peers, "x")["rows"][0]
        self.assertEqual("cudnn", row["best_peer"])
        self.assertAlmostEqual(1.2, row["ratio"])
        self.assertEqual({"flex": "no"}, row["peers_refused"])

    def test_a_peer_that_is_wrong_is_not_the_best(self):
        peers = peer_file(peers={"cudnn": 0.1, "flash": 0.9}, errors={"cudnn": 0.5, "flash": 3e-4})
        result = merge.merge(our_file(our_row()), peers, "x")
        self.assertEqual("flash", result["rows"][0]["best_peer"])
        self.assertIn("cudnn is not compared with", merge.to_markdown(result))

    def test_losses_are_named(self):
        peers = peer_file(peers={"cudnn": 0.25}, errors={"cudnn": 0.0})
        text = merge.to_markdown(merge.merge(our_file(our_row()), peers, "x"))
        self.assertIn("slower on 1", text)
        self.assertIn("- slower: s, d 40 f16: 0.5 ms against 0.25 ms of cudnn (0.50x)", text)

    def test_a_shape_that_no_peer_did_has_no_ratio(self):
        result = merge.merge(our_file(our_row(head_dim=512)), peer_file(peers={"cudnn": 0.25}), "x")
        self.assertIsNone(result["rows"][0]["ratio"])
        self.assertIn("| none |", merge.to_markdown(result))

    def test_wrong_kernels_get_no_row_but_are_told(self):
        result = merge.merge(our_file(our_row(ms=None, tflops=None, fault="relative error 0.3")), {}, "x")
        self.assertEqual([], result["rows"])
        self.assertIn("relative error 0.3", merge.to_markdown(result))

    def test_other_variants_are_listed_but_are_no_rows(self):
        result = merge.merge(our_file(our_row(), our_row(variant="streaming-simt-f16-d40-r64", chosen=False, ms=3.0)), {}, "x")
        self.assertEqual(1, len(result["rows"]))
        self.assertIn("streaming-simt-f16-d40-r64", merge.to_markdown(result))

    def test_a_variant_that_beats_the_planners_is_named(self):
        faster = our_row(variant="streaming-sm80-f16-d40-r64", chosen=False, ms=0.4)
        other_shape = our_row(variant="streaming-sm80-f16-d40-r32", chosen=False, ms=0.1, keys=77)
        text = merge.to_markdown(merge.merge(our_file(our_row(), faster, other_shape), {}, "x"))
        self.assertIn("The planner should take streaming-sm80-f16-d40-r64 for s: 0.4 ms against 0.5 ms", text)
        self.assertNotIn("should take streaming-sm80-f16-d40-r32", text)
        self.assertNotIn("should take", merge.to_markdown(merge.merge(our_file(our_row()), {}, "x")))

    def test_files_are_written_and_different_gpus_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            ours, peers, out = (os.path.join(folder, name) for name in ("ours.json", "peers.json", "out"))
            for path, content in ((ours, our_file(our_row())), (peers, peer_file(peers={"flash": 1.0}))):
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(content, file)
            arguments = ["--ours", ours, "--peers", peers, "--out", out, "--name", "h200", "--command", "gpu-check.sh"]
            self.assertEqual(0, merge.main(arguments))
            with open(os.path.join(out, "h200.json"), encoding="utf-8") as file:
                self.assertAlmostEqual(2.0, json.load(file)["rows"][0]["ratio"])
            with open(os.path.join(out, "h200.md"), encoding="utf-8") as file:
                self.assertIn("Command: `gpu-check.sh`", file.read())
            with open(peers, "w", encoding="utf-8") as file:
                json.dump(dict(peer_file(), gpu="Another GPU"), file)
            self.assertEqual(2, merge.main(arguments))

    def test_a_goal_counts_the_worst_shape_against_the_best_back_end(self):
        longer = dict(queries=16384, keys=16384)
        ours = our_file(our_row(), our_row(ms=1.0, **longer))
        peers = peer_file(peers={"cudnn": 0.7, "flash": 0.9, "flex": 0.1}, errors={"cudnn": 0.0, "flash": 0.0, "flex": 0.0})
        peers["rows"].append({**peers["rows"][0], **longer, "peers": {"math": 1.2, "flash": 9.0}, "errors": {}})
        result = merge.merge(ours, peers, "x")
        goal = next(goal for goal in result["goals"] if goal["goal"] == "f16, head dim 40")
        self.assertEqual((2, False, "math"), (goal["shapes"], goal["reached"], goal["backend"]))
        self.assertAlmostEqual(1.2, goal["ratio"])
        self.assertIn("| f16, head dim 40 | 1.25 | 1.20 | **no** | s | math |", merge.to_markdown(result))

    def test_materialized_is_held_against_our_streaming_kernel(self):
        ours = our_file(our_row(), our_row(family="materialized", variant="materialized-sm90a-f16-d40-r2048", ms=1.25))
        result = merge.merge(ours, {}, "x")
        goal = next(goal for goal in result["goals"] if "materialized" in goal["goal"])
        self.assertEqual((False, "streaming-sm80-f16-d40-r128"), (goal["reached"], goal["backend"]))
        self.assertAlmostEqual(0.4, goal["ratio"])

    def test_goals_that_were_not_measured_say_so(self):
        peers = peer_file(peers={"cudnn": 0.7}, errors={"cudnn": 0.5})
        text = merge.to_markdown(merge.merge(our_file(our_row()), peers, "x"))
        self.assertEqual(len(goals.GOALS), text.count("not measured"))

    def test_every_goal_has_a_shape(self):
        shapes = [s.to_json() for s in load_shapes(os.path.join(HERE, "shapes.json"))]
        for goal in goals.GOALS:
            self.assertTrue(any(goal.applies(s) for s in shapes), goal.name)

    def test_kernel_names_and_findings_are_told(self):
        peers = peer_file(peers={"cudnn": 0.7}, errors={"cudnn": 0.0}, kernels={"cudnn": ["cudnn_kernel_64x128", "cast"]})
        ours = dict(our_file(our_row()), findings=["streaming-sm90a-f16-d64-r192: (C7510) serialized"])
        text = merge.to_markdown(merge.merge(ours, peers, "x"))
        self.assertIn("s, d 40 f16, cudnn: `cudnn_kernel_64x128`", text)
        self.assertIn("(C7510) serialized", text)

    def test_choices_that_tuning_changed_are_told(self):
        def timed(variant, ms, taken, predicted):
            return dict(name="s", head_dim=40, dtype="f16", causal=False, variant=variant, predicted_ms=1.0, ms=ms, taken=taken, was_predicted=predicted, fault=None)

        ours = dict(our_file(our_row()), tuning=[timed("a", 0.5, True, False), timed("b", 0.7, False, True)])
        text = merge.to_markdown(merge.merge(ours, {}, "x"))
        self.assertIn("changed the choice on 1 of 1 shapes", text)
        self.assertIn("s, d 40 f16: a takes 0.5 ms, the predicted b 0.7 ms", text)


class ProbesTests(unittest.TestCase):
    def test_probes_become_sections_with_tables(self):
        probe = dict(name="products", question="How many?", changes="the table", seconds=1.5, answers=["fine"], failures=["k: (C7510)"], faults=["late"],
                     rows=[dict(columns=40, right=True, note=None), dict(columns=80, right=False, extra=1)])
        report = dict(device="Test GPU", date="2000-01-01", driver="d", compiler="c", smoke=False, complete=False, probes=[probe])
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "probes.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(report, file)
            other = os.path.join(folder, "other.json")
            with open(other, "w", encoding="utf-8") as file:
                json.dump(dict(report, device="", complete=True, probes=[dict(probe, name="sums")]), file)
            self.assertEqual(0, probes.main(["--probes", path, other, "--out", folder, "--name", "h200", "--command", "c"]))
            with open(os.path.join(folder, "h200-probes.md"), encoding="utf-8") as file:
                text = file.read()
            self.assertTrue(os.path.exists(os.path.join(folder, "h200-probes.json")))
        for line in ("# Probes on Test GPU", "## products", "## sums", "- fine", "- **slow or wrong**: k: (C7510)", "- not done: late", "| columns | right | note | extra |",
                     "| 40 | yes |  |  |", "| 80 | no |  | 1 |", "- The time ended before every probe had its turn."):
            self.assertIn(line, text.split("\n"))


if __name__ == "__main__":
    unittest.main()
