"""What Prometheus' HTTP API answers of the metrics it has: metadata, and series.

https://prometheus.io/docs/prometheus/latest/querying/api/#querying-metric-metadata and #finding-series-by-label-matchers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from signalproof.catalogue.exposition import Role
from signalproof.catalogue.family import ENDINGS, Family, Native, Type
from signalproof.errors import Location, SignalproofError
from signalproof.knowledge.samples import Collected
from signalproof.knowledge.suffixes import promised

TARGET_LABELS = frozenset({"job", "instance"})


def families_of_json(text: str, file: str = "") -> tuple[Family, ...]:
    """Return what an answer of ``/api/v1/metadata`` or ``/api/v1/series`` says.

    Raises:
        SignalproofError: It is neither.
    """
    try:
        data = json.loads(text).get("data")
    except (ValueError, AttributeError, RecursionError):
        data = None
    if isinstance(data, dict):
        return tuple(families_of_metadata(data, file))
    if isinstance(data, list) and all(isinstance(one, dict) and "__name__" in one for one in data):
        return tuple(families_of_series(data, file))
    raise SignalproofError(
        "not the JSON of Prometheus' /api/v1/metadata or /api/v1/series, and no catalogue file",
        'the first has {"data": {name: [{"type": …}]}}, the second {"data": [{"__name__": …}]}, the third {"signalproof": 1}',
        where=Location(file),
    )


def families_of_metadata(data: Mapping[str, Any], file: str) -> Iterator[Family]:
    """Yield the families of a metadata answer: names, types and help; their labels are open."""
    kinds = {str(one): one for one in Type if one is not Type.RECORDED}
    for name, listed in data.items():
        entries = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        said = {str(one.get("type")) for one in entries}
        first = entries[0] if entries else {}
        kind = kinds.get(said.pop(), Type.UNKNOWN) if len(said) == 1 else Type.UNKNOWN
        role = next(iter(ENDINGS[kind].values()), Role.UNKNOWN)
        help_text = str(first.get("help", ""))
        yield Family(
            name=name,
            type=kind,
            help=help_text,
            unit=promised(name, role, str(first.get("unit", "")), help_text),
            open=True,
            # OpenMetrics names the family without the ending that its series have
            endings=_both(name, kind),
            native=Native.PERHAPS if kind is Type.HISTOGRAM else Native.NO,
            seen=True,
            source=file,
            where=Location(file) if file else None,
        )


def _both(name: str, kind: Type) -> tuple[str, ...]:
    suffix = {Type.COUNTER: "_total", Type.INFO: "_info"}.get(kind, "")
    return ("", suffix) if suffix and not name.endswith(suffix) else ()


def families_of_series(
    data: Iterable[Mapping[str, Any]],
    file: str,
    types: Mapping[str, Type] = MappingProxyType({}),
    targets: Collection[str] = TARGET_LABELS,
) -> Iterator[Family]:
    """Yield the families of a series answer, with the labels that Prometheus stores.

    Args:
        data: The label sets.
        file: Where they come from, for messages.
        types: Family name → type, where metadata say it; without, only what has ``le`` is known to be a histogram.
        targets: Target labels of which the values seen are kept.
    """
    found = Collected(file)
    sets = [{str(key): str(value) for key, value in one.items()} for one in data]
    for name, kind in types.items():
        found.typed(name, kind, 0)
    for labels in sets:
        name = labels["__name__"]
        if name.endswith("_bucket") and "le" in labels:
            found.typed(name.removesuffix("_bucket"), Type.HISTOGRAM, 0)
        elif "quantile" in labels and name not in types:
            found.typed(name, Type.SUMMARY, 0)
    for labels in sets:
        found.take(labels.pop("__name__"), labels)
    yield from (one for one in found.families(stored=True, targets=targets) if not one.open)
