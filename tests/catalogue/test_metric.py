"""Metrics, operations and the catalogue they make."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.utils import floatToGoString

from signalproof.catalogue.buckets import PRESETS, Buckets
from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Role, format_bound
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Adapter, Loop, Objective, Operation, Request
from signalproof.catalogue.units import BYTES, SECONDS, TIMESTAMP_SECONDS
from signalproof.errors import SignalproofError


class Strategy(ClosedLabel):
    SSH = "ssh"
    DOCKER = "docker"


class Failure(ClosedLabel, name="error_type"):
    TIMEOUT = "TimeoutError"
    OTHER = "other"


def _request(kind: type[Operation[Any, Any]] = Request, **options: Any) -> Operation[Any, Any]:
    return kind("deploy", "a deployment", labels(Strategy), Failure, owner="app.deploy", **options)


def _names(operation: Operation[Any, Any]) -> list[str]:
    return [metric.name for metric in operation.metrics]


# the eight checks of promlint, each at the declaration
@pytest.mark.parametrize(
    ("declare", "message", "remedy"),
    [
        (lambda: Counter("jobs_total", " ", labels()), "no help text", "say in one sentence"),
        (lambda: Counter("jobs", "Jobs.", labels()), "ends in _total", "'jobs_total'"),
        (lambda: Gauge("jobs_total", "Jobs.", labels()), "only a counter's name", "'jobs'"),
        (lambda: Gauge("jobs_count", "Jobs.", labels()), "written by the exposition", "'jobs'"),
        (lambda: Gauge("jobs_gauge", "Jobs.", labels()), "says its type", "'jobs'"),
        (lambda: Gauge("job:size", "Size.", labels()), "recording rules", "'job_size'"),
        (lambda: Gauge("jobSize", "Size.", labels()), "camelCase", "'job_size'"),
        (lambda: Gauge("wait_ms", "Wait.", labels()), "abbreviated", "in full"),
        (lambda: Gauge("wait_milliseconds", "Wait.", labels()), "no base unit", "measure in seconds"),
        (lambda: Gauge("wait", "Wait.", labels(), SECONDS), "does not say so", "'wait_seconds'"),
        (lambda: Counter("read_total", "Read.", labels(), BYTES), "does not say so", "'read_bytes_total'"),
    ],
)
def test_a_name_that_breaks_a_rule_is_refused_where_it_is_declared(
    declare: Any, message: str, remedy: str
) -> None:
    with pytest.raises(SignalproofError, match=message) as caught:
        declare()
    assert remedy in caught.value.help
    assert caught.value.where is not None
    assert caught.value.where.file == __file__


@pytest.mark.parametrize(
    "name", ["batch_job_minutes_left_info_seconds", "http_requests_in_flight", "b_tree_depth"]
)
def test_a_sound_name_is_accepted(name: str) -> None:
    if "minutes" in name:
        with pytest.raises(SignalproofError, match="no base unit"):
            Gauge(name, "X.", labels(), SECONDS)
    else:
        assert Gauge(name, "X.", labels()).name == name


def test_a_request_expands_to_duration_calls_and_errors() -> None:
    assert _names(_request()) == ["deploy_duration_seconds", "deploy_calls_total", "deploy_errors_total"]


def test_an_adapter_is_exposed_under_its_prefix() -> None:
    assert _names(_request(Adapter))[0] == "adapter_deploy_duration_seconds"


def test_a_loop_adds_running_and_the_last_iteration() -> None:
    assert _names(_request(Loop))[3:] == ["deploy_running", "deploy_last_iteration_timestamp_seconds"]


def test_calls_have_the_operations_labels_and_a_status() -> None:
    assert list(_request().calls.labels) == ["strategy", "status"]


def test_errors_must_have_a_place_for_what_nobody_foresaw() -> None:
    class Closed(ClosedLabel, name="error_type"):
        TIMEOUT = "TimeoutError"

    with pytest.raises(SignalproofError, match="no value 'other'"):
        Request("deploy", "a deployment", labels(), Closed, owner="app.deploy")


def test_errors_are_told_apart_by_error_type() -> None:
    with pytest.raises(SignalproofError, match="label of the errors is called 'strategy'"):
        Request("deploy", "a deployment", labels(), Strategy, owner="app.deploy")


def test_an_objective_between_two_bounds_names_both() -> None:
    with pytest.raises(SignalproofError) as caught:
        _request(buckets="http", objective=Objective(latency=3.0))
    assert caught.value.help == "use 2.5 or 5, or add the bound"


def test_an_objective_above_the_top_bucket_does_not_build() -> None:
    with pytest.raises(SignalproofError, match="above the top bucket 30"):
        _request(buckets="http", objective=Objective(latency=60.0))


def test_an_objective_in_percent_is_answered_with_the_share() -> None:
    with pytest.raises(SignalproofError) as caught:
        _request(objective=Objective(success=99.0))
    assert caught.value.help == "write 0.99"


def test_an_objective_that_promises_nothing_is_refused() -> None:
    with pytest.raises(SignalproofError, match="promises nothing"):
        _request(objective=Objective())


def test_an_unknown_bucket_preset_is_answered_with_the_closest() -> None:
    with pytest.raises(SignalproofError) as caught:
        _request(buckets="databse")
    assert caught.value.help == "did you mean 'database'?"


def test_bounds_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(SignalproofError, match="do not ascend"):
        Histogram("x_seconds", "X.", labels(), buckets=Buckets("mine", (2.0, 1.0)))


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_neighbouring_bounds_are_at_most_a_factor_three_apart(preset: Buckets) -> None:
    assert max(b / a for a, b in pairwise(preset.bounds)) <= 3


def test_a_histogram_is_exposed_as_buckets_sum_and_count() -> None:
    series = Catalogue.of_entries([Histogram("x_seconds", "X.", labels())]).exposition().series
    assert {name: series[name].role for name in series if name.startswith("x_")} == {
        "x_seconds_bucket": Role.BUCKET,
        "x_seconds_sum": Role.SUM,
        "x_seconds_count": Role.COUNT,
    }


def test_bucket_bounds_are_spelled_as_the_client_spells_them() -> None:
    assert [format_bound(bound) for bound in (5, 0.25, float("inf"))] == ["5.0", "0.25", "+Inf"]


@given(st.floats(allow_nan=False))
def test_every_bound_is_written_as_prometheus_client_does(bound: float) -> None:
    written: str = floatToGoString(bound)  # type: ignore[no-untyped-call]  # prometheus_client left it untyped
    assert format_bound(bound) == written or bound == float("-inf")


def test_one_series_name_declared_twice_names_both_places() -> None:
    first, second = Gauge("x", "X.", labels()), Gauge("x", "X again.", labels())
    with pytest.raises(SignalproofError) as caught:
        Catalogue.of_entries([first, second])
    assert str(first.where) in str(caught.value)
    assert caught.value.where == second.where


def test_a_gauge_shared_with_an_operation_is_one_metric() -> None:
    gauge = Gauge("busy", "Busy.", labels())
    assert len(Catalogue.of_entries([gauge, _request(in_flight=gauge)]).metrics) == 4


def test_an_operation_tells_on_request_when_its_calls_last_ended() -> None:
    operation = _request(last_ended=True)
    gauge = operation.last_ended
    assert gauge.name == "deploy_last_ended_timestamp_seconds"
    assert list(gauge.labels) == ["strategy", "status"]
    assert _names(operation)[-1] == gauge.name


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Adapter, "adapter_deploy_last_ended_timestamp_seconds"), (Loop, "deploy_last_ended_timestamp_seconds")],
)
def test_every_kind_of_operation_can_tell_it(kind: type[Operation[Any, Any]], name: str) -> None:
    assert name in _names(_request(kind, last_ended=True))


@pytest.mark.parametrize("kind", [Request, Adapter, Loop])
def test_an_operation_that_was_not_asked_does_not_tell_it(kind: type[Operation[Any, Any]]) -> None:
    operation = _request(kind)
    assert not any("last_ended" in name for name in _names(operation))
    with pytest.raises(SignalproofError, match="does not tell when its calls last ended") as raised:
        operation.last_ended  # noqa: B018  # reading it is what fails
    assert "last_ended=True" in raised.value.help


def test_when_a_call_last_ended_is_an_instant_that_starts_at_0() -> None:
    series = Catalogue.of_entries([_request(last_ended=True)]).exposition().series
    found = series["deploy_last_ended_timestamp_seconds"]
    assert (found.unit, found.low, found.initialised) == (TIMESTAMP_SECONDS.dimension, 0, True)


def test_an_operation_can_be_shown_whether_it_tells_or_not() -> None:
    assert "Request(name='deploy'" in repr(_request())


def test_what_is_shared_is_not_there_from_the_start() -> None:
    gauge = Gauge("queue_tasks", "Tasks.", labels(Strategy), low=0, shared=True)
    found = Catalogue.of_entries([gauge]).exposition().series["queue_tasks"]
    assert (found.initialised, found.lazy) == (False, True)


def test_what_runs_is_one_series_of_a_process_and_always_1() -> None:
    build = BuildInfo("shop", package="signalproof", revision="SHOP_REVISION")
    found = Catalogue.of_entries([build]).exposition().series["shop_build_info"]
    assert (found.role, found.low, found.high, found.initialised) == (Role.INFO, 1.0, 1.0, True)
    assert {name: domain.at_most for name, domain in found.labels.items()} == {
        "version": 1,
        "revision": 1,
        "python_version": 1,
    }


def test_only_what_runs_may_be_called_info() -> None:
    with pytest.raises(SignalproofError, match="_info is written by the exposition"):
        Gauge("shop_build_info", "What runs.", labels())
