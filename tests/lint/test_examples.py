"""Every rule proves itself on the examples that its page shows."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from signalproof.dashboard.foreign import ForeignDashboard, queries_of
from signalproof.errors import Location
from signalproof.lint.examples import exposition
from signalproof.lint.finding import Finding, Severity
from signalproof.lint.project import lint
from signalproof.lint.reference import explain, rule_reference
from signalproof.lint.registry import all_rules
from signalproof.lint.rule import Example, Rule, Setting
from signalproof.lint.shown import rule_file
from signalproof.promql.query import Query

RULES = {rule.code: rule for rule in all_rules()}
BAD = [
    pytest.param(rule, query, culprit, id=f"{rule.code}-{index}")
    for rule in RULES.values()
    for index, (query, culprit) in enumerate(rule.bad)
]
GOOD = [
    pytest.param(rule, query, id=f"{rule.code}-{index}")
    for rule in RULES.values()
    for index, query in enumerate(rule.good)
]


def _findings(example: Example, rule: Rule[Any]) -> tuple[Finding, ...]:
    select = () if rule.default else (*(one.code for one in RULES.values() if one.default), rule.code)
    if isinstance(example, ForeignDashboard):
        return lint(queries_of(example), exposition(), select=select, dashboards=[example]).findings
    if isinstance(example, Setting):
        return lint(
            example.queries,
            example.exposition or exposition(),
            select=select,
            catalogue=example.catalogue,
            emitted=example.emitted,
            config=example.config,
            dashboards=example.dashboards,
            foreign=example.foreign,
            rule_files=(rule_file(example.rule_file),) if example.rule_file else (),
            setup=example.setup,
        ).findings
    if isinstance(example, str):
        example = Query(example, Location("example", 1))
    return lint([example] if isinstance(example, Query) else example, exposition(), select=select).findings


@pytest.mark.parametrize(("rule", "query", "culprit"), BAD)
def test_a_bad_example_is_found_once_at_its_culprit(rule: Rule[Any], query: Example, culprit: str) -> None:
    found = [(one.code, one.culprit) for one in _findings(query, rule)]
    assert found == [(rule.code, culprit)]


@pytest.mark.parametrize(("rule", "query"), GOOD)
def test_a_good_example_passes_every_rule(rule: Rule[Any], query: Example) -> None:
    assert _findings(query, rule) == ()


@pytest.mark.parametrize("rule", RULES.values(), ids=str)
def test_a_rule_has_a_page(rule: Rule[Any]) -> None:
    title, _, rationale = inspect.cleandoc(type(rule).__doc__ or "").partition("\n\n")
    assert title.endswith(".")
    assert "\n" not in title
    assert len(rationale) > 80
    assert rule.severity in set(Severity)


@pytest.mark.parametrize("rule", RULES.values(), ids=str)
def test_a_rule_has_bad_and_good_examples(rule: Rule[Any]) -> None:
    assert all((rule.bad, rule.good))


@pytest.mark.parametrize("rule", RULES.values(), ids=str)
def test_the_module_of_a_rule_is_called_as_its_code_and_slug(rule: Rule[Any]) -> None:
    module = type(rule).__module__.rpartition(".")[2]
    assert module == f"{rule.code.lower()}_{rule.slug.replace('-', '_')}"


@pytest.mark.parametrize("rule", RULES.values(), ids=str)
def test_explain_shows_the_page_under_code_and_slug(rule: Rule[Any]) -> None:
    assert explain(rule.code) == explain(rule.slug)
    assert rule.code in explain(rule.code)


def test_the_reference_holds_every_rule() -> None:
    page = rule_reference()
    assert [code for code in RULES if f"### {code} " not in page] == []
