"""The calls of one operation with one set of labels in one process: each begins, lasts, and ends in some way."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from heapq import heappop, heappush
from math import inf

from signalproof.catalogue.operation import Status
from signalproof.live.chance import GOLDEN, STEPS, Lognormal, chance, shares
from signalproof.live.incident import FAILURE, NEVER, SLOWER, Ahead, Incident
from signalproof.live.process import Load, Process

STATUSES = tuple(status.value for status in Status)
_SUCCESS, _FAILURE, _CANCELLED = (
    STATUSES.index(one) for one in (Status.SUCCESS, Status.FAILURE, Status.CANCELLED)
)
_RARER = 0.35
"""How much rarer each type of error is than the one before: of nine, a quiet day shows four."""


class Calls:
    """A replay that only goes forward: `advance` lets time pass, the attributes say what has been counted until then.

    It is a class because it is state; everything it draws is a function of its arguments alone.

    Attributes:
        ended: Calls that ended since the process started.
        seconds: The sum of their durations.
        buckets: How many of them fell into each bucket, the last one above every bound; not cumulative.
        statuses: How many ended in each of `STATUSES`.
        errors: How many failed with each error.
        still: Whether it begins nothing now, because an incident has stopped it.
        last_end: Unix time when the last one ended; when the process started, before any did.
        last_ends: The same for each of `STATUSES`; 0 before any did.
    """

    __slots__ = (
        "_ahead", "_arrival", "_bounds", "_cancelled", "_chances", "_duration", "_error_bounds", "_failed", "_failure",
        "_limit", "_load", "_now", "_number", "_process", "_running", "_stops", "buckets", "ended", "errors", "last_end",
        "last_ends", "seconds", "statuses", "still",
    )  # fmt: skip

    _now: float

    def __init__(
        self,
        process: Process,
        rate: float,
        duration: Lognormal,
        bounds: Sequence[float],
        *names: object,
        failure: float = 0.0,
        cancelled: float = 0.0,
        errors: int = 0,
        limit: float = inf,
        ahead: Ahead | None = None,
        stops: bool = False,
    ) -> None:
        """Begin with the start of *process*.

        Args:
            process: Where the calls run; a restart forgets what was counted, and the calls in progress.
            rate: Calls that begin per second.
            duration: How long they take.
            bounds: Finite bucket bounds.
            names: What the drawn numbers depend on.
            failure: Share of the calls that fail.
            cancelled: Share of the calls that are cancelled.
            errors: How many types of error there are.
            limit: Most calls in progress at a time; further ones wait for their turn.
            ahead: The incidents that hit it.
            stops: Whether an incident can make it stand still.
        """
        place = (process.job, process.instance, *names)
        self._process, self._duration, self._bounds = process, duration, tuple(bounds)
        self._failure, self._cancelled, self._limit = failure, cancelled, limit
        self._ahead, self._stops, self.still = ahead or Ahead(iter((NEVER,))), stops, False
        weights = shares(errors, _RARER)
        self._error_bounds = [sum(weights[: index + 1]) for index in range(errors)]
        self._load = Load.of(rate, process.start, *place)
        self._chances = tuple(chance(*place, axis) for axis in range(len(STEPS) + 1))
        self._number, self._failed = 0, 0
        # end, number, duration, and the incident in which it began
        self._running: list[tuple[float, int, float, Incident | None]] = []
        self._forget(process.start)
        self._arrival = process.start
        self._arrival = self._next_arrival()

    @property
    def in_progress(self) -> int:
        """Calls that have begun and not ended."""
        return len(self._running)

    def advance(self, time: float) -> None:
        """Let time pass until *time*; a time that has passed already changes nothing."""
        while (restart := self._process.next_restart(self._now)) <= time:
            self._run(restart)
            self._forget(restart)
        self._run(time)
        self._now = max(self._now, time)
        self.still = self._stands_still(self._ahead.at(self._now))

    def _forget(self, now: float) -> None:
        self._now = self.last_end = now
        self._running.clear()
        self.ended, self.seconds = 0, 0.0
        self.buckets = [0] * (len(self._bounds) + 1)
        self.statuses = [0] * len(STATUSES)
        self.last_ends = [0.0] * len(STATUSES)
        self.errors = [0] * len(self._error_bounds)

    def _run(self, time: float) -> None:
        start = self._now
        while self._arrival <= time:
            start = max(start, self._arrival)
            self._end(start)
            if len(self._running) >= self._limit:
                if self._running[0][0] > time:
                    break
                start = self._running[0][0]
                self._end(start)
            incident = self._ahead.at(start)
            if not self._stands_still(incident):
                seconds = self._duration.quantile(self._drawn(1)) * (SLOWER if incident else 1.0)
                heappush(self._running, (start + seconds, self._number, seconds, incident))
            self._number += 1
            self._arrival = self._next_arrival()
        self._end(time)

    def _end(self, time: float) -> None:
        while self._running and self._running[0][0] <= time:
            end, number, seconds, incident = heappop(self._running)
            self.ended += 1
            self.seconds += seconds
            self.buckets[bisect_left(self._bounds, seconds)] += 1
            self.last_end = end
            drawn = (self._chances[2] + number * STEPS[2]) % 1.0
            failure = max(self._failure, FAILURE) if incident else self._failure
            cancelled = failure + self._cancelled
            outcome = _SUCCESS if drawn >= cancelled else _CANCELLED if drawn >= failure else _FAILURE
            self.statuses[outcome] += 1
            self.last_ends[outcome] = end
            if outcome == _FAILURE:
                self._fail(incident)

    def _fail(self, incident: Incident | None) -> None:
        if self._error_bounds:
            # in an incident all fail alike
            share = incident.drawn * 7 % 1.0 if incident else (self._chances[3] + self._failed * GOLDEN) % 1.0
            self.errors[min(bisect_left(self._error_bounds, share), len(self.errors) - 1)] += 1
        self._failed += 1

    def _stands_still(self, incident: Incident | None) -> bool:
        return self._stops and incident is not None and incident.stops_a_loop

    def _drawn(self, axis: int) -> float:
        return (self._chances[axis] + self._number * STEPS[axis]) % 1.0

    def _next_arrival(self) -> float:
        # from the last arrival, not from now: when somebody looked must not matter to the last digit
        return self._load.when(self._number + self._drawn(0), self._arrival)
