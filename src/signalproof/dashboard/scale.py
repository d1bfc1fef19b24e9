"""The scale of a panel: its unit, its ends, its digits and the promises that are drawn on it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.units import EVENT, grafana_unit
from signalproof.dashboard.panels import BarGauge, Gauge, Heatmap, Panel, QueryPanel, Stat, Table, TimeSeries
from signalproof.dashboard.states import StateTimeline, StatusHistory
from signalproof.errors import SignalproofError
from signalproof.infer.present import spoken_units
from signalproof.infer.value import Kind, Value
from signalproof.promql.expr import Expr, Limit


class Scale(NamedTuple):
    """How the numbers of a panel are read.

    Attributes:
        unit: Grafana unit id of the panel, the first query's where they differ; empty for a plain number.
        units: That of each query alone, in order.
        low: Lower end, or None to follow the data.
        high: Upper end, or None to follow the data.
        decimals: Digits after the point, or None for as many as Grafana finds good.
        limits: What is promised of each query, in order.
        common: The promise of the whole panel: the only one there is among its queries, or None.
        axis: Of a heatmap: the unit of its buckets.
    """

    unit: str = ""
    units: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    decimals: int | None = None
    limits: tuple[Limit | None, ...] = ()
    common: Limit | None = None
    axis: str = ""


def scale(panel: Panel, shown: Sequence[tuple[Expr, Value]], exposition: Exposition) -> Scale:
    """Return the scale of *panel*, which shows these values of these expressions.

    Raises:
        SignalproofError: A gauge without an end, ends that are no interval, or states without a meaning.
    """
    if not isinstance(panel, QueryPanel):
        return Scale()
    values = [value for _, value in shown]
    # a literal has the unit of what it is drawn beside
    spoken = spoken_units([value for value in values if value.kind is not Kind.NUMBER])
    units = tuple(_beside(values, spoken))
    if isinstance(panel, Table):  # 1,234 beside 987 can be compared, 1.23 K cannot
        units = tuple("locale" if one == "short" else one for one in units)
    if panel.unit is not None:
        units = (panel.unit,) * len(values)
    unit = next(filter(None, units), "")
    limits = tuple(expr.limit for expr, _ in shown)
    promised = {limit for limit in limits if limit is not None}
    low, high = _ends(panel, values, promised)
    if isinstance(panel, Gauge) and (low is None or high is None):
        raise SignalproofError(
            f"gauge {panel.title!r} has no {'lower' if low is None else 'upper'} end",
            f"nothing bounds what it shows: give {'min=' if low is None else 'max='}, or make it a Stat",
            where=panel.where,
        )
    if isinstance(panel, StateTimeline | StatusHistory) and not panel.states and not promised:
        raise SignalproofError(
            f"panel {panel.title!r} shows states but names none",
            "say what the values mean: states=(State(0, 'down', 'red'), State(1, 'up', 'green'))",
            where=panel.where,
        )
    if low is not None and high is not None and low >= high:
        raise SignalproofError(
            f"the scale of panel {panel.title!r} goes from {low:g} to {high:g}",
            "give a min= below max=",
            where=panel.where,
        )
    return Scale(
        unit,
        units,
        low,
        high,
        panel.decimals if panel.decimals is not None else _decimals(panel, unit, values, limits),
        limits,
        next(iter(promised)) if len(promised) == 1 else None,
        _bucket_unit(values[0], exposition) if isinstance(panel, Heatmap) else "",
    )


def _beside(values: Sequence[Value], spoken: Sequence[str]) -> Iterator[str]:
    rest = iter(spoken)
    for value in values:
        yield "" if value.kind is Kind.NUMBER else next(rest)


def _ends(
    panel: QueryPanel, values: Sequence[Value], promised: Collection[Limit]
) -> tuple[float | None, float | None]:
    """Return the ends of the scale: as given, else as the inference knows them.

    A share spans 0 to 1, over time only up to its promise: 95 and 99 % look the same on an axis that begins at 0. Where a bucket or a declaration is all that bounds a value from above, only a gauge, which
    must have an end, takes it: an axis up to the top bucket would press every line to the ground.
    """
    low, high = panel.min, panel.max
    if panel.fit or not isinstance(panel, TimeSeries | Gauge | BarGauge):
        return low, high
    least, most = min(value.low for value in values), max(value.high for value in values)
    logarithmic = isinstance(panel, TimeSeries) and panel.log
    stacked = isinstance(panel, TimeSeries) and panel.stacked
    if low is None and isfinite(least) and not (logarithmic and least <= 0):
        low = least
    share = all(value.ratio for value in values)
    bounded = isinstance(panel, Gauge) or share
    if isinstance(panel, TimeSeries) and share and promised:
        kept = {limit.worse for limit in promised}
        return (panel.min if "below" in kept else panel.min if panel.min is not None else 0.0), (
            panel.max if "above" in kept else 1.0 if high is None else high
        )
    if high is None and isfinite(most) and bounded and not stacked and most > least:
        high = most
    return low, high


def _decimals(
    panel: QueryPanel, unit: str, values: Sequence[Value], limits: Sequence[Limit | None]
) -> int | None:
    """Return enough digits to tell a kept promise from a broken one, and none for whole numbers.

    Left alone, Grafana shows 99.95 % as 100 % and two rollbacks as 2.03 (an increase is extrapolated).
    """
    if unit == "percentunit":
        digits = [len(f"{limit.value * 100:.4f}".rstrip("0").partition(".")[2]) for limit in limits if limit]
        return min(4, 1 + max(digits, default=0))
    single = isinstance(panel, Stat | Gauge | BarGauge | Table)
    return 0 if single and all(value.unit == EVENT for value in values) else None


def _bucket_unit(value: Value, exposition: Exposition) -> str:
    """Return the unit of what the buckets sort: that of the sum of the same family."""
    for source in value.sources:
        total = exposition.series.get(f"{source.family}_sum")
        if total is not None:
            return grafana_unit(total.unit)
    return ""
