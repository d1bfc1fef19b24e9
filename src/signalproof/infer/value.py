"""What is known of the result of an expression, before any sample exists: the abstract value of each node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from signalproof.catalogue.exposition import Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import Dimension
from signalproof.promql.ast import NOWHERE, Span


class Shape(StrEnum):
    """PromQL's four result types."""

    SCALAR = "scalar"
    STRING = "string"
    INSTANT = "instant vector"
    RANGE = "range vector"
    ANY = "unknown"
    """The value of a Grafana variable: any of the others."""


class Kind(StrEnum):
    """What the samples mean; a function that is wrong for a kind is a finding."""

    COUNTER = "counter"
    GAUGE = "gauge"
    BUCKET = "bucket"
    SUM = "sum"
    COUNT = "count"
    INFO = "info"
    NATIVE = "native histogram"
    RATE = "rate"
    """A rate or an increase of a counter, sum or count."""
    RATED_BUCKET = "rated bucket"
    """A rate or an increase of buckets, aggregated or not: what histogram_quantile wants."""
    RATED_NATIVE = "rated native histogram"
    QUANTILE = "quantile"
    BOOL = "bool"
    NUMBER = "number"
    """A literal or something computed from numbers alone."""
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels a result can have.

    Attributes:
        known: Label name → its possible values; the label may exist, with one of these values.
        open: Whether labels that are not in *known* may exist too; False makes the set closed.
        impossible: With *open*: labels that cannot exist all the same, because they were aggregated away.
        certain: Labels of *known* that every series of the result has, with a value that is not empty.
    """

    known: Mapping[str, LabelDomain] = field(default_factory=dict)
    open: bool = False
    impossible: frozenset[str] = frozenset()
    certain: frozenset[str] = frozenset()

    def can_have(self, name: str) -> bool:
        """Whether a series of the result can have label *name*."""
        return name in self.known or (self.open and name not in self.impossible)


@dataclass(frozen=True, slots=True)
class Value:
    """The abstract value of one node. Every field claims something that holds for all data; unknown claims nothing.

    Attributes:
        shape: Result type.
        kind: What the samples mean.
        labels: The labels the series can have.
        unit: Dimension of the samples, or None where it is not known.
        low: No sample lies below it (NaN aside).
        high: No sample lies above it (NaN aside).
        empty: Why the result may be empty although every target is scraped; empty when it cannot be.
        cardinality: Upper bound on the number of series per target, or None.
        window: Seconds of the range that was rated or aggregated over time, or None.
        sources: The series that flow into it.
        origin: Where in the text the value comes from, for messages.
    """

    shape: Shape = Shape.ANY
    kind: Kind = Kind.ANY
    labels: Labels = field(default_factory=lambda: Labels(open=True))
    unit: Dimension | None = None
    low: float = -inf
    high: float = inf
    empty: str = "nothing is known of it"
    cardinality: int | None = None
    window: float | None = None
    sources: tuple[Series, ...] = ()
    origin: Span = NOWHERE

    @property
    def ratio(self) -> bool:
        """Whether it is known to lie in 0..1."""
        return self.low >= 0 and self.high <= 1


UNKNOWN = Value()
"""⊤: claims nothing, and silences every rule that depends on it."""
