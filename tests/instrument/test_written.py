"""Metrics that a program writes itself, with labels as values."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.units import BYTES, COUNT
from signalproof.instrument import count, move_gauge, observe, set_gauge
from signalproof.testing import Recorded, record


class Direction(ClosedLabel):
    INPUT = "input"
    OUTPUT = "output"


class Model(BoundedLabel, at_most=2):
    pass


TOKENS = Counter("tokens_total", "Tokens.", labels(Direction, Model))
REQUESTS = Counter("requests_total", "Requests.", labels(Direction.INPUT))
LENGTH = Gauge("queue_length", "Tasks in the queue.", labels(Direction), COUNT)
SIZE = Histogram("upload_bytes", "Bytes of an upload.", labels(), BYTES)
CATALOGUE = Catalogue.of_entries([TOKENS, REQUESTS, LENGTH, SIZE])


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    with record(CATALOGUE, request.param) as found:
        yield found


def test_a_counter_counts(recorded: Recorded) -> None:
    count(TOKENS, Direction.INPUT, Model("a"))
    count(TOKENS, Direction.INPUT, Model("a"), by=41)
    assert recorded.value(TOKENS, Direction.INPUT, Model("a")) == 42


def test_labels_may_be_given_in_any_order(recorded: Recorded) -> None:
    count(TOKENS, Model("a"), Direction.OUTPUT)
    assert recorded.value(TOKENS, Direction.OUTPUT, Model("a")) == 1


def test_a_fixed_label_need_not_be_given(recorded: Recorded) -> None:
    count(REQUESTS)
    assert recorded.value(REQUESTS) == 1


def test_a_gauge_is_set_and_moved(recorded: Recorded) -> None:
    set_gauge(LENGTH, 5, Direction.INPUT)
    move_gauge(LENGTH, -2, Direction.INPUT)
    assert [recorded.value(LENGTH, one) for one in Direction] == [3, 0]


def test_a_histogram_takes_values(recorded: Recorded) -> None:
    observe(SIZE, 2.0)
    observe(SIZE, 0.5)
    assert (recorded.value(SIZE), recorded.sum(SIZE)) == (2, 2.5)


def test_a_bounded_label_that_is_full_has_other(recorded: Recorded) -> None:
    for name in "abc":
        count(TOKENS, Direction.INPUT, Model(name))
    assert recorded.value(TOKENS, Direction.INPUT, Model("other")) == 1


def test_closed_combinations_start_at_zero(recorded: Recorded) -> None:
    assert [recorded.value(LENGTH, one) for one in Direction] == [0, 0]


def test_a_metric_that_is_not_installed_can_be_written_and_counts_nothing() -> None:
    count(REQUESTS, Direction.INPUT)
    with record(CATALOGUE) as recorded:
        assert recorded.value(REQUESTS) == 0
