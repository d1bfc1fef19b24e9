"""Results whose work has yet to be done when the function returns: only the time it took to make them is recorded."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import AsyncGeneratorType, GeneratorType
from typing import Any

from signalproof.instrument.faults import LOGGER

_LOOKS = 8
_LAZY = frozenset({GeneratorType, AsyncGeneratorType, map, filter})


@contextmanager
def _manager() -> Iterator[None]:
    yield


@asynccontextmanager
async def _asynchronous_manager() -> AsyncIterator[None]:
    yield


_MANAGERS = frozenset({type(_manager()), type(_asynchronous_manager())})
_BODIES = ("body_iterator", "_iterator", "iterator", "response")
"""Where the responses of web frameworks keep the generator that makes their body: Starlette, Django, Litestar, Werkzeug."""


class Watch:
    """Looks at the first few results of a function, and warns once if the work of one has yet to be done.

    Attributes:
        left: Results still to be looked at.
    """

    __slots__ = ("_awaitables", "_function", "left")

    def __init__(self, function: Callable[..., Any], *, awaitables: bool = False) -> None:
        """Start looking.

        Args:
            function: Whose results they are.
            awaitables: Whether an awaitable is one of them.
        """
        self._function = function
        self._awaitables = awaitables
        self.left = _LOOKS

    def look_at(self, result: object) -> None:
        """Warn if the work of *result* has yet to be done."""
        self.left -= 1
        try:
            found = unfinished(result)
            if not found and self._awaitables and inspect.isawaitable(result):
                found = "an awaitable", "decorate with awaits=True"
            if found:
                self.left = 0
                LOGGER.warning(
                    "%s returns %s: recorded is only how long it took to make it; %s",
                    getattr(self._function, "__qualname__", self._function),
                    *found,
                )
        except Exception:  # noqa: BLE001, S110  # neither an odd result nor a broken log handler may break the caller
            pass


def unfinished(result: object) -> tuple[str, str] | tuple[()]:
    """Return what *result* is and what to do, where its work is done by whoever takes its items or enters it.

    Only types are looked at and what an object holds itself: asking a lazy object for an attribute would do its work.
    """
    kind = type(result)
    if kind is AsyncGeneratorType:
        return "an asynchronous generator", "decorate the function that has the yield in it"
    if kind in _LAZY:
        return (
            "a generator",
            "decorate the function that has the yield in it, or the one that takes the items",
        )
    if kind in _MANAGERS:
        return "a context manager", "write the decorator below @contextmanager"
    try:
        own = object.__getattribute__(result, "__dict__")
    except AttributeError:
        return ()
    if any(type(own.get(name)) in _LAZY for name in _BODIES):
        return "a response that is still to be streamed", "decorate the generator that makes its body"
    return ()
