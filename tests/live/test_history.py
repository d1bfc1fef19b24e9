"""The synthetic history in a real Prometheus: what PromQL measures is what the model says."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

import pytest

from signalproof.catalogue.operation import Operation
from signalproof.live.model import Model

if TYPE_CHECKING:
    from tests.conftest import Backfilled, History
    from tests.live.conftest import Shop


def mean(name: str, window: str) -> str:
    return f"(sum(rate({name}_duration_seconds_sum[{window}])) / sum(rate({name}_duration_seconds_count[{window}])))"


def measured_quantile(history: History, name: str, share: float, matcher: str = "") -> float:
    rated = f"rate({name}_duration_seconds_bucket{{{matcher}}}[{history.window}])"
    return history.prometheus.number(f"histogram_quantile({share}, sum by (le) ({rated}))", history.end)


def assert_in_bucket_of(measured: float, true: float, operation: Operation[Any, Any]) -> None:
    """Assert that *measured* lies in the bucket of *true*, or in the next one to either side."""
    bounds = operation.duration.buckets.bounds
    assert abs(bisect_left(bounds, measured) - bisect_left(bounds, true)) <= 1


@pytest.mark.parametrize("name", ["planning", "async_planning", "deployment"])
def test_the_success_ratio_is_the_true_one(history: History, shop: Shop, name: str) -> None:
    operation = getattr(shop, name)
    calls = operation.calls.name
    ratio = (
        f'sum(increase({calls}{{status="success"}}[{history.window}])) / '
        f'sum(increase({calls}{{status=~"success|failure"}}[{history.window}]))'
    )
    measured = history.prometheus.number(ratio, history.end)
    assert measured == pytest.approx(history.model.truth.success_ratio(operation), abs=0.003)


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_quantile_lies_within_a_bucket_of_the_true_one(history: History, shop: Shop, share: float) -> None:
    measured = measured_quantile(history, "adapter_planning", share)
    assert_in_bucket_of(measured, history.model.truth.quantile(shop.planning, share), shop.planning)


@pytest.mark.parametrize("strategy", ["ssh", "docker"])
def test_a_quantile_of_one_label_value_lies_within_a_bucket_of_its_own(
    history: History, shop: Shop, strategy: str
) -> None:
    measured = measured_quantile(history, "deployment", 0.95, f'strategy="{strategy}"')
    true = history.model.truth.quantile(shop.deployment, 0.95, strategy=strategy)
    assert_in_bucket_of(measured, true, shop.deployment)


@pytest.mark.parametrize("name", ["planning", "async_planning"])
def test_the_mean_is_the_true_one(history: History, shop: Shop, name: str) -> None:
    measured = history.prometheus.number(mean(f"adapter_{name}", history.window), history.end)
    assert measured == pytest.approx(history.model.truth.mean(getattr(shop, name)), rel=0.02)


def test_async_is_faster_by_the_true_factor(history: History, shop: Shop) -> None:
    speed_up = (
        f"{mean('adapter_planning', history.window)} / {mean('adapter_async_planning', history.window)}"
    )
    truth = history.model.truth
    true = truth.mean(shop.planning) / truth.mean(shop.async_planning)
    assert history.prometheus.number(speed_up, history.end) == pytest.approx(true, rel=0.03)


def test_the_rate_is_the_true_one(history: History, shop: Shop) -> None:
    rate = history.prometheus.number(
        f"sum(rate(adapter_planning_calls_total[{history.window}]))", history.end
    )
    assert rate == pytest.approx(history.model.truth.rate(shop.planning), rel=0.05)


def test_calls_in_progress_follow_littles_law(history: History, shop: Shop) -> None:
    # a gauge of a few calls, seen every 15 s, is a sample; the sum of durations sees all of them
    gauge = f"sum(avg_over_time(deployments_in_progress[{history.window}]))"
    seen = history.prometheus.number(gauge, history.end)
    assert seen == pytest.approx(history.model.truth.in_progress(shop.deployment), rel=0.15)


def test_without_restarts_no_counter_is_reset(history: History, shop: Shop) -> None:
    for series in shop.catalogue.exposition().series.values():
        if series.monotonic:
            assert (
                history.prometheus.number(f"sum(resets({series.name}[{history.window}]))", history.end) == 0
            )


def test_every_error_type_is_there(history: History) -> None:
    found = history.prometheus.ask("sum by (error_type) (adapter_planning_errors_total)", history.end)
    assert {one["error_type"]: value > 0 for one, value in found} == {
        "TimeoutError": True, "ConnectionRefusedError": True, "other": True,
    }  # fmt: skip


def test_both_instances_of_each_job_are_up(history: History) -> None:
    found = history.prometheus.ask("sum by (job) (up)", history.end)
    assert {one["job"]: value for one, value in found} == {"planner": 2, "deployer": 2}


def test_the_history_ends_now(history: History) -> None:
    assert history.prometheus.number("max(timestamp(up))", history.end) == history.end


def test_a_restart_is_seen_as_a_reset(shop: Shop, backfilled: Backfilled) -> None:
    history = backfilled(
        Model.of(shop.catalogue, profiles=shop.busy, restart_every=600.0, incident_every=0), hours=0.5
    )
    processes = history.model.processes(history.start)["planner"]
    name = "adapter_planning_duration_seconds_count"
    for process in processes:
        restarts, time = 0, history.start
        while (time := process.next_restart(time)) <= history.end:
            restarts += 1
        query = f'resets({name}{{instance="{process.instance}"}}[{history.window}])'
        assert history.prometheus.number(query, history.end) == restarts
