"""A query where it is used: the text, and everything around it that decides whether it is right.

Readers (our definitions, dashboard JSON, rule files) make these; the lint and the live check read only these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from signalproof.errors import Location


class Use(StrEnum):
    """What a query is for."""

    PANEL = "panel"
    VARIABLE = "variable"
    ANNOTATION = "annotation"
    RECORDING = "recording rule"
    ALERT = "alert"
    EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    """A declared Grafana variable.

    Attributes:
        name: Without the dollar.
        kind: ``query``, ``datasource``, ``custom``, ``interval``, ``textbox``, ``constant``, ``adhoc``.
        multi: Whether several values can be chosen, or all.
        values: The values it can take when they are listed (custom, interval, constant).
        all_value: What is sent for all of them, where that is declared; else Grafana joins the values.
    """

    name: str
    kind: str = "query"
    multi: bool = False
    values: tuple[str, ...] = ()
    all_value: str = ""


@dataclass(frozen=True)
class Query:
    """One PromQL expression in use.

    Attributes:
        text: The expression, Grafana variables as written. For ``label_values(sel, label)`` it is ``sel``.
        where: ``file:line`` a person has to change.
        use: What it is for.
        dashboard: uid of the dashboard or name of the rule group.
        panel: Title of the panel; the name of the alert, record or variable elsewhere.
        target: refId of the target; empty elsewhere.
        panel_type: Grafana panel type: ``timeseries``, ``stat`` …
        legend: ``legendFormat``; empty or ``__auto`` when none is given.
        unit: Grafana unit id of the panel; empty when none is given.
        thresholds: Threshold values of the panel or of an override for this target.
        instant: Whether it is asked for one moment only.
        reducers: What a stat, gauge or table makes of a range: ``lastNotNull``, ``mean`` …
        label: For ``label_values(sel, label)``: the label whose values are listed.
        variables: Declared Grafana variables by name; a name that is missing is no variable, built-ins apart.
        labels: Of a rule: the labels it adds.
        annotations: Of an alert: annotation name → template.
        for_seconds: Of an alert: how long it must hold.
        interval: Seconds between evaluations of a rule, or the minimum step of a panel or an annotation; None for the default.
        allow: Suppressed codes → reason.
        title: Title of the dashboard, where that says more than its uid.
        dialect: ``metricsql`` where it is known to be asked of VictoriaMetrics; empty for the dialect that is configured.
        templates: ``grafana`` where Grafana fills in the annotations and labels, which has other data and functions for
            them; empty where Prometheus does.
        value_is_time: Of an annotation: whether a value is the moment to mark, in milliseconds.
        off: Of an annotation: whether nothing is marked until a reader switches it on.
        min_step: Of a panel: the minimum step of the query itself, in seconds, which Grafana takes for the scrape interval
            when it makes ``$__rate_interval``; None for that of the data source.
    """

    text: str
    where: Location
    use: Use = Use.EXPRESSION
    dashboard: str = ""
    panel: str = ""
    target: str = ""
    panel_type: str = ""
    legend: str = ""
    unit: str = ""
    thresholds: tuple[float, ...] = ()
    instant: bool = False
    reducers: tuple[str, ...] = ()
    label: str = ""
    variables: Mapping[str, TemplateVariable] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    for_seconds: float = 0.0
    interval: float | None = None
    allow: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    dialect: str = ""
    templates: str = ""
    value_is_time: bool = False
    off: bool = False
    min_step: float | None = None
