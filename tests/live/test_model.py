"""A whole catalogue, sampled."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import SCRAPE_SERIES, Role
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Request
from signalproof.catalogue.units import COUNT, SECONDS
from signalproof.live.model import Model
from signalproof.live.source import Line

if TYPE_CHECKING:
    from tests.live.conftest import Shop

START = 1_700_000_000.0
TIMES = [START + 15 * step for step in range(241)]


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


def sampled(model: Model, times: list[float]) -> list[tuple[str, Line, list[float]]]:
    """Return instance, line and values of every series of *model*."""
    return [
        (source.process.instance, line, list(values))
        for part in model.parts(times[0])
        for source in part
        for line, values in zip(source.lines, zip(*map(source.sample, times), strict=True), strict=True)
    ]


def test_every_series_of_the_catalogue_is_there_and_no_other(shop: Shop) -> None:
    names = {line.name for _, line, _ in sampled(Model.of(shop.catalogue), [START])}
    alerts = {"ALERTS", "ALERTS_FOR_STATE"}
    assert names == set(shop.catalogue.exposition().series) - alerts


def test_every_label_is_one_that_the_catalogue_declares(shop: Shop) -> None:
    series = shop.catalogue.exposition().series
    for _, line, _ in sampled(Model.of(shop.catalogue), [START]):
        assert set(series[line.name].labels) == {*line.labels, *(["le"] if line.le else [])}


def test_every_label_value_is_one_that_the_catalogue_declares(shop: Shop) -> None:
    series = shop.catalogue.exposition().series
    for _, line, _ in sampled(Model.of(shop.catalogue), [START]):
        for name, value in (*line.labels.items(), *([("le", line.le)] if line.le else [])):
            values = series[line.name].labels[name].values
            assert values is None or value in values


def test_every_combination_of_closed_labels_starts_at_0(shop: Shop) -> None:
    counts = {
        (instance, *line.labels.values()): values[0]
        for instance, line, values in sampled(Model.of(shop.catalogue), [START])
        if line.name == "deployment_calls_total"
    }
    assert counts == {
        (f"deployer-{place}:9100", strategy, status): 0
        for place in (0, 1)
        for strategy in ("ssh", "docker")
        for status in ("success", "failure", "cancelled")
    }


def test_a_counter_falls_only_when_its_process_restarts(shop: Shop) -> None:
    model = Model.of(shop.catalogue, restart_every=1200.0)
    series = shop.catalogue.exposition().series
    processes = {one.instance: one for group in model.processes(START).values() for one in group}
    for instance, line, values in sampled(model, TIMES):
        if series[line.name].monotonic:
            for (earlier, before), (later, after) in pairwise(zip(TIMES, values, strict=True)):
                same = processes[instance].started(earlier) == processes[instance].started(later)
                assert after >= before or not same


def test_a_restart_is_seen_in_the_counters(shop: Shop) -> None:
    model = Model.of(shop.catalogue, profiles=shop.busy, restart_every=1200.0)
    (values,) = (
        values
        for instance, line, values in sampled(model, TIMES)
        if (instance, line.name) == ("planner-0:9100", "adapter_planning_duration_seconds_count")
    )
    assert sum(after < before for before, after in pairwise(values)) == 3


def test_every_value_lies_in_its_declared_range(shop: Shop) -> None:
    series = {**SCRAPE_SERIES, **shop.catalogue.exposition().series}
    for _, line, values in sampled(Model.of(shop.catalogue), TIMES):
        assert series[line.name].low <= min(values)
        assert max(values) <= series[line.name].high


def test_buckets_are_cumulative_and_end_at_the_count(shop: Shop) -> None:
    rows = {
        (instance, line.name, line.le): values
        for instance, line, values in sampled(Model.of(shop.catalogue, profiles=shop.busy), TIMES)
        if line.name.startswith("adapter_planning_duration_seconds")
    }
    for instance in ("planner-0:9100", "planner-1:9100"):
        name = "adapter_planning_duration_seconds"
        buckets = [v for (where, series, le), v in rows.items() if where == instance and le and series]
        assert all(list(at) == sorted(at) for at in zip(*buckets, strict=True))
        assert buckets[-1] == rows[instance, f"{name}_count", ""]


def test_a_gauge_moves(shop: Shop) -> None:
    gauges = {
        line.name: values
        for _, line, values in sampled(Model.of(shop.catalogue, profiles=shop.busy), TIMES)
        if line.name in ("pool_load_ratio", "deployments_in_progress")
    }
    assert all(len(set(values)) > 3 for values in gauges.values())
    assert len(gauges) == 2


def test_a_loop_turns(shop: Shop) -> None:
    (values,) = (
        values
        for instance, line, values in sampled(Model.of(shop.catalogue), TIMES)
        if (instance, line.name) == ("deployer-0:9100", "deployer_loop_last_iteration_timestamp_seconds")
    )
    idle = [time - last for time, last in zip(TIMES, values, strict=True)]
    assert 0 <= min(idle) <= max(idle) < 180


def test_the_same_seed_gives_the_same_values(shop: Shop) -> None:
    one, other = (sampled(Model.of(shop.catalogue, seed=7), TIMES[:40]) for _ in range(2))
    assert one == other


def test_another_seed_gives_other_values(shop: Shop) -> None:
    one, other = (sampled(Model.of(shop.catalogue, seed=seed), TIMES[:40]) for seed in (1, 2))
    assert one != other


def test_a_scrape_counts_the_samples_of_its_process(shop: Shop) -> None:
    found = sampled(Model.of(shop.catalogue), [START])
    own = [
        line for instance, line, _ in found if instance == "planner-0:9100" and line.name not in SCRAPE_SERIES
    ]
    (said,) = (v for i, line, v in found if (i, line.name) == ("planner-0:9100", "scrape_samples_scraped"))
    assert said == [len(own)]


def test_a_gauge_that_two_operations_move_is_one_series_with_their_sum() -> None:
    gauge = Gauge("work_in_progress", "Work in progress.", labels(), COUNT, low=0)
    entries = [
        Request(name, "work", labels(), Failure, owner="app.run", buckets="llm", in_flight=gauge)
        for name in ("one", "other")
    ]
    shared = Model.of(Catalogue.of_entries(entries), instances=1, restart_every=0)
    (values,) = (values for _, line, values in sampled(shared, TIMES) if line.name == gauge.name)
    expected = sum(shared.truth.in_progress(one) for one in entries)
    assert 0.8 * expected < sum(values[40:]) / len(values[40:]) < 1.2 * expected


def test_exposition_roles_are_those_of_the_lines(shop: Shop) -> None:
    series = shop.catalogue.exposition().series
    for _, line, _ in sampled(Model.of(shop.catalogue), [START]):
        assert (line.le != "") == (series[line.name].role is Role.BUCKET)


def test_an_empty_catalogue_has_no_series() -> None:
    assert sampled(Model.of(Catalogue.of_entries(())), [START]) == []


def test_a_catalogue_without_operations_has_a_job_all_the_same() -> None:
    alone = Model.of(Catalogue.of_entries((Gauge("pool_size", "Size of the pool.", labels(), COUNT),)))
    assert {instance for instance, _, _ in sampled(alone, [START])} == {"app-0:9100", "app-1:9100"}


class Queue(ClosedLabel):
    BAKING = "baking"
    ROASTING = "roasting"


BAKE = Request("bake", "a loaf", labels(), Failure, owner="app_bake.bake", last_ended=True)
ROAST = Request("roast", "a joint", labels(), Failure, owner="app_roast.roast")
WAITING = Gauge("queue_tasks", "Tasks that wait.", labels(Queue), COUNT, low=0, shared=True)
OLDEST = Gauge("queue_oldest_seconds", "Age of the oldest.", labels(Queue), SECONDS, low=0, shared=True)
BREAD = BuildInfo("bread", package="signalproof", revision="BREAD_REVISION")
KITCHEN = Catalogue.of_entries([BAKE, ROAST, WAITING, OLDEST, BREAD])


def by_series(name: str, times: list[float]) -> dict[tuple[str, ...], list[float]]:
    return {
        (instance, *line.labels.values()): values
        for instance, line, values in sampled(Model.of(KITCHEN, incident_every=0), times)
        if line.name == name
    }


def test_the_last_end_lies_between_two_samples_of_which_the_later_counts_more_calls() -> None:
    ends, calls = by_series("bake_last_ended_timestamp_seconds", TIMES), by_series("bake_calls_total", TIMES)
    moved = 0
    for series, values in ends.items():
        assert values[0] == 0
        for time, (before, after), (fewer, more) in zip(
            TIMES[1:], pairwise(values), pairwise(calls[series]), strict=True
        ):
            assert (after != before) == (more > fewer)
            assert after <= time
            moved += after != before
    assert moved


def test_every_instance_sees_the_same_queue_and_only_the_job_that_works_on_it() -> None:
    waiting = by_series("queue_tasks", TIMES)
    assert sorted(waiting) == [
        (f"{job}-{place}:9100", queue)
        for job, queue in (("app-bake", "baking"), ("app-roast", "roasting"))
        for place in (0, 1)
    ]
    assert waiting["app-bake-0:9100", "baking"] == waiting["app-bake-1:9100", "baking"]


def test_a_queue_is_often_empty_and_never_long() -> None:
    for values in by_series("queue_tasks", TIMES).values():
        assert set(values) <= {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}
        assert values.count(0.0) > len(values) / 4


def test_the_oldest_has_an_age_while_something_waits() -> None:
    waiting, oldest = by_series("queue_tasks", TIMES), by_series("queue_oldest_seconds", TIMES)
    for series, values in waiting.items():
        assert [value > 0 for value in values] == [age > 0 for age in oldest[series]]
        assert max(oldest[series]) <= 300


def test_what_runs_is_always_1() -> None:
    found = by_series("bread_build_info", TIMES)
    assert len(found) == 2
    assert {value for values in found.values() for value in values} == {1.0}
