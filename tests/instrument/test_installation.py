"""Installing a catalogue: everything at 0, once for each registry, and nothing global before it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import prometheus_client
import pytest
from prometheus_client.registry import CollectorRegistry

from signalproof.catalogue.buckets import Buckets
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.instrumentation import FAULTS, Stage, Tracked
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Adapter, Loop, Request, Status
from signalproof.catalogue.units import BYTES, COUNT
from signalproof.errors import SignalproofError
from signalproof.instrument import argument, count, install, track_request
from signalproof.instrument.installation import Installation
from signalproof.testing import assert_registry_matches, record


class Failure(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    OTHER = "other"


class Longer(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    KEY = "KeyError"
    OTHER = "other"


class Strategy(ClosedLabel):
    SSH = "ssh"
    DOCKER = "docker"


class Model(BoundedLabel, at_most=3):
    pass


BUSY = Gauge("work_in_progress", "Pieces of work in progress.", labels(), COUNT)


def _work(**options: Any) -> Request[Any, Any]:
    return Request("work", "a piece of work", labels(Strategy), Failure, owner="app.work", **options)


def _everything() -> Catalogue:
    """Return a catalogue with every kind of entry."""
    return Catalogue.of_entries(
        [
            _work(in_flight=BUSY),
            Adapter("call", "a call", labels(), Failure, owner="app.call", buckets="database"),
            Loop("turn", "a turn", labels(Strategy.SSH), Failure, owner="app.run"),
            Counter("tokens_total", "Tokens.", labels(Strategy, Model)),
            Gauge("queue_length", "Tasks in the queue.", labels(Strategy), COUNT),
            Histogram(
                "upload_bytes", "Bytes of an upload.", labels(), BYTES, buckets=Buckets("b", (1.0, 1024.0))
            ),
        ]
    )


BACKENDS: list[Any] = ["client", "cells"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_series_of_the_catalogue_is_there_from_the_start_and_none_other(backend: Any) -> None:
    catalogue = _everything()
    with record(catalogue, backend) as recorded:
        assert_registry_matches(catalogue, recorded.registry)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_series_starts_at_zero(backend: Any) -> None:
    with record(_everything(), backend) as recorded:
        values = {line.rpartition(" ")[2] for line in recorded.text().splitlines() if line[0] != "#"}
    assert values == {"0.0"}


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_created_series_is_exposed(backend: Any) -> None:
    with record(_everything(), backend) as recorded:
        assert "_created" not in recorded.text() + recorded.openmetrics()


@pytest.mark.parametrize("backend", BACKENDS)
def test_families_stand_in_the_order_of_the_catalogue(backend: Any) -> None:
    catalogue = _everything()
    with record(catalogue, backend) as recorded:
        types = [line.split()[2] for line in recorded.text().splitlines() if line.startswith("# TYPE")]
    assert types == [*catalogue.metrics, FAULTS.name]


def test_installing_twice_in_one_registry_counts_once() -> None:
    operation, registry = _work(), CollectorRegistry()
    catalogue = Catalogue.of_entries([operation])
    with install(catalogue, registry), install(catalogue, registry):
        track_request(operation, labels=[Strategy.SSH])(lambda: 1)()
        name = "work_calls_total"
        assert registry.get_sample_value(name, {"strategy": "ssh", "status": "success"}) == 1


def test_a_reloaded_catalogue_goes_on_counting_in_the_same_series() -> None:
    registry = CollectorRegistry()
    before, after = _work(), _work()
    with install(Catalogue.of_entries([before]), registry):
        track_request(before, labels=[Strategy.SSH])(lambda: 1)()
        with install(Catalogue.of_entries([after]), registry):
            track_request(before, labels=[Strategy.SSH])(lambda: 1)()
            track_request(after, labels=[Strategy.SSH])(lambda: 1)()
        name = "work_calls_total"
        assert registry.get_sample_value(name, {"strategy": "ssh", "status": "success"}) == 3


def test_an_operation_declared_anew_counts_in_the_installed_series() -> None:
    with record(Catalogue.of_entries([_work()])) as recorded:
        again = _work()
        track_request(again, labels=[Strategy.SSH])(lambda: 1)()
        assert recorded.value(again.calls, Status.SUCCESS, Strategy.SSH) == 1


DIFFERENT: list[Callable[[], Request[Any, Any]]] = [
    lambda: _work(buckets="llm"),
    lambda: Request("work", "w", labels(), Failure, owner="app.work"),
    lambda: Request("work", "w", labels(Strategy.SSH), Failure, owner="app.work"),
    lambda: Request("work", "w", labels(Strategy), Longer, owner="app.work"),
]


@pytest.mark.parametrize("different", DIFFERENT)
def test_another_specification_under_the_same_name_names_both_places(
    different: Callable[[], Request[Any, Any]],
) -> None:
    one, other = _work(), different()
    first, second, registry = Catalogue.of_entries([one]), Catalogue.of_entries([other]), CollectorRegistry()
    with install(first, registry), pytest.raises(SignalproofError, match="twice and differently") as caught:
        install(second, registry)
    assert str(one.where) in str(caught.value)
    assert caught.value.where == other.where


@pytest.mark.parametrize("different", DIFFERENT)
def test_decorating_with_another_specification_of_an_installed_name_is_refused(
    different: Callable[[], Request[Any, Any]],
) -> None:
    one, other = _work(), different()
    with (
        record(Catalogue.of_entries([one])),
        pytest.raises(SignalproofError, match="twice and diff") as caught,
    ):
        track_request(other)
    assert str(one.where) in str(caught.value)


def test_a_refused_installation_leaves_nothing_behind() -> None:
    registry = CollectorRegistry()
    prometheus_client.Counter("work_calls_total", "Somebody else's.", registry=registry)
    with pytest.raises(SignalproofError, match="work_calls_total is already in the registry"):
        install(Catalogue.of_entries([_work()]), registry)
    assert [family.name for family in registry.collect()] == ["work_calls"]


def test_an_installation_that_breaks_half_way_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: prometheus_client.Counter) -> None:
        raise RuntimeError("no memory")

    registry = CollectorRegistry()
    monkeypatch.setattr(prometheus_client.Counter, "_metric_init", broken)
    with pytest.raises(RuntimeError, match="no memory"):
        install(Catalogue.of_entries([_work()]), registry)
    assert list(registry.collect()) == []


def test_one_registry_has_one_backend() -> None:
    catalogue, registry = Catalogue.of_entries([_work()]), CollectorRegistry()
    with (
        install(catalogue, registry),
        pytest.raises(SignalproofError, match="written by the 'client' backend"),
    ):
        install(catalogue, registry, backend="cells")


@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_is_left_in_the_registry_of_an_uninstalled_catalogue(backend: Any) -> None:
    registry = CollectorRegistry()
    install(_everything(), registry, backend=backend).uninstall()
    assert list(registry.collect()) == []


def test_uninstalling_twice_is_harmless() -> None:
    registry = CollectorRegistry()
    installation = install(_everything(), registry)
    installation.uninstall()
    installation.uninstall()
    assert list(registry.collect()) == []


def test_a_function_of_a_catalogue_that_is_not_installed_works() -> None:
    assert track_request(_work(), labels=[argument(Strategy, "how")])(_give)("ssh") == "ssh"


def test_a_function_decorated_before_the_installation_is_recorded() -> None:
    operation = _work()
    decorated = track_request(operation, labels=[argument(Strategy, "how")])(_give)
    with record(Catalogue.of_entries([operation])) as recorded:
        decorated("ssh")
        assert recorded.value(operation.calls, Status.SUCCESS, Strategy.SSH) == 1


def test_a_later_installation_takes_precedence_and_gives_it_back() -> None:
    operation = _work()
    catalogue = Catalogue.of_entries([operation])
    decorated = track_request(operation, labels=[argument(Strategy, "how")])(_give)
    with record(catalogue) as outer:
        with record(catalogue) as inner:
            decorated("ssh")
        decorated("ssh")
        assert [
            one.registry.get_sample_value("work_calls_total", {"strategy": "ssh", "status": "success"})
            for one in (outer, inner)
        ] == [1, None]


def _give(how: str) -> str:
    return how


def test_a_call_that_began_before_the_installation_is_not_recorded() -> None:
    operation = _work()
    catalogue = Catalogue.of_entries([operation])

    @track_request(operation, labels=[Strategy.SSH])
    def start() -> Installation:
        return install(catalogue, CollectorRegistry())

    with start() as installation:
        value = installation.registry.get_sample_value("work_duration_seconds_count", {"strategy": "ssh"})
    assert value == 0


def test_a_call_that_spans_an_installation_ends_in_the_new_one() -> None:
    operation, times = _work(), iter([1.0, 3.5])
    catalogue = Catalogue.of_entries([operation])

    @track_request(operation, labels=[Strategy.SSH])
    def change() -> Installation:
        return install(catalogue, CollectorRegistry())

    with record(catalogue, clock=times.__next__), change() as installation:
        value = installation.registry.get_sample_value("work_duration_seconds_sum", {"strategy": "ssh"})
    assert value == 2.5


def test_a_metric_with_more_combinations_than_it_may_have_is_refused() -> None:
    catalogue = Catalogue.of_entries([_work()])
    with pytest.raises(SignalproofError, match="has 6 combinations of closed labels, more than the 5"):
        install(catalogue, CollectorRegistry(), max_series=5)


def test_the_guard_keeps_a_metric_from_growing_for_ever() -> None:
    tokens = Counter("tokens_total", "Tokens.", labels(Strategy, Model))
    with record(Catalogue.of_entries([tokens]), max_series=2) as recorded:
        for name in "abc":
            count(tokens, Strategy.SSH, Model(name))
        values = [recorded.value(tokens, Strategy.SSH, Model(name)) for name in ("a", "b", "other")]
        faults = recorded.registry.get_sample_value(
            FAULTS.name, {"operation": "tokens_total", "stage": "cardinality"}
        )
    assert (values, faults) == ([1, 1, 1], 1)


def test_the_count_of_faults_of_every_operation_starts_at_zero() -> None:
    with record(_everything()) as recorded:
        names = ["work", "adapter_call", "turn"]
        assert {recorded.value(FAULTS, Tracked(name), stage) for name in names for stage in Stage} == {0}


def test_the_count_of_faults_may_be_part_of_the_catalogue() -> None:
    catalogue = Catalogue.of_entries([_work(), FAULTS])
    with record(catalogue) as recorded:
        assert_registry_matches(catalogue, recorded.registry)


def test_the_default_registry_is_the_one_of_prometheus_client() -> None:
    operation = _work()
    with install(Catalogue.of_entries([operation])):
        found = prometheus_client.REGISTRY.get_sample_value(
            "work_calls_total", {"strategy": "ssh", "status": "success"}
        )
    assert found == 0


def test_importing_and_decorating_touches_no_registry() -> None:
    program = """
import prometheus_client
before = list(prometheus_client.REGISTRY._names_to_collectors)
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.instrument import track_request
class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"
@track_request(Request("work", "a piece of work", labels(), Failure, owner="app.work"))
def work():
    return 1
work()
assert list(prometheus_client.REGISTRY._names_to_collectors) == before
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_importing_the_library_imports_no_prometheus_client() -> None:
    program = "import signalproof, sys; assert 'prometheus_client' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
