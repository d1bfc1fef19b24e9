"""A variable of Grafana's JSON → the call that defines it."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from signalproof.convert.code import Call, Lines
from signalproof.dashboard.said import difference
from signalproof.dashboard.selection import Choice
from signalproof.dashboard.variables import (
    CustomVariable,
    DatasourceVariable,
    IntervalVariable,
    QueryVariable,
    TextVariable,
    Variable,
)
from signalproof.errors import Location, SignalproofError
from signalproof.promql.ast import Selector
from signalproof.promql.build import promql
from signalproof.promql.printer import to_text
from signalproof.render.controls import plain_variable

Json: TypeAlias = dict[str, Any]

_LABEL_VALUES = re.compile(r"\s*label_values\((?P<series>.+),\s*(?P<label>[A-Za-z_]\w*)\)\s*", re.DOTALL)
_NOWHERE = Location("", 0)


def variable_call(data: Json) -> Call:
    """Return the definition of a variable, normalised JSON: typed where it can be."""
    try:
        found = _typed(data)
    except SignalproofError:
        found = None
    if found is not None:
        return found
    rest = {key: value for key, value in data.items() if key != "name"}
    return Call("RawVariable", (data.get("name", ""), rest))


def _typed(data: Json) -> Call | None:
    name, query = data.get("name", ""), data.get("query", "")
    label = {"label": data["label"]} if data.get("label") else {}
    hidden = {"hidden": True} if data.get("hide") == 2 else {}
    more: Json = {**label, **hidden}
    several = bool(data.get("multi") or data.get("includeAll"))
    match data.get("type"):
        case "datasource":
            variable: Variable = DatasourceVariable(name=name, where=_NOWHERE, **more)
            call = Call("DatasourceVariable", (), {"name": name, **more})
        case "textbox":
            variable = TextVariable(name, default=query, where=_NOWHERE, **more)
            call = Call("TextVariable", (name,), {**({"default": query} if query else {}), **more})
        case "interval" | "custom" as kind if isinstance(query, str) and query:
            cls = IntervalVariable if kind == "interval" else CustomVariable
            if several and kind == "custom":
                more["multi"] = True
            choices = tuple(query.split(","))
            variable = cls(name, choices, where=_NOWHERE, **more)
            call = Call(cls.__name__, (name, choices), more)
        case "query" if isinstance(query, str) and (asked := _LABEL_VALUES.fullmatch(query)):
            series = promql(asked["series"].strip())
            if not isinstance(series.node, Selector):
                return None
            if not several:
                more["multi"] = False
            variable = QueryVariable(name, series, asked["label"], where=_NOWHERE, **more)
            call = Call("QueryVariable", (name, Call("promql", (Lines(series.text),)), asked["label"]), more)
        case _:
            return None
    raw = difference(_rendered(variable), data)
    return Call(call.name, call.args, {**call.named, **({"raw": raw} if raw else {})})


def _rendered(variable: Variable) -> Json:
    if isinstance(variable, QueryVariable):
        assert not isinstance(variable.source, type)
        node = getattr(variable.source, "node", None)
        return plain_variable(Choice(variable, to_text(node), variable.label_name))  # type: ignore[arg-type]  # it was made of one
    return plain_variable(Choice(variable))
