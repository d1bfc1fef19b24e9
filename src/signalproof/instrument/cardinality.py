"""Which label values become series: the declared ones, and never more than were promised."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from signalproof.catalogue.instrumentation import Stage
from signalproof.catalogue.labels import ClosedLabel, LabelSet
from signalproof.instrument.faults import blame

OTHER = "other"
"""Stands for every value that was not declared."""

Values = tuple[str, ...]


def choices(declared: LabelSet[Any]) -> list[tuple[str, ...] | None]:
    """Return the possible values of each label in order of declaration; None where they are not known."""
    found: list[tuple[str, ...] | None] = []
    for name, cls in declared.classes.items():
        if name in declared.fixed:
            found.append((declared.fixed[name],))
        elif issubclass(cls, ClosedLabel):
            found.append(tuple(value.value for value in cls))
        else:
            found.append(None)
    return found


def combinations(declared: LabelSet[Any]) -> Iterator[Values]:
    """Yield every combination of label values; none where a label is not closed."""
    known = [values for values in choices(declared) if values is not None]
    if len(known) == len(declared.domains):
        yield from product(*known)


class Admission:
    """Turns the label values of a call into those of a series.

    A value that a closed label does not declare becomes ``other``, and so does a value of a bounded label that has
    as many values as it may, and every value that is not closed once there are ``max_series`` combinations.
    """

    def __init__(self, name: str, declared: LabelSet[Any], max_series: int) -> None:
        """Start without any series.

        Args:
            name: Of the operation or metric, for the count of faults.
            declared: Its labels.
            max_series: Most combinations of label values.
        """
        self._name = name
        self._choices = [None if values is None else frozenset(values) for values in choices(declared)]
        self._bounds = [domain.at_most for domain in declared.domains.values()]
        self._seen: list[set[str]] = [set() for _ in self._choices]
        self._admitted: set[Values] = set()
        self._max_series = max_series

    def admit(self, texts: Values) -> Values | None:
        """Return the values of the series that *texts* belong to, or None when there is none.

        That is the case when a closed label has no ``other`` to count undeclared values under.
        """
        if texts in self._admitted:
            return texts
        values: list[str] = []
        for text, known, bound, seen in zip(texts, self._choices, self._bounds, self._seen, strict=True):
            if known is not None:
                if text not in known:
                    if OTHER not in known:
                        blame(self._name, Stage.LABELS, f"{text!r} is no declared value")
                        return None
                    text = OTHER  # noqa: PLW2901  # the value that is kept
            elif bound is not None and text not in seen and len(seen) >= bound and text != OTHER:
                blame(
                    self._name, Stage.CARDINALITY, f"{text!r} is value number {bound + 1} of at most {bound}"
                )
                text = OTHER  # noqa: PLW2901  # the value that is kept
            values.append(text)
        admitted = tuple(values)
        if admitted in self._admitted:
            return admitted
        if len(self._admitted) >= self._max_series and None in self._choices:
            blame(self._name, Stage.CARDINALITY, f"there are {self._max_series} series already")
            admitted = tuple(
                OTHER if known is None else text for text, known in zip(admitted, self._choices, strict=True)
            )
        for text, seen in zip(admitted, self._seen, strict=True):
            if text != OTHER:
                seen.add(text)
        self._admitted.add(admitted)
        return admitted
