"""A dashboard with everything derived that its definition leaves open.

The renderer and the readers of its queries start from this one step, so what is checked is what is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.units import TIMESTAMP_SECONDS
from signalproof.dashboard.addressed import data_links, panel_links
from signalproof.dashboard.asking import ShownTarget, targets_of, value_of
from signalproof.dashboard.filters import filtered
from signalproof.dashboard.layout import Grid, place
from signalproof.dashboard.links import Link
from signalproof.dashboard.model import Annotation, Dashboard, Row
from signalproof.dashboard.panels import Panel, Table, TimeSeries
from signalproof.dashboard.recorded import records_rates
from signalproof.dashboard.scale import Scale, scale
from signalproof.dashboard.selection import Choice, choices
from signalproof.errors import SignalproofError, did_you_mean
from signalproof.infer.value import Value
from signalproof.promql.expr import binary
from signalproof.promql.printer import to_text


class ShownPanel(NamedTuple):
    """A panel with its id, its place, its queries, its scale, and where it and its data points lead."""

    panel: Panel
    id: int
    grid: Grid
    targets: tuple[ShownTarget, ...]
    scale: Scale
    links: tuple[Link, ...]
    data_links: tuple[Link, ...] = ()


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
    whole = None
    if records_rates(exposition):
        whole = frozenset((one.label, one.variable.name) for one in chosen if one.all_value == ".*")
    return ShownDashboard(
        dashboard,
        tuple(_rows(dashboard, exposition, chosen, by_label, whole, scrape_interval)),
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
    value = value_of(node, exposition, scrape_interval)
    if value.unit == TIMESTAMP_SECONDS.dimension:  # Grafana takes a value for a time in milliseconds
        node = binary("*", replace(annotation.expr, node=node), 1000).node
        value = value_of(node, exposition, scrape_interval)
    drawn = tuple(
        dashboard.ids[row.key, panel.key]
        for row in dashboard.rows
        if row.key in annotation.rows
        for panel in row.panels
        if isinstance(panel, TimeSeries)
    )
    return ShownAnnotation(annotation, to_text(node), value, drawn)


def _rows(
    dashboard: Dashboard,
    exposition: Exposition,
    chosen: Sequence[Choice],
    by_label: Sequence[tuple[str, str]],
    whole: Collection[tuple[str, str]] | None,
    scrape_interval: float,
) -> Iterator[ShownRow]:
    ids = dashboard.ids
    y = 0
    for row in dashboard.rows:
        if row.at is not None:
            y = row.at
        header, top = Grid(0, y, 24, 1), y + 1 if row.header else y
        shown = []
        asked = [
            tuple(targets_of(panel, exposition, by_label, whole, scrape_interval, plain=dashboard.plain))
            for panel in row.panels
        ]
        lines = tuple(sum(target.lines for target in targets) for targets in asked)
        for panel, grid, targets in zip(row.panels, place(row.panels, lines), asked, strict=True):
            x, line = panel.at or (grid.x, grid.y)
            if not dashboard.plain:
                _check_columns(panel, targets)
            shown.append(
                ShownPanel(
                    panel,
                    ids[row.key, panel.key],
                    grid._replace(x=x, y=top + line),
                    targets,
                    Scale()
                    if dashboard.plain
                    else scale(panel, [(one.expr, one.value) for one in targets], exposition),
                    tuple(panel_links(panel, row, dashboard)),
                    tuple(data_links(panel, chosen)),
                )
            )
        yield ShownRow(row, ids[row.key, ""], header, tuple(shown))
        # a folded row takes one line; its panels keep the places they have once it is opened
        y = top if row.collapsed else max([top, *(one.grid.y + one.grid.h for one in shown)])


def _check_columns(panel: Panel, targets: Sequence[ShownTarget]) -> None:
    if isinstance(panel, Table) and panel.sort_by:
        columns = [target.legend for target in targets]
        if panel.sort_by not in columns:
            raise SignalproofError(
                f"table {panel.title!r} has no column {panel.sort_by!r}",
                did_you_mean(panel.sort_by, columns, f"columns: {', '.join(columns)}"),
                where=panel.where,
            )
