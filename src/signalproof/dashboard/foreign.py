"""Dashboards of other projects, in any form Grafana writes, as queries with their place in the file.

Read are classic JSON (rows nested or old-style), the API's ``{"dashboard": …}``, the Kubernetes form
(``dashboard.grafana.app``) of v1 and v2, a bare v2 spec, exported library panels, and any of these inside a ConfigMap
or a GrafanaDashboard resource. Queries of other datasources than Prometheus are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from signalproof.dashboard.foreign_v2 import classic
from signalproof.dashboard.foreign_variables import template_variables, variable_queries
from signalproof.datasources import DataSources, Other
from signalproof.documents import Table, Tree, read_json, read_yaml
from signalproof.errors import Location, SignalproofError
from signalproof.manifests import unpacked
from signalproof.promql.query import Query, TemplateVariable, Use
from signalproof.text_files import read_text

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True)
class ForeignDashboard:
    """A dashboard as found in a file.

    Attributes:
        file: Where it was found.
        uid: Its uid; its title where it has none.
        spec: Its body in classic form, with the lines of the file.
    """

    file: str
    uid: str
    spec: Table


def read_dashboard(path: Path) -> Iterator[Query]:
    """Yield every PromQL query of the dashboards in the file *path*.

    Raises:
        SignalproofError: The file cannot be read, is neither JSON nor YAML, or holds no dashboard.
    """
    found = False
    for dashboard in dashboards(read_trees(path), str(path)):
        found = True
        yield from queries_of(dashboard)
    if not found:
        raise SignalproofError(
            "no Grafana dashboard in this file",
            "give dashboard JSON, or a ConfigMap that holds it",
            where=Location(str(path)),
        )


def read_trees(path: Path) -> list[Tree]:
    """Return the documents of the file *path*: one for JSON, any number for YAML.

    Raises:
        SignalproofError: The file cannot be read, or is not what its name says.
    """
    text = read_text(path)
    if path.suffix in (".yaml", ".yml"):
        return list(read_yaml(text, str(path)))
    return [read_json(text, str(path))]


def dashboards(trees: list[Tree], file: str) -> Iterator[ForeignDashboard]:
    """Yield the dashboards among *trees*; whatever else stands there is left out.

    Raises:
        SignalproofError: A ConfigMap holds a dashboard that is no JSON, or a v2 dashboard has a layout that is not known.
    """
    for tree in unpacked(trees, file):
        spec = tree.get("spec")
        if str(tree.get("apiVersion", "")).startswith("dashboard.grafana.app/") and isinstance(spec, Table):
            body = classic(spec, file) if "elements" in spec else spec
            yield ForeignDashboard(file, tree.table("metadata").text("name") or body.text("uid"), body)
        elif isinstance(tree.get("dashboard"), Table):
            yield from dashboards([tree["dashboard"]], file)
        elif isinstance(tree.get("elements"), Table) and tree.table("layout").text("kind"):
            body = classic(tree, file)
            yield ForeignDashboard(file, body.text("title"), body)
        elif isinstance(tree.get("model"), Table) and "targets" in tree["model"]:
            yield ForeignDashboard(file, tree.text("uid") or tree.text("name"), _alone(tree["model"]))
        elif isinstance(tree.get("result"), Table):
            yield from dashboards([tree["result"]], file)
        elif any(isinstance(tree.get(key), list) for key in ("panels", "rows")) and "groups" not in tree:
            yield ForeignDashboard(file, tree.text("uid") or tree.text("title"), tree)


def _alone(panel: Table) -> Table:
    body = Table(panel.line)
    body["panels"] = [panel]
    return body


def panels_of(spec: Table) -> Iterator[Table]:
    """Yield every panel of a classic dashboard body: those in rows, and the models of its library panels, too.

    A row that repeats repeats its panels: they are yielded with its ``repeat`` as their own.
    """
    for row in spec.tables("rows"):
        _hand_down(row)
    _hand_down_open_rows(spec.tables("panels"))
    pending = [
        *spec.tables("panels"),
        *(panel for row in spec.tables("rows") for panel in row.tables("panels")),
        *(one.table("model") for one in spec.table("__elements").values() if isinstance(one, Table)),
    ]
    pending.reverse()
    while pending:
        panel = pending.pop()
        if panel.get("type") != "row":
            yield panel
        _hand_down(panel)
        pending.extend(reversed(panel.tables("panels")))


def _hand_down(row: Table) -> None:
    if row.get("repeat"):
        for panel in row.tables("panels"):
            panel.setdefault("repeat", row["repeat"])


def _hand_down_open_rows(panels: list[Table]) -> None:
    """Give the panels below an open row, which stand beside it in the file, what the row repeats for."""
    repeat = None
    for panel in panels:
        if panel.get("type") == "row":
            repeat = panel.get("repeat")
        elif repeat:
            panel.setdefault("repeat", repeat)


def queries_of(dashboard: ForeignDashboard) -> Iterator[Query]:
    """Yield every PromQL query of *dashboard*: of its variables, its annotations and its panels."""
    return (one for one in asked_by(dashboard) if isinstance(one, Query))


def asked_by(dashboard: ForeignDashboard) -> Iterator[Query | Other]:
    """Yield every query of *dashboard*, those of other data sources than Prometheus as `Other`."""
    title = str(dashboard.spec.text("title"))
    for one in _asked_by(dashboard):
        yield replace(one, title=title) if isinstance(one, Query) and title != one.dashboard else one


def _asked_by(dashboard: ForeignDashboard) -> Iterator[Query | Other]:
    spec, file = dashboard.spec, dashboard.file
    variables = template_variables(spec)
    sources = DataSources(spec)
    for table in spec.table("templating").tables("list"):
        if table.get("type", "query") != "query":
            continue
        other = sources.other(table.get("datasource"), "")
        if other is None:
            yield from variable_queries(table, file, dashboard.uid, variables)
        elif other:
            yield Other(other, Location(file, table.line))
    for table in spec.table("annotations").tables("list"):
        text = table.text("expr") or table.table("target").text("expr")
        other = sources.other(table.get("datasource"), text)
        if other:
            yield Other(other, Location(file, table.line))
        elif text and other is None:
            yield Query(
                text, Location(file, text.line), Use.ANNOTATION, dashboard.uid, table.text("name"),
                legend=table.text("titleFormat"), variables=variables, dialect=sources.dialect(table.get("datasource")),
                interval=_seconds(table.table("target").text("interval") or table.text("step")),
                value_is_time=table.get("useValueForTime") is True, off=table.get("enable") is False,
            )  # fmt: skip
    for panel in panels_of(spec):
        known = _repeated(variables, panel.get("repeat"))
        for target in panel.tables("targets"):
            text = target.text("expr")
            source = target.get("datasource") or panel.get("datasource")
            other = sources.other(source, text)
            if other:
                yield Other(other, Location(file, target.line))
            elif text.strip() and other is None:
                yield replace(_panel_query(panel, target, dashboard, known), dialect=sources.dialect(source))


def _repeated(variables: Mapping[str, TemplateVariable], name: Any) -> Mapping[str, TemplateVariable]:
    """Return *variables* as a panel sees them that is repeated for each value of the variable *name*."""
    one = variables.get(name) if isinstance(name, str) else None
    return variables if one is None else {**variables, one.name: replace(one, multi=False)}


def _panel_query(
    panel: Table, target: Table, dashboard: ForeignDashboard, variables: Mapping[str, TemplateVariable]
) -> Query:
    text, ref = target.text("expr"), target.text("refId")
    options = panel.table("options").table("reduceOptions")
    calcs = options.get("calcs")
    return Query(
        text,
        Location(dashboard.file, text.line),
        Use.PANEL,
        dashboard.uid,
        panel.text("title"),
        ref,
        panel.text("type"),
        target.text("legendFormat"),
        _unit(panel, ref),
        _thresholds(panel),
        target.get("instant") is True and target.get("range") is not True,
        tuple(one for one in calcs if isinstance(one, str)) if isinstance(calcs, list) else (),
        variables=variables,
        interval=_seconds(target.text("interval") or panel.text("interval")),
        min_step=_seconds(target.text("interval")),
    )


def _unit(panel: Table, ref: str) -> str:
    """Return the unit in which Grafana shows the target; empty when none is given or an override may change it."""
    config = panel.table("fieldConfig")
    unit = config.table("defaults").text("unit")
    for override in config.tables("overrides"):
        given = [one.text("value") for one in override.tables("properties") if one.get("id") == "unit"]
        matcher = override.table("matcher")
        if given and matcher.get("id") == "byFrameRefID":
            unit = given[-1] if matcher.get("options") == ref else unit
        elif given:
            return ""
    if unit or config:
        return unit
    axes = [axis.text("format") for axis in panel.tables("yaxes")]
    moved = any("yaxis" in one for one in panel.tables("seriesOverrides"))
    return "" if moved else str(axes[0]) if axes else panel.text("format")


def _thresholds(panel: Table) -> tuple[float, ...]:
    table = panel.table("fieldConfig").table("defaults").table("thresholds")
    if table.get("mode") == "percentage":
        return ()
    values = (step.get("value") for step in table.tables("steps"))
    return tuple(float(one) for one in values if isinstance(one, int | float) and not isinstance(one, bool))


def _seconds(text: str) -> float | None:
    found = re.fullmatch(r">?=?\s*(\d{1,15})(ms|[smhd])", text)
    return int(found[1]) * _SECONDS[found[2]] if found else None
