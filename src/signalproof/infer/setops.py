"""``and``, ``or`` and ``unless``."""

from __future__ import annotations

from typing import Final

from signalproof.infer import dimensions, labelsets, matching
from signalproof.infer.selectors import joined
from signalproof.infer.value import UNKNOWN, Kind, Labels, Shape, Value
from signalproof.infer.world import World
from signalproof.promql.ast import Binary

SETS: Final = frozenset({"and", "or", "unless"})
_NUMBER: Final = Kind.NUMBER
_SCALAR: Final = Shape.SCALAR
_INSTANT: Final = Shape.INSTANT
_ANY: Final = Shape.ANY


def set_value(world: World, node: Binary, left: Value, right: Value) -> Value:
    """Return what is known of ``left and right``, ``left or right`` or ``left unless right``."""
    if left.shape is _SCALAR or right.shape is _SCALAR:
        return UNKNOWN
    if node.operator == "or":
        return _either(world, node, left, right)
    if left.shape is _ANY:
        return UNKNOWN
    keys = matching.keys_of(node.matching)
    apart = matching.clash(left.labels, right.labels, keys)
    if node.operator == "unless":
        empty = left.empty
        if not empty and not apart and not right.void:
            empty = "everything on the left may be on the right, too"
        return _kept(left, left.labels, empty, left.void, left.full and not empty)
    void = left.void or right.void or apart
    empty = void or matching.meets(world, left, right, keys)
    labels = matching.restricted(world, left.labels, right.labels, node.matching)
    return _kept(left, labels, empty, void, not empty)


def _kept(left: Value, labels: Labels, empty: str, void: str, full: bool) -> Value:
    return Value(
        _INSTANT, left.kind, labels, left.unit, left.low, left.high, empty, void, full, left.cardinality,
        left.window, left.sources,
    )  # fmt: skip


def _either(world: World, node: Binary, left: Value, right: Value) -> Value:
    if left.shape is _ANY or right.shape is _ANY:
        return Value(_INSTANT)
    if left.void and not left.labels.open:
        return _kept(right, right.labels, right.empty, right.void and left.void, right.full)
    if right.void and not right.labels.open:
        return _kept(left, left.labels, left.empty, "", left.full)
    key = ("or", id(left.labels), id(right.labels))
    labels = world.once(key, (left.labels, right.labels), lambda: labelsets.union(left.labels, right.labels))
    both = joined(left, right, labels)
    kind, unit = both.kind, both.unit
    if left.kind is not right.kind:
        if right.kind is _NUMBER:
            kind, unit = left.kind, left.unit
        elif left.kind is _NUMBER:
            kind, unit = right.kind, right.unit
    if unit is None and left.unit is not None and right.unit is not None:
        unit = dimensions.alike(left.unit, right.unit)
    plain = not labels.known and not labels.open
    cardinality = 1 if plain and not labels.named else both.cardinality
    return Value(
        _INSTANT, kind, labels, unit, both.low, both.high, both.empty, both.void, plain and not both.empty, cardinality,
        left.window, both.sources,
    )  # fmt: skip
