"""The typed description of one metric family: declared once, used by every stage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Generic

from signalproof.catalogue.buckets import OF_THE_UNIT, Buckets, buckets_for
from signalproof.catalogue.exposition import format_bound
from signalproof.catalogue.family import Family, Type
from signalproof.catalogue.labels import L, LabelSet
from signalproof.catalogue.naming import check_name, check_pace
from signalproof.catalogue.units import AS_NAMED, COUNT, EVENTS, SECONDS, Unit, check_unit, unit_in
from signalproof.errors import Location, caller


@dataclass(frozen=True, eq=False)
class Metric(Generic[L]):
    """One metric family; `Counter`, `Gauge` and `Histogram` are its kinds.

    Attributes:
        name: Exposed name: with the unit, and with ``_total`` for a counter.
        help: One sentence, as it stands in the exposition and in the metric reference.
        labels: The labels of its own; those that Prometheus adds when it scrapes are not declared.
        unit: What one of it is; its suffix stands in the name, which says it where it is left out.
        where: The declaration.

    Raises:
        SignalproofError: The name, help, unit or buckets break a naming rule.
    """

    kind: ClassVar[str]
    existing: ClassVar[bool] = False
    """Whether a program exposes it by code of its own; see `signalproof.catalogue.existing`."""

    name: str
    help: str
    labels: LabelSet[L]
    unit: Unit = AS_NAMED
    where: Location = field(default_factory=caller, kw_only=True)

    def __post_init__(self) -> None:
        if self.unit is AS_NAMED:
            object.__setattr__(self, "unit", unit_in(self.name) or self._usual_unit())
        self._check()

    def _check(self) -> None:
        check_unit(self.name, self.unit, self.where)
        check_name(self.name, self.kind, self.help, self.labels, self.unit.suffix, self.where)

    def _usual_unit(self) -> Unit:
        return EVENTS

    @property
    def exposed_as(self) -> str:
        """Its type on the page."""
        return self.kind

    @cached_property
    def family(self) -> Family:
        """What prometheus_client exposes for it (``_created`` is switched off)."""
        own = self.labels.domains
        listed = all(domain.values is not None for domain in own.values())
        return Family(
            name=self.name,
            type=Type(self.kind),
            help=self.help,
            unit=self.unit.dimension,
            labels=own,
            initialised=listed,
            presence="" if listed else "lazy",
            where=self.where,
        )


@dataclass(frozen=True, eq=False)
class Counter(Metric[L]):
    """Only ever goes up, and starts again at 0 with its process; read it through a rate or an increase.

    Attributes:
        noun: What is counted, in the plural: ``noun="plans"`` makes panels say plans/s; ``ops`` where it is left out.
        per_hour: How many an hour of a normal day brings, over all its series; what is rare is shown over windows that
            hold some of it. 0 where nobody knows.

    Raises:
        SignalproofError: As of `Metric`, or the pace is negative.
    """

    kind = "counter"

    noun: str = field(default="", kw_only=True)
    per_hour: float = field(default=0.0, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_pace(self.name, self.noun, self.per_hour, self.where)

    @cached_property
    def family(self) -> Family:
        """What prometheus_client exposes for it."""
        return replace(super().family, noun=self.noun, per_hour=self.per_hour)


@dataclass(frozen=True, eq=False)
class Gauge(Metric[L]):
    """Goes up and down; read it as it is.

    Attributes:
        low: Smallest value it can take.
        high: Largest value it can take.
        shared: Whether it tells of something outside that every process sees, such as the length of a queue in a
            database. Nobody knows that before somebody looked, so it is not at 0 from the start; and the sum over
            processes would count it once for each.
    """

    kind = "gauge"

    low: float = field(default=float("-inf"), kw_only=True)
    high: float = field(default=float("inf"), kw_only=True)
    shared: bool = field(default=False, kw_only=True)

    @cached_property
    def family(self) -> Family:
        """What prometheus_client exposes for it."""
        found = replace(super().family, low=self.low, high=self.high, zero=self.low == 0)
        return replace(found, initialised=False, presence="lazy") if self.shared else found


@dataclass(frozen=True, eq=False)
class Histogram(Metric[L]):
    """A distribution; read it through a quantile, a mean or the share below a bound.

    Attributes:
        buckets: A preset, or bounds of its own; the preset of its unit where they are left out.
        noun: What is observed, in the plural; see `Counter`.
        per_hour: How many observations an hour of a normal day brings; see `Counter`.

    Raises:
        SignalproofError: As of `Metric`, or the buckets are for another unit.
    """

    kind = "histogram"

    buckets: Buckets = field(default=OF_THE_UNIT, kw_only=True)
    noun: str = field(default="", kw_only=True)
    per_hour: float = field(default=0.0, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_pace(self.name, self.noun, self.per_hour, self.where)
        object.__setattr__(self, "buckets", self._checked_buckets())

    def _checked_buckets(self) -> Buckets:
        return buckets_for(self.name, self.buckets, self.unit, self.where)

    def _usual_unit(self) -> Unit:
        if self.buckets.unit is not None:
            return self.buckets.unit
        return SECONDS if self.buckets is OF_THE_UNIT else COUNT

    @cached_property
    def family(self) -> Family:
        """What prometheus_client exposes for it."""
        return replace(
            super().family,
            buckets=tuple(map(format_bound, self.buckets.bounds)),
            noun=self.noun,
            per_hour=self.per_hour,
        )
