"""One tracker in the ``with`` statements of many threads and tasks: every call is counted, once, with its own duration."""

from __future__ import annotations

import asyncio
import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Loop, Request, Status
from signalproof.instrument import iteration, track_request
from signalproof.testing import Recorded, record

THREADS, TURNS = 32, 100
SUCCESS, FAILURE, _ = Status


class Failure(ClosedLabel, name="error_type"):
    KEY = "KeyError"
    OTHER = "other"


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
TURN = Loop("turn", "a turn", labels(), Failure, owner="app.turn")
CATALOGUE = Catalogue.of_entries([WORK, TURN])
_local = threading.local()


def _seconds_of_this_thread() -> float:
    """A clock on which nothing but what this thread does takes time: one second between two looks."""
    if not hasattr(_local, "seconds"):
        _local.seconds = itertools.count()
    return float(next(_local.seconds))


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with record(CATALOGUE, request.param, clock=_seconds_of_this_thread) as found:
            yield found
    finally:
        sys.setswitchinterval(before)


def _in_threads(tracker: AbstractContextManager[Any], work: Callable[[], None]) -> list[BaseException]:
    """Enter *tracker* from every thread, and return what its ``with`` statements raised."""
    raised: list[BaseException] = []
    barrier = threading.Barrier(THREADS)

    def run() -> None:
        barrier.wait()
        for _ in range(TURNS):
            try:
                with suppress(KeyError), tracker:
                    work()
            except BaseException as error:  # noqa: BLE001  # whatever it is, it is none of the caller's
                raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def _nothing() -> None: ...


def _fail() -> None:
    raise KeyError


def test_a_tracker_that_many_threads_share_raises_nothing(recorded: Recorded) -> None:
    assert _in_threads(track_request(WORK), _nothing) == []


def test_a_tracker_that_many_threads_share_loses_no_call(recorded: Recorded) -> None:
    _in_threads(track_request(WORK), _nothing)
    assert recorded.value(WORK.calls, SUCCESS) == THREADS * TURNS


def test_a_tracker_that_many_threads_share_loses_no_failure(recorded: Recorded) -> None:
    _in_threads(track_request(WORK), _fail)
    assert recorded.value(WORK.failures, Failure.KEY) == THREADS * TURNS


def test_each_thread_ends_the_call_that_it_began(recorded: Recorded) -> None:
    _in_threads(track_request(WORK), _nothing)
    sample = f"{WORK.duration.name}_sum"
    assert recorded.registry.get_sample_value(sample) == THREADS * TURNS


def test_calls_within_calls_of_one_tracker_end_from_the_innermost(recorded: Recorded) -> None:
    tracker = track_request(WORK)

    def within() -> None:
        with tracker, tracker:
            pass

    _in_threads(tracker, within)
    # on the thread's clock: 1 s, 3 s and 5 s
    assert recorded.registry.get_sample_value(f"{WORK.duration.name}_sum") == THREADS * TURNS * 9


def test_an_iteration_that_many_threads_share_loses_no_turn(recorded: Recorded) -> None:
    _in_threads(iteration(TURN), _nothing)
    assert recorded.value(TURN.calls, SUCCESS) == THREADS * TURNS


def test_an_iteration_that_many_threads_share_ends_the_turn_that_it_began(recorded: Recorded) -> None:
    _in_threads(iteration(TURN), _nothing)
    assert recorded.registry.get_sample_value(f"{TURN.duration.name}_sum") == THREADS * TURNS


def test_what_one_task_enters_another_may_leave(recorded: Recorded) -> None:
    tracker = track_request(WORK)

    async def enter() -> None:
        tracker.__enter__()

    async def leave() -> None:
        tracker.__exit__(None, None, None)

    async def both() -> None:
        await asyncio.create_task(enter())
        await asyncio.create_task(leave())

    asyncio.run(both())
    assert recorded.value(WORK.calls, SUCCESS) == 1


def test_a_tracker_keeps_no_task_that_is_done(recorded: Recorded) -> None:
    tracker = track_request(WORK)

    async def enter() -> None:
        tracker.__enter__()

    async def leave() -> None:
        tracker.__exit__(None, None, None)

    async def all_of_them() -> None:
        for _ in range(10):
            await asyncio.create_task(enter())
            await asyncio.create_task(leave())

    asyncio.run(all_of_them())
    assert len(tracker._entered) == 0


def test_ten_thousand_tasks_in_one_tracker_end_each_their_own_call(recorded: Recorded) -> None:
    tracker = track_request(WORK)

    async def work(start: asyncio.Event) -> None:
        with tracker:
            await start.wait()

    async def all_of_them() -> None:
        start = asyncio.Event()
        tasks = [asyncio.create_task(work(start)) for _ in range(10_000)]
        await asyncio.sleep(0)
        start.set()
        await asyncio.gather(*tasks)

    asyncio.run(all_of_them())
    assert recorded.value(WORK.calls, SUCCESS) == 10_000


def test_leaving_what_nobody_entered_raises_nothing(recorded: Recorded) -> None:
    track_request(WORK).__exit__(None, None, None)
    assert recorded.value(WORK.calls, SUCCESS) == 0
