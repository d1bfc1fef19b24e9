"""Writing undisturbed: no other run in the same folder, and no signal that ends the program between two files."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_ENDS: Final = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other program is in such a ``with`` block for *folder*; where that cannot be locked, do not."""
    try:
        from fcntl import LOCK_EX, flock

        opened = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):  # Windows, which has no such locks; a folder that is not there yet
        yield
        return
    try:
        with suppress(OSError):  # a file system without locks
            flock(opened, LOCK_EX)
        yield
    finally:
        os.close(opened)


@contextmanager
def held() -> Iterator[Callable[[], bool]]:
    """Hold back what asks the program to end until the ``with`` block is left; yield whether it was asked."""
    if not hasattr(signal, "pthread_sigmask"):
        yield lambda: False
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        yield lambda: bool(signal.sigpending() & (_ENDS - before))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
