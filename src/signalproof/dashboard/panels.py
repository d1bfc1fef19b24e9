"""Panel kinds: what there is to decide about each besides what all panels have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from signalproof.dashboard.panel import COLUMNS, Colour, Panel, QueryPanel, Reducer
from signalproof.dashboard.said import said
from signalproof.dashboard.settings import Legend
from signalproof.errors import SignalproofError
from signalproof.promql.build import promql
from signalproof.promql.expr import Expr

__all__ = [
    "COLUMNS", "BarGauge", "Colour", "Events", "Gauge", "Heatmap", "Panel", "QueryPanel", "RawPanel", "Reducer", "Stat",
    "Table", "Text", "TimeSeries",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Text(Panel):
    """Words between the panels.

    Attributes:
        markdown: What it says.
    """

    kind = "text"
    preferred_width = COLUMNS
    preferred_height = 3

    markdown: str


@dataclass(frozen=True, eq=False)
class RawPanel(Panel):
    """A panel as Grafana has it: a way out for every kind that is not here.

    Its PromQL is found, checked and filtered like that of any other; everything else is kept as it is.

    Attributes:
        json: The panel; ``id`` and ``gridPos`` are given to it.
        expressions: Its queries to Prometheus, in order.
    """

    kind = "raw"
    preferred_width = 12

    json: Mapping[str, Any] = field(default_factory=dict)
    expressions: tuple[Expr, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.json.get("type"), str) and "libraryPanel" not in self.json:
            raise SignalproofError(
                f"the JSON of panel {self.title!r} has no type",
                "give the panel as Grafana exports it: {'type': 'piechart', …}",
                where=self.where,
            )
        found = tuple(promql(str(one["expr"])) for one in asked_of_prometheus(self.json))
        object.__setattr__(self, "expressions", found)

    @property
    def exprs(self) -> tuple[Expr, ...]:  # noqa: D102  # said at Panel.exprs
        return self.expressions


def asked_of_prometheus(panel: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the queries of a panel's JSON that ask Prometheus something, or a source that nobody names otherwise."""
    for one in panel.get("targets", ()):
        source = one.get("datasource") or panel.get("datasource") or {}
        kind = source.get("type", "prometheus") if isinstance(source, Mapping) else "prometheus"
        if str(one.get("expr", "")).strip() and kind in ("prometheus", "datasource"):
            yield one


@dataclass(frozen=True, eq=False)
class TimeSeries(QueryPanel):
    """Values over time.

    Attributes:
        stacked: Whether the series add up to a total; never for latencies and ratios.
        style: How a series is drawn; each bar is what happened in its interval (`happened`), about sixty of them.
        log: Whether the scale is logarithmic, base 10; for what lasts half a second here and five minutes there.
        legend: What it shows, or how it stands: ``auto`` is a table with figures on the right where the panel is wide enough for it, else a list.
    """

    kind = "timeseries"

    stacked: bool = field(default=False, kw_only=True)
    style: Literal["lines", "bars", "points"] = field(default="lines", kw_only=True)
    log: bool = field(default=False, kw_only=True)
    legend: Literal["auto", "list", "table", "hidden"] | Legend = field(
        default="auto", kw_only=True, metadata=said("options.legend", Legend)
    )

    @property
    def wish(self) -> int:  # noqa: D102  # said at Panel.wish
        return 12 if len(self.exprs) > 2 else 6


@dataclass(frozen=True, eq=False)
class Events(TimeSeries):
    """What happened, as stacked bars: each is an interval, and only what occurred has a colour (`happened`, `errors`)."""

    preferred_width = 12
    preferred_height = 9
    nothing = "none in the shown time"

    stacked: bool = field(default=True, kw_only=True)
    style: Literal["lines", "bars", "points"] = field(default="bars", kw_only=True)

    @property
    def wish(self) -> int:  # noqa: D102  # said at Panel.wish
        return self.preferred_width


@dataclass(frozen=True, eq=False)
class Stat(QueryPanel):
    """One big number per query. A query over ``$__range`` is asked once, for the end of the range.

    Attributes:
        reduce: What the number is made of, for a query over time.
        trend: Whether the course of the number is drawn behind it.
        fill: Whether the background takes the colour, instead of the number.
    """

    kind = "stat"
    preferred_width = 4
    preferred_height = 4

    reduce: Reducer = field(default="lastNotNull", kw_only=True)
    trend: bool = field(default=True, kw_only=True)
    fill: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class Gauge(QueryPanel):
    """One number on a scale with two ends; both must be known, from the inference or from ``min`` and ``max``.

    Attributes:
        reduce: What the number is made of.
    """

    kind = "gauge"
    preferred_width = 4

    reduce: Reducer = field(default="lastNotNull", kw_only=True)


@dataclass(frozen=True, eq=False)
class BarGauge(QueryPanel):
    """One bar per series, to compare them.

    Attributes:
        reduce: What the length is made of.
        vertical: Whether the bars stand.
    """

    kind = "bargauge"

    reduce: Reducer = field(default="lastNotNull", kw_only=True)
    vertical: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class Heatmap(QueryPanel):
    """A distribution over time, from one query whose result keeps ``le``.

    Attributes:
        scheme: Colour scale.
    """

    kind = "heatmap"
    preferred_width = 12
    preferred_height = 12  # below that Grafana lets the labels of the buckets overlap

    scheme: Literal["Oranges", "Blues", "Greens", "Spectral", "Turbo", "Viridis"] = field(
        default="Oranges", kw_only=True
    )


@dataclass(frozen=True, eq=False)
class Table(QueryPanel):
    """One line per label set, one column per label and per query; the values at the end of the time range.

    Attributes:
        sort_by: Name of the query whose column sorts the lines; empty for the first query.
        ascending: Whether the smallest comes first.
    """

    kind = "table"
    preferred_width = 12
    nothing = "–"

    sort_by: str = field(default="", kw_only=True)
    ascending: bool = field(default=False, kw_only=True)
