"""Dashboards as Grafana's JSON, with grafanalib as the object layer: the only module that imports it.

grafanalib carries the dashboard, its rows, time series, stats, texts, queries, variables and links. Its gauge, bar
gauge, heatmap, table and state panels are of before Grafana 8 or were never there, so those are subclasses of its
`Panel` with current options. What it gets wrong is put right by `normalise`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar, Literal, TypeAlias

from grafanalib import core as grafanalib_core

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard.asking import ShownTarget
from signalproof.dashboard.layout import Grid
from signalproof.dashboard.links import DashboardLink, Link
from signalproof.dashboard.model import Dashboard
from signalproof.dashboard.panels import QueryPanel, Stat, Table, Text, TimeSeries
from signalproof.dashboard.resolve import (
    ShownDashboard,
    ShownPanel,
    ShownRow,
    resolve,
)
from signalproof.dashboard.said import merged, written
from signalproof.dashboard.targets import Target
from signalproof.dashboard.variables import RawVariable
from signalproof.durations import duration_text
from signalproof.render import charts, fields, normalise, options, plain
from signalproof.render.controls import DATASOURCE, annotation, plain_variable, template
from signalproof.render.json_text import json_text
from signalproof.render.look import Look
from signalproof.render.normalise import Json
from signalproof.render.v2.resource import resource

core: Any = grafanalib_core
"""Without types: grafanalib declares its attributes in a way that no type checker reads."""

Form: TypeAlias = Literal["classic", "k8s", "v2"]


def dashboard_json(
    dashboard: Dashboard, exposition: Exposition, *, form: Form = "classic", scrape_interval: float = 15.0
) -> bytes:
    """Return the file of *dashboard*: the same bytes for the same definition.

    Args:
        dashboard: The definition.
        exposition: What Prometheus stores; units, legends and ranges come from it.
        form: ``classic`` is the bare model that file provisioning takes, ``k8s`` the same model as a resource of Grafana's
            API, ``v2`` a resource of the API in schema v2.
        scrape_interval: Seconds between two scrapes.

    Raises:
        SignalproofError: A definition makes no sense for what its queries return.
    """
    return encode(resolve(dashboard, exposition, scrape_interval=scrape_interval), form)


def encode(shown: ShownDashboard, form: Form = "classic") -> bytes:
    """Return the file of a resolved dashboard; see `dashboard_json`."""
    model = plain.model(shown) if shown.dashboard.plain else _model(shown)
    if form == "v2":
        return json_text(resource(model, shown.dashboard.where))
    if form == "k8s":
        uid = model.pop("uid")
        model = {
            "apiVersion": "dashboard.grafana.app/v1beta1",
            "kind": "Dashboard",
            "metadata": {"name": uid},
            "spec": model,
        }
    return json_text(model)


class _CurrentPanel(core.Panel):  # type: ignore[misc]  # grafanalib carries no types
    """A panel of a kind that grafanalib does not know in its present form."""

    kind: ClassVar[str]

    def to_json_data(self) -> Json:
        """Return the panel; everything that its kind decides is in ``extraJson``."""
        data: Json = self.panel_json({"type": self.kind})
        return data


_OPTIONS = {**options.OPTIONS, **charts.OPTIONS}
_PANELS: dict[str, type[_CurrentPanel]] = {
    kind: type(f"_{kind}", (_CurrentPanel,), {"kind": kind}) for kind in _OPTIONS
}


def _model(shown: ShownDashboard) -> Json:
    dashboard = shown.dashboard
    frame = core.Dashboard(
        title=dashboard.title,
        uid=dashboard.uid,
        description=dashboard.description,
        tags=list(dashboard.tags),
        timezone="browser",
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        refresh=dashboard.refresh,
        time=core.Time(dashboard.time_from, dashboard.time_to),
        links=[_dashboard_link(link) for link in dashboard.links],
        templating=core.Templating(
            list=[
                core.Template(**template(one))
                for one in shown.choices
                if not isinstance(one.variable, RawVariable)
            ]
        ),
        annotations=core.Annotations(list=[annotation(one) for one in shown.annotations]),
    )
    model = normalise.dashboard(frame.to_json_data())
    rendered = iter(model["templating"]["list"])
    model["templating"]["list"] = [
        plain_variable(one)
        if isinstance(one.variable, RawVariable)
        else merged(next(rendered), one.variable.raw)
        for one in shown.choices
    ]
    model["panels"] = [panel for row in shown.rows for panel in _row(row)]
    said = written(dashboard)
    return merged(merged(model, said), dashboard.raw) if said or dashboard.raw else model


def _row(shown: ShownRow) -> list[Json]:
    panels = [_panel(one) for one in shown.panels]
    folded = shown.row.collapsed
    header = core.RowPanel(title=shown.row.title, id=shown.id, collapsed=folded)
    row = normalise.row(header.to_json_data(), panels if folded else [])
    row["gridPos"] = _grid(shown.grid)
    if shown.row.repeat:
        row["repeat"] = shown.row.repeat
    if shown.row.raw:
        row = merged(row, shown.row.raw)
    if not shown.row.header:
        return panels
    return [row] if folded else [row, *panels]


def _panel(shown: ShownPanel) -> Json:
    """Return a panel: its look, and what is its own."""
    panel = shown.panel
    if not isinstance(panel, QueryPanel | Text):
        return plain.panel(shown)
    found = {**_look(Look(shown)), "title": panel.title, "id": shown.id, "gridPos": _grid(shown.grid)}
    if isinstance(panel, Text):
        found["options"] = {**found["options"], "content": panel.markdown}
    if isinstance(panel, QueryPanel):
        found["description"] = panel.why
        asked = iter(shown.targets)
        found["targets"] = [
            _target(next(asked)) if isinstance(one, Target) else {**one.json, "refId": one.ref or "raw"}
            for one in panel.asked
        ]
    if shown.links:
        found["links"] = [_link(link) for link in shown.links]
    if said := written(panel):
        found = _with_said(found, said)
    return merged(found, panel.raw) if panel.raw else found


def _with_said(found: Json, said: Json) -> Json:
    """Return a panel with what was *said* of it over what was derived; of overrides and transformations, after it."""
    derived = found.get("fieldConfig", {}).get("overrides", [])
    steps = found.get("transformations", [])
    found = merged(found, said)
    if "overrides" in said.get("fieldConfig", {}):
        found["fieldConfig"]["overrides"] = [*derived, *said["fieldConfig"]["overrides"]]
    if "transformations" in said:
        found["transformations"] = [*steps, *said["transformations"]]
    return found


@lru_cache(maxsize=4096)
def _look(look: Look) -> Json:
    """Return what the panels of this look have in common; nobody changes it."""
    return normalise.look(_grafanalib_panel(look.shown).to_json_data())


def _grafanalib_panel(shown: ShownPanel) -> Any:
    panel = shown.panel
    if isinstance(panel, Text):
        return core.Text(mode=core.TEXT_MODE_MARKDOWN)
    own: Json = {
        "dataSource": DATASOURCE,
        "thresholds": [
            core.Threshold(step.color, index, float(step.value))
            for index, step in enumerate(fields.steps(shown))
        ],
        "maxDataPoints": options.points(shown),
    }
    field, differences = fields.field(shown), fields.overrides(shown)
    if isinstance(panel, TimeSeries):
        return _time_series(shown, own, field, differences)
    if isinstance(panel, Stat):
        return _stat(panel, shown, own, field, differences)
    config: Json = {"defaults": field, "overrides": differences}
    if panel.kind in options.CUSTOM:
        field["custom"] = options.CUSTOM[panel.kind]
    if isinstance(panel, Table):
        own["transformations"] = options.columns(shown)
    extra = {"fieldConfig": config, "options": _OPTIONS[panel.kind](shown)}
    return _PANELS[panel.kind](extraJson=extra, **own)


def _time_series(shown: ShownPanel, own: Json, field: Json, differences: list[Json]) -> Any:
    return core.TimeSeries(
        unit=field.pop("unit", ""),
        valueDecimals=field.pop("decimals", None),
        colorMode=field.pop("color")["mode"],
        tooltipMode="multi",
        tooltipSort="desc",
        overrides=differences,
        extraJson={
            "fieldConfig": {"defaults": {**field, "custom": options.soft_ends(shown)}},
            "options": {"legend": options.legend(shown), "tooltip": options.tooltip(shown)},
        },
        **options.drawing(shown),
        **own,
    )


def _stat(panel: Stat, shown: ShownPanel, own: Json, field: Json, differences: list[Json]) -> Any:
    over_time = not all(one.instant for one in shown.targets)
    return core.Stat(
        format=field.pop("unit", ""),
        decimals=field.pop("decimals", None),
        color=field.pop("color"),
        noValue=field.pop("noValue"),
        colorMode="background" if panel.fill else "value",
        graphMode="area" if panel.trend and over_time else "none",
        reduceCalc=panel.reduce,
        overrides=differences,
        extraJson={"fieldConfig": {"defaults": field}},
        **own,
    )


def _target(target: ShownTarget) -> Json:
    query = core.Target(
        expr=target.text,
        refId=target.ref,
        legendFormat=target.legend,
        instant=target.instant,
        format=target.format,
        interval=duration_text(target.step) if target.step else "",
        datasource=DATASOURCE,
    )
    return plain.with_target(normalise.target(query.to_json_data()), target.given)


@lru_cache(maxsize=1024)
def _grid(grid: Grid) -> Json:
    data: Json = core.GridPos(h=grid.h, w=grid.w, x=grid.x, y=grid.y).to_json_data()
    return data


def _link(link: Link) -> Json:
    return normalise.link(
        core.DataLink(title=link.title, linkUrl=link.url, isNewTab=link.new_tab).to_json_data()
    )


def _dashboard_link(link: Link | DashboardLink) -> Any:
    if isinstance(link, Link):
        return core.DashboardLink(
            type="link", title=link.title, uri=link.url, targetBlank=link.new_tab, keepTime=False
        )
    return core.DashboardLink(
        type="dashboards",
        title=link.title or ", ".join(link.tags),
        tags=list(link.tags),
        asDropdown=link.menu,
        includeVars=True,
        keepTime=True,
    )
