"""What an alert says to given samples: the proof that it fires when it should, and only then.

Rendered as promtool unit tests, so it is Prometheus itself that checks them, words of the annotations included. Samples
come one per minute, the first at minute 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from signalproof.catalogue.exposition import format_bound
from signalproof.catalogue.labels import Label, TargetLabel
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.durations import parse_duration
from signalproof.errors import Location, SignalproofError, caller

if TYPE_CHECKING:
    from signalproof.rules.alert import Alert

Course: TypeAlias = "float | tuple[tuple[int, float | None], ...] | None"
"""A number for all the time, or (minutes, number) one after the other, the last until the end. None: no sample."""


@dataclass(frozen=True, slots=True)
class Given:
    """The samples of one series.

    Attributes:
        series: Name of the series.
        labels: All of its labels.
        course: Its value; for a counter how much it grows per minute.
        grows: Whether *course* is a growth.
    """

    series: str
    labels: Mapping[str, str]
    course: Course
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one alert does at one moment.

    Attributes:
        alert: The alert.
        at: How long after the first sample: ``20m``.
        fires: Whether it fires.
        value: The value that its annotations tell, when it fires.
        labels: The labels of the series that fires, those that the rule adds apart.
        where: The line that expects it.
    """

    alert: Alert
    at: str
    fires: bool
    value: float = 0.0
    labels: Mapping[str, str] = field(default_factory=dict)
    where: Location = field(default_factory=caller)

    @property
    def minutes(self) -> int:
        """Minutes after the first sample."""
        return round(parse_duration(self.at, self.where) / 60)


@dataclass(frozen=True)
class Scenario:
    """Samples, and what the alerts make of them.

    Attributes:
        name: What happens, in words.
        given: The samples.
        expect: What the alerts do.
        where: The declaration.

    Raises:
        SignalproofError: Nothing is expected, or the same series is given twice.
    """

    name: str
    given: tuple[Given, ...]
    expect: tuple[Expectation, ...]
    where: Location = field(default_factory=caller, kw_only=True)

    def __post_init__(self) -> None:
        if not self.expect:
            raise SignalproofError(
                f"scenario {self.name!r} expects nothing",
                "say which alert fires or stays silent",
                where=self.where,
            )
        seen: list[tuple[str, Mapping[str, str]]] = []
        for one in self.given:
            if (one.series, one.labels) in seen:
                raise SignalproofError(
                    f"scenario {self.name!r} gives {one.series} twice with the same labels",
                    "describe its course in one place: ((30, 1.0), (30, 0.0))",
                    where=self.where,
                )
            seen.append((one.series, one.labels))

    @property
    def minutes(self) -> int:
        """How long the samples have to go on."""
        return max(one.minutes for one in self.expect)


def fires(alert: Alert, at: str, value: float, *labels: Label) -> Expectation:
    """Return the expectation that *alert* fires at that moment, for the series with these *labels*."""
    return Expectation(alert, at, True, value, {one.label_name: str(one) for one in labels})


def silent(alert: Alert, at: str) -> Expectation:
    """Return the expectation that *alert* does not fire at that moment."""
    return Expectation(alert, at, False)


def counts(counter: Counter[Any], *labels: Label, per_minute: Course) -> Given:
    """Return a counter that starts at 0 and grows by so much each minute."""
    return Given(counter.name, _labels(counter, labels), per_minute, grows=True)


def appears(counter: Counter[Any], *labels: Label, after: int, count: float) -> Given:
    """Return a counter that has no series for so many minutes, and stands at *count* from then on."""
    return Given(counter.name, _labels(counter, labels), ((after, None), (1, count)))


def ticks(gauge: Gauge[Any], *labels: Label, alive: tuple[tuple[int, bool], ...] | bool = True) -> Given:
    """Return a gauge of an instant that follows the clock while *alive*, and stands still while not."""
    course = alive if isinstance(alive, tuple) else ((1, alive),)
    grows = tuple((minutes, 60.0 if one else 0.0) for minutes, one in course)
    return Given(gauge.name, _labels(gauge, labels), grows, grows=True)


def holds(gauge: Gauge[Any], *labels: Label, value: Course) -> Given:
    """Return a gauge that has a value, or values one after the other."""
    return Given(gauge.name, _labels(gauge, labels), value)


def observes(
    histogram: Histogram[Any], bound: float, *labels: Label, within: Course, above: Course = 0.0
) -> tuple[Given, Given]:
    """Return a histogram that sees so many observations per minute up to *bound*, and so many above it.

    Given are the bucket of that bound and the count, which is what a share below the bound is read from.
    """
    histogram.buckets.check_objective(bound, caller())
    names = _labels(histogram, labels)
    bucket = {**names, "le": format_bound(bound)}
    return (
        Given(f"{histogram.name}_bucket", bucket, within, grows=True),
        Given(f"{histogram.name}_count", names, _added(within, above), grows=True),
    )


def target_up(*labels: TargetLabel, value: Course = 1.0) -> Given:
    """Return the series ``up`` of a target."""
    return Given("up", {one.label_name: str(one) for one in labels}, value)


def notation(given: Given, minutes: int) -> str:
    """Return the samples of minutes 0 to *minutes* as promtool writes them: ``0 1+1x19 20+0x9``."""
    parts = ["0"] if given.grows else []
    count, left = 0.0, minutes + 1 - len(parts)
    phases = given.course if isinstance(given.course, tuple) else ((left, given.course),)
    for index, (length, amount) in enumerate(phases):
        samples = left if index == len(phases) - 1 else min(length, left)
        if samples < 1:
            continue
        left -= samples
        if amount is None:
            parts.append(f"_x{samples}")
        elif given.grows:
            parts.append(f"{_number(count + amount)}+{_number(amount)}x{samples - 1}")
            count += amount * samples
        else:
            parts.append(f"{_number(amount)}x{samples - 1}")
    return " ".join(parts)


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _added(one: Course, other: Course) -> Course:
    """Return two courses together; one that is a number takes the minutes of the other."""
    if not isinstance(one, tuple):
        if not isinstance(other, tuple):
            return _sum(one, other)
        one = tuple((minutes, one) for minutes, _ in other)
    if not isinstance(other, tuple):
        other = tuple((minutes, other) for minutes, _ in one)
    if [minutes for minutes, _ in one] != [minutes for minutes, _ in other]:
        raise SignalproofError(
            "the observations within and above the bound change at different minutes",
            "give both the same minutes, or one of them a number",
            where=caller(),
        )
    return tuple((minutes, _sum(a, b)) for (minutes, a), (_, b) in zip(one, other, strict=True))


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _labels(metric: Metric[Any], given: tuple[Label, ...]) -> dict[str, str]:
    named = {**metric.labels.fixed, **{one.label_name: str(one) for one in given}}
    missing = [name for name in metric.labels if name not in named]
    own = {one.label_name for one in given if not isinstance(one, TargetLabel)}
    unknown = [name for name in own if name not in metric.labels.domains]
    if missing or unknown:
        what = f"has no label {unknown[0]!r}" if unknown else f"also has the label {missing[0]!r}"
        listed = ", ".join(metric.labels) or "none of its own"
        raise SignalproofError(f"{metric.name} {what}", f"its labels are {listed}", where=caller())
    for name, text in named.items():
        domain = metric.labels.domains.get(name)
        if domain is not None and domain.values is not None and text not in domain.values:
            raise SignalproofError(
                f"{metric.name} never has {name}={text!r}", domain.help_for(text), where=caller()
            )
    return named
