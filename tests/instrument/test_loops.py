"""Endless loops: their iterations are recorded while they run, and a duration is refused where it would stay empty."""

from __future__ import annotations

import asyncio
import inspect
import queue
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Loop, Request, Status
from signalproof.errors import SignalproofError
from signalproof.instrument import argument, iteration, track_loop, track_request
from signalproof.testing import Recorded, record


class Failure(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    OTHER = "other"


class Shard(ClosedLabel):
    ONE = "one"
    TWO = "two"


TURN = Loop("turn", "a turn", labels(), Failure, owner="app.run")
SHARD_TURN = Loop("shard_turn", "a turn of a shard", labels(Shard), Failure, owner="app.run_shard")
WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
CATALOGUE = Catalogue.of_entries([TURN, SHARD_TURN, WORK])
NOW = 1_700_000_000.0


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    with record(CATALOGUE, request.param, now=lambda: NOW) as found:
        yield found


class Agent:
    """An agent with a loop, as an application writes it."""

    def __init__(self) -> None:
        self.tasks: queue.Queue[Callable[[], None] | None] = queue.Queue()

    @track_loop(TURN)
    def run(self) -> str:
        while True:
            with iteration(TURN):
                task = self.tasks.get()
                if task is None:
                    return "stopped"
                task()


def test_a_loop_that_is_still_running_shows_its_iterations(recorded: Recorded) -> None:
    agent, seen = Agent(), threading.Event()
    shown: list[float] = []

    def look() -> None:
        shown.extend(
            [
                recorded.value(TURN.running),
                recorded.value(TURN.duration),
                recorded.value(TURN.calls, Status.SUCCESS),
                recorded.value(TURN.last_iteration),
            ]
        )
        seen.set()

    agent.tasks.put(lambda: None)
    agent.tasks.put(look)
    thread = threading.Thread(target=agent.run)
    thread.start()
    assert seen.wait(10)
    agent.tasks.put(None)
    thread.join()
    assert shown == [1, 1, 1, NOW]


def test_a_loop_that_has_ended_is_not_running(recorded: Recorded) -> None:
    agent = Agent()
    agent.tasks.put(None)
    assert (agent.run(), recorded.value(TURN.running)) == ("stopped", 0)


def test_a_loop_that_has_failed_is_not_running(recorded: Recorded) -> None:
    @track_loop(TURN)
    def run() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        run()
    assert recorded.value(TURN.running) == 0


def test_an_iteration_that_fails_is_a_failure_and_still_the_last_one(recorded: Recorded) -> None:
    with pytest.raises(ValueError, match=r"^$"), iteration(TURN):
        raise ValueError
    assert (recorded.value(TURN.failures, Failure.VALUE), recorded.value(TURN.last_iteration)) == (1, NOW)


def test_an_iteration_that_is_cancelled_is_neither_success_nor_failure(recorded: Recorded) -> None:
    async def run() -> None:
        with iteration(TURN):
            await asyncio.get_running_loop().create_future()

    async def cancel() -> None:
        task = asyncio.create_task(run())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert [recorded.value(TURN.calls, status) for status in Status] == [0, 0, 1]


def test_an_iteration_left_with_continue_or_break_is_a_success(recorded: Recorded) -> None:
    for number in range(5):
        with iteration(TURN):
            if number < 2:
                continue
            break
    assert recorded.value(TURN.calls, Status.SUCCESS) == 3


def test_an_iteration_can_be_declared_a_failure(recorded: Recorded) -> None:
    with iteration(TURN) as turn:
        turn.fail(Failure.VALUE)
    assert recorded.value(TURN.failures, Failure.VALUE) == 1


def _loop_kinds() -> list[Callable[[Recorded], Any]]:
    """Return a running loop of each kind, which says whether it is shown as running."""

    def function(recorded: Recorded) -> list[float]:
        return [recorded.value(TURN.running)]

    async def coroutine(recorded: Recorded) -> list[float]:
        await asyncio.sleep(0)
        return [recorded.value(TURN.running)]

    def generator(recorded: Recorded) -> Generator[float, None, None]:
        yield recorded.value(TURN.running)

    async def asynchronous_generator(recorded: Recorded) -> AsyncGenerator[float, None]:
        yield recorded.value(TURN.running)

    return [function, coroutine, generator, asynchronous_generator]


@pytest.mark.parametrize("kind", _loop_kinds(), ids=lambda kind: kind.__name__)
def test_a_loop_of_every_kind_is_shown_as_running_while_it_runs(
    recorded: Recorded, kind: Callable[[Recorded], Any]
) -> None:
    async def collect(items: AsyncIterator[object]) -> list[object]:
        return [item async for item in items]

    called = track_loop(TURN)(kind)(recorded)
    if inspect.iscoroutine(called):
        seen = asyncio.run(called)
    else:
        seen = asyncio.run(collect(called)) if inspect.isasyncgen(called) else list(called)
    assert (seen, recorded.value(TURN.running)) == ([1], 0)


@pytest.mark.parametrize("kind", _loop_kinds(), ids=lambda kind: kind.__name__)
def test_a_loop_keeps_its_kind(kind: Callable[[Recorded], Any]) -> None:
    decorated = track_loop(TURN)(kind)
    tests = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    assert [test(decorated) for test in tests] == [test(kind) for test in tests]


def test_two_loops_at_once_are_two(recorded: Recorded) -> None:
    with track_loop(TURN), track_loop(TURN):
        running = recorded.value(TURN.running)
    assert (running, recorded.value(TURN.running)) == (2, 0)


def test_a_loop_may_be_kept_and_its_iterations_asked_of_it(recorded: Recorded) -> None:
    loop = track_loop(SHARD_TURN, labels=[Shard.TWO])
    with loop, loop.iteration():
        pass
    assert recorded.value(SHARD_TURN.calls, Status.SUCCESS, Shard.TWO) == 1


def test_an_iteration_of_a_loop_with_a_label_is_given_its_value(recorded: Recorded) -> None:
    with iteration(SHARD_TURN, labels=[Shard.ONE]):
        pass
    assert recorded.value(SHARD_TURN.last_iteration, Shard.ONE) == NOW


untyped: Any = track_loop


@pytest.mark.parametrize(
    ("decorate", "message"),
    [
        (lambda: untyped(SHARD_TURN), "label 'shard' and nothing says"),
        (
            lambda: untyped(SHARD_TURN, labels=[argument(Shard, "shard")]),
            "must be known before the loop runs",
        ),
        (lambda: untyped(WORK), "was given the request 'work'"),
    ],
)
def test_a_mistake_in_a_loop_is_refused(decorate: Callable[[], object], message: str) -> None:
    with pytest.raises(SignalproofError, match=message):
        decorate()


def _while_true() -> None:
    while True:
        time.sleep(1)


def _while_true_in_try() -> None:
    while True:
        try:
            time.sleep(1)
        except OSError:
            continue
        except ValueError:
            raise


async def _while_true_async() -> None:
    while True:
        await asyncio.Event().wait()


async def _while_true_in_with() -> None:
    async with asyncio.timeout(1):
        while True:
            async for _ in _endless_async_items():
                await asyncio.sleep(1)


def _endless_items() -> Generator[int, None, None]:
    while True:
        yield 1


async def _endless_async_items() -> AsyncGenerator[int, None]:
    while True:
        yield 1


def _while_one_with_finally() -> None:
    try:
        while 1:
            time.sleep(1)
    finally:
        time.sleep(0)


ENDLESS: list[Callable[..., Any]] = [
    _while_true, _while_true_in_try, _while_true_async, _endless_items, _endless_async_items,
    _while_one_with_finally,
]  # fmt: skip


@pytest.mark.parametrize("function", ENDLESS, ids=lambda function: function.__name__)
def test_a_duration_on_a_function_that_never_ends_is_refused_with_the_remedy(
    function: Callable[..., Any],
) -> None:
    with pytest.raises(SignalproofError, match="work_duration_seconds would stay empty for ever") as caught:
        track_request(WORK)(function)
    assert "@track_loop" in caught.value.help


def _returns() -> int:
    return 1


def _retries() -> int:
    while True:
        try:
            return int("1")
        except ValueError:
            continue


def _breaks() -> None:
    while True:
        if time.time():
            break


def _stops_on_a_signal() -> None:
    while True:
        try:
            time.sleep(1)
        except KeyboardInterrupt:
            break


def _waits_for_a_flag() -> None:
    while time.time() < 0:
        pass


def _raises() -> None:
    raise ValueError


def _raises_in_a_loop() -> None:
    while True:
        if time.time():
            raise ValueError


async def _awaits_and_raises() -> None:
    await asyncio.sleep(0)
    raise ValueError


def _long(a: int) -> int:
    """Needs wide jumps in the byte code."""
    while True:
        if a == 0:
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
            a += 1
        else:
            return a


def run() -> None: ...
def run_forever() -> None: ...
async def run_forever_async() -> None: ...
def serve_forever() -> None: ...
def main_loop() -> None: ...


FINITE: list[Callable[..., Any]] = [
    _returns, _retries, _breaks, _stops_on_a_signal, _waits_for_a_flag, _raises, _raises_in_a_loop,
    _awaits_and_raises, _long, _while_true_in_with, run, run_forever, run_forever_async, serve_forever, main_loop,
]  # fmt: skip


@pytest.mark.parametrize("function", FINITE, ids=lambda function: function.__name__)
def test_a_duration_on_a_function_that_can_end_is_not_refused(function: Callable[..., Any]) -> None:
    assert track_request(WORK)(function) is not function


@pytest.mark.parametrize("function", ENDLESS, ids=lambda function: function.__name__)
def test_whoever_says_that_it_ends_is_believed(function: Callable[..., Any]) -> None:
    assert track_request(WORK, returns=True)(function) is not function


@pytest.mark.parametrize("function", ENDLESS, ids=lambda function: function.__name__)
def test_a_loop_may_be_endless(function: Callable[..., Any]) -> None:
    assert track_loop(TURN)(function) is not function
