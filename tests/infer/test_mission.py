"""The right answers of the Hive's dashboard, and the queries as they were first written."""

from __future__ import annotations

import pytest

import hive.catalogue
from hive.catalogue import deployer, planner
from signalproof.catalogue.catalogue import Catalogue
from signalproof.infer.inference import infer
from signalproof.infer.present import legend, panel_unit
from signalproof.infer.value import Kind, Value
from signalproof.promql.ast import Aggregation, Call, Range, Selector
from signalproof.promql.parser import parse
from signalproof.promql.tree import walk

_EXPOSITION = Catalogue.of(planner, deployer, hive.catalogue).exposition()


def ask(text: str) -> Value:
    return infer(parse(text), _EXPOSITION).root


def mean(name: str) -> str:
    return f"(sum(rate({name}_sum[$__rate_interval])) / sum(rate({name}_count[$__rate_interval])))"


def p95(name: str, by: str = "le") -> str:
    return f"histogram_quantile(0.95, sum by ({by}) (rate({name}_bucket[$__rate_interval])))"


_SUCCESS = (
    'sum(rate(deployment_execution_calls_total{status="success"}[$__rate_interval]))'
    ' / sum(rate(deployment_execution_calls_total{status=~"success|failure"}[$__rate_interval]))'
)
_SPEED_UP = f"{mean('adapter_claude_planning_duration_seconds')} / {mean('adapter_async_claude_planning_duration_seconds')}"
_REPLACED = f"sum(rate(async_plan_generation_calls_total[$__rate_interval])) * {mean('planning_process_task_duration_seconds')}"
_IN_PROGRESS = "sum(rate(async_plan_generation_duration_seconds_sum[$__rate_interval]))"
_ROLLBACKS = "sum(increase(deployment_rollback_calls_total[$__range]))"
_IDLE = "time() - max(planner_agent_loop_last_iteration_timestamp_seconds)"
_BY_STRATEGY = p95("deployment_execution_duration_seconds", "le, strategy")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (p95("adapter_claude_planning_duration_seconds"), "s"),
        (_BY_STRATEGY, "s"),
        (_SPEED_UP, "none"),
        (_REPLACED, "none"),
        (_IN_PROGRESS, "none"),
        (_SUCCESS, "percentunit"),
        (_ROLLBACKS, "short"),
        (_IDLE, "s"),
        (p95("planner_agent_loop_duration_seconds"), "s"),
        ("sum(rate(adapter_claude_planning_errors_total[$__rate_interval]))", "ops"),
        ("max_over_time(async_planner_concurrent_plans[$__range])", "none"),
    ],
)
def test_a_right_answer_has_the_right_unit(text: str, unit: str) -> None:
    assert panel_unit([ask(text)]) == unit


@pytest.mark.parametrize(
    "text", [_BY_STRATEGY, _SPEED_UP, _REPLACED, _IN_PROGRESS, _SUCCESS, _ROLLBACKS, _IDLE]
)
def test_a_right_answer_is_never_empty(text: str) -> None:
    assert ask(text).empty == ""


def test_the_success_rate_lies_between_nothing_and_all() -> None:
    assert (ask(_SUCCESS).low, ask(_SUCCESS).high) == (0, 1)


def test_a_latency_ends_at_the_highest_bucket() -> None:
    assert (ask(_BY_STRATEGY).low, ask(_BY_STRATEGY).high) == (0, 1800)


def test_the_duration_by_strategy_is_called_after_the_strategy() -> None:
    assert legend(ask(_BY_STRATEGY), "p95") == "p95 {{strategy}}"


def test_the_success_rate_as_first_written_is_always_one() -> None:
    naive = 'rate(deployment_execution_calls_total{status="success"}[5m]) / rate(deployment_execution_calls_total[5m])'
    assert ask(naive).constant == 1


def test_a_quantile_over_raw_buckets_is_seen_as_one() -> None:
    node = parse("histogram_quantile(0.95, adapter_claude_planning_duration_seconds_bucket)")
    assert isinstance(node, Call)
    assert infer(node, _EXPOSITION).value(node.args[1]).kind is Kind.BUCKET


def test_a_ratio_of_quantiles_is_seen_as_one() -> None:
    sides = (
        p95("adapter_claude_planning_duration_seconds"),
        p95("adapter_async_claude_planning_duration_seconds"),
    )
    assert [ask(one).kind for one in sides] == [Kind.QUANTILE, Kind.QUANTILE]


def test_each_node_of_an_expression_has_its_value() -> None:
    node = parse("sum by (strategy) (rate(deployment_execution_calls_total[5m]))")
    found = infer(node, _EXPOSITION)
    kinds = {type(one): found.value(one).kind for one in walk(node)}
    assert kinds == {Aggregation: Kind.RATE, Call: Kind.RATE, Range: Kind.COUNTER, Selector: Kind.COUNTER}
