"""The calls that the ``with`` statements of one object have begun and not yet ended, whichever thread or task they are in.

There is no lock in it, which a signal handler could wait for in vain and a forked child would find taken for ever. What
ends a call has taken it out of one dictionary, in one step: so none is ended twice, and none is lost.
"""

from __future__ import annotations

import asyncio
import threading
from itertools import count
from typing import Generic, TypeVar

C = TypeVar("C")
_Stack = tuple[int, "_Stack | None"]


class Entered(Generic[C]):
    """Calls in progress, each with who began it; ``len()`` is how many there are."""

    __slots__ = ("_calls", "_next", "_stacks")

    def __init__(self) -> None:
        self._next = count()
        self._calls: dict[int, tuple[object, C]] = {}
        self._stacks: dict[object, _Stack] = {}

    def __len__(self) -> int:
        return max(len(self._calls), len(self._stacks))

    def push(self, call: C) -> None:
        """Keep *call*, which this thread or task has begun."""
        whose, number = _whose(), next(self._next)
        self._calls[number] = whose, call
        # a signal handler in between leaves the stack as it was: it has left what it entered
        self._stacks[whose] = number, self._stacks.get(whose)

    def pop(self) -> C | None:
        """Return the call that this thread or task has begun last; if it has none, the latest of all; None where none is left."""
        whose = _whose()
        stack = self._stacks.get(whose)
        while stack is not None:
            number, stack = stack
            self._set(whose, stack)
            mine = self._calls.pop(number, None)
            if mine is not None:
                return mine[1]
        return self._pop_another()

    def _pop_another(self) -> C | None:
        """Take a call that another thread or task has begun, as when a generator is closed elsewhere."""
        while self._calls:
            for number in sorted(self._calls.copy(), reverse=True):
                found = self._calls.pop(number, None)
                if found is not None:
                    whose, call = found
                    if self._stacks.get(whose) == (number, None):
                        self._set(whose, None)
                    return call
        return None

    def _set(self, whose: object, stack: _Stack | None) -> None:
        if stack is None:
            self._stacks.pop(whose, None)
        else:
            self._stacks[whose] = stack


def _whose() -> object:
    """Return what tells this thread, and in it this task, from all others."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return threading.get_ident()
    return threading.get_ident() if task is None else task
