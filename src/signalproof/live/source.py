"""Sources: what one process exposes of one catalogue entry, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

from signalproof.catalogue.exposition import format_bound
from signalproof.catalogue.metric import Histogram, Metric
from signalproof.live.process import Process


@dataclass(frozen=True, slots=True)
class Family:
    """One metric family as it is exposed.

    Attributes:
        name: Name of its TYPE line in OpenMetrics: without ``_total``.
        kind: ``counter``, ``gauge`` or ``histogram``.
        help: Help text.
    """

    name: str
    kind: str
    help: str

    @classmethod
    def of(cls, metric: Metric[Any]) -> Family:
        """Return the family of a catalogue entry."""
        return cls(metric.name.removesuffix("_total"), metric.exposed_as, metric.help)


@dataclass(frozen=True, slots=True)
class Line:
    """One series, target labels apart.

    Attributes:
        family: Its family.
        name: As it is queried: ``x_total``, ``x_bucket``.
        labels: Its own labels.
        le: Bucket bound as text, or empty.
    """

    family: Family
    name: str
    labels: Mapping[str, str]
    le: str = ""


class Source(Protocol):
    """What one process exposes of one entry.

    Attributes:
        process: The process.
        lines: Its series: by family, then by labels, then by bucket.
    """

    process: Process
    lines: tuple[Line, ...]

    def sample(self, time: float) -> Sequence[float]:
        """Return the value of each line at Unix time *time*, which never goes back."""
        ...


def lines_of(metric: Metric[Any], combos: Sequence[Mapping[str, str]]) -> Iterator[Line]:
    """Yield the series of a counter or gauge, one for each combination of its labels."""
    family = Family.of(metric)
    yield from (Line(family, metric.name, labels) for labels in combos)


def histogram_lines(metric: Histogram[Any], combos: Sequence[Mapping[str, str]]) -> Iterator[Line]:
    """Yield the series of a histogram, for each combination of its labels: buckets, count, sum."""
    family = Family.of(metric)
    for labels in combos:
        for bound in (*metric.buckets.bounds, inf):
            yield Line(family, f"{metric.name}_bucket", labels, format_bound(bound))
        yield Line(family, f"{metric.name}_count", labels)
        yield Line(family, f"{metric.name}_sum", labels)
