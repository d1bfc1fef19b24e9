"""The queries of a dashboard as they are rendered: what the lint and the live check read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard.charts import PieChart
from signalproof.dashboard.model import Dashboard
from signalproof.dashboard.panels import BarGauge, Gauge, QueryPanel, RawPanel, Stat, Table
from signalproof.dashboard.resolve import ShownDashboard, ShownPanel, resolve
from signalproof.dashboard.selection import Choice
from signalproof.dashboard.variables import (
    CustomVariable,
    DatasourceVariable,
    IntervalVariable,
    RawVariable,
    TextVariable,
)
from signalproof.promql.query import Query, TemplateVariable, Use


def queries(
    dashboard: Dashboard, exposition: Exposition, *, scrape_interval: float = 15.0
) -> Iterator[Query]:
    """Yield every query of *dashboard*: of its variables, its annotations, then its panels.

    Args:
        dashboard: The definition.
        exposition: What Prometheus stores.
        scrape_interval: Seconds between two scrapes.

    Raises:
        SignalproofError: A definition makes no sense for what its queries return.
    """
    yield from queries_of(resolve(dashboard, exposition, scrape_interval=scrape_interval))


def queries_of(shown: ShownDashboard) -> Iterator[Query]:
    """Yield every query of a resolved dashboard; see `queries`."""
    uid = shown.dashboard.uid
    variables = {one.variable.name: _template_variable(one) for one in shown.choices}
    for choice in shown.choices:
        if choice.text:
            yield Query(
                choice.text,
                choice.variable.where,
                Use.VARIABLE,
                uid,
                choice.variable.name,
                label=choice.label,
                variables=variables,
            )
    for one in shown.annotations:
        yield Query(
            one.text,
            one.annotation.expr.where,
            Use.ANNOTATION,
            uid,
            one.annotation.title,
            legend=one.annotation.text,
            variables=variables,
            value_is_time=one.value.instant,
            off=not one.annotation.shown,
        )
    for row in shown.rows:
        for panel in row.panels:
            yield from _panel_queries(panel, uid, variables)


def _panel_queries(shown: ShownPanel, uid: str, variables: Mapping[str, TemplateVariable]) -> Iterator[Query]:
    panel = shown.panel
    if isinstance(panel, RawPanel):
        for target in shown.targets:
            kind = str(panel.json.get("type", ""))
            yield Query(
                target.text, target.expr.where, Use.PANEL, uid, panel.title, target.ref, kind, target.legend,
                instant=target.instant, variables=variables,
            )  # fmt: skip
        return
    if not isinstance(panel, QueryPanel):
        return
    # as of foreign dashboards, a unit that an override may change is none to hold against the query
    overruled = any("unit" in one.properties for one in panel.overrides or ())
    said = "" if overruled else panel.unit or ""
    nothing = (None,) * len(shown.targets)
    limits, units = shown.scale.limits or nothing, shown.scale.units or nothing
    for target, limit, unit in zip(shown.targets, limits, units, strict=True):
        yield Query(
            target.text,
            target.expr.where,
            Use.PANEL,
            uid,
            panel.title,
            target.ref,
            panel.kind,
            target.legend,
            unit or shown.scale.unit or said,
            () if limit is None else (limit.value,),
            target.instant,
            () if target.instant else _reducers(panel),
            variables=variables,
            interval=target.step or None,
            min_step=target.step or None,
            allow=panel.allow,
        )


def _reducers(panel: QueryPanel) -> tuple[str, ...]:
    if isinstance(panel, Stat | Gauge | BarGauge | PieChart):
        return (panel.reduce,)
    return ("lastNotNull",) if isinstance(panel, Table) else ()


def _template_variable(choice: Choice) -> TemplateVariable:
    variable = choice.variable
    match variable:
        case DatasourceVariable():
            return TemplateVariable(variable.name, "datasource")
        case IntervalVariable():
            return TemplateVariable(variable.name, "interval", values=variable.choices)
        case CustomVariable():
            return TemplateVariable(variable.name, "custom", variable.multi, variable.choices)
        case TextVariable():
            return TemplateVariable(variable.name, "textbox", values=(variable.default,))
        case RawVariable():
            return TemplateVariable(variable.name, str(variable.json.get("type", "query")))
        case _:
            return TemplateVariable(variable.name, "query", variable.multi, all_value=choice.all_value)
