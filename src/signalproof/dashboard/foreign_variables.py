"""The template variables of a classic dashboard body: what each may stand for, and the queries that fill them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from signalproof.documents import Table, Text
from signalproof.errors import Location
from signalproof.promql.query import Query, TemplateVariable, Use

_LABEL_VALUES = re.compile(r"\s*label_values\s*\((?:(.*),)?([^,(){}]*[^,(){}\s]\s*)\)\s*", re.DOTALL)
_QUERY_RESULT = re.compile(r"\s*query_result\s*\((.*)\)\s*", re.DOTALL)


def template_variables(spec: Table) -> Mapping[str, TemplateVariable]:
    """Return the declared variables of a dashboard by name."""
    return {
        name: TemplateVariable(
            name,
            table.text("type") or "query",
            table.get("multi") is True or table.get("includeAll") is True,
            _values(table),
            table.text("allValue") if table.get("includeAll") is True else "",
        )
        for table in spec.table("templating").tables("list")
        if (name := table.text("name"))
    }


def _values(table: Table) -> tuple[str, ...]:
    r"""Return the listed values; a custom variable writes them as ``a, label : b`` with ``\,`` for a comma."""
    kind, text = table.get("type"), table.text("query")
    if kind in ("constant", "textbox"):
        return (str(text),) if text else ()
    if kind not in ("custom", "interval") or table.get("auto") is True:
        return ()
    parts = [part.replace("\\,", ",").strip() for part in re.split(r"(?<!\\),", text)]
    return tuple(part.split(" : ", 1)[-1].strip() if kind == "custom" else part for part in parts if part)


def variable_queries(
    table: Table, file: str, dashboard: str, variables: Mapping[str, TemplateVariable]
) -> Iterator[Query]:
    """Yield the PromQL of a query variable: the selector of ``label_values``, the expression of ``query_result``."""
    if table.get("type", "query") != "query":
        return
    asked = table.get("query")
    text = asked.text("query") if isinstance(asked, Table) else table.text("query")
    place = (Location(file, text.line), Use.VARIABLE, dashboard, table.text("name"))
    if found := _LABEL_VALUES.fullmatch(text):
        if found[1] is not None and found[1].strip():
            yield Query(_part(found[1], text), *place, label=found[2].strip("\"' "), variables=variables)
    elif found := _QUERY_RESULT.fullmatch(text):
        yield Query(_part(found[1], text), *place, variables=variables)


def _part(part: str, of: Text) -> Text:
    return Text.at(part.strip(), of.line)
