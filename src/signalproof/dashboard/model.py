"""Dashboards and rows: the order of things, and what holds for all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from signalproof.catalogue.labels import Instance, Job, TargetLabel
from signalproof.dashboard.keys import check_key, check_uid, panel_id, slug
from signalproof.dashboard.links import DashboardLink, Link, RowLink
from signalproof.dashboard.panels import Colour, Panel, QueryPanel
from signalproof.dashboard.said import SWITCH, TEXT, said
from signalproof.dashboard.settings import CURSOR
from signalproof.dashboard.several import several
from signalproof.dashboard.variables import Variable
from signalproof.errors import Location, SignalproofError, caller, did_you_mean
from signalproof.promql.expr import Expr


@dataclass(frozen=True, eq=False)
class Row:
    """Panels that answer one question; the title is the question.

    Attributes:
        title: The question.
        panels: In reading order; the layout flows them.
        key: What ids are made of; the slug of the title when empty. Give one before changing a title.
        collapsed: Whether it is folded until someone asks; its queries then wait too.
        links: Links that every panel of it carries.
        repeat: Variable for each of whose values it is shown.
        header: Whether it has a line of its own with its title; the first row may go without.
        at: Line of the grid where it begins; None for the line below the row before it.
        raw: What Grafana's JSON of its header has besides; laid over what is rendered, None removes.
        where: The declaration.

    Raises:
        SignalproofError: Two panels have one key.
    """

    title: str
    panels: tuple[Panel, ...]
    key: str = field(default="", kw_only=True)
    collapsed: bool = field(default=False, kw_only=True)
    links: tuple[Link | RowLink, ...] = field(default=(), kw_only=True)
    repeat: str = field(default="", kw_only=True)
    header: bool = field(default=True, kw_only=True)
    at: int | None = field(default=None, kw_only=True)
    raw: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True)

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise SignalproofError("a row without a title", "write the question it answers", where=self.where)
        if not self.key:
            object.__setattr__(self, "key", slug(self.title))
        check_key(self.key, "row", self.where)
        object.__setattr__(self, "panels", several(self.panels, Panel, "panel", self.where))
        object.__setattr__(self, "links", several(self.links, (Link, RowLink), "link", self.where))
        seen: dict[str, Panel] = {}
        for panel in self.panels:
            other = seen.setdefault(panel.key, panel)
            if other is not panel:
                raise SignalproofError(
                    f"two panels of row {self.title!r} have the key {panel.key!r}",
                    f"the other one stands at {other.where}: give one of them key=",
                    where=panel.where,
                )


@dataclass(frozen=True, eq=False)
class Annotation:
    """Moments marked on time series.

    An expression whose samples are instants (``ended(ROLLBACK)``) marks each of them once, where it lies. Of any other,
    every sample that is not 0 is a mark, at the time of the sample.

    Attributes:
        title: What happened; names the switch at the top of the dashboard.
        expr: What finds them.
        color: Their colour.
        text: What the mark says; ``{{label}}`` stands for a label's value.
        rows: Keys of the rows on whose panels it is drawn; empty for all of them.
        shown: Whether it is drawn until someone switches it off; where many marks are to be expected, rather not.
        where: The declaration.
    """

    title: str
    expr: Expr
    color: Colour = "blue"
    text: str = field(default="", kw_only=True)
    rows: tuple[str, ...] = field(default=(), kw_only=True)
    shown: bool = field(default=True, kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True)


@dataclass(frozen=True, eq=False)
class Dashboard:
    """One dashboard.

    Attributes:
        uid: Its permanent address: at most 40 lower-case letters, digits and dashes.
        title: Its name; unique in its folder.
        rows: In reading order.
        description: What it is for, one sentence.
        folder: Folder in Grafana, and below the output folder; empty for none: it stands among the folders.
        tags: Words to find it by.
        variables: What a reader can choose, besides the filters and the data source.
        annotations: What is marked on every panel.
        links: Where a reader can go from the top of the dashboard.
        time_from: Start of the time range it opens with.
        time_to: End of it.
        refresh: How often it asks again; empty for never.
        filters: Target labels to choose by: each becomes a variable and a matcher in every selector of every panel.
        timezone: ``browser``, ``utc`` or a place: ``Europe/Berlin``.
        editable: Whether it can be changed in Grafana; what is changed there is lost when it is provisioned again.
        cursor: What all panels show of the place where the pointer is in one of them: ``none``, a ``line``, its ``tooltip``.
        week_start: ``monday``, ``sunday``, ….
        runbook: Address of the runbook that every panel links to; ``{row}`` and ``{panel}`` become their keys.
        plain: Whether nothing is derived: units, ends, colours, legends, links and variables are those that are written, and
            no others. For dashboards that were converted: take it away, and what can be derived shows itself.
        raw: What Grafana's JSON of it has besides; laid over what is rendered, None removes.
        where: The declaration.

    Raises:
        SignalproofError: The uid is none, or a row key, a panel id or a variable is there twice.
    """

    uid: str
    title: str
    rows: tuple[Row, ...] = ()
    description: str = field(default="", kw_only=True)
    folder: str = field(default="", kw_only=True)
    tags: tuple[str, ...] = field(default=(), kw_only=True)
    variables: tuple[Variable, ...] = field(default=(), kw_only=True)
    annotations: tuple[Annotation, ...] = field(default=(), kw_only=True)
    links: tuple[Link | DashboardLink, ...] = field(default=(), kw_only=True)
    time_from: str = field(default="now-6h", kw_only=True)
    time_to: str = field(default="now", kw_only=True)
    refresh: str = field(default="30s", kw_only=True)
    filters: tuple[type[TargetLabel], ...] = field(default=(Job, Instance), kw_only=True)
    timezone: str | None = field(default=None, kw_only=True, metadata=said("timezone", TEXT))
    editable: bool | None = field(default=None, kw_only=True, metadata=said("editable", SWITCH))
    cursor: Literal["none", "line", "tooltip"] | None = field(
        default=None, kw_only=True, metadata=said("graphTooltip", CURSOR)
    )
    week_start: str | None = field(default=None, kw_only=True, metadata=said("weekStart", TEXT))
    runbook: str = field(default="", kw_only=True)
    plain: bool = field(default=False, kw_only=True)
    raw: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True)

    def __post_init__(self) -> None:
        for name, kind, what in _SEVERAL:
            object.__setattr__(self, name, several(getattr(self, name), kind, what, self.where))
        check_uid(self.uid, self.where)
        if not self.title.strip():
            raise SignalproofError("a dashboard without a title", "name what it shows", where=self.where)
        if not re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9 _-]*)?", self.folder):
            raise SignalproofError(
                f"{self.folder!r} is no folder name",
                "write letters, digits, spaces, dashes: one level, as Grafana's file provisioning has it",
                where=self.where,
            )
        self._check_refresh()
        self._check_rows()
        self._check_reasons()
        self._check_names()

    @property
    def ids(self) -> dict[tuple[str, str], int]:
        """Id by (row key, panel key); the row itself has the panel key ``""``."""
        return {
            (row.key, key): panel_id(row.key, key)
            for row in self.rows
            for key in ("", *(panel.key for panel in row.panels))
        }

    def _check_refresh(self) -> None:
        if self.refresh and not re.fullmatch(r"\d+[smhd]", self.refresh):
            raise SignalproofError(
                f"refresh={self.refresh!r} is no interval",
                'write "30s", "5m", or "" for never',
                where=self.where,
            )
        for name, time in (("time_from", self.time_from), ("time_to", self.time_to)):
            if not re.fullmatch(r"now([-+]\d+[smhdwMQy])*(/[smhdwMQy])?|\d{4}-\d{2}-\d{2}[T ].*", time):
                raise SignalproofError(
                    f"{name}={time!r} is no time",
                    'write it as Grafana does: "now-6h", "now/d"',
                    where=self.where,
                )

    def _check_reasons(self) -> None:
        for row in self.rows:
            for panel in row.panels:
                if isinstance(panel, QueryPanel) and not panel.why.strip() and not self.plain:
                    raise SignalproofError(
                        f"panel {panel.title!r} does not say why it is there",
                        "say how to read it: it becomes the description",
                        where=panel.where,
                    )

    def _check_rows(self) -> None:
        places: dict[str, Row] = {}
        taken: dict[int, tuple[str, str]] = {}
        for row in self.rows:
            other = places.setdefault(row.key, row)
            if other is not row:
                raise SignalproofError(
                    f"two rows have the key {row.key!r}",
                    f"the other one stands at {other.where}: give one of them key=",
                    where=row.where,
                )
            for panel in (None, *row.panels):
                keys = (row.key, panel.key if panel else "")
                first = taken.setdefault(panel_id(*keys), keys)
                if first != keys:
                    raise SignalproofError(
                        f"{'/'.join(keys)} and {'/'.join(first)} come to the same id",
                        "give one of them another key=",
                        where=panel.where if panel else row.where,
                    )
        links = [
            link for row in self.rows for one in (row.links, *(p.links for p in row.panels)) for link in one
        ]
        for link in links:
            if isinstance(link, RowLink) and not (link.row in places and places[link.row].panels):
                raise SignalproofError(
                    f"no row with panels has the key {link.row!r}",
                    did_you_mean(link.row, places, f"keys: {', '.join(places)}"),
                    where=link.where,
                )

        for annotation in self.annotations:
            for key in annotation.rows:
                if key not in places:
                    raise SignalproofError(
                        f"annotation {annotation.title!r} is drawn in no row with the key {key!r}",
                        did_you_mean(key, places, f"keys: {', '.join(places)}"),
                        where=annotation.where,
                    )

    def _check_names(self) -> None:
        names = Counter(variable.name for variable in self.variables)
        twice = next((one for one in self.variables if names[one.name] > 1), None)
        if twice is not None:
            raise SignalproofError(
                f"two variables are called ${twice.name}", "give one of them name=", where=twice.where
            )
        titles = Counter(annotation.title for annotation in self.annotations)
        again = next((one for one in self.annotations if titles[one.title] > 1 or not one.title), None)
        if again is not None:
            raise SignalproofError(
                f"two annotations are called {again.title!r}"
                if again.title
                else "an annotation without a title",
                "give each a title of its own",
                where=again.where,
            )


_SEVERAL: tuple[tuple[str, type[Any] | tuple[type[Any], ...], str], ...] = (
    ("rows", Row, "row"),
    ("tags", str, "tag"),
    ("variables", get_args(Variable), "variable"),
    ("annotations", Annotation, "annotation"),
    ("links", (Link, DashboardLink), "link"),
)


def check_together(dashboards: Iterable[Dashboard]) -> None:
    """Raise unless these *dashboards* can be provisioned side by side.

    A repeated uid, or a repeated title in one folder, makes Grafana take away the provider's right to write, with
    nothing but a line in its log.

    Raises:
        SignalproofError: Two have one uid, or one folder and title.
    """
    uids: dict[str, Dashboard] = {}
    titles: dict[tuple[str, str], Dashboard] = {}
    for dashboard in dashboards:
        other = uids.setdefault(dashboard.uid, dashboard)
        if other is not dashboard:
            raise SignalproofError(
                f"two dashboards have the uid {dashboard.uid!r}",
                f"the other one stands at {other.where}: give one of them another uid",
                where=dashboard.where,
            )
        other = titles.setdefault((dashboard.folder.casefold(), dashboard.title.casefold()), dashboard)
        if other is not dashboard:
            raise SignalproofError(
                f"two dashboards of one folder, {dashboard.folder!r}, have the title {dashboard.title!r}",
                f"the other one stands at {other.where}: give one of them another title or folder",
                where=dashboard.where,
            )
