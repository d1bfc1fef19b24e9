"""No file and no expression, however odd, breaks the readers or a rule."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard.foreign import ForeignDashboard, dashboards, queries_of
from signalproof.documents import read_json, read_yaml
from signalproof.errors import Location, SignalproofError
from signalproof.lint.examples import exposition
from signalproof.lint.finding import Report
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules
from signalproof.lint.report.full import full
from signalproof.promql.query import Query
from signalproof.rules.foreign import queries_of as queries_of_group
from signalproof.rules.foreign import rule_groups

EVERY = tuple(rule.code for rule in all_rules())
EXAMPLES = [text for rule in all_rules() for text, _ in rule.bad if isinstance(text, str)]

_KEYS = st.sampled_from(
    [
        "panels", "rows", "targets", "expr", "title", "type", "id", "uid", "gridPos", "x", "y", "w", "refId", "repeat",
        "datasource", "templating", "list", "name", "query", "multi", "options", "fieldConfig", "defaults", "unit",
        "overrides", "matcher", "properties", "thresholds", "steps", "value", "reduceOptions", "calcs", "annotations",
        "spec", "elements", "layout", "kind", "group", "data", "queries", "variables", "vizConfig", "apiVersion",
        "groups", "rules", "alert", "record", "for", "labels", "legendFormat", "interval", "allow", "__inputs",
    ]
)  # fmt: skip
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 30)
    | st.sampled_from(
        [
            "",
            "row",
            "stat",
            "prometheus",
            "$x",
            "${x}",
            "sum(rate(jobs_total[5m]))",
            "{{x}}",
            "Panel",
            "ConfigMap",
            "5m",
        ]
    )
    | st.text(max_size=8)
)
_TREES: st.SearchStrategy[Any] = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=40,
)
_ROOTS = st.dictionaries(_KEYS, _TREES, max_size=8)


def is_shown(report: Report) -> bool:
    """Whether every finding of *report* stands in what a person is shown, with its code and its message."""
    shown = full(report.findings)
    return all(one.code in shown and one.message in shown for one in report.findings)


@settings(deadline=None, max_examples=60)
@given(_ROOTS)
def test_any_tree_is_read_as_a_dashboard_and_linted(tree: dict[str, Any]) -> None:
    found: list[ForeignDashboard] = []
    with suppress(SignalproofError):  # of schema v2, and with a layout that nobody knows
        found = list(dashboards([read_json(json.dumps(tree), "d.json")], "d.json"))
    queries = [query for one in found for query in queries_of(one)]
    assert is_shown(lint(queries, exposition(), select=EVERY, dashboards=found))


@settings(deadline=None, max_examples=60)
@given(_ROOTS)
def test_any_tree_is_read_as_rules_and_linted(tree: dict[str, Any]) -> None:
    groups = list(rule_groups(list(read_yaml(yaml.safe_dump(tree), "r.yml")), "r.yml"))
    queries = [query for one in groups for query in queries_of_group(one, "r.yml")]
    assert is_shown(lint(queries, exposition(), select=EVERY))


@st.composite
def _mangled(draw: st.DrawFn) -> str:
    """Return an example with a piece of another in it, so that it often still parses."""
    text, other = draw(st.sampled_from(EXAMPLES)), draw(st.sampled_from(EXAMPLES))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    low = draw(st.integers(0, len(other)))
    return text[:start] + other[low : draw(st.integers(low, len(other)))] + text[end:]


@settings(deadline=None, max_examples=100)
@given(_mangled() | st.sampled_from(EXAMPLES), st.booleans())
def test_every_culprit_lies_in_its_text(text: str, known: bool) -> None:
    world = exposition() if known else Exposition({}, complete=False)
    for one in lint([Query(text, Location("f", 1))], world, select=EVERY).findings:
        assert 0 <= one.span.start <= one.span.end <= len(one.shown)


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(EXAMPLES),
    st.sampled_from(EXAMPLES),
    st.sampled_from(["+", "/", "and", "or", "> bool", "unless on (job)"]),
)
def test_any_two_expressions_may_be_joined(left: str, right: str, operator: str) -> None:
    query = Query(f"({left}) {operator} ({right})", Location("f", 1))
    assert is_shown(lint([query], exposition(), select=EVERY))
