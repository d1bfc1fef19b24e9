"""Binary and unary operators."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Final

from signalproof.catalogue.units import ONE
from signalproof.infer import intervals, labelsets, matching
from signalproof.infer.arithmetic import (
    DROPPED,
    TRIMS,
    drops_samples,
    kind_of,
    moved,
    range_of,
    unit_of,
    window_of,
)
from signalproof.infer.comparisons import COMPARISONS, Pairs, answer, compared
from signalproof.infer.intervals import ARITHMETIC
from signalproof.infer.selectors import merged_sources
from signalproof.infer.setops import SETS, set_value
from signalproof.infer.shares import Shares, may_share
from signalproof.infer.value import NO_LABELS, UNKNOWN, Kind, Labels, Shape, Value
from signalproof.infer.world import World
from signalproof.promql.ast import Binary, Matching, Unary

_SCALAR: Final = Shape.SCALAR
_INSTANT: Final = Shape.INSTANT
_ANY: Final = Shape.ANY
_NAMED: Final = TRIMS | {"atan2"}
"""Arithmetic that may keep the metric name: Prometheus before 3.0 forgot to drop it after atan2."""


def binary_value(world: World, node: Binary, left: Value, right: Value, known: Mapping[int, Value]) -> Value:
    """Return what is known of ``left op right``; *known* holds what is known of every node below, by its id."""
    operator = node.operator
    a, b = left.shape, right.shape
    if a is Shape.STRING or b is Shape.STRING or a is Shape.RANGE or b is Shape.RANGE:
        return UNKNOWN
    if operator in SETS:
        return set_value(world, node, left, right)
    if operator not in COMPARISONS and operator not in ARITHMETIC and operator not in TRIMS:
        return UNKNOWN
    if a is _SCALAR and b is _SCALAR:
        return _scalars(node, left, right)
    if a is _ANY and b is _ANY:
        return UNKNOWN
    if a is _INSTANT and b is _INSTANT:
        return _vectors(world, node, left, right, known)
    if a is _ANY or b is _ANY:
        return _with_variable(world, node, left, right)
    vector = left if a is _INSTANT else right
    pairs = Pairs(vector.labels, vector.empty, vector.void, vector.full, vector.cardinality)
    return _combined(world, node, left, right, pairs)


def _scalars(node: Binary, left: Value, right: Value) -> Value:
    if node.operator in COMPARISONS:
        return Value(_SCALAR, Kind.BOOL, NO_LABELS, ONE, *answer(node, left, right), "", "", True, 1)
    low, high = range_of(node.operator, left, right)
    return Value(
        _SCALAR, kind_of(node.operator, left, right), NO_LABELS, unit_of(node.operator, left, right), low, high,
        "", "", True, 1, None, merged_sources(left.sources, right.sources),
    )  # fmt: skip


def _with_variable(world: World, node: Binary, left: Value, right: Value) -> Value:
    """Return what is known between a vector and a Grafana variable, which may be a number or a vector."""
    vector = left if left.shape is _INSTANT else right
    if node.matching is not None or vector.shape is not _INSTANT:
        return UNKNOWN
    reason = vector.empty or "nothing is known of the variable"
    return _combined(
        world, node, left, right, Pairs(vector.labels, reason, vector.void, False, vector.cardinality)
    )


def _vectors(world: World, node: Binary, left: Value, right: Value, known: Mapping[int, Value]) -> Value:
    operator, how = node.operator, node.matching
    keys = matching.keys_of(how)
    fills = how is not None and (how.fill_left is not None or how.fill_right is not None)
    filtering = operator in _NAMED or (operator in COMPARISONS and not node.bool_modifier)
    labels, clash = matching.joined_labels(world, left.labels, right.labels, how, named=filtering)
    void = "" if fills else left.void or right.void or clash
    empty = void or left.empty or right.empty or matching.meets(world, left, right, keys)
    full = not empty
    a, b = left, right
    if how is not None and fills:
        empty, full = _filled_empty(left, right, how), False
        for fill in (how.fill_left, how.fill_right):
            a, b = _filled(a, fill), _filled(b, fill)
    pairs = Pairs(labels, empty, void, full, _cardinality(world, node, left, right, labels))
    found = _combined(world, node, a, b, pairs)
    if (operator == "/" or operator == "-") and not fills and may_share(node, left, right):
        low, high = Shares(world, known, keys).improved(node, left, right, (found.low, found.high))
        if (low, high) != (found.low, found.high):
            return Value(
                _INSTANT, found.kind, labels, found.unit, low, high, found.empty, found.void, found.full,
                found.cardinality, found.window, found.sources,
            )  # fmt: skip
    return found


def _combined(world: World, node: Binary, left: Value, right: Value, pairs: Pairs) -> Value:
    """Return what arithmetic or a comparison makes of the pairs."""
    operator = node.operator
    if operator in COMPARISONS:
        return compared(world, node, left, right, pairs)
    low, high = range_of(operator, left, right)
    empty, full = pairs.empty, pairs.full
    if not empty and drops_samples(operator, left, right):
        empty, full = DROPPED, False
    labels = pairs.labels if operator in _NAMED else labelsets.nameless(pairs.labels)
    return Value(
        _INSTANT, kind_of(operator, left, right), labels, unit_of(operator, left, right), low,
        high, empty, pairs.void, full, pairs.cardinality, window_of(left, right),
        merged_sources(left.sources, right.sources),
    )  # fmt: skip


def _filled(value: Value, fill: float | None) -> Value:
    """Return *value* with the number that stands in for missing partners among its samples."""
    if fill is None or isnan(fill):  # no range speaks of NaN
        return value
    low, high = intervals.hull((value.low, value.high), (fill, fill))
    return Value(
        value.shape, value.kind, value.labels, value.unit, low, high, value.empty, value.void, False,
        value.cardinality, value.window, value.sources,
    )  # fmt: skip


def _filled_empty(left: Value, right: Value, how: Matching) -> str:
    """Return why ``fill`` may leave nothing: it answers for every series of the side whose partner is filled in."""
    if how.group:
        return left.empty or right.empty
    reasons = [
        *([left.empty] if how.fill_right is not None else []),
        *([right.empty] if how.fill_left is not None else []),
    ]
    return "" if "" in reasons else reasons[0]


def _cardinality(world: World, node: Binary, left: Value, right: Value, labels: Labels) -> int | None:
    how = node.matching
    if how is not None and (how.fill_left is not None or how.fill_right is not None):
        return world.bound(labels)
    if how is not None and how.group:
        overwritten = None in how.included or not world.target.isdisjoint(how.included)
        return (
            world.bound(labels)
            if overwritten
            else world.carried(left if how.group == "left" else right, labels)
        )
    a, b = world.carried(left, labels), world.carried(right, labels)
    return a if b is None or (a is not None and a < b) else b


def unary_value(node: Unary, value: Value) -> Value:
    """Return what is known of ``-expr`` or ``+expr``; the plus changes nothing, not even the name."""
    if node.operator == "+":
        return value
    if value.shape is not _SCALAR and value.shape is not _INSTANT:
        return UNKNOWN
    low, high = intervals.negate((value.low, value.high))
    return Value(
        value.shape, moved(value.kind), labelsets.nameless(value.labels), value.unit, low, high, value.empty, value.void,
        value.full, value.cardinality, value.window, value.sources,
    )  # fmt: skip
