"""The shapes that are measured, what work they are, and how many copies of their tensors it takes to find the L2 cache cold."""

import json
import math
from dataclasses import asdict, dataclass

BYTES_PER_ELEMENT = {"f16": 2, "bf16": 2, "f32": 4}
LARGEST_BUFFER_COUNT = 64


@dataclass(frozen=True)
class Shape:
    """One line of shapes.json. Tensors are dense [batch, heads, length, head_dim]."""

    name: str
    head_dim: int
    dtype: str
    batch: int
    heads: int
    queries: int
    keys: int
    causal: bool
    family: str = None  # the only family of our kernels that may be taken; others' attention is not asked for it

    @property
    def key(self):
        """What makes two measurements comparable: everything but the name."""
        return (self.head_dim, self.dtype, self.batch, self.heads, self.queries, self.keys, self.causal, self.family)

    @property
    def operations(self):
        """Floating-point operations of the two products, 4 * head_dim for each visible pair of a query and a key."""
        return 4 * self.batch * self.heads * self.head_dim * visible_pairs(self.queries, self.keys, self.causal)

    @property
    def tensor_bytes(self):
        """Bytes of Q, K, V and the output."""
        rows = self.batch * self.heads * (2 * self.queries + 2 * self.keys)
        return rows * self.head_dim * BYTES_PER_ELEMENT[self.dtype]

    @property
    def score_elements(self):
        """Elements of the whole score matrix."""
        return self.batch * self.heads * self.queries * self.keys

    def to_json(self):
        """The fields under which results are written."""
        return asdict(self)


def visible_pairs(queries, keys, causal):
    """Pairs of a query i and a key j; causal ones have j <= i."""
    if not causal:
        return queries * keys
    full = max(0, queries - keys)
    rising = queries - full
    return rising * (rising + 1) // 2 + full * keys


def shape_from_json(row):
    """A shape from an object with its fields; others are ignored, so that result rows can be read, too."""
    shape = Shape(
        name=row.get("name", ""),
        head_dim=int(row["head_dim"]),
        dtype=row["dtype"],
        batch=int(row["batch"]),
        heads=int(row["heads"]),
        queries=int(row["queries"]),
        keys=int(row["keys"]),
        causal=bool(row.get("causal", False)),
        family=row.get("family"),
    )
    if shape.dtype not in BYTES_PER_ELEMENT:
        raise ValueError(f"{shape.name}: dtype is '{shape.dtype}'; it must be one of {', '.join(BYTES_PER_ELEMENT)}.")
    if min(shape.head_dim, shape.batch, shape.heads, shape.queries, shape.keys) < 1:
        raise ValueError(f"{shape.name}: every size must be 1 or more.")
    return shape


def load_shapes(path):
    """The shapes of a file, in its order, which is the order of their importance."""
    with open(path, encoding="utf-8") as file:
        shapes = [shape_from_json(row) for row in json.load(file)["shapes"]]
    keys = [shape.key for shape in shapes]
    if len(set(keys)) != len(keys):
        raise ValueError(f"{path}: two shapes are the same but for their names.")
    return shapes


def buffer_count(tensor_bytes, cache_bytes, limit_bytes):
    """Sets of tensors to go round, so that a set has left the cache before its turn comes again."""
    wanted = max(2, math.ceil(2 * cache_bytes / tensor_bytes) + 1)
    affordable = max(1, limit_bytes // tensor_bytes)
    return int(min(wanted, affordable, LARGEST_BUFFER_COUNT))


def tflops(shape, milliseconds):
    """Useful work a second, in 10^12 operations."""
    return shape.operations / milliseconds / 1e9


def median(values):
    """The middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
