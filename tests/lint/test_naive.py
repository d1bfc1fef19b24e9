"""The naive queries of the plan, exactly as first written: every kind of fault is found at its place.

Run with ``pytest -s`` to see the figure. The catalogue is the one the plan had in mind: no initialisation to zero is
asked for, errors of the async plan generation and the gauge of concurrent plans are emitted by nobody, the deployment
has no label ``strategy``, and all histograms have the default buckets up to 10 s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from signalproof.catalogue.buckets import Buckets
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.catalogue.units import COUNT
from signalproof.errors import Location
from signalproof.lint.project import lint
from signalproof.promql.query import Query


class Status(ClosedLabel):
    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"


class ErrorType(ClosedLabel):
    TIMEOUT = "TimeoutError"
    OTHER = "other"


_DEFAULT = Buckets(
    "default", (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
)
_OPERATIONS = (
    "adapter_claude_planning", "adapter_async_claude_planning", "deployment_execution", "deployment_health_check",
    "deployment_rollback", "planner_agent_loop", "deployer_agent_loop", "planning_process_task",
    "process_deployment_queue", "handle_deployment_task", "adapter_database_planning_queue_poll",
    "adapter_database_deployment_queue_poll", "adapter_database_save_plan", "adapter_database_store_deployment",
    "adapter_database_update_deployment", "async_plan_generation", "async_process_queue",
)  # fmt: skip
_WITHOUT_ERRORS = frozenset({"async_plan_generation"})


def _planned() -> Exposition:
    entries: list[Metric[Any]] = []
    for name in _OPERATIONS:
        entries.append(Counter(f"{name}_calls_total", "Calls.", labels(Status)))
        entries.append(Histogram(f"{name}_duration_seconds", "Seconds.", labels(), buckets=_DEFAULT))
        if name not in _WITHOUT_ERRORS:
            entries.append(Counter(f"{name}_errors_total", "Errors.", labels(ErrorType)))
    entries.append(Gauge("planner_queue_length", "Tasks that wait.", labels(), COUNT, low=0))
    return Catalogue.of_entries(entries).exposition()


PLANNED = _planned()
P95 = "histogram_quantile(0.95, {}_duration_seconds_bucket)"
SUCCESS_RATE = 'rate(deployment_execution_calls_total{status="success"}[5m]) / rate(deployment_execution_calls_total[5m])'
SPEED_UP = f"{P95.format('adapter_async_claude_planning')} / {P95.format('adapter_claude_planning')}"

KINDS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "an aggregation after a function": (
        "histogram_quantile(0.95, deployment_execution_duration_seconds_bucket) by (strategy)",
        [("P001", "by")],
    ),
    "a quantile over raw buckets": (
        P95.format("adapter_claude_planning"),
        [("H001", "adapter_claude_planning_duration_seconds_bucket")],
    ),
    "a ratio that is always 1": (SUCCESS_RATE, [("V003", SUCCESS_RATE)]),
    "a ratio of quantiles": (
        SPEED_UP,
        [
            ("H005", SPEED_UP),
            ("H001", "adapter_async_claude_planning_duration_seconds_bucket"),
            ("H001", "adapter_claude_planning_duration_seconds_bucket"),
        ],
    ),
    "errors that nobody counts": (
        "rate(async_plan_generation_errors_total[5m])",
        [("M001", "async_plan_generation_errors_total")],
    ),
    "a gauge that nobody emits": (
        "max_over_time(async_planner_concurrent_plans[5m])",
        [("M001", "async_planner_concurrent_plans")],
    ),
    "a value that does not exist": (
        'sum(rate(adapter_claude_planning_calls_total{status="sucess"}[5m]))',
        [("L002", '"sucess"')],
    ),
    "a rate of a gauge": ("rate(planner_queue_length[5m])", [("T001", "planner_queue_length")]),
    "le lost before the quantile": (
        "histogram_quantile(0.95, sum by (job) (rate(adapter_claude_planning_duration_seconds_bucket[5m])))",
        [("H002", "by (job)")],
    ),
}


def _mean(name: str) -> str:
    return f"(sum(rate({name}_duration_seconds_sum[5m])) / sum(rate({name}_duration_seconds_count[5m])))"


def _p95(name: str, by: str = "le") -> str:
    return f"histogram_quantile(0.95, sum by ({by}) (rate({name}_duration_seconds_bucket[$__rate_interval])))"


def _calls(name: str, matcher: str) -> str:
    return f"sum(rate({name}_calls_total{{{matcher}}}[$__rate_interval]))"


CORRECTED = (
    _p95("deployment_execution"),
    _p95("adapter_claude_planning"),
    _calls("deployment_execution", 'status="success"')
    + " / "
    + _calls("deployment_execution", 'status=~"success|failure"'),
    _mean("adapter_claude_planning") + " / " + _mean("adapter_async_claude_planning"),
    _calls("async_plan_generation", 'status="failure"'),
    "max_over_time(planner_queue_length[5m])",
    _calls("adapter_claude_planning", 'status="success"'),
    "deriv(planner_queue_length[5m])",
    _p95("adapter_claude_planning", "le, job"),
)

AS_FIRST_WRITTEN = {
    "Claude planning latency (P95)": (P95.format("adapter_claude_planning"), {"H001"}),
    "Async Claude speed-up": (SPEED_UP, {"H001", "H005"}),
    "Planning error rate": ("rate(adapter_claude_planning_errors_total[5m])", {"R001", "G002"}),
    "Planning throughput": ('rate(adapter_claude_planning_calls_total{status="success"}[5m])', {"R001"}),
    "Deployment duration by strategy": (KINDS["an aggregation after a function"][0], {"P001"}),
    "Deployment success rate": (SUCCESS_RATE, {"V003", "R001"}),
    "Health check latency": (P95.format("deployment_health_check"), {"H001"}),
    "Rollback frequency": ("rate(deployment_rollback_calls_total[5m])", {"R001", "G002"}),
    "Planner loop latency": (P95.format("planner_agent_loop"), {"H001"}),
    "Deployer loop latency": (P95.format("deployer_agent_loop"), {"H001"}),
    "Queue processing rate": ("rate(planning_process_task_calls_total[5m])", {"R001", "G002"}),
    "End-to-end latency": (P95.format("handle_deployment_task"), {"H001"}),
    "Latency by operation": (P95.format("adapter_database_planning_queue_poll"), {"H001"}),
    "Write latency": (P95.format("adapter_database_save_plan"), {"H001"}),
    "Error rate": ("rate(adapter_database_planning_queue_poll_errors_total[5m])", {"R001", "G002"}),
    "Throughput": ("rate(adapter_database_update_deployment_calls_total[5m])", {"R001", "G002"}),
    "Async speed-up factor": (
        f"{P95.format('async_plan_generation')} / {P95.format('planning_process_task')}",
        {"H001", "H005"},
    ),
    "Concurrent planning peak": ("max_over_time(async_planner_concurrent_plans[5m])", {"M001"}),
    "Async queue processing rate": ("rate(async_process_queue_calls_total[5m])", {"R001", "G002"}),
    "Async error rate": ("rate(async_plan_generation_errors_total[5m])", {"M001"}),
}
"""Panel → the query of the plan, and the codes that name what is wrong with it."""


def _found(text: str) -> list[tuple[str, str]]:
    return [(one.code, one.culprit) for one in lint([Query(text, Location("plan", 1))], PLANNED).findings]


def test_all_nine_naive_kinds_are_found_at_their_place(figure: Callable[..., None]) -> None:
    found = {kind: set(_found(text)) >= set(expected) for kind, (text, expected) in KINDS.items()}
    figure(f"naive queries: {sum(found.values())} of {len(found)} kinds found at their place")
    assert [kind for kind, hit in found.items() if not hit] == []


@pytest.mark.parametrize(("text", "expected"), KINDS.values(), ids=KINDS)
def test_nothing_else_is_said_of_a_naive_query(text: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(_found(text)) == sorted(expected)


@pytest.mark.parametrize("text", CORRECTED)
def test_the_corrected_form_is_silent(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(
    ("panel", "text", "codes"), [(panel, *one) for panel, one in AS_FIRST_WRITTEN.items()]
)
def test_every_panel_of_the_plan_is_found_wrong(panel: str, text: str, codes: set[str]) -> None:
    query = Query(text, Location("plan", 1), panel=panel, panel_type="timeseries", legend="value")
    assert {one.code for one in lint([query], PLANNED).findings} >= codes
