"""What a cancellation does to calls that are seen to their end, and to those that are left behind."""

from __future__ import annotations

import asyncio
import threading

import pytest

from ai_deployer.calls import left_behind, to_its_end


def test_what_was_asked_has_happened_before_a_cancellation_goes_on() -> None:
    async def scenario() -> list[str]:
        order: list[str] = []
        allowed = asyncio.Event()

        async def call() -> None:
            await allowed.wait()
            order.append("happened")

        async def caller() -> None:
            try:
                await to_its_end(call())
            except asyncio.CancelledError:
                order.append("cancelled")
                raise

        task = asyncio.create_task(caller())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        allowed.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return order

    assert asyncio.run(scenario()) == ["happened", "cancelled"]


def test_an_error_after_the_cancellation_is_not_raised_instead() -> None:
    async def scenario() -> None:
        async def call() -> None:
            await asyncio.sleep(0)
            raise OSError("too late")

        task = asyncio.create_task(to_its_end(call()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())


def test_a_second_cancellation_ends_the_waiting() -> None:
    async def scenario() -> None:
        task = asyncio.create_task(to_its_end(asyncio.Event().wait()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())


def test_what_is_left_behind_gives_what_it_returns() -> None:
    assert asyncio.run(left_behind(lambda: 7)) == 7


def test_an_error_of_what_is_left_behind_is_raised() -> None:
    def fail() -> None:
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        asyncio.run(left_behind(fail))


def test_nothing_waits_for_what_is_left_behind() -> None:
    allowed, ended = threading.Event(), threading.Event()

    def hang() -> None:
        allowed.wait(60)
        ended.set()

    async def scenario() -> None:
        async with asyncio.timeout(0.05):
            await left_behind(hang)

    with pytest.raises(TimeoutError):
        asyncio.run(scenario())
    assert not ended.is_set()
    allowed.set()
    assert ended.wait(60)
