"""Metrics that a program exposes by code of its own, prometheus_client's or an exporter's: described as they are found.

They are queried, drawn and linted like any other; `install` leaves them to the program. Their names need not keep the
naming rules, their series come with their first event, and a unit that nobody said is not guessed. A metric of which the
catalogue takes over the recording is imported from `signalproof.catalogue.metric` from then on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from signalproof.catalogue import metric
from signalproof.catalogue.buckets import Buckets, check_bounds
from signalproof.catalogue.exposition import format_bound
from signalproof.catalogue.family import Family
from signalproof.catalogue.labels import L
from signalproof.catalogue.units import COUNT, NOT_KNOWN, Unit
from signalproof.errors import SignalproofError

CLIENT = Buckets(
    "client",
    (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)
"""What prometheus_client's Histogram has where a program gives no buckets."""

NO_BOUNDS = Buckets("not known", ())
"""Stands for bucket bounds that nobody said: nothing is claimed of them."""


@dataclass(frozen=True, eq=False)
class Existing(metric.Metric[L]):
    """A metric that exists already; the classes below are its kinds.

    Attributes:
        open: Whether it may have labels that are not listed.

    Raises:
        SignalproofError: Prometheus could not store a series of that name.
    """

    existing = True

    open: bool = field(default=False, kw_only=True)

    def _check(self) -> None:
        if not re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", self.name):
            raise SignalproofError(
                f"{self.name!r} is no name of a metric",
                "write it as it stands on the page",
                where=self.where,
            )

    def _usual_unit(self) -> Unit:
        return NOT_KNOWN

    @cached_property
    def family(self) -> Family:
        """What the program exposes for it."""
        found = replace(
            super().family,
            unit=None if self.unit is NOT_KNOWN else self.unit.dimension,
            open=self.open,
        )
        varies = self.open or bool(self.labels.domains)
        return replace(found, initialised=False, presence="lazy") if varies else found


@dataclass(frozen=True, eq=False)
class Counter(Existing[L], metric.Counter[L]):
    """A counter that exists already; it counts events where neither its name nor *unit* says anything else."""

    def _usual_unit(self) -> Unit:
        return metric.Counter._usual_unit(self)  # noqa: SLF001  # the next class in line but one


@dataclass(frozen=True, eq=False)
class Gauge(Existing[L], metric.Gauge[L]):
    """A gauge that exists already."""


@dataclass(frozen=True, eq=False)
class Histogram(Existing[L], metric.Histogram[L]):
    """A histogram that exists already; its buckets are those of prometheus_client where *buckets* says nothing else.

    Raises:
        SignalproofError: As of `Existing`, or the bounds do not ascend.
    """

    buckets: Buckets = field(default=CLIENT, kw_only=True)

    def _checked_buckets(self) -> Buckets:
        if self.buckets is not NO_BOUNDS:
            check_bounds(self.buckets, self.where)
        return self.buckets

    @cached_property
    def family(self) -> Family:
        """What the program exposes for it."""
        found = super().family
        return found if found.buckets else replace(found, buckets=None)


@dataclass(frozen=True, eq=False)
class Summary(Existing[L]):
    """A summary: how many values and their sum, and quantiles that the program computed, which nothing can add up.

    Attributes:
        quantiles: Which; prometheus_client's has none.
    """

    kind = "summary"

    quantiles: tuple[float, ...] = field(default=(), kw_only=True)

    @cached_property
    def family(self) -> Family:
        """What the program exposes for it."""
        return replace(super().family, quantiles=tuple(map(format_bound, self.quantiles)))


@dataclass(frozen=True, eq=False)
class Info(Existing[L]):
    """What something is, as labels of a metric that is always 1; its name ends in ``_info``."""

    kind = "info"

    @property
    def exposed_as(self) -> str:
        """A gauge, in the format that every Prometheus reads."""
        return "gauge"

    def _usual_unit(self) -> Unit:
        return COUNT


@dataclass(frozen=True, eq=False)
class Untyped(Existing[L]):
    """A metric whose page does not say what it is: counters among them are read through a rate, gauges as they are."""

    kind = "unknown"
