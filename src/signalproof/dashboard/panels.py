"""Panel kinds: what a person decides about a panel. Everything that follows from its queries is derived.

There is no unit, legend, id or grid number here: unit, range and legend come from the inference, thresholds from the
objective, ids from the keys, the place from the order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from signalproof.dashboard.keys import check_key, slug
from signalproof.dashboard.links import Drilldown, Link, RowLink
from signalproof.errors import Location, SignalproofError, caller
from signalproof.promql.expr import Expr

Reducer: TypeAlias = Literal["lastNotNull", "mean", "min", "max", "sum", "range", "delta", "count"]
"""What one number is made of a series over the shown time range (Grafana's reducer ids)."""

Colour: TypeAlias = Literal["green", "yellow", "orange", "red", "blue", "purple", "grey"]

COLUMNS = 24
"""Columns of Grafana's grid."""
MOST_QUERIES = 100
"""Queries of one panel; far beyond what anybody reads."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One place in a row. Panels compare by identity.

    Attributes:
        title: Short name of what is seen; unique in its row.
        key: What its id is made of; the slug of the title when empty. Give one before changing a title.
        width: Columns of 24; 0 lets the layout choose.
        height: Grid units of 30 pixels; 0 takes the height of the line it stands in.
        links: Where a reader goes next.
        where: The declaration.

    Raises:
        SignalproofError: A size, key or field makes no sense.
    """

    kind: ClassVar[str]
    preferred_width: ClassVar[int] = 6
    preferred_height: ClassVar[int] = 8

    title: str
    key: str = field(default="", kw_only=True)
    width: int = field(default=0, kw_only=True)
    height: int = field(default=0, kw_only=True)
    links: tuple[Link | RowLink, ...] = field(default=(), kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True)

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise SignalproofError("a panel without a title", "say what it shows", where=self.where)
        if not self.key:
            object.__setattr__(self, "key", slug(self.title))
        check_key(self.key, "panel", self.where)
        if not 0 <= self.width <= COLUMNS:
            raise SignalproofError(
                f"width={self.width} does not fit the grid of {COLUMNS} columns",
                f"give 1 to {COLUMNS}, or leave it out",
                where=self.where,
            )
        if not 0 <= self.height <= 60:
            raise SignalproofError(
                f"height={self.height} is no panel height", "give 1 to 60, or leave it out", where=self.where
            )

    @property
    def exprs(self) -> tuple[Expr, ...]:
        """The expressions it asks for, in the order of their refIds."""
        return ()

    @property
    def wish(self) -> int:
        """Columns it would like to have when its width is left to the layout."""
        return self.preferred_width


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
class QueryPanel(Panel):
    """A panel that shows the results of queries.

    Attributes:
        queries: One expression or several; the first is refId A.
        why: How to read it and what to do about it; becomes the description.
        allow: Suppressed lint codes → reason.
        data_links: Where a click on a data point leads: a `Drilldown`, or a link in whose address ``${__field.labels.x}``
            and the like may stand.
        no_value: What is shown when the queries answer nothing.
        fit: Whether the scale follows the data instead of spanning what the inference knows to be possible.
        min: Lower end of the scale where the inferred one is not wanted.
        max: Upper end of the scale where the inferred one is not wanted.
        decimals: Digits after the point where the derived number of them is not wanted.
        min_step: Shortest time between two points, ``15m``, where the one that follows from the declared pace is not
            wanted: a window of four steps shall hold ten events.
    """

    queries: Expr | tuple[Expr, ...]
    why: str
    allow: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    data_links: tuple[Link | Drilldown, ...] = field(default=(), kw_only=True)
    no_value: str = field(default="no data", kw_only=True)
    fit: bool = field(default=False, kw_only=True)
    min: float | None = field(default=None, kw_only=True)
    max: float | None = field(default=None, kw_only=True)
    decimals: int | None = field(default=None, kw_only=True)
    min_step: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_step and not re.fullmatch(r"\d+(ms|[smhd])", self.min_step):
            raise SignalproofError(
                f"min_step={self.min_step!r} is no duration", 'write "15m"', where=self.where
            )
        if not self.exprs:
            raise SignalproofError(
                f"panel {self.title!r} asks nothing", "give it at least one query", where=self.where
            )
        if len(self.exprs) > MOST_QUERIES:
            raise SignalproofError(
                f"panel {self.title!r} asks {len(self.exprs)} questions",
                f"nobody reads more than {MOST_QUERIES} lines: split the panel, or let one query return many series",
                where=self.where,
            )
        if not self.why.strip():
            raise SignalproofError(
                f"panel {self.title!r} does not say why it is there",
                "say how to read it: it becomes the description",
                where=self.where,
            )

    @property
    def exprs(self) -> tuple[Expr, ...]:  # noqa: D102  # said at Panel.exprs
        return (self.queries,) if isinstance(self.queries, Expr) else self.queries


@dataclass(frozen=True, eq=False)
class TimeSeries(QueryPanel):
    """Values over time.

    Attributes:
        stacked: Whether the series add up to a total; never for latencies and ratios.
        style: How a series is drawn; each bar is what happened in its interval (`happened`), about sixty of them.
        log: Whether the scale is logarithmic, base 10; for what lasts half a second here and five minutes there.
        legend: ``auto`` is a table with figures on the right where the panel is wide enough for it, else a list.
    """

    kind = "timeseries"

    stacked: bool = field(default=False, kw_only=True)
    style: Literal["lines", "bars", "points"] = field(default="lines", kw_only=True)
    log: bool = field(default=False, kw_only=True)
    legend: Literal["auto", "list", "table", "hidden"] = field(default="auto", kw_only=True)

    @property
    def wish(self) -> int:  # noqa: D102  # said at Panel.wish
        return 12 if len(self.exprs) > 2 else 6


@dataclass(frozen=True, eq=False)
class Events(TimeSeries):
    """What happened, as stacked bars: each is an interval, and only what occurred has a colour (`happened`, `errors`)."""

    preferred_width = 12
    preferred_height = 9

    stacked: bool = field(default=True, kw_only=True)
    style: Literal["lines", "bars", "points"] = field(default="bars", kw_only=True)
    no_value: str = field(default="none in the shown time", kw_only=True)

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
        no_value: What stands in a cell that no query filled.
    """

    kind = "table"
    preferred_width = 12

    no_value: str = field(default="–", kw_only=True)
    sort_by: str = field(default="", kw_only=True)
    ascending: bool = field(default=False, kw_only=True)
