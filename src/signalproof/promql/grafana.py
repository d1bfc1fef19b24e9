"""Grafana's side of a query: variables with their values put in, and the queries that fill variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from signalproof.errors import SignalproofError, did_you_mean
from signalproof.promql.ast import Aggregation, Binary, Call, Node, Variable
from signalproof.promql.builtin import BUILT_INS, BuiltIn, is_builtin
from signalproof.promql.lexer import VARIABLE, LiteralError, unquote, variable_parts
from signalproof.promql.parser import parse
from signalproof.promql.printer import to_text
from signalproof.promql.tree import parts

__all__ = ["BUILT_INS", "BuiltIn", "VariableQuery", "is_builtin", "split_variable_query", "substitute"]

_VARIABLE: Final = re.compile(VARIABLE)
_LABEL: Final = re.compile(rf"\s*+([A-Za-z_][A-Za-z0-9_]*+|{VARIABLE}|\"(?:[^\"\\]++|\\.)++\")\s*+")
_FUNCTION: Final = re.compile(
    r"\s*+(label_values|label_names|metrics|query_result)\s*+\((.*)\)[ \t\r\n]*\Z", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class VariableQuery:
    """The query of a variable.

    Attributes:
        function: What Grafana does with it; ``series`` when it names no function: the series that match a selector.
        text: What is asked: an expression for ``query_result``, a selector for ``label_values`` and ``series``, a
            regular expression for ``metrics``, a metric or nothing for ``label_names``. Empty for all series.
        start: Offset of *text* in the whole.
        label: The label whose values are listed, for ``label_values``; a Grafana variable as written.
    """

    function: Literal["label_values", "label_names", "metrics", "query_result", "series"]
    text: str
    start: int
    label: str = ""


def split_variable_query(query: str) -> VariableQuery:
    """Return the parts of a variable's *query*, such as ``label_values(up, job)`` or ``metrics(node_.*)``.

    Source: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
    """
    match = _FUNCTION.match(query)
    if match is None:
        return VariableQuery("series", *_stripped(query, 0))
    inside, start = match[2], match.start(2)
    match match[1]:
        case "label_values":
            return _label_values(inside, start) or VariableQuery("series", *_stripped(query, 0))
        case "label_names":
            return VariableQuery("label_names", *_stripped(inside, start))
        case "metrics":
            return VariableQuery("metrics", *_stripped(inside, start))
        case _:
            return VariableQuery("query_result", *_stripped(inside, start))


def _label_values(inside: str, start: int) -> VariableQuery | None:
    for separator in (",", ',"'):  # a quoted label may have a comma in it
        selector, found, _ = inside.rpartition(separator)
        label = _LABEL.fullmatch(inside, len(selector) + bool(found))
        if label is not None:
            try:
                name = unquote(label[1]) if label[1][0] == '"' else label[1]
            except LiteralError:
                return None
            return VariableQuery("label_values", *_stripped(selector, start), name)
    return None


def _stripped(text: str, start: int) -> tuple[str, int]:
    return text.strip(), start + len(text) - len(text.lstrip())


def substitute(query: str | Node, values: Mapping[str, str]) -> str:
    """Return *query* with the *values* in place of its Grafana variables, ready for Prometheus.

    Only what the parser takes for a variable is replaced: a dollar that ends a regular expression stays, and so does a
    name inside a string that *values* does not have.

    Args:
        query: An expression; a tree is printed first.
        values: Name → what stands for it, as Grafana would write it into the query. ``${__from:date:seconds}`` and
            the like are made from the milliseconds of ``__from`` and ``__to``; other formats are the caller's.

    Raises:
        PromQLSyntaxError: It is not PromQL, or uses a variable that *values* does not have.
        SignalproofError: One of Grafana's own variables has no value.
    """
    text = query if isinstance(query, str) else to_text(query)
    out: list[str] = []
    done = 0
    for start, end in sorted({*_places(parse(text, values.keys()))}):
        out.append(text[done:start])
        out.append(_VARIABLE.sub(lambda match: _value(match[0], values), text[start:end]))
        done = end
    return "".join([*out, text[done:]])


def _places(tree: Node) -> Iterator[tuple[int, int]]:
    """Yield where variables stand, each once."""
    for part in parts(tree):
        match part:
            case Variable():
                yield part.span
            case Call() if _VARIABLE.search(part.function):
                yield part.name_span
            case Aggregation() | Binary() if _VARIABLE.search(part.operator):
                yield part.operator_span
            case _:
                pass


def _value(written: str, values: Mapping[str, str]) -> str:
    name, form = variable_parts(written)
    value = values.get(name)
    if value is None:
        raise SignalproofError(
            f"there is no value for Grafana's variable {written}",
            did_you_mean(name, values, f"for example {BUILT_INS[name].example}" if name in BUILT_INS else ""),
        )
    if form.partition(":")[0] == "date" and value.lstrip("-").isdigit():
        return _date(int(value), form.partition(":")[2])
    return value


def _date(milliseconds: int, form: str) -> str:
    if form == "seconds":
        return str(milliseconds // 1000)
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
