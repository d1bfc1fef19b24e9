"""Which nodes and queries a rule is asked about: never fewer than those it would find something in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import pytest

from signalproof.errors import Location
from signalproof.lint.dispatch import dispatch
from signalproof.lint.examples import exposition
from signalproof.lint.finding import Finding
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules
from signalproof.lint.rule import Filtered, Grouped, Joined
from signalproof.promql.ast import Aggregation, Binary, Selector
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.query import Query, Use

_WIDER = {Filtered: Selector, Grouped: Aggregation, Joined: Binary}
_OPERATORS = (
    "/",
    "-",
    ">",
    "and",
    "or",
    "unless",
    "*",
    "+",
    "== bool",
    "/ on (job)",
    "* on (queue) group_left",
)


def _expressions() -> Iterator[str]:
    """Yield the expressions of all examples, and each joined to the next by one operator after another."""
    written = [
        one.text if isinstance(one, Query) else one
        for rule in all_rules()
        for one in (*(bad for bad, _ in rule.bad), *rule.good)
        if isinstance(one, str | Query)
    ]
    operators = cycle(_OPERATORS)
    yield from written
    for left, right in zip(written, (*written[1:], written[0]), strict=True):
        yield f"({left}) {next(operators)} ({right})"
        yield f"sum by (queue) ({left}) {next(operators)} avg({right})"


def _queries() -> list[Query]:
    queries: list[Query] = []
    for number, text in enumerate(_expressions(), 1):
        where = Location("examples", number)
        queries += [
            Query(text, where),
            Query(
                text,
                where,
                Use.PANEL,
                panel="p95",
                panel_type="timeseries",
                legend="{{queue}}",
                unit="s",
                thresholds=(2.0,),
            ),
            Query(
                text, where, Use.ALERT, panel=f"Alert{number}", annotations={"summary": "{{ $labels.queue }}"}
            ),
            Query(text, where, Use.RECORDING, panel=f"queue:jobs{number}:rate5m", labels={"job": "x"}),
        ]
    return queries


def _found(queries: list[Query]) -> list[Finding]:
    dispatch.cache_clear()
    every = tuple(rule.code for rule in all_rules())
    return sorted(
        lint(queries, exposition(), select=every).findings,
        key=lambda one: (str(one.query), one.code, str(one)),
    )


def test_a_rule_is_passed_by_only_where_it_would_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    queries = _queries()
    asked_where_it_matters = _found(queries)
    for rule in all_rules():
        wider = tuple(dict.fromkeys(_WIDER.get(one, one) for one in rule.visits))
        monkeypatch.setattr(type(rule), "visits", wider)
        monkeypatch.setattr(type(rule), "kinds", frozenset())
        monkeypatch.setattr(type(rule), "about", ())
        monkeypatch.setattr(type(rule), "configured", "")
    asked_everywhere = _found(queries)
    monkeypatch.undo()
    dispatch.cache_clear()
    assert len(asked_where_it_matters) > 1000
    assert asked_everywhere == asked_where_it_matters


def test_the_joined_examples_are_expressions_for_the_most_part() -> None:
    texts = list(_expressions())
    broken = 0
    for text in texts:
        try:
            parse(text)
        except PromQLSyntaxError:
            broken += 1
    assert broken < len(texts) / 4


def test_names_of_functions_leave_aggregations_and_operators_alone() -> None:
    found = lint([Query("sum by (zone) (jobs_total)", Location("example", 1))], exposition(), select=["L001"])
    assert [one.culprit for one in found.findings] == ["zone"]
