"""Whatever ends a call, wherever it runs, labelled or not: every call is counted once, and under its status."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Request, Status
from signalproof.catalogue.units import COUNT
from signalproof.instrument import argument, track_request
from signalproof.testing import Recorded, record

THREADS, TASKS, TURNS = 8, 1000, 250
SUCCESS, FAILURE, CANCELLED = Status


class Failure(ClosedLabel, name="error_type"):
    KEY = "KeyError"
    OTHER = "other"


class Model(BoundedLabel, at_most=3):
    pass


BUSY = Gauge("work_in_progress", "Pieces of work in hand.", labels(), COUNT)
BUSY_BY_MODEL = Gauge("answers_in_progress", "Answers in hand.", labels(Model), COUNT)
PLAIN = Request("plain", "plain work", labels(), Failure, owner="app.plain")
HELD = Request("held", "work in hand", labels(), Failure, owner="app.held", in_flight=BUSY)
ASK = Request("ask", "a question", labels(Model), Failure, owner="app.ask", in_flight=BUSY_BY_MODEL)
CATALOGUE = Catalogue.of_entries([PLAIN, HELD, ASK])


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    with record(CATALOGUE, request.param) as found:
        yield found


def _end(how: Status) -> None:
    if how is FAILURE:
        raise KeyError
    if how is CANCELLED:
        raise asyncio.CancelledError


plain = track_request(PLAIN)(_end)
held = track_request(HELD)(_end)


@track_request(PLAIN)
async def plain_later(how: Status, cancelled: asyncio.Event) -> None:
    await asyncio.sleep(0)
    if how is CANCELLED:
        cancelled.set()
        await asyncio.get_running_loop().create_future()
    _end(how)


@track_request(ASK, labels=[argument(Model, "model")])
async def ask_later(how: Status, model: str) -> None:
    await asyncio.sleep(0)
    _end(how)


def _unsaid(how: Status) -> None:
    with track_request(ASK) as call:
        _end(how)
        call.label(Model("a"))


def _counted(recorded: Recorded, operation: Request[Any, Any], *label: Any) -> list[float]:
    return [recorded.value(operation.calls, status, *label) for status in Status]


def _in_threads(work: Any) -> Tally[Status]:
    """Call *work* with a status drawn at random in many threads at once, and return how often with which."""
    done: list[Tally[Status]] = []
    barrier = threading.Barrier(THREADS)

    def run(seed: int) -> None:
        draw, tally = random.Random(seed), Tally[Status]()
        barrier.wait()
        for _ in range(TURNS):
            how = draw.choice(list(Status))
            tally[how] += 1
            with suppress(KeyError, asyncio.CancelledError):
                work(how)
        done.append(tally)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done, Tally[Status]())


def test_calls_without_labels_in_many_threads_are_counted_exactly(recorded: Recorded) -> None:
    done = _in_threads(plain)
    assert _counted(recorded, PLAIN) == [done[status] for status in Status]


def test_their_errors_and_durations_agree_with_them(recorded: Recorded) -> None:
    done = _in_threads(plain)
    seen = recorded.value(PLAIN.failures, Failure.KEY), recorded.value(PLAIN.duration)
    assert seen == (done[FAILURE], done[SUCCESS] + done[FAILURE])


def test_calls_in_hand_in_many_threads_are_none_at_the_end(recorded: Recorded) -> None:
    done = _in_threads(held)
    assert (_counted(recorded, HELD), recorded.value(BUSY)) == ([done[status] for status in Status], 0)


def test_calls_that_end_before_their_label_is_said_in_many_threads_are_counted_exactly(
    recorded: Recorded,
) -> None:
    done = _in_threads(_unsaid)
    early = [recorded.value(ASK.calls, status, Model("other")) for status in (FAILURE, CANCELLED)]
    assert (early, recorded.value(ASK.calls, SUCCESS, Model("a"))) == (
        [done[FAILURE], done[CANCELLED]],
        done[SUCCESS],
    )
    assert [recorded.value(BUSY_BY_MODEL, Model(name)) for name in ("a", "other")] == [0, 0]


def test_a_thousand_tasks_that_return_fail_and_are_cancelled_are_counted_exactly(recorded: Recorded) -> None:
    ways = [list(Status)[number % 3] for number in range(TASKS)]

    async def one(how: Status) -> None:
        reached = asyncio.Event()
        task = asyncio.create_task(plain_later(how, reached))
        if how is CANCELLED:
            await reached.wait()
            task.cancel()
        with suppress(KeyError, asyncio.CancelledError):
            await task

    async def everything() -> None:
        await asyncio.gather(*map(one, ways))

    asyncio.run(everything())
    assert _counted(recorded, PLAIN) == [ways.count(status) for status in Status]


def test_tasks_in_the_loops_of_many_threads_are_counted_exactly(recorded: Recorded) -> None:
    def run() -> None:
        async def everything() -> None:
            found = [plain_later(how, asyncio.Event()) for how in (SUCCESS, FAILURE) for _ in range(100)]
            await asyncio.gather(*found, return_exceptions=True)

        asyncio.run(everything())

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _counted(recorded, PLAIN) == [THREADS * 100, THREADS * 100, 0]


@settings(max_examples=30, deadline=None)  # a slow machine is no fault
@given(calls=st.lists(st.tuples(st.sampled_from(list(Status)), st.sampled_from("abcde"))))
@pytest.mark.parametrize("backend", ["client", "cells"])
def test_labelled_calls_are_counted_once_each_whatever_their_values(
    backend: Any, calls: list[tuple[Status, str]]
) -> None:
    with record(CATALOGUE, backend) as recorded:

        async def everything() -> None:
            await asyncio.gather(*(ask_later(*one) for one in calls), return_exceptions=True)

        asyncio.run(everything())
        lines = [line for line in recorded.text().splitlines() if line.startswith("ask_calls_total{")]
        counted = {
            status: sum(float(line.rpartition(" ")[2]) for line in lines if f'status="{status}"' in line)
            for status in Status
        }
        assert counted == {status: sum(how is status for how, _ in calls) for status in Status}
