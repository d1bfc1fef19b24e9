"""Ending well: the first signal asks the loop to stop, the deadline or a second signal cuts off what still runs."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from collections.abc import Iterable
from types import FrameType
from typing import Any, Self

import structlog

_LOG: Any = structlog.get_logger(__name__)


class CutOff(SystemExit):
    """Raised in the main thread when work in progress did not end in time; claims are then given back."""


class Drain:
    """Listens to signals for a program that works in its main thread.

    Args:
        signals: What asks it to stop.
        seconds: What work in progress is given to end, before `CutOff` is raised in the main thread.
    """

    def __init__(self, signals: Iterable[signal.Signals], seconds: float) -> None:
        self._signals = tuple(signals)
        self._seconds = seconds
        self._before: dict[int, Any] = {}
        self.requested = False

    def __enter__(self) -> Self:
        self._wake, self._woken = os.pipe()
        os.set_blocking(self._woken, False)
        for number in self._signals:
            self._before[number] = signal.signal(number, self._asked)
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._too_late)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, before in self._before.items():
            signal.signal(number, before)
        os.close(self._wake)
        os.close(self._woken)

    def wait(self, seconds: float) -> bool:
        """Wait that many *seconds*, or until asked to stop; return whether that is so."""
        if not self.requested:
            select.select([self._wake], [], [], seconds)
        return self.requested

    def stop(self) -> None:
        """Ask the program to stop, as a signal does."""
        self._begin()

    def _asked(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            raise CutOff(1)
        self._begin()

    def _begin(self) -> None:
        # A handler runs between any two instructions of the main thread: no lock may be taken here.
        self.requested = True
        os.write(self._woken, b"x")
        signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def _too_late(self, number: int, frame: FrameType | None) -> None:
        raise CutOff(1)


class AsyncDrain:
    """Listens to signals for a program that works in an event loop.

    Args:
        signals: What asks it to stop.
        seconds: What work in progress is given to end, before the task that entered the block is cancelled.

    Attributes:
        cut_off: Whether work in progress was cancelled.
    """

    def __init__(self, signals: Iterable[signal.Signals], seconds: float) -> None:
        self._signals = tuple(signals)
        self._seconds = seconds
        self._requested = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self.cut_off = False

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        self._task: asyncio.Task[Any] = task
        for number in self._signals:
            self._loop.add_signal_handler(number, self._asked)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for number in self._signals:
            self._loop.remove_signal_handler(number)

    @property
    def requested(self) -> bool:
        """Whether the program was asked to stop."""
        return self._requested.is_set()

    async def wait(self, seconds: float) -> bool:
        """Wait that many *seconds*, or until asked to stop; return whether that is so."""
        try:
            async with asyncio.timeout(seconds):
                await self._requested.wait()
        except TimeoutError:
            pass
        return self.requested

    def stop(self) -> None:
        """Ask the program to stop, as a signal does."""
        self._requested.set()
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._too_late)

    def _asked(self) -> None:
        if self.requested:
            self._too_late()
        else:
            self.stop()

    def _too_late(self) -> None:
        self.cut_off = True
        self._task.cancel()
