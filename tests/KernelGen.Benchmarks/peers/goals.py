"""What the project wants to reach against PyTorch and of its own kernels, and whether a measurement reaches it. Needs no package."""

from dataclasses import dataclass

# What scaled_dot_product_attention can take; the other peers are loops and compilers around it.
SDPA_BACKENDS = ("default", "cudnn", "flash", "mem_efficient", "math")
LONG = 4096
TEXT_KEYS = 77


@dataclass(frozen=True)
class Goal:
    """How many times as fast as a rival our kernels are to be, on some shapes; the rival is the best back end of PyTorch unless another is named."""

    name: str
    ratio: float
    applies: object
    rival: object = None


def _any_family(row):
    return not row.get("family")


def _streaming(row, rows):
    """Our own time on the same shape where any family may be taken."""
    sizes = ("head_dim", "dtype", "batch", "heads", "queries", "keys", "causal")
    for other in rows:
        if _any_family(other) and all(other[size] == row[size] for size in sizes) and (other.get("variant") or "").startswith("streaming-"):
            return other["ms"], other["variant"]
    return None


def _sdpa(row, rows):
    """The best back end's time."""
    backend = best_backend(row)
    return (row["peers"][backend], backend) if backend else None


def _long(head_dim):
    return lambda row: (
        _any_family(row) and row["head_dim"] == head_dim and row["dtype"] == "f16" and row["queries"] == row["keys"] and row["keys"] >= LONG and not row["causal"])



def _long_fp32(row):
    return _any_family(row) and row["dtype"] == "f32" and row["queries"] == row["keys"] and row["keys"] >= LONG and not row["causal"]


GOALS = [
    Goal("f16, head dim 40", 1.25, _long(40)),
    Goal("f16, head dim 80", 1.25, _long(80)),
    Goal("f16, head dim 160", 1.3, _long(160)),
    Goal("f16, head dim 64", 1.1, _long(64)),
    Goal("f16, head dim 128", 1.0, _long(128)),
    Goal("f16, head dim 256", 1.0, _long(256)),
    Goal("f16, head dim 512", 3.0, _long(512)),
    Goal("fp32, head dims up to 256", 2.0, lambda row: _long_fp32(row) and row["head_dim"] <= 256),
    Goal("fp32, head dims above 256", 2.0, lambda row: _long_fp32(row) and row["head_dim"] > 256),
    Goal("f16, 77 keys", 1.5, lambda row: _any_family(row) and row["dtype"] == "f16" and row["keys"] == TEXT_KEYS and row["queries"] >= LONG),
    Goal("f16, materialized, of the streaming kernel's speed", 0.5, lambda row: row["dtype"] == "f16" and row.get("family") == "materialized", _streaming),
]


def best_backend(row):
    """The fastest back end of SDPA that gave the right result, or None."""
    times = {name: ms for name, ms in row["peers"].items() if name in SDPA_BACKENDS and name not in row["peers_not_comparable"]}
    return min(times, key=times.get) if times else None


def judge(rows):
    """A dictionary for each goal: the shape that is furthest from it counts. `reached` is None where nothing was measured."""
    judged = []
    for goal in GOALS:
        rival = goal.rival or _sdpa
        ratios = [(found[0] / row["ms"], row, found[1]) for row in rows if goal.applies(row) and (found := rival(row, rows))]
        result = {"goal": goal.name, "wanted": goal.ratio, "reached": None, "ratio": None, "shape": None, "backend": None, "shapes": len(ratios)}
        if ratios:
            ratio, row, backend = min(ratios, key=lambda entry: entry[0])
            result.update(reached=ratio >= goal.ratio, ratio=ratio, shape=row["name"], backend=backend)
        judged.append(result)
    return judged


def table(judged):
    """The goals for people, one row each."""
    lines = ["| goal | wanted | ratio | reached | worst shape | against |", "|---|---|---|---|---|---|"]
    for goal in judged:
        reached = "not measured" if goal["reached"] is None else "yes" if goal["reached"] else "**no**"
        ratio = "" if goal["ratio"] is None else f"{goal['ratio']:.2f}"
        lines.append(f"| {goal['goal']} | {goal['wanted']:g} | {ratio} | {reached} | {goal['shape'] or ''} | {goal['backend'] or ''} |")
    return lines
