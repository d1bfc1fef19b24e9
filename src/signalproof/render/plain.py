"""Dashboards of which nothing is derived: what is written, and nothing else."""

from __future__ import annotations

from typing import Any, TypeAlias

from signalproof.dashboard.links import DashboardLink, Link
from signalproof.dashboard.panels import QueryPanel, RawPanel, Text, asked_of_prometheus
from signalproof.dashboard.resolve import ShownDashboard, ShownPanel, ShownRow
from signalproof.dashboard.said import merged, written
from signalproof.dashboard.targets import RawTarget, Target
from signalproof.render.controls import DATASOURCE, annotation, plain_variable
from signalproof.render.normalise import SCHEMA_VERSION

Json: TypeAlias = dict[str, Any]


def model(shown: ShownDashboard) -> Json:
    """Return the classic model of a plain dashboard."""
    dashboard = shown.dashboard
    found: Json = {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "schemaVersion": SCHEMA_VERSION,
        "time": {"from": dashboard.time_from, "to": dashboard.time_to},
        "templating": {"list": [plain_variable(one) for one in shown.choices]},
    }
    for key, value in (
        ("description", dashboard.description),
        ("tags", list(dashboard.tags)),
        ("refresh", dashboard.refresh),
        ("links", [dashboard_link(one) for one in dashboard.links]),
        (
            "annotations",
            {"list": [annotation(one) for one in shown.annotations]} if shown.annotations else {},
        ),
    ):
        if value:
            found[key] = value
    found["panels"] = [panel for row in shown.rows for panel in _row(row)]
    return merged(merged(found, written(dashboard)), dashboard.raw)


def dashboard_link(link: Link | DashboardLink) -> Json:
    """Return a link of a dashboard."""
    if isinstance(link, Link):
        return {"type": "link", "title": link.title, "url": link.url, "targetBlank": link.new_tab}
    return {
        "type": "dashboards",
        "title": link.title,
        "tags": list(link.tags),
        "asDropdown": link.menu,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
    }


def _row(shown: ShownRow) -> list[Json]:
    panels = [panel(one) for one in shown.panels]
    row = shown.row
    if not row.header:
        return panels
    folded = row.collapsed
    header: Json = {
        "type": "row",
        "title": row.title,
        "id": shown.id,
        "gridPos": shown.grid._asdict(),
        "collapsed": folded,
        "panels": panels if folded else [],
        **({"repeat": row.repeat} if row.repeat else {}),
    }
    return [merged(header, row.raw), *(() if folded else panels)]


def panel(shown: ShownPanel) -> Json:
    """Return a panel with what is written of it."""
    one = shown.panel
    place: Json = {"id": shown.id, "gridPos": shown.grid._asdict()}
    if isinstance(one, RawPanel):
        return raw_panel(shown)
    found: Json = {"type": one.kind, "title": one.title, **place}
    if isinstance(one, Text):
        found["options"] = {"content": one.markdown}
    if isinstance(one, QueryPanel):
        found["datasource"] = DATASOURCE
        found["targets"] = _targets(one, shown)
        if one.why:
            found["description"] = one.why
        if shown.data_links:
            found["fieldConfig"] = {"defaults": {"links": [_link(link) for link in shown.data_links]}}
    found = merged(found, written(one))
    if shown.links:
        found["links"] = [_link(link) for link in shown.links]
    return merged(found, one.raw)


def raw_panel(shown: ShownPanel) -> Json:
    """Return a panel that is as Grafana has it, its queries filtered."""
    one = shown.panel
    assert isinstance(one, RawPanel)
    texts = iter(shown.targets)
    asked = [id(data) for data in asked_of_prometheus(one.json)]
    found: Json = {**one.json, "title": one.title, "id": shown.id, "gridPos": shown.grid._asdict()}
    if "targets" in found:
        found["targets"] = [
            {**data, "expr": next(texts).text} if id(data) in asked else data for data in one.json["targets"]
        ]
    return merged(found, one.raw)


def _targets(panel: QueryPanel, shown: ShownPanel) -> list[Json]:
    asked = iter(shown.targets)
    found: list[Json] = []
    for one in panel.asked:
        if isinstance(one, RawTarget):
            found.append({**one.json, **({"refId": one.ref} if one.ref else {})})
            continue
        target = next(asked)
        data: Json = {"refId": target.ref, "datasource": DATASOURCE, "expr": target.text}
        if target.legend:
            data["legendFormat"] = target.legend
        found.append(with_target(data, one))
    return found


def with_target(data: Json, target: Target | None) -> Json:
    """Return the JSON of a query with what was said of it laid over."""
    if target is None:
        return data
    said = written(target)
    return merged(merged(data, said), target.raw) if said or target.raw else data


def _link(link: Link) -> Json:
    return {"title": link.title, "url": link.url, **({"targetBlank": True} if link.new_tab else {})}
