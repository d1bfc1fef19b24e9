"""Sources of what takes no time: counters and gauges that belong to no operation, and what a scrape itself adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite, pi, sin
from typing import Any

from signalproof.catalogue.exposition import SCRAPE_SERIES
from signalproof.catalogue.instrumentation import FAULTS, Stage
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.units import TIMESTAMP_SECONDS, Unit
from signalproof.live.chance import chance
from signalproof.live.process import Load, Process
from signalproof.live.source import Family, Line, lines_of
from signalproof.live.truth import Truth, combinations

# What a counter that belongs to no operation gains with one event, by the last word of its name or by its unit, and
# how many events there are per second.
_STEPS: Mapping[str, tuple[float, float]] = {
    "tokens": (350.0, 0.5),
    "bytes": (4096.0, 5.0),
    "seconds": (0.05, 5.0),
    "dollars": (0.01, 0.2),
    "joules": (50.0, 1.0),
}


class CounterSource:
    """A counter that belongs to no operation: events come in waves, and each adds the same step.

    The pace of a metric that declares one is what all *instances* bring.
    """

    def __init__(self, metric: Counter[Any], process: Process, truth: Truth, seed: int) -> None:
        self.process = process
        word = metric.name.removesuffix("_total").rsplit("_", 1)[-1]
        self._step, rate = _STEPS.get(word, (1.0, 1.0))
        rate = truth.pace(metric.per_hour / self._step) or rate
        combos = list(combinations(metric.labels))
        self._loads = [
            Load.of(rate * share, process.start, seed, process.instance, metric.name, *labels.values())
            for labels, share, _ in combos
        ]
        self.lines = tuple(lines_of(metric, [labels for labels, _, _ in combos]))

    def sample(self, time: float) -> list[float]:  # noqa: D102  # said at Source.sample
        started = self.process.started(time)
        return [self._step * (load.count(time) // 1 - load.count(started) // 1) for load in self._loads]


# Where a gauge moves whose range is not declared, by its unit.
_RANGES: Mapping[str, tuple[float, float]] = {
    "seconds": (0.0, 60.0),
    "bytes": (50e6, 400e6),
    "ratio": (0.0, 1.0),
    "celsius": (20.0, 70.0),
}
_ELSEWHERE = (0.0, 20.0)
_EVENT_EVERY = 60.0
"""Seconds between two of the instants that a timestamp gauge holds."""


class GaugeSource:
    """A gauge that belongs to no operation: it swings slowly within its range; an instant is always a recent one."""

    def __init__(self, metric: Gauge[Any], process: Process, seed: int) -> None:
        self.process = process
        self._unit = metric.unit
        self._low, self._high = _range(metric)
        combos = [labels for labels, _, _ in combinations(metric.labels)]
        self._phases = [
            2 * pi * chance(seed, process.instance, metric.name, *labels.values()) for labels in combos
        ]
        self.lines = tuple(lines_of(metric, combos))

    def sample(self, time: float) -> list[float]:  # noqa: D102  # said at Source.sample
        since = time - self.process.start
        if self._unit is TIMESTAMP_SECONDS:
            return [
                max(time - (since + phase * 10) % _EVENT_EVERY, self.process.started(time))
                for phase in self._phases
            ]
        middle, reach = (self._low + self._high) / 2, (self._high - self._low) / 2
        values = [
            middle + reach * (0.6 * sin(since / 500 + phase) + 0.3 * sin(since / 61 + 3 * phase))
            for phase in self._phases
        ]
        return [min(max(_whole(value, self._unit), self._low), self._high) for value in values]


class FaultSource:
    """What the instrumentation says of itself: every kind of fault of every operation, and none that happened."""

    def __init__(self, operations: Iterable[str], process: Process) -> None:
        self.process = process
        stages = [stage.value for stage in Stage]
        self.lines = tuple(
            lines_of(
                FAULTS,
                [
                    dict(zip(FAULTS.labels, (name, stage), strict=True))
                    for name in operations
                    for stage in stages
                ],
            )
        )

    def sample(self, time: float) -> list[float]:  # noqa: D102  # said at Source.sample
        return [0.0] * len(self.lines)


class ScrapeSource:
    """What Prometheus writes of each scrape of a process: ``up`` and its siblings."""

    _NAMES = (
        "up",
        "scrape_duration_seconds",
        "scrape_samples_scraped",
        "scrape_samples_post_metric_relabeling",
        "scrape_series_added",
    )

    def __init__(self, process: Process, exposed: int, seed: int) -> None:
        self.process = process
        self._exposed = float(exposed)
        self._phase = chance(seed, process.instance, "scrape")
        families = (Family(name, "gauge", SCRAPE_SERIES[name].help) for name in self._NAMES)
        self.lines = tuple(Line(family, family.name, {}) for family in families)

    def sample(self, time: float) -> list[float]:  # noqa: D102  # said at Source.sample
        first = time == self.process.start
        seconds = 0.004 + 0.002 * ((self._phase + time / 7.3) % 1.0)
        return [1.0, seconds, self._exposed, self._exposed, self._exposed if first else 0.0]


def _range(metric: Gauge[Any]) -> tuple[float, float]:
    low, high = _RANGES.get(metric.unit.suffix, _ELSEWHERE)
    if isfinite(metric.low) and isfinite(metric.high):
        return metric.low, metric.high
    if isfinite(metric.low):
        return metric.low, metric.low + (high - low)
    if isfinite(metric.high):
        return metric.high - (high - low), metric.high
    return low, high


def _whole(value: float, unit: Unit) -> float:
    return float(round(value)) if unit.suffix in {"", "bytes"} else value
