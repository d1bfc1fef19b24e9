"""Plain functions that return an awaitable: their work is not done when they return."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Generator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from signalproof.instrument.wrappers import Started


def until_awaited(result: Any, call: Started) -> Any:
    """Return *result* such that *call* ends when it has been awaited.

    A future or task stays the object it is. A coroutine becomes a coroutine around it, any other awaitable an awaitable.
    """
    if hasattr(
        type(result), "add_done_callback"
    ):  # asked of the type: a lazy object may do its work when it is asked
        result.add_done_callback(lambda future: _end_with(future, call))
        return result
    if inspect.iscoroutine(result):
        around: Any = _around(result, call)
        around.__name__, around.__qualname__ = result.__name__, result.__qualname__
        return around
    if inspect.isawaitable(result):
        return _Awaitable(result, call)
    call.returned(result)
    return result


def _end_with(future: Any, call: Started) -> None:
    if future.cancelled():
        call.raised(asyncio.CancelledError())
        return
    # result() and exception() would mark the error as retrieved, and nobody be told of one that never is
    error = future._exception  # noqa: SLF001  # as above
    if error is None:
        call.returned(future.result())
    else:
        call.raised(error)


async def _around(awaitable: Awaitable[Any], call: Started) -> Any:
    try:
        value = await awaitable
    except BaseException as error:
        call.raised(error)
        raise
    call.returned(value)
    return value


class _Awaitable:
    """An awaitable that ends a call when it has been awaited, and is otherwise the one it stands for."""

    def __init__(self, awaitable: Awaitable[Any], call: Started) -> None:
        self._awaitable = awaitable
        self._call = call

    def __await__(self) -> Generator[Any, Any, Any]:
        return _around(self._awaitable, self._call).__await__()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._awaitable, name)
