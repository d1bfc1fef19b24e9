"""One metric family as it is known, whoever knows it: declared in Python, written in a catalogue file, seen in a dump.

A family is what a program exposes. What Prometheus stores of it, the series, follows from the family and from the
`Site`: labels that the scrape adds displace those of the metric, and version 3 spells bucket bounds in its own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from math import inf, isfinite
from typing import Final

from signalproof.catalogue.exposition import SCRAPE_SERIES, Exposition, Role, Series, format_bound
from signalproof.catalogue.labels import Instance, Job, LabelDomain
from signalproof.catalogue.units import EVENT, ONE, UNITS, Dimension
from signalproof.errors import Location


class Type(StrEnum):
    """The type of a family: those of OpenMetrics, and what a recording rule records."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"
    INFO = "info"
    STATESET = "stateset"
    GAUGE_HISTOGRAM = "gaugehistogram"
    UNKNOWN = "unknown"
    RECORDED = "recorded"


class Native(StrEnum):
    """Whether a histogram has a native form, which is stored under its bare name."""

    NO = ""
    ALSO = "also"
    ONLY = "only"
    PERHAPS = "perhaps"
    """Prometheus' metadata say of both forms that they are histograms."""


ENDINGS: Final[Mapping[Type, Mapping[str, Role]]] = {
    Type.COUNTER: {"": Role.COUNTER, "_total": Role.COUNTER, "_created": Role.GAUGE},
    Type.HISTOGRAM: {"_bucket": Role.BUCKET, "_sum": Role.SUM, "_count": Role.COUNT, "_created": Role.GAUGE},
    Type.GAUGE_HISTOGRAM: {"_bucket": Role.GAUGE, "_gsum": Role.GAUGE, "_gcount": Role.GAUGE},
    Type.SUMMARY: {"": Role.SUMMARY, "_sum": Role.SUM, "_count": Role.COUNT, "_created": Role.GAUGE},
    Type.INFO: {"": Role.INFO, "_info": Role.INFO},
    Type.GAUGE: {"": Role.GAUGE},
    Type.STATESET: {"": Role.GAUGE},
    Type.UNKNOWN: {"": Role.UNKNOWN},
    Type.RECORDED: {"": Role.RECORDED},
}
"""What a series means by what its name adds to that of the family."""

_USUAL: Final[Mapping[Type, tuple[str, ...]]] = {
    Type.HISTOGRAM: ("_bucket", "_sum", "_count"),
    Type.GAUGE_HISTOGRAM: ("_bucket", "_gsum", "_gcount"),
    Type.SUMMARY: ("", "_sum", "_count"),
}
_NEVER_FALL: Final = frozenset({Role.COUNTER, Role.BUCKET, Role.COUNT, Role.SUM})


@dataclass(frozen=True, kw_only=True)
class Family:
    """One metric family. A field that is not given claims nothing, but for *labels*: see *open*.

    Attributes:
        name: As on its ``# TYPE`` line.
        type: Its type.
        help: Help text.
        unit: Dimension of a sample, or of the sum of a histogram; None where it is not known.
        labels: Its own labels, as the program exposes them.
        open: Whether it may have labels that are not listed.
        endings: What is added to its name in the names of its series; empty for what its type has.
        buckets: Finite bounds of a classic histogram as written in ``le``; None where they are not known.
        quantiles: Of a summary, as written in ``quantile``; None where they are not known.
        native: Of a histogram: whether it is native.
        low: Smallest value of a sample; None for what the type says.
        high: Largest value of a sample; None for what the type says.
        monotonic: Of a gauge or an unknown type: whether it never falls except by a restart.
        initialised: Whether every combination of closed labels is there from the start.
        zero: Whether 0 was seen, or is documented as "none".
        totals: Labels for which a series without the label holds the total of those with it.
        jobs: Every value that ``job`` has on its series; None where they are not known.
        targets: Target label → values seen; others may exist.
        follows: Label → labels whose value says its value, as far as was seen.
        stored: Whether the labels are those that Prometheus stores, with nothing left to displace.
        seen: Whether it is known from what a process once exposed, not from a declaration.
        meaning: Of a recorded series: what its samples mean.
        since: First version that has it.
        until: Last version that has it.
        renamed_from: Earlier name → version in which that went.
        presence: ``always``, ``lazy`` (appears with the first event), ``collector:NAME``, or empty.
        stability: ``stable``, ``alpha``, ``beta``, ``deprecated``, or empty.
        operation: The tracked operation that it belongs to.
        owner: The function that emits it.
        priority: Of the operation.
        noun: What is counted, in the plural: ``plans``.
        per_hour: Events that an hour of a normal day brings over all its series; 0 where nobody said.
        source: Who says all this: a file, an exporter; empty for the project itself.
        where: The declaration.
    """

    name: str
    type: Type
    help: str = ""
    unit: Dimension | None = None
    labels: Mapping[str, LabelDomain] = field(default_factory=dict)
    open: bool = False
    endings: tuple[str, ...] = ()
    buckets: tuple[str, ...] | None = None
    quantiles: tuple[str, ...] | None = None
    native: Native = Native.NO
    low: float | None = None
    high: float | None = None
    monotonic: bool = False
    initialised: bool = False
    zero: bool = False
    totals: frozenset[str] = frozenset()
    jobs: frozenset[str] | None = None
    targets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    follows: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stored: bool = False
    seen: bool = False
    meaning: str = ""
    since: str = ""
    until: str = ""
    renamed_from: Mapping[str, str] = field(default_factory=dict)
    presence: str = ""
    stability: str = ""
    operation: str = ""
    owner: str = ""
    priority: str = ""
    noun: str = ""
    per_hour: float = 0.0
    source: str = field(default="", compare=False)
    where: Location | None = field(default=None, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its series."""
        return tuple(self.name + ending for ending in self.endings or _endings(self))


@dataclass(frozen=True)
class Site:
    """How Prometheus stores what it scrapes.

    Attributes:
        target_labels: Labels that the scrape adds to every series.
        assumed: Labels that it may add, where nobody said which it adds.
        honored: Names and globs of metrics whose own labels win over those of the target (``honor_labels``).
        version: Major version of Prometheus; 0 where it is not known.
        honored_jobs: Jobs whose metrics win with their own labels; of a metric whose job is not known, either may be so.
    """

    target_labels: frozenset[str] = frozenset({Job.label_name, Instance.label_name})
    assumed: frozenset[str] = frozenset()
    honored: tuple[str, ...] = ()
    version: int = 0
    honored_jobs: frozenset[str] = frozenset()


PLAIN: Final = Site()
"""A Prometheus of any version that adds ``job`` and ``instance``."""


def exposition_of(
    families: Iterable[Family], site: Site = PLAIN, *, complete: bool = True, glimpsed: Iterable[str] = ()
) -> Exposition:
    """Return what Prometheus stores of *families*, and what it adds to every scrape by itself.

    Args:
        families: No two of them with a series of the same name.
        site: How Prometheus stores them.
        complete: Whether nothing else exists.
        glimpsed: See `Exposition.glimpsed`.
    """
    by_name = {one.name: one for one in families}
    series = {one.name: one for family in by_name.values() for one in series_of(family, site)}
    return Exposition(
        {**SCRAPE_SERIES, **series}, site.target_labels, complete, site.assumed, by_name, frozenset(glimpsed)
    )


def series_of(family: Family, site: Site = PLAIN) -> Iterator[Series]:
    """Yield every series that Prometheus stores of *family*."""
    labels = _stored(family, site)
    meanings = ENDINGS[family.type]
    for ending in family.endings or _endings(family):
        role = meanings.get(ending, Role.UNKNOWN)
        if not ending and family.native and family.type is Type.HISTOGRAM:
            role = Role.UNKNOWN if family.native is Native.PERHAPS else Role.NATIVE
        own, counts = labels, role in _NEVER_FALL
        if role is Role.BUCKET:
            own = {**labels, "le": _spelled("le", family.buckets, site)}
        elif role is Role.SUMMARY:
            own = {**labels, "quantile": _spelled("quantile", family.quantiles, site)}
        least, most = (1.0, 1.0) if role is Role.INFO else (0.0 if counts else -inf, inf)
        measures = ending in ("", "_total", "_sum")
        yield Series(
            family.name + ending,
            family.name,
            role,
            own,
            _unit(family, role, ending),
            tuple(map(float, family.buckets or ())) if role in _NEVER_FALL - {Role.COUNTER} else (),
            least if family.low is None or not measures else family.low,
            most if family.high is None or not measures else family.high,
            family.open,
            counts or role is Role.NATIVE or (family.monotonic and measures),
            family.initialised,
            family.meaning,
            family.zero,
            family.totals,
            family.targets,
            family.follows,
            family.seen,
            family.presence == "lazy",
            family.help,
            family.where,
            family.noun if counts else "",
            family.per_hour if counts else 0.0,
        )


def _endings(family: Family) -> tuple[str, ...]:
    usual = _USUAL.get(family.type, ("",))
    if family.type is Type.SUMMARY and family.quantiles == ():
        return usual[1:]
    if family.type is not Type.HISTOGRAM or not family.native:
        return usual
    return ("",) if family.native is Native.ONLY else ("", *usual)


def _unit(family: Family, role: Role, ending: str) -> Dimension | None:
    if role in (Role.BUCKET, Role.COUNT) or ending == "_gcount":
        return EVENT
    if role is Role.INFO:
        return ONE
    return UNITS["timestamp_seconds"].dimension if ending == "_created" else family.unit


def _stored(family: Family, site: Site) -> Mapping[str, LabelDomain]:
    """Return the labels of *family* as Prometheus stores them, beside those of its target.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config, ``honor_labels``.
    """
    own = family.labels
    if not family.stored and not (site.target_labels | site.assumed).isdisjoint(own):
        own = dict(_displaced(family, site))
    if family.jobs is None:
        return own
    job = LabelDomain(Job.label_name, family.jobs, len(family.jobs))
    return {**{name: one for name, one in own.items() if name != job.name}, job.name: job}


def _displaced(family: Family, site: Site) -> Iterator[tuple[str, LabelDomain]]:
    jobs = family.jobs or family.targets.get(Job.label_name) or frozenset()
    honored = any(fnmatchcase(family.name, one) for one in site.honored) or (
        bool(jobs) and jobs <= site.honored_jobs
    )
    perhaps = bool(site.honored_jobs) and (not jobs or not jobs.isdisjoint(site.honored_jobs))
    for name, domain in family.labels.items():
        displaced = f"exported_{name}"
        if name in site.target_labels:
            if perhaps and not honored:
                yield name, LabelDomain(name)
                yield displaced, LabelDomain(displaced, optional=True, assumed=True)
            elif honored:  # a series that lacks the label, or has it empty, keeps that of the target
                yield name, LabelDomain(name) if domain.optional else domain
            else:
                yield displaced, replace(domain, name=displaced)
        elif name in site.assumed and not honored:
            yield name, LabelDomain(name, optional=domain.optional)
            yield displaced, LabelDomain(displaced, optional=True, assumed=True)
        else:
            yield name, domain


def _spelled(name: str, written: tuple[str, ...] | None, site: Site) -> LabelDomain:
    """Return the domain of ``le`` or ``quantile``: Prometheus 3 stores every number as OpenMetrics writes it."""
    if written is None:
        return LabelDomain(name)
    texts = {*written, "+Inf"} if name == "le" else set(written)
    new = {format_bound(number) if isfinite(number := float(one)) else one for one in texts}
    stored = frozenset(texts if site.version in (1, 2) else new if site.version else texts | new)
    return LabelDomain(name, stored, len(texts))
