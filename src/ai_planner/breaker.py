"""A circuit breaker: what has failed several times in a row is left alone for a while, then tried with one call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Decides whether a call is worth trying; safe to share between threads and tasks.

    Args:
        failures: Calls in a row that must fail before it opens.
        seconds: For how long it stays open before one call may try.
        clock: Seconds, monotonic.
    """

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened: float | None = None
        self._trying = False

    @property
    def open(self) -> bool:
        """Whether calls are held back."""
        return self._opened is not None

    def admits(self) -> bool:
        """Return whether a call may be made; whoever gets True must say how it ended."""
        with self._lock:
            if self._opened is None:
                return True
            if self._trying or self._clock() - self._opened < self._seconds:
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        """A call was answered."""
        with self._lock:
            self._failures, self._opened, self._trying = 0, None, False

    def failed(self) -> bool:
        """A call was not answered; return whether that opened the breaker."""
        with self._lock:
            self._failures += 1
            self._trying = False
            if self._failures < self._limit:
                return False
            opens = self._opened is None
            self._opened = self._clock()
            return opens

    def given_up(self) -> None:
        """A call was cancelled before it was known how it would end."""
        with self._lock:
            self._trying = False
