"""Forked children: each counts for itself, and a page that another process serves shows nothing of it.

The first call that a child records says so, unless the child has installed or served a catalogue itself by then. That
costs the calls after it nothing: what says it stands in the place of the clock, which the first call puts back.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

from signalproof.instrument.alone import LOCK
from signalproof.instrument.faults import LOGGER
from signalproof.instrument.multiprocess import VARIABLES

_unaware: list[int] = []
"""The parent of this process, while nothing has shown that it knows to be a child."""


def begins() -> None:
    """Note that this process is a child that was forked after an installation."""
    _unaware[:] = [os.getppid()]


def is_known() -> None:
    """Note that this process knows what it is: it has installed or served a catalogue itself."""
    _unaware.clear()


def tell() -> None:
    """Say once, if this process is a child that does not know it, what becomes of what it records; never raises."""
    with suppress(Exception):  # a broken log handler must not break the caller
        if _unaware:
            parent = _unaware.pop()
            LOGGER.warning(
                "process %d was forked from %d after install() and counts for itself: no page that another process serves "
                "shows what it records; set %s to an empty folder before Python starts, and one page shows all of "
                "them, or call serve() in each",
                os.getpid(),
                parent,
                VARIABLES[0],
            )


def telling(clock: Callable[[], float], put_back: Callable[[], None]) -> Callable[[], float]:
    """Return *clock* such that the first call of it tells, and has the clock *put back*."""

    def tell_the_time() -> float:
        tell()
        put_back()
        return clock()

    return tell_the_time


_watching: list[bool] = []


def watch(start_again: Callable[[], None]) -> None:
    """Call *start_again* in every child that is forked from now on, while no other thread makes series."""

    def in_child() -> None:
        try:
            start_again()
        finally:
            LOCK.release()

    if not _watching and hasattr(os, "register_at_fork"):
        _watching.append(True)
        os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=in_child)
