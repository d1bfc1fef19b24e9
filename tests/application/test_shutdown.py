"""Ending on a signal, at the deadline, and at once."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest

from hive.application.shutdown import AsyncDrain, CutOff, Drain

STOPS = (signal.SIGTERM, signal.SIGINT)
LONG = 60.0


def test_a_signal_ends_a_wait() -> None:
    with Drain(STOPS, LONG) as drain:
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.kill(os.getpid(), signal.SIGTERM)
        assert drain.wait(LONG)


def test_without_a_signal_a_wait_ends_by_itself() -> None:
    with Drain(STOPS, LONG) as drain:
        assert drain.wait(0.01) is False


def test_a_signal_that_came_before_the_wait_ends_every_wait() -> None:
    with Drain(STOPS, LONG) as drain:
        drain.stop()
        start = time.monotonic()
        assert drain.wait(LONG)
        assert drain.wait(LONG)
        assert time.monotonic() - start < LONG


def test_the_deadline_cuts_off() -> None:
    with Drain(STOPS, 0.05) as drain, pytest.raises(CutOff):  # noqa: PT012  # the signal comes while it sleeps
        drain.stop()
        time.sleep(LONG)


def test_a_second_signal_cuts_off_at_once() -> None:
    with Drain(STOPS, LONG), pytest.raises(CutOff):  # noqa: PT012  # as above
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(LONG)


def test_the_handlers_and_the_timer_are_put_back() -> None:
    before = [signal.getsignal(number) for number in (*STOPS, signal.SIGALRM)]
    with Drain(STOPS, LONG) as drain:
        drain.stop()
    after = [signal.getsignal(number) for number in (*STOPS, signal.SIGALRM)]
    assert (after, signal.getitimer(signal.ITIMER_REAL)[0]) == (before, 0.0)


def test_what_is_cut_off_is_no_failure_but_a_request_to_stop() -> None:
    assert not issubclass(CutOff, Exception)


def test_a_signal_ends_a_wait_in_an_event_loop() -> None:
    async def run() -> bool:
        async with AsyncDrain(STOPS, LONG) as drain:
            os.kill(os.getpid(), signal.SIGTERM)
            return await drain.wait(LONG)

    assert asyncio.run(run())


def test_without_a_signal_a_wait_in_an_event_loop_ends_by_itself() -> None:
    async def run() -> bool:
        async with AsyncDrain(STOPS, LONG) as drain:
            return await drain.wait(0.01)

    assert asyncio.run(run()) is False


@pytest.mark.parametrize(("seconds", "signals"), [(0.05, STOPS[:1]), (LONG, STOPS)])
def test_the_deadline_and_a_second_signal_cancel_the_task(
    seconds: float, signals: tuple[signal.Signals, ...]
) -> None:
    async def run() -> bool:
        drain = AsyncDrain(STOPS, seconds)
        try:
            async with drain:
                for number in signals:
                    os.kill(os.getpid(), number)
                await asyncio.sleep(LONG)
        except asyncio.CancelledError:
            return drain.cut_off
        return False

    assert asyncio.run(run())
