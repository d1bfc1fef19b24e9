"""Queries as Python: built of the catalogue where that is the very same query."""

from __future__ import annotations

import pytest

from hive.catalogue import CATALOGUE
from signalproof.convert.calls import Known
from signalproof.convert.expressions import expression
from signalproof.promql.parser import parse

KNOWN = Known(CATALOGUE, "hive")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("sum(rate(claude_tokens_total[5m]))", 'rate(CLAUDE_TOKENS, window="5m")'),
        ("sum by (model) (rate(claude_tokens_total[$__rate_interval]))", "rate(CLAUDE_TOKENS, by=Model)"),
        (
            'sum by (job, model) (increase(claude_tokens_total{direction="input"}[1h]))',
            'increase(CLAUDE_TOKENS, where=Direction.INPUT, by=(Job, Model), window="1h")',
        ),
        (
            'sum(rate(planner_fallback_plans_total{error_type!="other"}[5m])) > 0.5',
            'rate(FALLBACK_PLANS, excluding=PlanningError.OTHER, window="5m") > 0.5',
        ),
        (
            'sum(rate(claude_tokens_total{model=~"$model"}[5m]))',
            'rate(CLAUDE_TOKENS, where=chosen(Model), window="5m")',
        ),
        ("max by (queue) (hive_queue_waiting_tasks)", 'value(QUEUE_WAITING, "max", by=Queue)'),
        (
            "sum(rate(claude_cost_dollars_total[5m])) / sum(rate(claude_tokens_total[5m]))",
            'rate(CLAUDE_COST, window="5m") / rate(CLAUDE_TOKENS, window="5m")',
        ),
    ],
)
def test_a_query_of_known_metrics_is_built(text: str, source: str) -> None:
    assert expression(text, KNOWN).source == source


@pytest.mark.parametrize(
    "text",
    [
        "rate(claude_tokens_total[5m])",
        "sum(rate(claude_tokens_total[5m] offset 1h))",
        'sum(rate(claude_tokens_total{model=~"claude.*"}[5m]))',
        'sum(rate(claude_tokens_total{direction="sideways"}[5m]))',
        "sum without (model) (rate(claude_tokens_total[5m]))",
        "sum(rate(foreign_total[5m]))",
        "sum by (nothing) (rate(claude_tokens_total[5m]))",
        "sum(hive_queue_waiting_tasks)",
        "bottomk(3, sum by (model) (rate(claude_tokens_total[5m])))",
    ],
)
def test_what_the_builder_has_no_call_for_stays_text(text: str) -> None:
    assert not expression(text, KNOWN).built


def test_imports_are_those_of_the_names_that_are_used() -> None:
    assert expression("max by (queue) (hive_queue_waiting_tasks)", KNOWN).imports == {
        "hive.catalogue.labels": {"Queue"},
        "hive.catalogue.queues": {"QUEUE_WAITING"},
        "signalproof.promql.build": {"value"},
    }


@pytest.mark.parametrize(
    "text",
    [
        'up{job="a\\\\b"}',
        'up{path=~"/a\\\\.b"} # a "comment"',
        "sum(\n  up\n)\n/\n  count(up)",
        'label_replace(up, "a", """", "b", "c")'.replace('""""', '"\\"\\"\\""'),
        'up{a=\'"""\'}\nor\nup',
        "\tup\n\t>\n\t0\n",
        "x" * 200,
    ],
)
def test_text_means_the_same_in_python(text: str) -> None:
    source = expression(text).source
    written: list[str] = []
    eval(source, {"promql": written.append})
    assert parse(written[0]) == parse(text)


def test_what_another_module_has_imported_is_imported_from_where_it_is_declared() -> None:
    import hive.application.config  # comes before hive.catalogue, and may have imported anything
    from hive.catalogue.queues import QUEUE_WAITING

    hive.application.config.QUEUE_WAITING = QUEUE_WAITING  # type: ignore[attr-defined]  # the name is put there for this test
    try:
        found = expression("max by (queue) (hive_queue_waiting_tasks)", Known(CATALOGUE, "hive"))
    finally:
        del hive.application.config.QUEUE_WAITING  # type: ignore[attr-defined]  # as above
    assert "hive.catalogue.queues" in found.imports
