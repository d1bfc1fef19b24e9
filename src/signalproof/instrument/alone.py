"""Making series: one thread at a time, and never inside itself.

prometheus_client holds a lock that cannot be taken twice while it makes a child, and runs Python code meanwhile. A
signal handler or finaliser that interrupts it there, calls an instrumented function and needs a new series of the same
metric would wait for itself for ever. It waits for its turn instead: until what it interrupted is done.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOCK = threading.RLock()
"""Held while series are made and installations change, never while a call is recorded in a series that is there."""

_inside: list[bool] = []
_postponed: deque[Callable[[], None]] = deque()


@contextmanager
def making() -> Iterator[None]:
    """Make series in the ``with`` block; what had to wait for it is done at its end."""
    with LOCK:
        _inside.append(True)
        try:
            yield
        finally:
            _inside.pop()
            while _postponed and not _inside:
                _inside.append(True)
                try:
                    _postponed.popleft()()
                finally:
                    _inside.pop()


def when_alone(action: Callable[[], None]) -> None:
    """Run *action* while no other thread makes series, and after whatever it interrupted in this one.

    Args:
        action: Makes series; must not raise.
    """
    with LOCK:
        if _inside:
            _postponed.append(action)
            return
        with making():
            action()
