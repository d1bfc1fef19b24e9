"""Several sources as one world: the surest source of a family is believed, and what was seen is never denied.

============  ===========================================================  ==========================================
rank          source                                                       a name it does not list
============  ===========================================================  ==========================================
declared      a catalogue in Python, a catalogue file, the configuration   does not exist, where the source is complete
bundled       a public exporter                                            see `signalproof.knowledge.bundled`
seen          a dump or URL of ``/metrics``, ``/api/v1/series``            was not seen
told          ``/api/v1/metadata``                                         was not seen
============  ===========================================================  ==========================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeVar

from signalproof.catalogue.family import Family, Native, Type
from signalproof.catalogue.labels import LabelDomain
from signalproof.errors import Location, SignalproofError

T = TypeVar("T")


class Rank(IntEnum):
    """How sure a source is, the surest first."""

    DECLARED = 0
    BUNDLED = 1
    SEEN = 2
    TOLD = 3


@dataclass(frozen=True)
class Source:
    """One source of knowledge.

    Attributes:
        name: What a person called it, or where it is.
        rank: How sure it is.
        families: What it lists.
        complete: Whether nothing else exists.
        target_labels: Labels that its scrapes add, where it says so.
    """

    name: str
    rank: Rank
    families: tuple[Family, ...]
    complete: bool = False
    target_labels: tuple[str, ...] = ()


_WRITTEN_AS_GAUGES = frozenset({Type.INFO, Type.STATESET})
"""Types that the text format does not know."""


def merged(sources: Iterable[Source]) -> tuple[Family, ...]:
    """Return what *sources* say together, a family each.

    Raises:
        SignalproofError: Two of them contradict each other in the type of a family; the message names both.
    """
    known: dict[str, tuple[Family, Rank]] = {}
    owners: dict[str, str] = {}
    for source in sorted(sources, key=lambda one: one.rank):
        for family in source.families:
            taken = {owners[name] for name in family.names if name in owners} | ({family.name} & known.keys())
            named, rank = replace(family, source=family.source or source.name), source.rank
            for owner in sorted(taken):
                surer, its = known.pop(owner)
                named, rank = united(surer, named, its, rank), its
            known[named.name] = named, rank
            owners.update(dict.fromkeys(named.names, named.name))
    return tuple(family for family, _ in known.values())


def united(a: Family, b: Family, rank: Rank, other: Rank) -> Family:
    """Return what two sources say of one family.

    Args:
        a: From the surer source, or one as sure.
        b: From the other.
        rank: Of the first.
        other: Of the second.

    Raises:
        SignalproofError: They contradict each other in type.
    """
    kind = a.type
    if Type.UNKNOWN in (a.type, b.type):
        kind = b.type if a.type is Type.UNKNOWN else a.type
    elif Type.GAUGE in (a.type, b.type) and {a.type, b.type} & _WRITTEN_AS_GAUGES:
        kind = b.type if a.type is Type.GAUGE else a.type
    elif a.type is not b.type:
        if (
            rank is other is Rank.BUNDLED
        ):  # two exporters with a name in common: which one is meant is not known
            kind = Type.UNKNOWN
        elif Rank.BUNDLED in (rank, other):
            return (
                b if rank is Rank.BUNDLED else a
            )  # a namesake of the exporter's metric: what the user has counts
        else:
            raise SignalproofError(
                f"{a.name} is a {a.type} in {a.source} and a {b.type} in {b.source}",
                f'leave one of them out, or say which it is: [tool.signalproof.metrics."{a.name}"] type = "{a.type}"',
                where=b.where or Location(b.source),
            )
    both = _as_sure(a, b) if rank is other else _surer(a, b, bundled=rank is Rank.BUNDLED)
    # what metadata say of a histogram leaves open which series it has
    more = () if rank < other is Rank.TOLD else b.names
    names = tuple(dict.fromkeys((*a.names, *more)))
    name = min(a.name, b.name, key=len)  # OpenMetrics names a counter without the ending of its series
    whole = replace(both, name=name, type=kind, endings=())
    if set(whole.names) == set(names) or not all(one.startswith(name) for one in names):
        return whole
    return replace(whole, endings=tuple(one.removeprefix(name) for one in names))


def _as_sure(a: Family, b: Family) -> Family:
    names = (*a.labels, *(name for name in b.labels if name not in a.labels))
    return replace(
        a,
        help=a.help or b.help,
        unit=a.unit if a.unit == b.unit else None,
        labels={name: _either(a.labels.get(name), b.labels.get(name), name) for name in names},
        open=a.open or b.open,
        buckets=_union(a.buckets, b.buckets),
        quantiles=_union(a.quantiles, b.quantiles),
        native=a.native if a.native is b.native else Native.PERHAPS,
        low=_of_both(a.low, b.low, min),
        high=_of_both(a.high, b.high, max),
        monotonic=a.monotonic and b.monotonic,
        initialised=a.initialised and b.initialised,
        zero=a.zero or b.zero,
        totals=a.totals | b.totals,
        jobs=_of_both(a.jobs, b.jobs, frozenset.union),
        targets=_targets(a, b),
        follows=_following(a, b),
        stored=a.stored and b.stored,
        seen=a.seen and b.seen,
        since=a.since if a.since == b.since else "",
        until=a.until if a.until == b.until else "",
    )


def _surer(a: Family, b: Family, *, bundled: bool) -> Family:
    """Return what *a* says, and where it says nothing what *b* says; what *b* has seen is a fact.

    A *bundled* exporter says which labels its users may add; which they did add, what they have shows.
    """
    labels = a.labels
    if not b.open and a.open and not labels:
        labels = b.labels
    elif b.seen:
        labels = {**labels, **{name: one for name, one in b.labels.items() if name not in labels}}
    return replace(
        a,
        help=a.help or b.help,
        unit=b.unit if a.unit is None and b.unit is not None else a.unit,
        labels=labels,
        open=a.open and b.open if bundled or not a.labels else a.open,
        buckets=b.buckets if a.buckets is None else a.buckets,
        quantiles=b.quantiles if a.quantiles is None else a.quantiles,
        zero=a.zero or b.zero,
        totals=a.totals | b.totals,
        targets=_targets(a, b),
        follows=b.follows if b.seen else a.follows,
        stored=a.stored or b.stored,
    )


def _either(a: LabelDomain | None, b: LabelDomain | None, name: str) -> LabelDomain:
    optional = a is None or b is None or a.optional or b.optional
    sides = [one for one in (a, b) if one is not None]
    assumed = all(one.assumed for one in sides)
    if all(one.values is not None for one in sides):
        values = frozenset[str]().union(*(one.values or () for one in sides))
        return LabelDomain(name, values, len(values), optional, assumed)
    bounds = [one.at_most for one in sides]
    most = None if None in bounds else sum(one or 0 for one in bounds)
    return LabelDomain(name, None, most, optional, assumed)


def _union(a: tuple[str, ...] | None, b: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if a is None or b is None else tuple(sorted({*a, *b}, key=lambda one: (float(one), one)))


def _of_both(a: T | None, b: T | None, work: Callable[[T, T], T]) -> T | None:
    return None if a is None or b is None else work(a, b)


def _following(a: Family, b: Family) -> Mapping[str, frozenset[str]]:
    """Return what follows from what in both: one counterexample is enough."""
    both = {name: a.follows[name] & b.follows[name] for name in sorted(a.follows.keys() & b.follows.keys())}
    return {name: others for name, others in both.items() if others}


def _targets(a: Family, b: Family) -> Mapping[str, frozenset[str]]:
    names = {*a.targets, *b.targets}
    return {
        name: a.targets.get(name, frozenset()) | b.targets.get(name, frozenset()) for name in sorted(names)
    }
