"""A process that is scraped: when it started and restarted, and how its load swells and ebbs."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, floor, inf, pi, sin

from signalproof.live.chance import chance

_WAVES = ((0.30, 1800.0), (0.12, 410.0))
"""Amplitude, as a share of the load, and period in seconds of what makes a rate look alive."""


@dataclass(frozen=True, slots=True)
class Process:
    """One scraped process.

    Attributes:
        job: The application.
        instance: ``host:port``.
        start: Unix time of its first start.
        every: Seconds between two restarts, or 0 for a process that never restarts.
        first: Seconds from the first start to the first restart.
        place: Which of the processes of its job it is, from 0.
    """

    job: str
    instance: str
    start: float
    every: float = 0.0
    first: float = 0.0
    place: int = 0

    def started(self, time: float) -> float:
        """Return the Unix time of the last start at or before *time*."""
        return self._at(self._restarts(time))

    def next_restart(self, time: float) -> float:
        """Return the Unix time of the first restart after *time*; infinite if there is none."""
        return self._at(self._restarts(time) + 1) if self.every else inf

    def _at(self, number: int) -> float:
        return self.start + self.first + (number - 1) * self.every if number else self.start

    def _restarts(self, time: float) -> int:
        """Return how many restarts there were until *time*, exactly: a rounding error would make time stand still."""
        if not self.every:
            return 0
        number = max(0, floor((time - self._at(1)) / self.every) + 1)
        while number and self._at(number) > time:
            number -= 1
        while self._at(number + 1) <= time:
            number += 1
        return number


@dataclass(frozen=True, slots=True)
class Load:
    """Events that come in waves around a mean rate, counted from *start*.

    Attributes:
        rate: Mean events per second; at least 0.
        start: Unix time when counting begins.
        waves: Amplitude (the sum below 1), angular frequency and phase of each.
    """

    rate: float
    start: float
    waves: tuple[tuple[float, float, float], ...] = ()

    @classmethod
    def of(cls, rate: float, start: float, *names: object) -> Load:
        """Return a load whose phases depend on *names*."""
        waves = tuple(
            (amplitude, 2 * pi / period, 2 * pi * chance(*names, period)) for amplitude, period in _WAVES
        )
        return cls(rate, start, waves)

    def count(self, time: float) -> float:
        """Return how many events, and parts of one, there were until *time*; never falls."""
        since = time - self.start
        swell = sum(a / w * (cos(phase) - cos(w * since + phase)) for a, w, phase in self.waves)
        return self.rate * (since + swell)

    def when(self, count: float, after: float) -> float:
        """Return the time at which *count* is reached, close after *after*; infinite if the rate is 0.

        Newton's method between bounds: the waves can only shift the moment by so much.
        """
        if not self.rate:
            return inf
        reach = sum(2 * a / w for a, w, _ in self.waves)
        even = self.start + count / self.rate
        low, high = even - reach, even + reach
        time = min(max(after, low), high)
        for _ in range(64):
            missing = self.count(time) - count
            if abs(missing) < 1e-6:
                break
            low, high = (low, time) if missing > 0 else (time, high)
            guess = time - missing / self._slope(time)
            time = guess if low < guess < high else (low + high) / 2
        return time

    def _slope(self, time: float) -> float:
        since = time - self.start
        return self.rate * (1 + sum(a * sin(w * since + phase) for a, w, phase in self.waves))
