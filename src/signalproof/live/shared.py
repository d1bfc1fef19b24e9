"""Sources of what is no process's own: what several see alike, such as a queue, and what runs in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from math import pi, sin
from typing import Any

from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.metric import Gauge
from signalproof.live.chance import chance
from signalproof.live.incident import Ahead
from signalproof.live.process import Process
from signalproof.live.source import lines_of
from signalproof.live.truth import Truth

_MOST = 5.0
_SECONDS_EACH = 45.0
_GROWS = 1 / 30
"""What is added for each second of an incident."""


class SharedSource:
    """One series of a shared gauge: whoever looks sees the same, mostly nothing or a little; more in an incident.

    Gauges of the same labels swell together: one in seconds is 0 while a count is.
    """

    def __init__(
        self, metric: Gauge[Any], labels: Mapping[str, str], process: Process, truth: Truth, seed: int
    ) -> None:
        self.process = process
        self._metric = metric
        self._ahead = Ahead(truth.incidents(process.start, seed).of())
        self._phase = 2 * pi * chance(seed, *labels.values(), "shared")
        self.lines = tuple(lines_of(metric, [labels]))

    def sample(self, time: float) -> list[float]:  # noqa: D102  # said at Source.sample
        swell = 0.6 * sin(time / 500 + self._phase) + 0.3 * sin(time / 61 + 3 * self._phase)
        incident = self._ahead.at(time)
        some = max(0.0, _MOST * swell) + ((time - incident.start) * _GROWS if incident else 0.0)
        value = _SECONDS_EACH * some if self._metric.unit.suffix == "seconds" else some // 1
        return [min(max(value if some >= 1 else 0.0, self._metric.low), self._metric.high)]


class BuildSource:
    """What runs: the same in every process, at any time."""

    def __init__(self, metric: BuildInfo, process: Process) -> None:
        self.process = process
        values = ("1.4.2", "0123abc", "3.13.5")
        self.lines = tuple(lines_of(metric, [dict(zip(metric.labels, values, strict=True))]))

    def sample(self, time: float) -> list[float]:  # noqa: D102  # said at Source.sample
        return [1.0]


def nearest(labels: Mapping[str, str], usual: str, jobs: Iterable[str]) -> str:
    """Return which of the *jobs* sees a shared thing: the one whose name is most like a label value, or the *usual* one.

    Nothing else says who looks into which queue: ``planning`` is ``ai_planner``'s.
    """

    def likeness(job: str) -> float:
        return max((SequenceMatcher(None, job, text).ratio() for text in labels.values()), default=0.0)

    best = max(jobs, key=likeness, default=usual)
    return best if likeness(best) > 0.5 else usual
