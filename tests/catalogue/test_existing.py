"""Metrics that a program exposes by code of its own: as they are found, and left to it."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client import Counter as ClientCounter

from signalproof.catalogue import metric
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.existing import (
    NO_BOUNDS,
    Counter,
    Existing,
    Gauge,
    Histogram,
    Info,
    Summary,
    Untyped,
)
from signalproof.catalogue.family import Type
from signalproof.catalogue.instrumentation import FAULTS
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.units import SECONDS
from signalproof.errors import SignalproofError
from signalproof.instrument.installation import install
from signalproof.testing import assert_registry_matches


class Method(ClosedLabel):
    GET = "GET"
    POST = "POST"


@pytest.mark.parametrize("name", ["hits", "requestCount_total", "wait_ms", "job:size", "size_count"])
def test_an_existing_metric_may_have_any_name(name: str) -> None:
    assert Gauge(name, "", labels()).name == name


def test_a_name_that_prometheus_cannot_store_is_refused() -> None:
    with pytest.raises(SignalproofError, match="no name of a metric"):
        Gauge("a-b", "A.", labels())


def test_series_of_an_existing_metric_come_with_their_first_event() -> None:
    family = Counter("hits_total", "H.", labels(Method)).family
    assert (family.initialised, family.presence) == (False, "lazy")


@pytest.mark.parametrize(
    ("one", "unit"),
    [
        (Gauge("size", "S.", labels()), None),
        (Gauge("wait_seconds", "W.", labels()), SECONDS.dimension),
        (Histogram("wait", "W.", labels()), None),
        (Counter("hits_total", "H.", labels()), metric.Counter("hits_total", "H.", labels()).unit.dimension),
    ],
)
def test_a_unit_that_nobody_said_is_not_guessed(one: Existing[Any], unit: object) -> None:
    assert one.family.unit == unit


def test_an_existing_histogram_has_the_buckets_of_prometheus_client() -> None:
    buckets = Histogram("wait", "W.", labels()).family.buckets
    assert buckets is not None
    assert (buckets[0], buckets[-1]) == ("0.005", "10.0")


def test_of_bounds_that_nobody_said_nothing_is_claimed() -> None:
    assert Histogram("wait", "W.", labels(), buckets=NO_BOUNDS).family.buckets is None


@pytest.mark.parametrize(
    ("one", "kind", "names"),
    [
        (Summary("wait", "W.", labels()), Type.SUMMARY, ("wait_sum", "wait_count")),
        (Summary("wait", "W.", labels(), quantiles=(0.5,)), Type.SUMMARY, ("wait", "wait_sum", "wait_count")),
        (Info("app_info", "A.", labels()), Type.INFO, ("app_info",)),
        (Untyped("vmstat", "V.", labels()), Type.UNKNOWN, ("vmstat",)),
    ],
)
def test_kinds_that_are_not_recorded_are_described(
    one: Existing[Any], kind: Type, names: tuple[str, ...]
) -> None:
    assert (one.family.type, one.family.names) == (kind, names)


def test_an_existing_metric_is_left_to_the_program_when_its_catalogue_is_installed() -> None:
    registry = CollectorRegistry()
    ClientCounter("hits", "H.", ["method"], registry=registry).labels("GET").inc()
    own = metric.Counter("orders_total", "O.", labels())
    catalogue = Catalogue.of_entries([Counter("hits_total", "H.", labels(Method)), own])
    with install(catalogue, registry):
        assert_registry_matches(catalogue, registry)


def test_a_catalogue_of_existing_metrics_alone_has_no_count_of_faults() -> None:
    catalogue = Catalogue.of_entries([Counter("hits_total", "H.", labels(Method))])
    assert FAULTS.name not in {family.name for family in catalogue.families}


def test_a_label_of_a_metric_of_ones_own_is_in_snake_case() -> None:
    class Iface(ClosedLabel, name="ifAlias"):
        A = "a"

    assert Gauge("size", "S.", labels(Iface)).labels.domains
    with pytest.raises(SignalproofError, match="'ifAlias' is not snake_case"):
        metric.Gauge("size", "S.", labels(Iface))
