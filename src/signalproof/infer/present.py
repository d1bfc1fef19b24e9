"""What a panel derives from the values of its queries: the unit it shows and what a series is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from signalproof.catalogue.units import EVENT, ONE, PER_SECOND, UNITS, counted_unit, grafana_unit
from signalproof.infer.value import NAME, Kind, Labels, Value

_SUFFIX = re.compile(
    rf"(?:_(?:{'|'.join(sorted((one.suffix for one in UNITS.values() if one.suffix), key=len, reverse=True))}))?(?:_total)?$"
)


_COUNTS: Final = frozenset({EVENT, EVENT * PER_SECOND})


def unit_id(value: Value) -> str:
    """Return the Grafana unit id of one query; empty where its unit is not known or Grafana has none.

    A plain number that is known to lie in 0..1 is best read in percent, unless it is an answer, 0 or 1.
    """
    unit = value.unit
    if unit is None:
        return ""
    if value.ratio and unit.without_events() == ONE:
        share = value.kind is not Kind.BOOL and value.constant is None
        return grafana_unit(ONE, ratio=share)
    return grafana_unit(unit)


def spoken_units(values: Sequence[Value]) -> tuple[str, ...]:
    """Return the Grafana unit id of each query of a panel: what is counted is called by its name, ``suffix:plans/h``.

    Names that differ would give each query an axis of its own: then only the pace is said, ``suffix:/h``, and nothing
    where the names say it all.
    """
    nouns = {_noun(value) for value in values if value.unit in _COUNTS or _noun(value)}
    shared = nouns.pop() if len(nouns) == 1 else ""
    return tuple(_spoken(value, shared) for value in values)


def _noun(value: Value) -> str:
    """Return what *value* counts; empty where its sources count different things."""
    nouns = {one.noun for one in value.sources}
    return nouns.pop() if len(nouns) == 1 else ""


def _spoken(value: Value, noun: str) -> str:
    # what Grafana calls a count or a pace without a name, it formats better itself: 1.2 K, 3 ops/s
    plain = unit_id(value)
    unnamed = not noun and (value.unit is None or value.unit in _COUNTS)
    return plain if unnamed else counted_unit(value.unit, noun) or plain


def panel_unit(values: Sequence[Value]) -> str:
    """Return the Grafana unit id of a panel that shows these *values*; empty where they have none in common.

    Literals do not count: a drawn limit has the unit of what it limits.
    """
    found = {unit_id(value) for value in _measured(values)}
    return found.pop() if len(found) == 1 else ""


def unit_conflict(values: Sequence[Value]) -> str:
    """Return why a panel with these *values* has no unit; empty when it has one."""
    measured = list(_measured(values))
    unknown = [value for value in measured if value.unit is None]
    if unknown:
        return f"the unit of {_words(unknown[0])} is not known"
    for value in measured:
        if unit_id(value) != unit_id(measured[0]):
            first, other = measured[0], value
            return f"{_words(first)} is in {first.unit}, {_words(other)} in {other.unit}"
    if measured and not unit_id(measured[0]):
        return f"Grafana has no unit for {measured[0].unit}"
    return ""


def _measured(values: Sequence[Value]) -> Iterator[Value]:
    return (value for value in values if value.kind is not Kind.NUMBER)


def varying(labels: Labels) -> list[str]:
    """Return the labels that tell the series of a result apart; one that has a single value does not."""
    names = (
        [NAME] if labels.named and NAME not in labels.known and labels.names and len(labels.names) > 1 else []
    )
    names += [
        name
        for name, domain in labels.known.items()
        if (domain.at_most != 1 or domain.optional) and not domain.assumed
    ]
    return names


def legend(value: Value, name: str = "") -> str:
    """Return what Grafana shall call the series of a query: its *name*, and the labels that tell them apart.

    Where there is only one series and it has no name, it is called after what it measures.
    """
    labels = " ".join(f"{{{{{label}}}}}" for label in varying(value.labels))
    return f"{name} {labels}".strip() or _words(value)


def _words(value: Value) -> str:
    """Return in a few words what *value* is about: the families it comes from, without units and suffixes."""
    families = [re.split("[_:]+", _SUFFIX.sub("", one.family)) for one in value.sources]
    if not families:
        return "value"
    shared = [
        column[0] for column in takewhile(lambda column: len(set(column)) == 1, zip(*families, strict=False))
    ]
    return " ".join(shared if len(shared) > 1 else families[0]).strip()
