"""What the project wants to reach against PyTorch, and whether a measurement reaches it. Needs no package."""

from dataclasses import dataclass

# What scaled_dot_product_attention can take; the other peers are loops and compilers around it.
SDPA_BACKENDS = ("default", "cudnn", "flash", "mem_efficient", "math")
LONG = 4096
TEXT_KEYS = 77


@dataclass(frozen=True)
class Goal:
    """How many times as fast as the best back end of PyTorch our kernels are to be, on some shapes."""

    name: str
    ratio: float
    applies: object


def _long(head_dim):
    return lambda row: (
        row["head_dim"] == head_dim and row["dtype"] == "f16" and row["queries"] == row["keys"] and row["keys"] >= LONG and not row["causal"])


GOALS = [
    Goal("f16, head dim 40", 1.25, _long(40)),
    Goal("f16, head dim 80", 1.25, _long(80)),
    Goal("f16, head dim 160", 1.3, _long(160)),
    Goal("f16, head dim 64", 1.1, _long(64)),
    Goal("f16, head dim 128", 1.0, _long(128)),
    Goal("f16, head dim 256", 1.0, _long(256)),
    Goal("f16, head dim 512", 3.0, _long(512)),
    Goal("fp32", 2.0, lambda row: row["dtype"] == "f32" and row["queries"] == row["keys"] and row["keys"] >= LONG and not row["causal"]),
    Goal("f16, 77 keys", 1.5, lambda row: row["dtype"] == "f16" and row["keys"] == TEXT_KEYS and row["queries"] >= LONG),
]


def best_backend(row):
    """The fastest back end of SDPA that gave the right result, or None."""
    times = {name: ms for name, ms in row["peers"].items() if name in SDPA_BACKENDS and name not in row["peers_not_comparable"]}
    return min(times, key=times.get) if times else None


def judge(rows):
    """A dictionary for each goal: the shape that is furthest from it counts. `reached` is None where nothing was measured."""
    judged = []
    for goal in GOALS:
        ratios = [(row["peers"][backend] / row["ms"], row, backend) for row in rows if goal.applies(row) and (backend := best_backend(row))]
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
