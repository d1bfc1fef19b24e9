"""What samples say of their families: from a dump, or from the series that Prometheus lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Final

from signalproof.catalogue.exposition import Role
from signalproof.catalogue.family import ENDINGS, Family, Type
from signalproof.catalogue.labels import LabelDomain
from signalproof.errors import Location
from signalproof.knowledge.suffixes import promised

_OPTIONAL: Final = frozenset({"_created"})
_OWN: Final = {"_bucket": "le", "": "quantile"}
_MAIN: Final = ("", "_total", "_sum", "_bucket")
"""Endings that carry the meaning of a family, the first of them that it has."""


@dataclass
class Seen:
    """A family while it is read.

    Attributes:
        name: Its name.
        type: Its type, as far as it was said.
        help: Help text.
        unit: Of the ``# UNIT`` line.
        line: Where it begins.
        samples: Series name → label set → value, the bounds and quantiles of each set apart.
        keys: ``le`` or ``quantile`` → the values seen.
    """

    name: str
    line: int
    type: Type = Type.UNKNOWN
    help: str = ""
    unit: str = ""
    samples: dict[str, dict[frozenset[tuple[str, str]], float]] = field(default_factory=dict)
    keys: dict[str, dict[str, None]] = field(default_factory=dict)


class Collected:
    """Families by name, while samples are taken.

    Attributes:
        file: Where they come from.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._families: dict[str, Seen] = {}
        self._owners: dict[str, Seen] = {}

    def family(self, name: str, line: int) -> Seen:
        """Return the family of that name; a new one begins at *line*."""
        found = self._families.get(name)
        if found is None:
            found = self._families[name] = Seen(name, line)
        return found

    def typed(self, name: str, kind: Type, line: int) -> None:
        """Say the type of a family; the samples that its type has belong to it from now on."""
        family = self.family(name, line)
        family.type = kind
        for ending in ENDINGS[kind]:
            self._owners[name + ending] = family

    def take(self, name: str, labels: Mapping[str, str], value: float = nan, line: int = 0) -> None:
        """Take one sample, or one series without its value."""
        family = self._owners.get(name) or self.family(name, line)
        key = (
            _OWN.get(name.removeprefix(family.name))
            if family.type in (Type.HISTOGRAM, Type.SUMMARY)
            else None
        )
        if key is not None and key in labels:
            family.keys.setdefault(key, {})[labels[key]] = None
        present = frozenset((label, text) for label, text in labels.items() if text and label != key)
        family.samples.setdefault(name, {})[present] = value

    def families(
        self, *, values: bool = False, stored: bool = False, targets: Collection[str] = ()
    ) -> Iterator[Family]:
        """Yield what was seen.

        Args:
            values: Whether the label values seen are all there are.
            stored: Whether the labels are those that Prometheus stores.
            targets: Labels of which the values seen are kept as such.
        """
        for one in self._families.values():
            yield _family(one, self.file, values=values, stored=stored, targets=targets)


def _family(seen: Seen, file: str, *, values: bool, stored: bool, targets: Collection[str]) -> Family:
    sets = [one for found in seen.samples.values() for one in found]
    names = tuple(name.removeprefix(seen.name) for name in seen.samples)
    main = next((one for one in _MAIN if one in names), "")
    role = ENDINGS[seen.type].get(main if names else _main_of(seen.type), Role.UNKNOWN)
    texts: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for one in sets:
        for label, text in one:
            texts.setdefault(label, set()).add(text)
            counts[label] = counts.get(label, 0) + 1
    labels = {
        label: LabelDomain(
            label,
            frozenset(texts[label]) if values else None,
            len(texts[label]) if values else None,
            counts[label] < len(sets),
        )
        for label in sorted(texts)
    }
    gauge = role in (Role.GAUGE, Role.UNKNOWN)
    return Family(
        name=seen.name,
        type=seen.type,
        help=seen.help,
        unit=promised(seen.name, role, seen.unit, seen.help),
        labels=labels,
        open=not sets,
        endings=names if set(names) != _usual(seen.type) else (),
        buckets=_bounds(seen, "le") if seen.type is Type.HISTOGRAM else None,
        quantiles=_quantiles(seen),
        zero=gauge and any(value == 0 for found in seen.samples.values() for value in found.values()),
        totals=frozenset(
            label for label, one in labels.items() if one.optional and _is_total(label, seen.samples)
        ),
        targets={label: frozenset(texts[label]) for label in targets if label in texts},
        follows=_following(sets, [label for label, found in texts.items() if len(found) > 1]),
        stored=stored,
        seen=True,
        source=file,
        where=Location(file, seen.line) if file else None,
    )


def _following(sets: list[frozenset[tuple[str, str]]], labels: list[str]) -> dict[str, frozenset[str]]:
    """Return for each label that varies those whose value says its value, in all of the label *sets*."""
    pairs = [(one, other) for one in labels for other in labels if one != other]
    said: dict[tuple[str, str], dict[str | None, str | None]] = {pair: {} for pair in pairs}
    for found in map(dict, sets):
        for pair in pairs:
            if pair in said:
                label, by = found.get(pair[0]), found.get(pair[1])
                if said[pair].setdefault(by, label) != label:
                    del said[pair]
    return {
        label: frozenset(other for one, other in said if one == label)
        for label in sorted({one for one, _ in said})
    }


def _main_of(kind: Type) -> str:
    return next(iter(ENDINGS[kind]), "")


def _usual(kind: Type) -> set[str]:
    return set(Family(name="", type=kind).names)


def _bounds(seen: Seen, key: str) -> tuple[str, ...] | None:
    """Return the finite numbers among the values of ``le``, in order; None where none was seen, or one is no number."""
    try:
        numbers = {text: float(text) for text in seen.keys.get(key, ())}
    except ValueError:
        return None
    return (
        tuple(sorted((one for one in numbers if isfinite(numbers[one])), key=numbers.__getitem__))
        if numbers
        else None
    )


def _quantiles(seen: Seen) -> tuple[str, ...] | None:
    if seen.type is not Type.SUMMARY or not seen.samples:
        return None
    return _bounds(seen, "quantile") or (() if seen.name not in seen.samples else None)


def _is_total(label: str, samples: Mapping[str, Mapping[frozenset[tuple[str, str]], float]]) -> bool:
    """Whether series without *label* hold the total of those that have it and are else alike.

    So it looks where such a pair is, and nowhere a part exceeds its total.
    """
    found = False
    for sets in samples.values():
        for one, part in sets.items():
            rest = frozenset(pair for pair in one if pair[0] != label)
            if len(rest) < len(one) and (total := sets.get(rest)) is not None:
                if not part <= total:  # a value that is not known is no evidence
                    return False
                found = True
    return found
