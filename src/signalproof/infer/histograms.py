"""What is read from a histogram, classic or native: quantiles, fractions, counts, means."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from signalproof.catalogue.exposition import Role
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import EVENT, ONE, Dimension
from signalproof.infer import dimensions, intervals, labelsets
from signalproof.infer.intervals import ALL, POSITIVE, RATIO, Interval
from signalproof.infer.value import UNKNOWN, Kind, Labels, Shape, Value
from signalproof.infer.world import World
from signalproof.promql.ast import Call, String
from signalproof.promql.tree import unwrap

Handler: TypeAlias = Callable[[World, Call, Sequence[Value]], Value]

_FLOATS: Final = frozenset(
    {Kind.COUNTER, Kind.GAUGE, Kind.BUCKET, Kind.SUM, Kind.COUNT, Kind.INFO, Kind.RATE, Kind.RATED_BUCKET,
     Kind.QUANTILE, Kind.BOOL, Kind.NUMBER}
)  # fmt: skip
_NATIVE: Final = frozenset({Kind.NATIVE, Kind.RATED_NATIVE})
_FLOATS_ONLY: Final = "only native histograms have it, and these are plain numbers"


def observed_unit(world: World, value: Value) -> Dimension | None:
    """Return the dimension of the observations in the histograms that *value* comes from, where they agree."""
    found: set[Dimension | None] = set()
    for source in value.sources:
        if source.role is Role.NATIVE:
            found.add(source.unit)
        elif source.role is Role.BUCKET:
            total = world.series(f"{source.family}_sum")
            found.add(None if total is None else total.unit)
    return found.pop() if len(found) == 1 else None


def bucket_bounds(labels: Labels) -> tuple[float, ...]:
    """Return the finite bounds that ``le`` can say, ascending; empty where they are not all known."""
    domain = labels.known.get("le")
    if domain is None or domain.values is None or any("x" in one.lower() for one in domain.values):
        return ()  # Prometheus reads hexadecimal bounds, too
    found = {bound for one in domain.values if (bound := _bound(one)) is not None}
    return tuple(sorted(one for one in found if math.isfinite(one)))


def _bound(text: str) -> float | None:
    """Return the number that a label value says; None for one that Prometheus skips."""
    try:
        return float(text.replace("_", "?"))
    except ValueError:
        return None


def _without_le(world: World, labels: Labels) -> Labels:
    bare = labelsets.nameless(labels)
    if not bare.can_have("le"):
        return bare
    return world.once(("le", id(bare)), bare, lambda: labelsets.with_domain(bare, "le", None))


def _reduced(world: World, vector: Value) -> tuple[Labels, str, str]:
    """Return the labels of what is read per histogram, why it may be empty and why it must be."""
    labels = _without_le(world, vector.labels)
    le = vector.labels.known.get("le")
    if vector.kind in _NATIVE:
        return labels, vector.empty, vector.void
    if le is None and vector.kind in _FLOATS and not vector.labels.can_have("le"):
        reason = vector.void or "its input has no label le"
        return labels, reason, reason
    reason = "its input may have no label le"
    if le is not None and not le.optional:
        read = le.values is None or all(_bound(one) is not None for one in le.values)
        reason = "" if read else "its le may be no number"
    return labels, vector.empty or reason, vector.void


def _of_bounds(vector: Value, share: float | None) -> Interval:
    """Return where a quantile can lie: between zero, or the lowest bound below it, and the highest finite bound.

    https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
    """
    bounds = bucket_bounds(vector.labels)
    le = vector.labels.known.get("le")
    classic = vector.kind not in _NATIVE and le is not None and not le.optional
    known = (min(0.0, bounds[0]), bounds[-1]) if bounds and classic else ALL
    return intervals.quantile(known, share)


def _quantile(world: World, node: Call, args: Sequence[Value]) -> Value:
    if len(args) < 2:  # a share and a vector
        return UNKNOWN
    del node
    vector = args[1]
    labels, empty, void = _reduced(world, vector)
    low, high = _of_bounds(vector, args[0].constant)
    return Value(
        Shape.INSTANT, Kind.QUANTILE, labels, observed_unit(world, vector), low, high, empty, void,
        vector.full and not empty, world.carried(vector, labels), vector.window, vector.sources,
    )  # fmt: skip


def _quantiles(world: World, node: Call, args: Sequence[Value]) -> Value:
    if len(args) < 3:  # a vector, a label and a share at least
        return UNKNOWN
    vector = args[0]
    labels, empty, void = _reduced(world, vector)
    label = unwrap(node.args[1])
    if isinstance(label, String) and not label.variables:
        domain = LabelDomain(label.value, None, len(args) - 2)
        labels = labelsets.with_domain(labels, label.value, domain)
    else:
        labels = labelsets.loosened(labels)
    low, high = _of_bounds(vector, args[2].constant)
    for one in args[3:]:
        low, high = intervals.hull((low, high), _of_bounds(vector, one.constant))
    return Value(
        Shape.INSTANT, Kind.QUANTILE, labels, observed_unit(world, vector), low, high, empty, void,
        False, world.bound(labels), vector.window, vector.sources,
    )  # fmt: skip


def _fraction(world: World, node: Call, args: Sequence[Value]) -> Value:
    if len(args) < 3:  # two bounds and a vector
        return UNKNOWN
    del node
    vector = args[2]
    labels, empty, void = _reduced(world, vector)
    return Value(
        Shape.INSTANT, Kind.GAUGE, labels, ONE, *RATIO, empty, void,
        vector.full and not empty, world.carried(vector, labels), vector.window, vector.sources,
    )  # fmt: skip


def _part(
    kind: Callable[[Kind], Kind],
    unit: Callable[[World, Value], Dimension | None],
    interval: Interval,
) -> Handler:
    """Return the transfer of a function that reads one number from each native histogram."""

    def handler(world: World, node: Call, args: Sequence[Value]) -> Value:
        if not args:
            return UNKNOWN
        del node
        vector = args[0]
        void = vector.void or (_FLOATS_ONLY if vector.kind in _FLOATS else "")
        empty = vector.empty or void
        if vector.kind not in _NATIVE:
            empty = empty or "only native histograms have it"
        return Value(
            Shape.INSTANT, kind(vector.kind), labelsets.nameless(vector.labels), unit(world, vector), *interval, empty,
            void, vector.full and not empty, vector.cardinality, vector.window, vector.sources,
        )  # fmt: skip

    return handler


def _count_unit(world: World, vector: Value) -> Dimension | None:
    observed = observed_unit(world, vector)
    if vector.unit is None or observed is None:
        return None
    per_observation = dimensions.quotient(vector.unit, observed)
    return None if per_observation is None else dimensions.product(per_observation, EVENT)


def _variance_unit(world: World, vector: Value) -> Dimension | None:
    return dimensions.square(observed_unit(world, vector))


def _counted(kind: Kind) -> Kind:
    return {Kind.NATIVE: Kind.COUNT, Kind.RATED_NATIVE: Kind.RATE}.get(kind, Kind.ANY)


def _summed(kind: Kind) -> Kind:
    return {Kind.NATIVE: Kind.SUM, Kind.RATED_NATIVE: Kind.RATE}.get(kind, Kind.ANY)


def _gauge(kind: Kind) -> Kind:
    del kind
    return Kind.GAUGE


HISTOGRAMS: Final[Mapping[str, Handler]] = {
    "histogram_quantile": _quantile,
    "histogram_quantiles": _quantiles,
    "histogram_fraction": _fraction,
    "histogram_count": _part(_counted, _count_unit, ALL),
    "histogram_sum": _part(_summed, lambda _, vector: vector.unit, ALL),
    "histogram_avg": _part(_gauge, observed_unit, ALL),
    "histogram_stddev": _part(_gauge, observed_unit, POSITIVE),
    "histogram_stdvar": _part(_gauge, _variance_unit, POSITIVE),
}
"""Every function that reads a histogram."""
