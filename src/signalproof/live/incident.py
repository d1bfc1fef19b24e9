"""What goes wrong, and when: now and then something that several operations depend on is ill for some minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from signalproof.live.chance import chance

INCIDENT_EVERY = 3600.0
"""Seconds from one incident to the next."""
_LASTS = 1 / 12
"""An incident's part of the time between two."""
_FIRST, _LAST = 0.15, 0.75
"""Between which parts of that time it begins, so that two never meet."""
FAILURE = 0.4
"""Share (0..1) of the calls that fail in an incident."""
SLOWER = 2.5
"""How much longer than usual they take."""
_STILL = 0.5
"""Share (0..1) of the incidents in which a loop stands still."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Some minutes in which something is ill.

    Attributes:
        start: Unix time when it begins.
        end: Unix time when it is over.
        kind: Name of the label of error types of the operations that it hits: what fails alike depends on the same.
        drawn: In [0, 1); decides what fails, and whether a loop stands still.
    """

    start: float
    end: float
    kind: str = ""
    drawn: float = 0.0

    @property
    def stops_a_loop(self) -> bool:
        """Whether one process has its loop standing still."""
        return self.drawn < _STILL


NEVER = Incident(inf, inf)
"""The incident that is still to come when no other one is."""


@dataclass(frozen=True, slots=True)
class Incidents:
    """The incidents of a model: a function of *seed* and time alone.

    Attributes:
        kinds: What can be ill, each in its turn.
        start: Unix time from which on there are incidents.
        every: Seconds from one to the next, or 0 for none.
        seed: What is drawn depends on it.
    """

    kinds: Sequence[str]
    start: float
    every: float = INCIDENT_EVERY
    seed: int = 1

    def of(self, kind: str = "") -> Iterator[Incident]:
        """Yield the incidents that hit *kind*, or all of them, as time goes on; the last one is `NEVER`."""
        if not self.every or (kind and kind not in self.kinds) or not self.kinds:
            yield NEVER
            return
        turn = int(chance(self.seed, "incident") * len(self.kinds))
        number = 0
        while True:
            hit = self.kinds[(number + turn) % len(self.kinds)]
            if kind in ("", hit):
                part = _FIRST + (_LAST - _FIRST) * chance(self.seed, "incident", number)
                begin = self.start + (number + part) * self.every
                yield Incident(
                    begin, begin + _LASTS * self.every, hit, chance(self.seed, "incident", number, hit)
                )
            number += 1


class Ahead:
    """The incident that is now or comes next; time only goes forward."""

    __slots__ = ("_incidents", "_next")

    def __init__(self, incidents: Iterator[Incident]) -> None:
        self._incidents = incidents
        self._next = next(incidents)

    def at(self, time: float) -> Incident | None:
        """Return the incident in which Unix time *time* lies."""
        while time >= self._next.end:
            self._next = next(self._incidents)
        return self._next if time >= self._next.start else None
