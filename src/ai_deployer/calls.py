"""Calls that a cancellation does not undo: those that are seen to their end, and those that are left behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def to_its_end(call: Awaitable[T]) -> T:
    """Return what *call* returns; cancelled, wait until the call has ended before passing that on.

    What was asked of a target happens although nobody waits for it any more. A rollback that began before would be
    undone by it. A second cancellation ends the waiting.
    """
    task = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


async def left_behind(work: Callable[[], T]) -> T:
    """Return what *work* returns, done in a thread of its own.

    It may say nothing for a long time, and changes nothing of what serves: neither a cancelled deployment nor the end
    of the process waits for it.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(settled: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is there to be told
            loop.call_soon_threadsafe(lambda: None if future.done() else settled())

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # raised where it is awaited
            settle(partial(future.set_exception, error))
        else:
            settle(partial(future.set_result, result))

    threading.Thread(target=run, name="left-behind", daemon=True).start()
    return await future
