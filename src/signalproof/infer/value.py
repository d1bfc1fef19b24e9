"""What is known of the result of an expression, before any sample exists: the abstract value of each node.

Values are shared between nodes and queries, so nobody changes one; enforcing that at run time would double the cost
of the inference. Why they write their constructors out: see `signalproof.promql.node`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import copysign, inf
from types import MappingProxyType

from signalproof.catalogue.exposition import Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import TIMESTAMP_SECONDS, Dimension

NAME = "__name__"
"""The label that holds the name of the metric."""


class Shape(StrEnum):
    """PromQL's four result types."""

    SCALAR = "scalar"
    STRING = "string"
    INSTANT = "instant vector"
    RANGE = "range vector"
    ANY = "unknown"
    """The value of a Grafana variable: any of the others."""

    __hash__ = (
        str.__hash__
    )  # that of an enum is a Python function, and kinds and shapes are looked up all the time


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
    """A literal or something computed from literals alone: it takes the unit of whatever it meets."""
    ANY = "any"

    __hash__ = str.__hash__  # as above


NATIVES = frozenset({Kind.NATIVE, Kind.RATED_NATIVE})
"""Samples that are histograms, not numbers."""
COUNTING = frozenset({Kind.COUNTER, Kind.SUM, Kind.COUNT, Kind.BUCKET})
"""Samples that only go up."""


_NONE: Mapping[str, LabelDomain] = MappingProxyType({})


@dataclass(slots=True)
class Labels:
    """The labels a result can have, the metric name apart.

    Attributes:
        known: Label name → its possible values. A series of the result has the label with one of these values, and
            may lack it only where the domain is optional.
        open: Whether labels that are not in *known* may exist too; False makes the set closed.
        impossible: With *open*: labels that cannot exist all the same, because they were aggregated away.
        names: The metric names that the series have or had, None where they are not known. Prometheus may drop them
            late, so that ``by (__name__)`` still sees them; only that makes ``__name__`` a label of *known*.
        named: Whether a series of the result still shows its metric name.
        bare: These labels once the metric name is dropped, when that was worked out already.
    """

    known: Mapping[str, LabelDomain]
    open: bool
    impossible: frozenset[str]
    names: frozenset[str] | None
    named: bool
    bare: Labels | None = field(init=False, repr=False, compare=False)

    def __init__(
        self,
        known: Mapping[str, LabelDomain] = _NONE,
        open: bool = False,  # noqa: A002  # the field's name
        impossible: frozenset[str] = frozenset(),
        names: frozenset[str] | None = frozenset(),
        named: bool = False,
    ) -> None:
        self.known = known
        self.open = open
        self.impossible = impossible
        self.names = names
        self.named = named
        self.bare = None

    @property
    def certain(self) -> frozenset[str]:
        """The labels that every series of the result has, with a value that is not empty."""
        return frozenset(name for name, domain in self.known.items() if not domain.optional)

    @property
    def listed(self) -> frozenset[str]:
        """The labels that a series of the result can have because somebody said so."""
        return frozenset(name for name, domain in self.known.items() if not domain.assumed)

    def can_have(self, name: str) -> bool:
        """Whether a series of the result can have label *name*."""
        if name == NAME:
            return self.named or name in self.known
        return name in self.known or (self.open and name not in self.impossible)

    def lack(self, names: Iterable[str | None]) -> bool:
        """Whether no series of the result can have one of *names*; None stands for a name that is not known."""
        unlisted = [one for one in names if one is not None and one not in self.known]
        return bool(unlisted) and not all(self.can_have(one) for one in unlisted)


NO_LABELS = Labels()
"""Of a scalar, and of everything aggregated into one series."""
ANY_LABELS = Labels(open=True, names=None, named=True)
"""Nothing is known."""


@dataclass(slots=True)
class Value:
    """The abstract value of one node. Every field claims something that holds for all data; unknown claims nothing.

    Attributes:
        shape: Result type.
        kind: What the samples mean.
        labels: The labels the series can have.
        unit: Dimension of the samples, or None where it is not known. Of a native histogram: of its sum.
        low: No sample lies below it (NaN aside); ``-0.0`` where a negative zero is possible.
        high: No sample lies above it (NaN aside).
        empty: Why the result may be empty although every target has been scraped for as long as the query looks
            back; empty when it cannot be.
        void: Why the result is empty whatever the data are; empty when it need not be.
        full: Whether every combination of the values of its closed labels is there, for each target, under the
            condition of *empty*.
        cardinality: Upper bound on the number of series at one moment, per target (for each combination of those
            target labels that the result still has), or None.
        window: Seconds of the range that was rated or aggregated over time, or None.
        sources: The series that flow into it; the first 32 of them.
    """

    shape: Shape
    kind: Kind
    labels: Labels
    unit: Dimension | None
    low: float
    high: float
    empty: str
    void: str
    full: bool
    cardinality: int | None
    window: float | None
    sources: tuple[Series, ...]

    def __init__(
        self,
        shape: Shape = Shape.ANY,
        kind: Kind = Kind.ANY,
        labels: Labels = ANY_LABELS,
        unit: Dimension | None = None,
        low: float = -inf,
        high: float = inf,
        empty: str = "nothing is known of it",
        void: str = "",
        full: bool = False,
        cardinality: int | None = None,
        window: float | None = None,
        sources: tuple[Series, ...] = (),
    ) -> None:
        self.shape = shape
        self.kind = kind
        self.labels = labels
        self.unit = unit
        self.low = low
        self.high = high
        self.empty = empty
        self.void = void
        self.full = full
        self.cardinality = cardinality
        self.window = window
        self.sources = sources

    @property
    def ratio(self) -> bool:
        """Whether it is known to lie in 0..1."""
        return self.low >= 0 and self.high <= 1

    @property
    def constant(self) -> float | None:
        """The one number it can be (NaN aside), or None."""
        return self.low if self.low == self.high else None

    @property
    def instant(self) -> bool:
        """Whether it is known to be a moment in time, in whatever unit."""
        return self.unit is not None and self.unit.exponents == TIMESTAMP_SECONDS.dimension.exponents

    @property
    def positive(self) -> bool:
        """Whether no sample is negative, a negative zero included."""
        return self.low > 0 or (self.low == 0 and copysign(1.0, self.low) > 0)


UNKNOWN = Value()
"""⊤: claims nothing, and silences every rule that depends on it."""
