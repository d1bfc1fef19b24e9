"""A call that ends before its labels are known is a call all the same: it is counted, under ``other``."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.instrumentation import FAULTS, Stage, Tracked
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, OpenLabel, labels
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Request, Status
from signalproof.catalogue.units import COUNT
from signalproof.instrument import faults, result, track_request
from signalproof.testing import Recorded, assert_registry_matches, record


class Failure(ClosedLabel, name="error_type"):
    KEY = "KeyError"
    OTHER = "other"


class Component(ClosedLabel):
    SHOP = "shop"
    MILL = "mill"


class Kind(ClosedLabel):
    RYE = "rye"
    OTHER = "other"


class Side(ClosedLabel):
    LEFT = "left"
    RIGHT = "right"


class Model(BoundedLabel, at_most=1):
    pass


class Route(OpenLabel):
    pass


BUSY = Gauge("loaves_in_progress", "Loaves in the oven.", labels(Kind), COUNT)
CLOSED = Request(
    "closed", "a loaf", labels(Component.SHOP, Kind), Failure, owner="app.closed", in_flight=BUSY
)
BOUNDED = Request("bounded", "an answer", labels(Model), Failure, owner="app.bounded")
OPEN = Request("open", "a page", labels(Route), Failure, owner="app.open")
STRICT = Request("strict", "a turn", labels(Side), Failure, owner="app.strict")
CATALOGUE = Catalogue.of_entries([CLOSED, BOUNDED, OPEN, STRICT])

OTHERS: list[tuple[Request[Any, Any], Any]] = [
    (CLOSED, Kind.OTHER), (BOUNDED, Model("other")), (OPEN, Route("other")),
]  # fmt: skip


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    faults.log_again()
    with record(CATALOGUE, request.param) as found:
        yield found


def _fail_early(operation: Request[Any, Any]) -> None:
    with track_request(operation):
        raise KeyError


@pytest.mark.parametrize(("operation", "other"), OTHERS, ids=["closed", "bounded", "open"])
def test_a_call_that_fails_before_its_label_is_known_is_a_failure_of_other(
    recorded: Recorded, operation: Request[Any, Any], other: Any
) -> None:
    with suppress(KeyError):
        _fail_early(operation)
    assert recorded.value(operation.calls, Status.FAILURE, other) == 1


@pytest.mark.parametrize(("operation", "other"), OTHERS, ids=["closed", "bounded", "open"])
def test_its_error_and_duration_are_recorded_too(
    recorded: Recorded, operation: Request[Any, Any], other: Any
) -> None:
    with suppress(KeyError):
        _fail_early(operation)
    seen = recorded.value(operation.failures, Failure.KEY, other), recorded.value(operation.duration, other)
    assert seen == (1, 1)


def test_a_call_that_had_no_time_to_say_its_label_is_no_fault(recorded: Recorded) -> None:
    with suppress(KeyError):
        _fail_early(CLOSED)
    assert recorded.value(FAULTS, Tracked("closed"), Stage.LABELS) == 0


def test_a_call_that_returns_and_never_says_its_label_is_counted_and_a_fault(recorded: Recorded) -> None:
    with track_request(BOUNDED):
        pass
    counted = recorded.value(BOUNDED.calls, Status.SUCCESS, Model("other"))
    assert (counted, recorded.value(FAULTS, Tracked("bounded"), Stage.LABELS)) == (1, 1)


def test_a_call_that_is_cancelled_before_its_label_is_known_is_a_cancelled_one_of_other(
    recorded: Recorded,
) -> None:
    async def wait() -> None:
        with track_request(CLOSED) as call:
            await asyncio.get_running_loop().create_future()
            call.label(Kind.RYE)

    async def cancel() -> None:
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert recorded.value(CLOSED.calls, Status.CANCELLED, Kind.OTHER) == 1


def test_every_early_end_in_many_threads_is_counted(recorded: Recorded) -> None:
    def work() -> None:
        for _ in range(200):
            with suppress(KeyError):
                _fail_early(CLOSED)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recorded.value(CLOSED.calls, Status.FAILURE, Kind.OTHER) == 1600


def test_where_a_label_has_no_other_such_a_call_is_a_fault_as_any_undeclared_value_is(
    recorded: Recorded,
) -> None:
    with suppress(KeyError):
        _fail_early(STRICT)
    counted = sum(recorded.value(STRICT.calls, status, side) for status in Status for side in Side)
    assert (counted, recorded.value(FAULTS, Tracked("strict"), Stage.LABELS)) == (0, 1)


def test_a_call_in_progress_is_under_other_until_its_label_is_said(recorded: Recorded) -> None:
    seen = []
    with track_request(CLOSED) as call:
        seen.append([recorded.value(BUSY, kind) for kind in (Kind.RYE, Kind.OTHER)])
        call.label(Kind.RYE)
        seen.append([recorded.value(BUSY, kind) for kind in (Kind.RYE, Kind.OTHER)])
    seen.append([recorded.value(BUSY, kind) for kind in (Kind.RYE, Kind.OTHER)])
    assert seen == [[0, 1], [1, 0], [0, 0]]


def test_a_label_that_the_catalogue_fixes_stays_what_it_is(recorded: Recorded) -> None:
    with track_request(CLOSED) as call:
        call.label(Kind.RYE, Component.MILL)
    counted = recorded.value(CLOSED.calls, Status.SUCCESS, Kind.RYE)
    assert (counted, recorded.value(FAULTS, Tracked("closed"), Stage.LABELS)) == (1, 1)


def test_a_call_that_fails_before_its_result_is_other_as_before(recorded: Recorded) -> None:
    @track_request(BOUNDED, labels=[result(Model)])
    async def answer() -> str:
        raise KeyError

    with suppress(KeyError):
        asyncio.run(answer())
    assert recorded.value(BOUNDED.calls, Status.FAILURE, Model("other")) == 1


def test_other_is_among_the_values_that_the_catalogue_promises(recorded: Recorded) -> None:
    for name in ("a", "b"):
        with track_request(BOUNDED) as call:
            call.label(Model(name))
    with suppress(KeyError):
        _fail_early(BOUNDED)
    series = {
        line.partition("{")[2] for line in recorded.text().splitlines() if "bounded_errors_total{" in line
    }
    assert len(series) == (Model.domain().at_most or 0) * len(Failure)
    assert_registry_matches(CATALOGUE, recorded.registry)
