"""The functions of a template: those of Go's ``text/template``, and those of Prometheus.

Sources: https://pkg.go.dev/text/template#hdr-Functions and Prometheus' ``template/template.go``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """What a value is, as far as Go tells it apart when it fills in a template; the words are those of a message."""

    ANY = "anything"
    NOTHING = "nil"
    DATA = "the data of the alert"
    LABELS = "the labels"
    STRING = "a string"
    FLOAT = "a float64"
    INT = "an int"
    BOOL = "a bool"
    RESULT = "the result of a query"
    SAMPLE = "a sample of a query"


@dataclass(frozen=True, slots=True)
class Function:
    """A function.

    Attributes:
        name: How it is called.
        takes: The kinds of its arguments; the last one for all further ones where it is variadic.
        gives: The kind of what it gives.
        variadic: Whether it takes any number of the last one, none included.
        since: The first version of Prometheus that has it.
    """

    name: str
    takes: tuple[Kind, ...]
    gives: Kind
    variadic: bool = False
    since: str = "2.0"

    @property
    def fewest(self) -> int:
        """How many arguments it takes at least."""
        return len(self.takes) - self.variadic


_ANY, _STRING, _FLOAT, _RESULT, _SAMPLE = Kind.ANY, Kind.STRING, Kind.FLOAT, Kind.RESULT, Kind.SAMPLE


def _functions() -> Mapping[str, Function]:
    listed = (
        Function("and", (_ANY, _ANY), _ANY, variadic=True),
        Function("or", (_ANY, _ANY), _ANY, variadic=True),
        Function("not", (_ANY,), Kind.BOOL),
        Function("len", (_ANY,), Kind.INT),
        Function("index", (_ANY, _ANY), _ANY, variadic=True),
        Function("slice", (_ANY, _ANY), _ANY, variadic=True),
        Function("call", (_ANY, _ANY), _ANY, variadic=True),
        Function("eq", (_ANY, _ANY), Kind.BOOL, variadic=True),
        *(Function(name, (_ANY, _ANY), Kind.BOOL) for name in ("ne", "lt", "le", "gt", "ge")),
        Function("printf", (_STRING, _ANY), _STRING, variadic=True),
        *(
            Function(name, (_ANY,), _STRING, variadic=True)
            for name in ("print", "println", "html", "js", "urlquery")
        ),
        Function("query", (_STRING,), _RESULT),
        Function("first", (_RESULT,), _SAMPLE),
        Function("label", (_STRING, _SAMPLE), _STRING),
        Function("value", (_SAMPLE,), _FLOAT),
        Function("strvalue", (_SAMPLE,), _STRING),
        Function("sortByLabel", (_STRING, _RESULT), _RESULT),
        Function("args", (_ANY,), _ANY, variadic=True),
        Function("reReplaceAll", (_STRING, _STRING, _STRING), _STRING),
        Function("match", (_STRING, _STRING), Kind.BOOL),
        Function("safeHtml", (_STRING,), _ANY),
        *(
            Function(name, (_STRING,), _STRING)
            for name in ("title", "toUpper", "toLower", "graphLink", "tableLink")
        ),
        Function("stripPort", (_STRING,), _STRING, since="2.33"),
        Function("stripDomain", (_STRING,), _STRING, since="2.36"),
        *(
            Function(name, (_ANY,), _STRING)
            for name in (
                "humanize",
                "humanize1024",
                "humanizeDuration",
                "humanizePercentage",
                "humanizeTimestamp",
            )
        ),
        Function("toTime", (_ANY,), _ANY, since="2.38"),
        Function("toDuration", (_ANY,), _ANY, since="3.6"),
        Function("now", (), _FLOAT, since="3.6"),
        Function("urlQueryEscape", (_STRING,), _STRING, since="3.8"),
        Function("parseDuration", (_STRING,), _FLOAT, since="2.32"),
        Function("pathPrefix", (), _STRING),
        Function("externalURL", (), _STRING),
    )
    return {one.name: one for one in listed}


FUNCTIONS: Final = _functions()
"""Name → function. ``tmpl`` is none of them: only consoles have it."""
