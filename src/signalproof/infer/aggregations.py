"""Aggregations: ``sum by (…)``, ``topk``, ``count_values`` and the others.

Source: https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import EVENT, ONE, Dimension
from signalproof.infer import dimensions, intervals, labelsets
from signalproof.infer.intervals import Interval
from signalproof.infer.value import NO_LABELS, UNKNOWN, Kind, Labels, Shape, Value
from signalproof.infer.world import World
from signalproof.promql.ast import Aggregation, Grouping, LabelName, String
from signalproof.promql.tree import unwrap

_INSTANT: Final = Shape.INSTANT
_GAUGE: Final = Kind.GAUGE
_NATIVE: Final = frozenset({Kind.NATIVE, Kind.RATED_NATIVE})


@dataclass(frozen=True, slots=True)
class Reduction:
    """What an aggregation makes of each group.

    Attributes:
        unit: Unit of the result, from that of the vector.
        bounds: Range of the result, from that of the vector.
        gauge: Whether the result is a number of its own, whatever the samples meant.
        floats: Whether native histograms are left out.
        plain: Kinds of which it makes a mere number.
    """

    unit: Callable[[Dimension | None], Dimension | None]
    bounds: Callable[[Interval], Interval]
    gauge: bool = False
    floats: bool = False
    plain: frozenset[Kind] = frozenset({Kind.BOOL, Kind.INFO})


_MIXED: Final = frozenset({Kind.BOOL, Kind.INFO, Kind.QUANTILE})


def _keep(unit: Dimension | None) -> Dimension | None:
    return unit


def _span(unit: Dimension | None) -> Dimension | None:
    return None if unit is None else dimensions.difference(unit)


def _same(interval: Interval) -> Interval:
    return interval


def _variance(interval: Interval) -> Interval:
    return intervals.power(intervals.spread(interval), (2.0, 2.0))


REDUCTIONS: Final[Mapping[str, Reduction]] = {
    "sum": Reduction(dimensions.total, intervals.total, plain=_MIXED),
    "avg": Reduction(_keep, _same, plain=_MIXED),
    "min": Reduction(_keep, _same, floats=True),
    "max": Reduction(_keep, _same, floats=True),
    "count": Reduction(lambda _: EVENT, lambda _: (1.0, inf), gauge=True),
    "group": Reduction(lambda _: ONE, lambda _: intervals.ONE, gauge=True),
    "stddev": Reduction(_span, intervals.spread, gauge=True, floats=True),
    "stdvar": Reduction(dimensions.square, _variance, gauge=True, floats=True),
    "quantile": Reduction(_keep, _same, floats=True, plain=_MIXED),
    "count_values": Reduction(lambda _: EVENT, lambda _: (1.0, inf), gauge=True),
}
"""Aggregations that make one series of each group."""

SELECTIONS: Final = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
"""Aggregations that keep some series of each group as they are."""


def aggregation_value(world: World, node: Aggregation, vector: Value, parameter: Value | None) -> Value:
    """Return what is known of an aggregation, from what is known of its vector and its parameter."""
    operator = node.operator
    reduction = REDUCTIONS.get(operator)
    if reduction is None:
        return _selection(node, vector, parameter) if operator in SELECTIONS else UNKNOWN
    labels = grouped(world, vector.labels, node.grouping)
    low, high = reduction.bounds((vector.low, vector.high))
    full, most = vector.full, vector.cardinality
    if operator == "quantile":
        low, high = intervals.quantile((low, high), None if parameter is None else parameter.constant)
    if operator == "count_values":
        labels, full = _with_value(labels, node), False
        most = world.bound(labels)
    elif most is not None or not labels.open:
        most = world.carried(vector, labels)
    empty = vector.empty
    if not empty and reduction.floats and vector.kind in _NATIVE:
        empty = "it may hold native histograms alone, which are left out"
    return Value(
        _INSTANT, _GAUGE if reduction.gauge or vector.kind in reduction.plain else vector.kind, labels, reduction.unit(vector.unit),
        low, high, empty, vector.void, full and not empty, most, vector.window, vector.sources,
    )  # fmt: skip


def _selection(node: Aggregation, vector: Value, parameter: Value | None) -> Value:
    count = None if parameter is None else parameter.constant
    empty = vector.empty
    if not empty and (count is None or count < 1 or node.operator == "limit_ratio"):
        empty = f"{node.operator} may leave nothing"
    if not empty and node.operator in ("topk", "bottomk") and vector.kind in _NATIVE:
        empty = "it may hold native histograms alone, which are left out"
    cardinality = vector.cardinality
    if count is not None and 0 <= count < inf and node.grouping is None and node.operator != "limit_ratio":
        cardinality = int(count) if cardinality is None else min(cardinality, int(count))
    return Value(
        Shape.INSTANT, vector.kind, vector.labels, vector.unit, vector.low, vector.high, empty, vector.void,
        False, cardinality, vector.window, vector.sources,
    )  # fmt: skip


def grouped(world: World, labels: Labels, grouping: Grouping | None) -> Labels:
    """Return the labels after ``by`` or ``without``; none without either."""
    if grouping is None:
        return NO_LABELS
    names = grouping.names
    if grouping.without or None in names:
        key = (grouping.without, id(labels), names)
        return world.once(key, labels, lambda: _grouped(labels, grouping))
    return world.only(labels, names)  # type: ignore[arg-type]  # no name is None, as asked above


def _grouped(labels: Labels, grouping: Grouping) -> Labels:
    names = [one.name for one in grouping.labels if isinstance(one, LabelName)]
    unknown = len(grouping.labels) > len(names)
    if grouping.without:
        left = labelsets.without(labels, frozenset(names))
        return labelsets.any_of(left) if unknown else left
    left = labelsets.only(labels, names)
    if not unknown:
        return left
    loose = labelsets.any_of(labels)
    return Labels({**loose.known, **left.known}, loose.open, loose.impossible, loose.names, loose.named)


def _with_value(labels: Labels, node: Aggregation) -> Labels:
    label = unwrap(node.parameter) if node.parameter is not None else None
    if not isinstance(label, String) or label.variables:
        return labelsets.loosened(labels)
    grouping = node.grouping
    if grouping is not None and grouping.without:
        if any(not isinstance(one, LabelName) for one in grouping.labels):
            return labelsets.with_domain(labels, label.value, LabelDomain(label.value, optional=True))
        if any(one.name == label.value for one in grouping.labels):
            return labels  # the new label is grouped away like the others
    return labelsets.with_domain(labels, label.value, LabelDomain(label.value))
