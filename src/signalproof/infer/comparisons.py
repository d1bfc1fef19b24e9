"""Comparisons: filters, or with ``bool`` the answers 0 and 1."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from signalproof.catalogue.units import ONE
from signalproof.infer import intervals, labelsets
from signalproof.infer.arithmetic import window_of
from signalproof.infer.intervals import Interval
from signalproof.infer.selectors import merged_sources
from signalproof.infer.value import NATIVES, Kind, Labels, Shape, Value
from signalproof.infer.world import World
from signalproof.promql.ast import Binary

COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "==": operators.eq,
    "!=": operators.ne,
    ">": operators.gt,
    "<": operators.lt,
    ">=": operators.ge,
    "<=": operators.le,
}
"""Every comparison by its operator."""

_MIRRORED: Final = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}
_MAYBE_NATIVE: Final = NATIVES | {Kind.ANY}


class Pairs(NamedTuple):
    """The samples that meet: what the result is made of, whatever the operator makes of each pair.

    Attributes:
        labels: As `Value.labels`.
        empty: As `Value.empty`.
        void: As `Value.void`.
        full: As `Value.full`.
        cardinality: As `Value.cardinality`.
    """

    labels: Labels
    empty: str
    void: str
    full: bool
    cardinality: int | None


def compared(world: World, node: Binary, left: Value, right: Value, pairs: Pairs) -> Value:
    """Return what a comparison gives: 0 or 1 with ``bool``, else the samples that pass."""
    sources = merged_sources(left.sources, right.sources)
    labels, empty, void, full, cardinality = pairs
    if node.bool_modifier:
        if not empty and (left.kind in NATIVES or right.kind in NATIVES):
            empty, full = "histograms cannot be compared with numbers", False
        return Value(
            Shape.INSTANT, Kind.BOOL, labelsets.nameless(labels), ONE, *answer(node, left, right), empty, void, full,
            cardinality, window_of(left, right), sources,
        )  # fmt: skip
    # of two vectors the left one's samples are kept, of a vector and a scalar the vector's
    kept, other, operator = left, right, node.operator
    if left.shape is Shape.SCALAR:
        kept, other, operator = right, left, _MIRRORED[operator]
    low, high = kept.low, kept.high
    # histograms, of which ranges say nothing, can be equal, too
    if operator != "==" or left.kind not in _MAYBE_NATIVE or right.kind not in _MAYBE_NATIVE:
        found = intervals.compared(operator, (low, high), (other.low, other.high))
        if found is None:
            void = void or (
                f"the left side of {operator} lies in {low:g} … {high:g}, the right one in {other.low:g} … {other.high:g}"
            )
        else:
            low, high = found
    if void:
        empty = void
    elif not empty and not _always(operator, kept, other):
        empty = "the comparison may leave nothing"
    return Value(
        Shape.INSTANT, kept.kind, labels, kept.unit, low, high, empty, void, full and not empty, cardinality,
        kept.window, sources,
    )  # fmt: skip


def _always(operator: str, kept: Value, other: Value) -> bool:
    """Whether every sample passes: of literals alone it is known that they are not NaN."""
    a, b = kept.constant, other.constant
    if kept.kind is not Kind.NUMBER or other.kind is not Kind.NUMBER or a is None or b is None:
        return False
    return COMPARISONS[operator](a, b)


def answer(node: Binary, left: Value, right: Value) -> Interval:
    """Return the range of a comparison with ``bool``: that of two literals is known."""
    literal = left.kind is Kind.NUMBER and right.kind is Kind.NUMBER
    if literal and left.constant is not None and right.constant is not None:
        return (1.0, 1.0) if _always(node.operator, left, right) else (0.0, 0.0)
    return intervals.RATIO
