"""What all panels have in common: what a person decides about one. Everything that follows from its queries is derived.

Unit, range and legend come from the inference, thresholds from the objective, ids from the keys, the place from the
order; whatever is derived may be overruled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeAlias

from signalproof.dashboard.keys import check_key, slug
from signalproof.dashboard.links import Drilldown, Link, RowLink
from signalproof.dashboard.said import NUMBER, SWITCH, TEXT, said
from signalproof.dashboard.settings import (
    OVERRIDES,
    SOURCE,
    THRESHOLDS,
    TRANSFORMATIONS,
    Axis,
    Drawn,
    Legend,
    Override,
    Threshold,
    Tooltip,
    Transformation,
)
from signalproof.dashboard.targets import Asked, RawTarget, Target, asked_in
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
        at: Column and line where it stands, counted from the top of its row; None lets the layout choose.
        links: Where a reader goes next.
        transparent: Whether it has no frame.
        repeat: Variable for each of whose values it is shown.
        repeat_direction: ``h`` or ``v``: beside each other, or below.
        max_per_row: Most of the repeated ones in a line.
        raw: What Grafana's JSON of it has besides, or instead: laid over what is rendered, key by key; None removes.
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
    at: tuple[int, int] | None = field(default=None, kw_only=True)
    links: tuple[Link | RowLink, ...] = field(default=(), kw_only=True)
    transparent: bool | None = field(default=None, kw_only=True, metadata=said("transparent", SWITCH))
    repeat: str | None = field(default=None, kw_only=True, metadata=said("repeat", TEXT))
    repeat_direction: Literal["h", "v"] | None = field(
        default=None, kw_only=True, metadata=said("repeatDirection", TEXT)
    )
    max_per_row: int | None = field(default=None, kw_only=True, metadata=said("maxPerRow", NUMBER))
    raw: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
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
class QueryPanel(Panel):
    """A panel that shows the results of queries.

    Attributes:
        queries: One expression or several; the first is refId A.
        why: How to read it and what to do about it; becomes the description. Only a plain dashboard may leave it out.
        allow: Suppressed lint codes → reason.
        data_links: Where a click on a data point leads: a `Drilldown`, or a link in whose address ``${__field.labels.x}``
            and the like may stand.
        no_value: What is shown when the queries answer nothing, where that of its kind is not wanted.
        fit: Whether the scale follows the data instead of spanning what the inference knows to be possible.
        min: Lower end of the scale where the inferred one is not wanted.
        max: Upper end of the scale where the inferred one is not wanted.
        decimals: Digits after the point where the derived number of them is not wanted.
        min_step: Shortest time between two points, ``15m``, where the one that follows from the declared pace is not
            wanted: a window of four steps shall hold ten events.
        unit: Grafana's unit id where the inferred one is not wanted; empty for a plain number.
        display_name: What every field is called.
        thresholds: Colours by value, where those of the objectives are not wanted; the first begins nowhere.
        drawn: How series are drawn.
        axis: Where and how the axis stands.
        legend: What the legend shows.
        tooltip: What the tooltip shows.
        overrides: What is different for some fields; after those that are derived.
        transformations: Steps between answers and picture; after those that are derived.
        interval: Shortest time between two points of all queries, ``1m``.
        max_data_points: Most points of a series.
        time_from: Another time range than the dashboard's: ``1h``.
        time_shift: How far back it looks: ``1w``.
        datasource: uid of another data source than the dashboard's.
    """

    nothing: ClassVar[str] = "no data"
    """What is shown when the queries answer nothing."""

    queries: Asked | Sequence[Asked | Sequence[Asked]]
    why: str = ""
    allow: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    data_links: tuple[Link | Drilldown, ...] = field(default=(), kw_only=True)
    no_value: str | None = field(
        default=None, kw_only=True, metadata=said("fieldConfig.defaults.noValue", TEXT)
    )
    fit: bool = field(default=False, kw_only=True)
    min: float | None = field(default=None, kw_only=True, metadata=said("fieldConfig.defaults.min", NUMBER))
    max: float | None = field(default=None, kw_only=True, metadata=said("fieldConfig.defaults.max", NUMBER))
    decimals: int | None = field(
        default=None, kw_only=True, metadata=said("fieldConfig.defaults.decimals", NUMBER)
    )
    min_step: str = field(default="", kw_only=True)
    unit: str | None = field(default=None, kw_only=True, metadata=said("fieldConfig.defaults.unit", TEXT))
    display_name: str | None = field(
        default=None, kw_only=True, metadata=said("fieldConfig.defaults.displayName", TEXT)
    )
    thresholds: tuple[Threshold, ...] | None = field(
        default=None, kw_only=True, metadata=said("fieldConfig.defaults.thresholds", THRESHOLDS)
    )
    drawn: Drawn | None = field(
        default=None, kw_only=True, metadata=said("fieldConfig.defaults.custom", Drawn)
    )
    axis: Axis | None = field(default=None, kw_only=True, metadata=said("fieldConfig.defaults.custom", Axis))
    legend: Legend | Literal["auto", "list", "table", "hidden"] | None = field(
        default=None, kw_only=True, metadata=said("options.legend", Legend)
    )
    tooltip: Tooltip | None = field(default=None, kw_only=True, metadata=said("options.tooltip", Tooltip))
    overrides: tuple[Override, ...] | None = field(
        default=None, kw_only=True, metadata=said("fieldConfig.overrides", OVERRIDES)
    )
    transformations: tuple[Transformation, ...] | None = field(
        default=None, kw_only=True, metadata=said("transformations", TRANSFORMATIONS)
    )
    interval: str | None = field(default=None, kw_only=True, metadata=said("interval", TEXT))
    max_data_points: int | None = field(default=None, kw_only=True, metadata=said("maxDataPoints", NUMBER))
    time_from: str | None = field(default=None, kw_only=True, metadata=said("timeFrom", TEXT))
    time_shift: str | None = field(default=None, kw_only=True, metadata=said("timeShift", TEXT))
    datasource: str | None = field(default=None, kw_only=True, metadata=said("datasource", SOURCE))
    asked: tuple[Target | RawTarget, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_step and not re.fullmatch(r"\d+(ms|[smhd])", self.min_step):
            raise SignalproofError(
                f"min_step={self.min_step!r} is no duration", 'write "15m"', where=self.where
            )
        object.__setattr__(self, "asked", tuple(asked_in(self.queries, self.where)))
        if not self.asked:
            raise SignalproofError(
                f"panel {self.title!r} asks nothing", "give it at least one query", where=self.where
            )
        if len(self.asked) > MOST_QUERIES:
            raise SignalproofError(
                f"panel {self.title!r} asks {len(self.asked)} questions",
                f"nobody reads more than {MOST_QUERIES} lines: split the panel, or let one query return many series",
                where=self.where,
            )

    @property
    def exprs(self) -> tuple[Expr, ...]:  # noqa: D102  # said at Panel.exprs
        return tuple(one.expr for one in self.asked if isinstance(one, Target))
