"""The values that Grafana's variables take while a query is verified."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from signalproof.promql.builtin import BUILT_INS
from signalproof.promql.grafana import substitute
from signalproof.promql.lexer import VARIABLE, variable_parts
from signalproof.promql.parser import PromQLSyntaxError
from signalproof.promql.query import Query, TemplateVariable

_ANY = ".+"
_VARIABLE = re.compile(VARIABLE)


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and over which range, queries are verified.

    Attributes:
        now: Unix time of the end of the range.
        span: Length of the range in seconds.
        step: Seconds between two points of a range query.
        scrape_interval: Seconds between two scrapes.
    """

    now: float
    span: float = 3600.0
    step: float = 15.0
    scrape_interval: float = 15.0

    @property
    def start(self) -> float:
        """Unix time of the beginning of the range."""
        return self.now - self.span

    def step_of(self, query: Query) -> float:
        """Return the step of *query*, whose panel may ask for a longer one."""
        return max(self.step, query.interval or 0.0)


def built_in(moment: Moment, query: Query) -> dict[str, str]:
    """Return Grafana's own variables by name; those that depend on who looks have an example for a value.

    Source: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/ : the rate interval is
    the longer of four scrape intervals, and the step and one scrape interval; where the query has a minimum step, that
    stands for the scrape interval.
    """
    step = moment.step_of(query)
    scrape = query.min_step or moment.scrape_interval
    rate = max(4 * scrape, step + scrape)
    start, now = round(moment.start * 1000), round(moment.now * 1000)
    return {
        **{name: one.example for name, one in BUILT_INS.items()},
        "__interval": _duration(step),
        "__interval_ms": str(round(step * 1000)),
        "__rate_interval": _duration(rate),
        "__rate_interval_ms": str(round(rate * 1000)),
        "__range": _duration(moment.span),
        "__range_s": str(round(moment.span)),
        "__range_ms": str(round(moment.span * 1000)),
        "__from": str(start),
        "__to": str(now),
    }


def chosen(variable: TemplateVariable, found: Sequence[str] | None) -> str:
    """Return the value of a declared variable: all of a multi-value one, as declared or as Grafana joins them, or the first.

    Args:
        variable: As it is declared.
        found: What its query returned, if it was asked.
    """
    if variable.values:
        return variable.values[0]
    if variable.all_value:
        return variable.all_value
    if not found:
        return _ANY
    if not variable.multi:
        return _literal(found[0])
    return _pattern(found[0]) if len(found) == 1 else f"({'|'.join(map(_pattern, found))})"


def values_for(query: Query, moment: Moment, found: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the value of every variable that may stand in *query*.

    Args:
        query: The query, with the variables of its dashboard.
        moment: When it is asked.
        found: Name of each variable that was asked for → what its query returned.
    """
    own = {name: chosen(one, found.get(name)) for name, one in query.variables.items()}
    return {**own, **built_in(moment, query)}


# How Grafana writes a value into a query: a query is PromQL, so a backslash in its strings is written twice.
# Source: grafana, packages/grafana-prometheus/src/escaping.ts
def _literal(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _pattern(value: str) -> str:
    return re.sub(r"[$^*{}\[\]'+?.()|]", r"\\\\\g<0>", value.replace("\\", "\\" * 4))


def replaced(text: str, values: Mapping[str, str]) -> str:
    """Return *text* with *values* in place of its variables.

    What our own parser does not understand is replaced as text, so that the server has the last word on it.
    """
    try:
        return substitute(text, values) if text else text
    except PromQLSyntaxError:
        return _VARIABLE.sub(lambda found: values.get(variable_parts(found[0])[0], found[0]), text)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f}s" if seconds == int(seconds) else f"{round(seconds * 1000)}ms"
