"""What Prometheus stores of the catalogue: every series by its name, with what is known of it.

The inference and the lint read only this, so a catalogue written in Python, one taken from a ``/metrics`` dump and the
results of recording rules are all the same to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from signalproof.catalogue.labels import Instance, Job, LabelDomain
from signalproof.catalogue.units import EVENT, ONE, SECOND, Dimension
from signalproof.errors import Location
from signalproof.text import written

if TYPE_CHECKING:
    from signalproof.catalogue.family import Family


class Role(StrEnum):
    """What one series of a family means."""

    COUNTER = "counter"
    GAUGE = "gauge"
    BUCKET = "bucket"
    SUM = "sum"
    COUNT = "count"
    INFO = "info"
    SUMMARY = "summary"
    """A client-side quantile of a summary: ``name{quantile="0.9"}``."""
    NATIVE = "native histogram"
    RECORDED = "recorded"
    """The result of a recording rule; what it means is what its expression means."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Series:
    """One name that a selector can name.

    Attributes:
        name: As queried: ``x_total``, ``x_bucket``, ``job:x:rate5m``.
        family: The name of its ``# TYPE`` line.
        role: What a sample of it means.
        labels: Its own labels (with ``le`` on a bucket); target labels come from the exposition.
        unit: Dimension of a sample, or None where it is not known.
        bounds: Finite bucket bounds of the family, for ``le``; empty where not known.
        low: Smallest value a sample can have.
        high: Largest value a sample can have.
        open: Whether it may have labels that are not listed.
        monotonic: Whether it never falls except by a restart.
        initialised: Whether every combination of closed labels is there from the start, at 0.
        meaning: Of a recorded series: what its samples mean, in the words of the inference (`infer.value.Kind`).
        zero: Whether 0 was seen, or is documented as "none": what is divided by it is infinite.
        totals: Labels for which a series without the label holds the total of those with it.
        targets: Target label → the values that were seen on its series; others may exist.
        follows: Label → labels whose value says its value, as far as was seen: the alias of a device follows its name.
        seen: Whether it is known from what a process once exposed, not from a declaration.
        lazy: Whether each of its series appears with its first event: a counter begins at 1 then, not at 0.
        help: Help text.
        where: The declaration.
        noun: What is counted, in the plural: ``plans``; empty where nobody said.
        per_hour: Events that an hour of a normal day brings over all series of the family; 0 where nobody said.
        rate_of: Of a recorded series: the series whose rate per second it holds, summed over the labels that it does not
            have itself; empty where it holds something else.
    """

    name: str
    family: str
    role: Role
    labels: Mapping[str, LabelDomain] = field(default_factory=dict)
    unit: Dimension | None = None
    bounds: tuple[float, ...] = ()
    low: float = -inf
    high: float = inf
    open: bool = False
    monotonic: bool = False
    initialised: bool = False
    meaning: str = ""
    zero: bool = False
    totals: frozenset[str] = frozenset()
    targets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    follows: Mapping[str, frozenset[str]] = field(default_factory=dict)
    seen: bool = False
    lazy: bool = False
    help: str = ""
    where: Location | None = field(default=None, compare=False)
    noun: str = ""
    per_hour: float = 0.0
    rate_of: str = ""


@dataclass(frozen=True)
class Exposition:
    """Every series that exists, by name.

    Attributes:
        series: Name → what is known of it.
        target_labels: Labels that the scrape adds to every series.
        complete: Whether a name that is not listed does not exist; when False nothing is said about such names.
        assumed: Labels that the scrape may add where nobody said which it adds.
        families: Family name → what was said of it, where it was said of a family; `series` follows from it.
        glimpsed: First words of names, ``traefik`` of ``traefik_open_connections``, of which a dump showed some: others
            that begin so and are not listed were not seen.
        gone: Name that does not exist any more, or never did → why that is known.
        intervals: Job → seconds between two scrapes of it, where that is known job by job.
    """

    series: Mapping[str, Series]
    target_labels: frozenset[str] = frozenset({Job.label_name, Instance.label_name})
    complete: bool = True
    assumed: frozenset[str] = frozenset()
    families: Mapping[str, Family] = field(default_factory=dict)
    glimpsed: frozenset[str] = frozenset()
    gone: Mapping[str, Gone] = field(default_factory=dict)
    intervals: Mapping[str, float] = field(default_factory=dict)

    def with_series(self, more: Iterable[Series]) -> Exposition:
        """Return this exposition and *more*, such as the results of recording rules."""
        return replace(self, series={**self.series, **{one.name: one for one in more}})


@dataclass(frozen=True, slots=True)
class Gone:
    """Why a name is known not to exist.

    Attributes:
        said: Who knows, and since when: ``node_exporter has not had it since 0.16.0``.
        instead: What to write instead; may be empty.
    """

    said: str
    instead: str = ""


def escaped(text: str) -> str:
    """Return a help text or a label value as a page of metrics has it: backslashes, quotes and line ends escaped."""
    return written(text).replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def format_bound(bound: float) -> str:
    """Return a bucket bound as prometheus_client writes it in ``le``: ``5.0``, ``0.25``, ``1e+06``, ``+Inf``."""
    if bound == inf:
        return "+Inf"
    text = repr(float(bound))
    whole, point, rest = text.partition(".")
    if not point or len(whole) < 7 or bound < 0:
        return text
    mantissa = f"{whole[0]}.{whole[1:]}{rest}".rstrip("0").rstrip(".")
    return f"{mantissa}e+{len(whole) - 1:02d}"


def _scrape(name: str, help_text: str, unit: Dimension = ONE, high: float = inf) -> tuple[str, Series]:
    return name, Series(
        name, name, Role.GAUGE, unit=unit, low=0.0, high=high, initialised=True, help=help_text
    )


_ALERT = {
    "alertname": LabelDomain("alertname"),
    "alertstate": LabelDomain("alertstate", frozenset({"pending", "firing"}), 2),
}

# https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series
SCRAPE_SERIES: Mapping[str, Series] = dict(
    (
        _scrape("up", "Whether the last scrape of the target worked.", high=1.0),
        _scrape("scrape_duration_seconds", "Seconds that the scrape took.", SECOND),
        _scrape("scrape_samples_scraped", "Samples that the target exposed.", EVENT),
        _scrape("scrape_samples_post_metric_relabeling", "Samples left after relabelling.", EVENT),
        _scrape("scrape_series_added", "New series in this scrape, approximately.", EVENT),
        ("ALERTS", Series("ALERTS", "ALERTS", Role.GAUGE, _ALERT, ONE, low=1.0, high=1.0, open=True)),
        ("ALERTS_FOR_STATE", Series("ALERTS_FOR_STATE", "ALERTS_FOR_STATE", Role.GAUGE, _ALERT, open=True)),
    )
)
"""What Prometheus itself adds to every scrape, and what it says of its alerts."""
