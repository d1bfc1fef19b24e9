"""What stands above the panels: variables and annotations."""

from __future__ import annotations

from typing import Any, TypeAlias

from signalproof.dashboard.resolve import ShownAnnotation
from signalproof.dashboard.said import merged
from signalproof.dashboard.selection import Choice
from signalproof.dashboard.variables import (
    CustomVariable,
    DatasourceVariable,
    IntervalVariable,
    RawVariable,
    TextVariable,
)  # fmt: skip
from signalproof.render.colours import grafana_colour

Json: TypeAlias = dict[str, Any]

DATASOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}
"""The data source that the reader chose; on panels, queries, annotations and variables alike."""

_ON_TIME_RANGE_CHANGE = 2
_ALPHABETICAL = 1
_SHOWN, _HIDDEN = 0, 2


def plain_variable(choice: Choice) -> Json:
    """Return a variable with what is written of it, and nothing else."""
    variable = choice.variable
    if isinstance(variable, RawVariable):
        return {**variable.json, "name": variable.name}
    asked: Json = {}
    match variable:
        case DatasourceVariable():
            asked = {"query": "prometheus"}
        case IntervalVariable() | CustomVariable():
            asked = {"query": ",".join(variable.choices)}
        case TextVariable():
            asked = {"query": variable.default}
        case _:
            asked = {"query": f"label_values({choice.text}, {choice.label})", "datasource": DATASOURCE}
    said = {"label": variable.label} if variable.label else {}
    hidden = {"hide": _HIDDEN} if variable.hidden else {}
    return merged({"type": variable.kind, "name": variable.name, **said, **asked, **hidden}, variable.raw)


def template(choice: Choice) -> Json:
    """Return a variable, which is not a raw one, as arguments of grafanalib's `Template`."""
    variable = choice.variable
    assert not isinstance(variable, RawVariable)
    own: Json = {
        "name": variable.name,
        "label": variable.heading(variable.name),
        "hide": _HIDDEN if variable.hidden else _SHOWN,
        "type": variable.kind,
    }
    match variable:
        case DatasourceVariable():
            return {**own, "query": "prometheus", "regex": variable.matching}
        case IntervalVariable():
            return {**own, "query": ",".join(variable.choices), "default": variable.choices[0]}
        case TextVariable():
            return {**own, "query": variable.default, "default": variable.default}
        case CustomVariable():
            return {
                **own,
                "query": ",".join(variable.choices),
                "default": "All" if variable.multi else variable.choices[0],
                "multi": variable.multi,
                "includeAll": variable.multi,
            }
        case _:
            return {
                **own,
                "query": f"label_values({choice.text}, {choice.label})",
                "dataSource": DATASOURCE,
                "default": "All" if variable.multi else "",
                "multi": variable.multi,
                "includeAll": variable.multi,
                "allValue": choice.all_value or None,
                "refresh": _ON_TIME_RANGE_CHANGE,
                "sort": _ALPHABETICAL,
            }


def annotation(shown: ShownAnnotation) -> Json:
    """Return an annotation; grafanalib has no class for one."""
    definition = shown.annotation
    found: Json = {
        "name": definition.title,
        "datasource": DATASOURCE,
        "enable": definition.shown,
        "iconColor": grafana_colour(definition.color),
        "target": {"expr": shown.text, "refId": "Anno"},
        "titleFormat": definition.title,
    }
    if shown.value.instant:
        found["useValueForTime"] = True
    if shown.panels:
        found["filter"] = {"exclude": False, "ids": list(shown.panels)}
    if definition.text:
        found["textFormat"] = definition.text
    return found
