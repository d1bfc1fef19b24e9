"""What a running Prometheus has of the metrics that queries name: a source of knowledge like a dump, and as sure.

It asks little: the metadata, the targets, the version, and the series of the last day of the names that are queried,
some names at a time. Servers that speak the same API and lack a part of it (Mimir, Thanos, VictoriaMetrics) are asked
for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic, time
from typing import Any, Final, TypeVar

from signalproof.catalogue.family import Type
from signalproof.durations import duration
from signalproof.errors import SignalproofError
from signalproof.knowledge.answers import families_of_metadata, families_of_series
from signalproof.knowledge.merge import Rank, Source
from signalproof.live.api import Prometheus, QueryError

T = TypeVar("T")

_BACK: Final = 86_400.0
_NAMES_AT_ONCE: Final = 40
_MOST_SERIES: Final = 20_000
_MOST_REQUESTS: Final = 100
_MOST_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Inventory:
    """What a server has.

    Attributes:
        sources: Its series, and its metadata.
        version: Of Prometheus, or empty.
        certain: Labels that every target has.
        possible: Labels that some target has.
        intervals: Job → the longest interval at which a target of it is scraped, in seconds.
        names: Names that were asked for and answered whole.
        unasked: Names that were left out, for there were too many.
    """

    sources: tuple[Source, ...]
    version: str = ""
    certain: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    intervals: Mapping[str, float] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    unasked: tuple[str, ...] = ()


def inventory(server: Prometheus, names: Collection[str]) -> Inventory:
    """Return what *server* has of these *names*.

    Args:
        server: A server that answers as Prometheus does.
        names: Names of series.

    Raises:
        SignalproofError: It cannot be reached any more.
    """
    where = server.client.address.shown
    metadata: dict[str, Any] = _optional(server.metadata) or {}
    types = dict(_types(metadata))
    found: list[dict[str, str]] = []
    unasked: list[str] = []
    now, begun, requests = time(), monotonic(), 0
    whole: set[str] = set()
    for some in _batches(sorted(names)):
        if requests >= _MOST_REQUESTS or monotonic() - begun > _MOST_SECONDS:
            unasked += some
            continue
        answer = server.series(some, now - _BACK, now, _MOST_SERIES)
        requests += 1
        found += answer
        if len(answer) >= _MOST_SERIES:  # cut off: what is not there may have been
            unasked += some
        else:
            whole.update(some)
    targets: list[dict[str, Any]] = _optional(server.targets) or []
    labels = [frozenset(one["labels"]) for one in targets if isinstance(one.get("labels"), dict)]
    seen = tuple(families_of_series([one for one in found if one.get("__name__") in whole], where, types))
    return Inventory(
        (
            Source(where, Rank.SEEN, seen),
            Source(where, Rank.TOLD, tuple(families_of_metadata(metadata, where))),
        ),
        _optional(server.version) or "",
        frozenset.intersection(*labels) if labels else frozenset(),
        frozenset().union(*labels),
        _intervals(targets),
        frozenset(whole),
        tuple(unasked),
    )


def _optional(ask: Callable[[], T]) -> T | None:
    """Return the answer, or None where the server has no such page."""
    try:
        return ask()
    except QueryError:
        return None
    except SignalproofError as error:
        if "answered 404" in str(error):
            return None
        raise


def _batches(names: list[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while some := list(islice(rest, _NAMES_AT_ONCE)):
        yield some


def _types(metadata: Mapping[str, Any]) -> Iterator[tuple[str, Type]]:
    kinds = {str(one): one for one in Type if one is not Type.RECORDED}
    for name, listed in metadata.items():
        said = (
            {str(one.get("type")) for one in listed if isinstance(one, dict)}
            if isinstance(listed, list)
            else set()
        )
        if len(said) == 1 and (kind := kinds.get(said.pop())) is not None:
            yield name, kind


def _intervals(targets: list[dict[str, Any]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in targets:
        labels, every = one.get("labels"), duration(str(one.get("scrapeInterval", "")))
        if isinstance(labels, dict) and every is not None and "job" in labels:
            job = str(labels["job"])
            found[job] = max(found.get(job, 0.0), every)
    return found
