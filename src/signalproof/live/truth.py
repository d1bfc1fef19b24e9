"""What the synthetic series are drawn from: known, so that a query's answer can be compared with it."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import isfinite
from typing import Any, TypeAlias

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, LabelSet
from signalproof.catalogue.metric import Histogram, Metric
from signalproof.catalogue.operation import Loop, Operation
from signalproof.errors import SignalproofError, did_you_mean
from signalproof.live.chance import Lognormal, chance, shares
from signalproof.live.incident import Incidents

Timed: TypeAlias = "Operation[Any, Any] | Histogram[Any]"
"""What has a duration or another distribution."""

_SYNC, _ASYNC = 0.8, 4.0
"""Calls in progress per process: a thread that is mostly busy, an event loop that juggles a few."""
_BUSIEST = 2.0
"""Most calls per second and process: enough for any panel, and cheap to generate."""
_TURNING = 0.5
"""Most of its time that a loop is busy with a turn."""
_RARE = 0.15
"""How much rarer than others an operation is that nobody hopes to need."""
_SLOWER = (0.9, 1.1, 1.35)
"""How the values of a label differ in duration, first to last."""
_DECLARED_FOR = 2
"""How many processes of a job bring what a normal day is declared to bring."""
_OPEN_VALUES = 2
"""How many values a label gets whose values are not declared."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one process does of one operation.

    Attributes:
        rate: Calls that begin per second, over all label values.
        duration: How long a call takes; what a plain histogram observes.
        failure: Share of the calls that fail, 0..1.
        cancelled: Share of the calls that are cancelled, 0..1.
    """

    rate: float
    duration: Lognormal
    failure: float = 0.03
    cancelled: float = 0.01


@dataclass(frozen=True, slots=True)
class Branch:
    """One combination of label values.

    Attributes:
        labels: Label name → value, in the order of declaration.
        share: Its share of the calls, 0..1.
        duration: How long its calls take.
    """

    labels: Mapping[str, str]
    share: float
    duration: Lognormal


@dataclass(frozen=True)
class Truth:
    """What is true of the synthetic series of a catalogue.

    Attributes:
        catalogue: Whose series.
        profiles: Exposed name of each operation and plain histogram → what one process does of it.
        instances: Processes per job.
        incident_every: Seconds from one incident to the next, or 0 for none. What is said here of ratios and durations is
            true outside of incidents.
        busy: Whether everything happens as often as the processes can, instead of as often as declared (``per_hour``).
    """

    catalogue: Catalogue
    profiles: Mapping[str, Profile]
    instances: int = 2
    incident_every: float = 0.0
    busy: bool = False

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        *,
        seed: int = 1,
        instances: int = 2,
        profiles: Mapping[str, Profile] | None = None,
        incident_every: float = 0.0,
        busy: bool = False,
    ) -> Truth:
        """Return a plausible truth: the declared pace, durations that fit buckets and objective, objectives that are kept.

        Args:
            catalogue: Every operation and plain histogram of it gets a profile.
            seed: Another seed is another plausible truth.
            instances: Processes per job.
            profiles: Exposed name (``deployment_execution``) → the profile to use instead of the derived one.
            incident_every: Seconds from one incident to the next, or 0 for none.
            busy: Whether to forget the declared pace, so that rare things, too, are seen within an hour.

        Raises:
            SignalproofError: A name in *profiles* is no operation or histogram of the catalogue.
        """
        timed: dict[str, Timed] = dict(catalogue.operations)
        timed |= {one.name: one for one in plain_metrics(catalogue) if isinstance(one, Histogram)}
        for name in profiles or {}:
            if name not in timed:
                raise SignalproofError(
                    f"a profile for {name!r}, which is no operation", did_you_mean(name, timed)
                )
        bare = cls(catalogue, {}, instances, incident_every, busy)
        derived = {name: _profile(name, one, bare, seed) for name, one in timed.items()}
        return replace(bare, profiles={**derived, **(profiles or {})})

    def incidents(self, start: float, seed: int) -> Incidents:
        """Return what goes wrong from Unix time *start* on; what fails with the same types of error does so together."""
        kinds = dict.fromkeys(one.errors.__name__ for one in self.catalogue.operations.values())
        return Incidents(tuple(kinds), start, self.incident_every, seed)

    def pace(self, per_hour: float) -> float:
        """Return how many events per second one process brings of what is declared to happen *per_hour*, 0 if it is busy.

        One process, or two of them, bring all of it. More bring more: a fleet grows with its load.
        """
        return 0.0 if self.busy else per_hour / 3600 / min(self.instances, _DECLARED_FOR)

    def profile(self, timed: Timed) -> Profile:
        """Return what one process does of *timed*."""
        return self.profiles[exposed_name(timed)]

    def success_ratio(self, operation: Operation[Any, Any]) -> float:
        """Return the share (0..1) of calls that succeed, of those that succeed or fail."""
        one = self.profile(operation)
        return 1 - one.failure / (1 - one.cancelled)

    def rate(self, timed: Timed, **labels: str) -> float:
        """Return how many calls with these label values begin per second, over all processes."""
        part = sum(branch.share for branch in self.branches(timed, **labels))
        return part * self.instances * self.profile(timed).rate

    def mean(self, timed: Timed, **labels: str) -> float:
        """Return the mean duration, in seconds, of the calls with these label values."""
        found = self.branches(timed, **labels)
        return sum(one.share * one.duration.mean for one in found) / sum(one.share for one in found)

    def in_progress(self, timed: Timed, **labels: str) -> float:
        """Return how many calls are in progress on average, over all processes: by Little's law, rate × mean."""
        return self.rate(timed, **labels) * self.mean(timed, **labels)

    def quantile(self, timed: Timed, share: float, **labels: str) -> float:
        """Return the seconds below which *share* (0..1) of the calls with these label values lie."""
        found = self.branches(timed, **labels)
        total = sum(one.share for one in found)
        low = min(one.duration.quantile(share) for one in found)
        high = max(one.duration.quantile(share) for one in found)
        for _ in range(60):  # halving 60 times exhausts a float
            middle = (low + high) / 2
            if sum(one.share * one.duration.below(middle) for one in found) < share * total:
                low = middle
            else:
                high = middle
        return high

    def branches(self, timed: Timed, **labels: str) -> list[Branch]:
        """Return the label combinations of *timed* that have these values.

        Raises:
            SignalproofError: No combination has them.
        """
        one = self.profile(timed)
        found = [
            Branch(combination, share, one.duration.times(slower))
            for combination, share, slower in combinations(timed.labels)
            if labels.items() <= combination.items()
        ]
        if not found:
            raise SignalproofError(
                f"{exposed_name(timed)} has no series with {labels}",
                f"its labels: {', '.join(timed.labels)}",
            )
        return found


def exposed_name(timed: Timed) -> str:
    """Return the name that *timed* has in the catalogue."""
    return timed.prefix + timed.name if isinstance(timed, Operation) else timed.name


def values_of(labels: LabelSet[Any]) -> list[tuple[str, ...]]:
    """Return the values of each label: the fixed one, the declared ones, or a few invented ones."""
    found: list[tuple[str, ...]] = []
    for name, domain in labels.domains.items():
        cls = labels.classes[name]
        if name in labels.fixed:
            found.append((labels.fixed[name],))
        elif issubclass(cls, ClosedLabel):
            found.append(tuple(value.value for value in cls))
        else:
            count = min(domain.at_most or _OPEN_VALUES, _OPEN_VALUES)
            found.append(tuple(f"{name.replace('_', '-')}-{place + 1}" for place in range(count)))
    return found


def combinations(labels: LabelSet[Any]) -> Iterator[tuple[dict[str, str], float, float]]:
    """Yield every combination of label values, its share of the calls, and how much slower than usual it is."""
    values = values_of(labels)
    for places in product(*(range(len(one)) for one in values)):
        share, slower = 1.0, 1.0
        for place, one in zip(places, values, strict=True):
            share *= shares(len(one))[place]
            slower *= _SLOWER[place % len(_SLOWER)] if len(one) > 1 else 1.0
        chosen = (one[place] for place, one in zip(places, values, strict=True))
        yield dict(zip(labels, chosen, strict=True)), share, slower


def jobs(catalogue: Catalogue, default: str = "") -> dict[str, str]:
    """Return the job of each metric by its name: the package that owns its operation.

    A metric that belongs to no operation has the job *default*, or else the one that most operations declared in the
    same file have, or else the first of all.
    """
    found: dict[str, str] = {}
    by_file: dict[str, Tally[str]] = {}
    for operation in catalogue.operations.values():
        job = operation.owner.split(".")[0]
        by_file.setdefault(operation.where.file, Tally())[job] += 1
        found.update((metric.name, job) for metric in operation.metrics)
    first = next(iter(found.values()), "app")
    for name, metric in catalogue.metrics.items():
        beside = by_file.get(metric.where.file)
        found.setdefault(name, default or (beside.most_common(1)[0][0] if beside else first))
    return found


def plain_metrics(catalogue: Catalogue) -> Iterator[Metric[Any]]:
    """Yield the metrics that belong to no operation."""
    own = {id(metric) for operation in catalogue.operations.values() for metric in operation.metrics}
    yield from (metric for metric in catalogue.metrics.values() if id(metric) not in own)


def _profile(name: str, timed: Timed, truth: Truth, seed: int) -> Profile:
    duration = _duration(name, timed, truth.catalogue, seed)
    pace = truth.pace(timed.per_hour)
    if isinstance(timed, Histogram):
        return Profile(pace or 1.0, duration)
    promise = timed.objective.success if timed.objective else None
    failure = 0.002 + 0.01 * chance(seed, name, "failure") if promise is None else (1 - promise) / 2
    if isinstance(timed, Loop):
        turns = pace or 1 / max(5.0, 4 * duration.quantile(0.95))
        resting = duration.times(min(1.0, _TURNING / (turns * duration.mean)))
        return Profile(turns, resting, failure, cancelled=0.0)
    if pace:
        return Profile(pace, duration, failure)
    is_async = "async" in timed.name or "async" in timed.owner
    busy = _ASYNC if is_async else _SYNC
    if timed.in_flight is not None and isfinite(timed.in_flight.high):
        busy = min(busy, timed.in_flight.high / 2)
    rate = min(busy / duration.mean, _BUSIEST) * (_RARE if "rollback" in timed.name else 1.0)
    return Profile(rate, duration, failure)


def _duration(name: str, timed: Timed, catalogue: Catalogue, seed: int) -> Lognormal:
    """Return durations that keep the objective, or lie in the middle of the buckets; async ones half of the sync ones."""
    if isinstance(timed, Operation) and name != (sync := name.replace("async_", "", 1)):
        pair = catalogue.operations.get(sync)
        if pair is not None:
            return _duration(sync, pair, catalogue, seed).times(0.5)
    wobble = 0.8 + 0.4 * chance(seed, name, "duration")
    promise = timed.objective if isinstance(timed, Operation) else None
    if promise is not None and promise.latency is not None:
        return Lognormal.through(0.6 * promise.latency * wobble, promise.quantile)
    histogram = timed.duration if isinstance(timed, Operation) else timed
    bounds = histogram.buckets.bounds
    return Lognormal.through(bounds[(len(bounds) - 1) * 6 // 10] * wobble, 0.95)
