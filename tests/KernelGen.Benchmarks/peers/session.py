"""Goes through shapes and peers within a time limit and keeps what was measured so far on disk. Knows no GPU library."""

import json
import os
import time

from shapes import shape_from_json


class Refused(Exception):
    """A peer does not do a shape; the message says why."""


class DeviceLost(Exception):
    """A peer left the GPU in a state in which this process can use it no more; the message says why."""


def write_json(path, value):
    """Writes a file at once, so that whoever reads it, or stops us, finds a whole one."""
    temporary = f"{path}.part"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.write("\n")
    os.replace(temporary, path)


class MeasuringSession:
    """Measures each pass of peers over all shapes before the next pass, so that slow peers do not keep quick ones from being measured.

    The names of the kernels come last: a profiler that was switched on once may slow down what comes after it.
    """

    def __init__(self, bench, shapes, passes, seconds, path, facts, named=(), clock=time.monotonic, earlier=()):
        earlier = {shape_from_json(row).key: dict(row, unmeasured=[]) for row in earlier}
        self._bench = bench
        self._shapes = shapes
        self._passes = passes
        self._named = named
        self._clock = clock
        self._begin = clock()
        self._deadline = self._begin + seconds
        self._path = path
        self._result = dict(facts, complete=False, rows=[earlier.get(shape.key) or self._empty_row(shape) for shape in shapes])

    def run(self):
        """Measures, and returns the result, which is also what the file holds."""
        slowest = {}
        for names in self._passes:
            for shape, row in zip(self._shapes, self._result["rows"]):
                self._measure(shape, row, names, slowest)
                self._save()
        for shape, row in zip(self._shapes, self._result["rows"]):
            self._name_kernels(shape, row)
            self._save()
        self._result["complete"] = not any(row["unmeasured"] for row in self._result["rows"])
        self._save()
        return self._result

    @staticmethod
    def _empty_row(shape):
        return dict(shape.to_json(), peers={}, errors={}, refused={}, unmeasured=[], kernels={})

    def _measure(self, shape, row, names, slowest):
        names = [name for name in names if name not in row["peers"] and name not in row["refused"]]
        if not names:
            return
        try:
            self._measure_peers(shape, row, names, slowest)
        except Refused as refusal:
            # The tensors could not be made.
            self._refuse(row, names, refusal)
        except DeviceLost as loss:
            # The next process must not try this again: whoever lost the GPU has said so; without one it was the tensors, for all peers.
            if str(loss) not in row["refused"].values():
                self._refuse(row, names, loss)
            self._save()
            raise

    @staticmethod
    def _refuse(row, names, reason):
        row["refused"].update({name: str(reason) for name in names if name not in row["peers"]})

    def _measure_peers(self, shape, row, names, slowest):
        with self._bench.prepare(shape) as tensors:
            for name in names:
                begin = self._clock()
                if begin + slowest.get(name, 0) > self._deadline:
                    row["unmeasured"].append(name)
                    continue
                try:
                    milliseconds, error = self._bench.measure(shape, name, tensors)
                    row["peers"][name] = milliseconds
                    row["errors"][name] = error
                except Refused as refusal:
                    row["refused"][name] = str(refusal)
                except DeviceLost as loss:
                    row["refused"][name] = str(loss)
                    raise
                finally:
                    # What a peer took once, a compilation for instance, it may take again.
                    slowest[name] = max(slowest.get(name, 0), self._clock() - begin)

    def _name_kernels(self, shape, row):
        names = [name for name in self._named if name in row["peers"] and name not in row["kernels"]]
        if not names or self._clock() >= self._deadline:
            return
        try:
            with self._bench.prepare(shape) as tensors:
                for name in names:
                    if self._clock() < self._deadline:
                        row["kernels"][name] = []  # stays when the GPU is lost
                        row["kernels"][name] = self._bench.kernel_names(shape, name, tensors)
        except Refused:
            pass  # the tensors could not be made: names alone are not worth more
        except DeviceLost:
            row["kernels"].update({name: [] for name in names if name not in row["kernels"]})
            self._save()
            raise

    def _save(self):
        self._result["seconds"] = round(self._clock() - self._begin, 1)
        write_json(self._path, self._result)
