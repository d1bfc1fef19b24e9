"""A dashboard with everything derived that its definition leaves open.

The renderer and the readers of its queries start from this one step, so what is checked is what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import product
from string import ascii_uppercase
from typing import Literal, NamedTuple, TypeAlias

from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.units import TIMESTAMP_SECONDS
from signalproof.dashboard.density import expected_lines, spans_range, step_for
from signalproof.dashboard.filters import filtered
from signalproof.dashboard.layout import Grid, place, row_height
from signalproof.dashboard.links import Link, RowLink
from signalproof.dashboard.model import Annotation, Dashboard, Row
from signalproof.dashboard.panels import BarGauge, Gauge, Heatmap, Panel, QueryPanel, Stat, Table, TimeSeries
from signalproof.dashboard.recorded import recorded
from signalproof.dashboard.scale import Scale, scale
from signalproof.dashboard.selection import Choice, choices
from signalproof.durations import parse_duration
from signalproof.errors import SignalproofError, did_you_mean
from signalproof.infer.inference import infer
from signalproof.infer.present import legend
from signalproof.infer.value import Kind, Value
from signalproof.promql.ast import Node, Range, Variable
from signalproof.promql.expr import Expr, binary
from signalproof.promql.printer import to_text
from signalproof.promql.tree import walk

Format: TypeAlias = Literal["time_series", "table", "heatmap"]


class Target(NamedTuple):
    """One query of a panel, as it is sent.

    Attributes:
        ref: refId: A, B, … Z, AA, …
        expr: The definition.
        text: The query, filters included.
        value: What is known of its result.
        legend: How a series is called: ``legendFormat``.
        instant: Whether it is asked for the end of the time range only.
        format: The form of the answer.
        step: Shortest time between two points, in seconds; 0 for what the panel's width gives.
        lines: About how many series it returns; unlisted labels count as a handful.
    """

    ref: str
    expr: Expr
    text: str
    value: Value
    legend: str
    instant: bool
    format: Format
    step: float = 0.0
    lines: int = 1


class ShownPanel(NamedTuple):
    """A panel with its id, its place, its queries and its scale."""

    panel: Panel
    id: int
    grid: Grid
    targets: tuple[Target, ...]
    scale: Scale
    links: tuple[Link, ...]


class ShownRow(NamedTuple):
    """A row with its id, the place of its header, and its panels."""

    row: Row
    id: int
    grid: Grid
    panels: tuple[ShownPanel, ...]


class ShownAnnotation(NamedTuple):
    """An annotation with its query, what is known of it, and the ids of the panels it is drawn on: none for all."""

    annotation: Annotation
    text: str
    value: Value
    panels: tuple[int, ...] = ()


class ShownDashboard(NamedTuple):
    """A dashboard with everything derived."""

    dashboard: Dashboard
    rows: tuple[ShownRow, ...]
    choices: tuple[Choice, ...]
    annotations: tuple[ShownAnnotation, ...]


def resolve(dashboard: Dashboard, exposition: Exposition, *, scrape_interval: float = 15.0) -> ShownDashboard:
    """Return *dashboard* with its queries, units, legends, ids and places.

    Raises:
        SignalproofError: A definition makes no sense for what its queries return.
    """
    chosen = choices(dashboard, exposition)
    by_label = tuple((one.label, one.variable.name) for one in chosen if one.filters)
    whole = frozenset((one.label, one.variable.name) for one in chosen if one.all_value == ".*")
    return ShownDashboard(
        dashboard,
        tuple(_rows(dashboard, exposition, by_label, whole, scrape_interval)),
        chosen,
        tuple(
            _annotation(one, dashboard, exposition, by_label, scrape_interval)
            for one in dashboard.annotations
        ),
    )


def _annotation(
    annotation: Annotation,
    dashboard: Dashboard,
    exposition: Exposition,
    by_label: Sequence[tuple[str, str]],
    scrape_interval: float,
) -> ShownAnnotation:
    node = filtered(annotation.expr.node, by_label, exposition)
    value = _value(node, exposition, scrape_interval)
    if value.unit == TIMESTAMP_SECONDS.dimension:  # Grafana takes a value for a time in milliseconds
        node = binary("*", replace(annotation.expr, node=node), 1000).node
        value = _value(node, exposition, scrape_interval)
    drawn = tuple(
        dashboard.ids[row.key, panel.key]
        for row in dashboard.rows
        if row.key in annotation.rows
        for panel in row.panels
        if isinstance(panel, TimeSeries)
    )
    return ShownAnnotation(annotation, to_text(node), value, drawn)


def _value(node: Node, exposition: Exposition, scrape_interval: float) -> Value:
    return infer(node, exposition, scrape_interval=scrape_interval).root


def _rows(
    dashboard: Dashboard,
    exposition: Exposition,
    by_label: Sequence[tuple[str, str]],
    whole: Collection[tuple[str, str]],
    scrape_interval: float,
) -> Iterator[ShownRow]:
    ids = dashboard.ids
    y = 0
    for row in dashboard.rows:
        header, top = Grid(0, y, 24, 1), y + 1
        shown = []
        asked = [tuple(_targets(panel, exposition, by_label, whole, scrape_interval)) for panel in row.panels]
        lines = tuple(sum(target.lines for target in targets) for targets in asked)
        for panel, grid, targets in zip(row.panels, place(row.panels, lines), asked, strict=True):
            _check_columns(panel, targets)
            shown.append(
                ShownPanel(
                    panel,
                    ids[row.key, panel.key],
                    grid._replace(y=top + grid.y),
                    targets,
                    scale(panel, [(one.expr, one.value) for one in targets], exposition),
                    tuple(_links(dashboard, row, panel, ids)),
                )
            )
        yield ShownRow(row, ids[row.key, ""], header, tuple(shown))
        # a folded row takes one line; its panels keep the places they have once it is opened
        y = top if row.collapsed else top + row_height(row.panels, lines)


def _targets(
    panel: Panel,
    exposition: Exposition,
    by_label: Sequence[tuple[str, str]],
    whole: Collection[tuple[str, str]],
    scrape_interval: float,
) -> Iterator[Target]:
    if not isinstance(panel, QueryPanel):
        return
    seen: dict[str, Expr] = {}
    for ref, expr in zip(_REFS, panel.exprs, strict=False):
        node = filtered(expr.node, by_label, exposition)
        value = _value(node, exposition, scrape_interval)
        name = _legend(panel, expr, value)
        if seen.setdefault(name, expr) is not expr:
            raise SignalproofError(
                f"two queries of panel {panel.title!r} have the legend {name!r}",
                f"the other one stands at {seen[name].where}: tell them apart with .named(…)",
                where=expr.where,
            )
        yield Target(
            ref, expr, to_text(recorded(node, whole, exposition)), value, name, _instant(panel, node), _format(panel),
            _step(panel, node, value), expected_lines(value, expr.at_most),
        )  # fmt: skip


def _check_columns(panel: Panel, targets: Sequence[Target]) -> None:
    if isinstance(panel, Table) and panel.sort_by:
        columns = [target.legend for target in targets]
        if panel.sort_by not in columns:
            raise SignalproofError(
                f"table {panel.title!r} has no column {panel.sort_by!r}",
                did_you_mean(panel.sort_by, columns, f"columns: {', '.join(columns)}"),
                where=panel.where,
            )


_REFS = (*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2)))
"""What Grafana calls the queries of a panel: A … Z, AA … ZZ."""


def _legend(panel: QueryPanel, expr: Expr, value: Value) -> str:
    if isinstance(panel, Heatmap):
        native = value.kind in (Kind.NATIVE, Kind.RATED_NATIVE)
        if not native and not value.labels.can_have("le"):
            raise SignalproofError(
                f"panel {panel.title!r} is a heatmap, but its query has no buckets",
                "keep le: distribution(histogram), or sum by (le) (…)",
                where=expr.where,
            )
        if len(panel.exprs) > 1:
            raise SignalproofError(
                f"panel {panel.title!r} is a heatmap of {len(panel.exprs)} queries",
                "give it one: the buckets of several would lie on each other",
                where=panel.where,
            )
        return "{{le}}"
    if isinstance(panel, Table):
        if not expr.name and len(panel.exprs) > 1:
            raise SignalproofError(
                f"a column of table {panel.title!r} has no name",
                "name its query: .named('p95')",
                where=expr.where,
            )
        return expr.name or panel.title
    return legend(value, expr.name)


def _instant(panel: QueryPanel, node: Node) -> bool:
    """Whether the answer for the end of the time range is all that the panel shows."""
    if isinstance(panel, TimeSeries):
        return False
    if isinstance(panel, Table):
        return True
    if isinstance(panel, Gauge | BarGauge):
        return panel.reduce == "lastNotNull"
    if isinstance(panel, Stat):
        return panel.reduce == "lastNotNull" and (not panel.trend or spans_range(node))
    return False


def _step(panel: QueryPanel, node: Node, value: Value) -> float:
    """Return the shortest time between two points: as given, else so that four of them hold enough events."""
    if panel.min_step:
        return parse_duration(panel.min_step, panel.where)
    bars = isinstance(panel, TimeSeries) and panel.style == "bars"
    follows = any(
        isinstance(one, Range) and isinstance(one.window, Variable) and one.window.name == "__rate_interval"
        for one in walk(node)
    )
    return 0.0 if bars or not follows or _instant(panel, node) else step_for(value)


def _format(panel: QueryPanel) -> Format:
    if isinstance(panel, Heatmap):
        return "heatmap"
    return "table" if isinstance(panel, Table) else "time_series"


def _links(dashboard: Dashboard, row: Row, panel: Panel, ids: dict[tuple[str, str], int]) -> Iterator[Link]:
    runbook = (Link("Runbook", dashboard.runbook, where=dashboard.where),) if dashboard.runbook else ()
    for link in (*panel.links, *row.links, *runbook):
        if isinstance(link, RowLink):
            other = next(one for one in dashboard.rows if one.key == link.row)
            first = ids[other.key, other.panels[0].key]
            yield Link(
                link.title or other.title,
                f"/d/{dashboard.uid}?viewPanel={first}&${{__url_time_range}}&${{__all_variables}}",
                new_tab=False,
                where=link.where,
            )
        else:
            url = link.url.replace("{row}", row.key).replace("{panel}", panel.key)
            yield replace(link, url=url)
