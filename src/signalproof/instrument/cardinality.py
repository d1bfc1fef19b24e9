"""Which label values become series: the declared ones, never more than were promised, and none that a page cannot carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from signalproof.catalogue.instrumentation import Stage
from signalproof.catalogue.labels import OTHER, BoundedLabel, ClosedLabel, LabelSet
from signalproof.catalogue.metric import Metric
from signalproof.errors import SignalproofError
from signalproof.instrument.faults import blame
from signalproof.text import shown, storable, stored

Values = tuple[str, ...]

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """What label values may cost.

    Attributes:
        series: Most combinations of label values of one metric.
        length: Most characters of a value that is not declared.
    """

    series: int = 1000
    length: int = 200


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


def check_size(metric: Metric[Any], limits: Limits) -> None:
    """Raise when *metric* has more combinations of closed labels than it may have series.

    Raises:
        SignalproofError: With the number.
    """
    size = 1
    for domain in metric.labels.domains.values():
        size *= 1 if domain.values is None else len(domain.values)
    if size > limits.series:
        raise SignalproofError(
            f"{metric.name} has {size} combinations of closed labels, more than the {limits.series} it may have",
            "drop a label, or raise max_series if the server can hold them",
            where=metric.where,
        )


class Admission:
    """Turns the label values of a call into those of a series.

    A value that a closed label does not declare becomes ``other``, and so does a value of a bounded label that has
    as many values as it may, and every value that is not closed once there are as many combinations as there may be.
    A value that is too long is cut, and what no page can carry of it is replaced. All of it is done when a value is
    new: those of the series that are there are found without.
    """

    def __init__(self, name: str, declared: LabelSet[Any], limits: Limits) -> None:
        """Start without any series.

        Args:
            name: Of the operation or metric, for the count of faults.
            declared: Its labels.
            limits: How many series there may be, and how long a value.
        """
        self._name = name
        self._choices = [None if values is None else frozenset(values) for values in choices(declared)]
        self._bounds = [
            cls.at_most if issubclass(cls, BoundedLabel) else None for cls in declared.classes.values()
        ]
        self._seen: list[set[str]] = [set() for _ in self._choices]
        self._admitted: set[Values] = set()
        self._limits = limits

    def admit(self, texts: Values) -> Values | None:
        """Return the values of the series that *texts* belong to, or None when there is none.

        That is the case when a closed label has no ``other`` to count undeclared values under.
        """
        if texts in self._admitted:
            return texts
        values: list[str] = []
        for text, known, bound, seen in zip(texts, self._choices, self._bounds, self._seen, strict=True):
            if known is None:
                values.append(self._one_of_few(self._presentable(text), bound, seen))
            elif text in known:
                values.append(text)
            elif OTHER in known:
                values.append(OTHER)
            else:
                blame(
                    self._name,
                    Stage.LABELS,
                    f"{_shown(text)} is no declared value, and there is no {OTHER!r} to count it under",
                )
                return None
        admitted = tuple(values)
        if admitted in self._admitted:
            return admitted
        if len(self._admitted) >= self._limits.series and None in self._choices:
            blame(self._name, Stage.CARDINALITY, f"there are {self._limits.series} series already")
            admitted = tuple(
                OTHER if known is None else text for text, known in zip(admitted, self._choices, strict=True)
            )
        for text, seen in zip(admitted, self._seen, strict=True):
            if text != OTHER:
                seen.add(text)
        self._admitted.add(admitted)
        return admitted

    def _presentable(self, text: str) -> str:
        """Return what a page can carry of *text*, and Prometheus tell from no label at all."""
        if not text:
            blame(self._name, Stage.LABELS, "an empty value is the same to Prometheus as no label")
            return OTHER
        length = self._limits.length
        if len(text) > length:
            blame(self._name, Stage.LABELS, f"{_shown(text)} has {len(text)} characters, more than {length}")
        if not storable(text[:length]):
            blame(self._name, Stage.LABELS, f"NUL or half a character in {_shown(text)}, which is no text")
        return stored(text, at_most=length)

    def _one_of_few(self, text: str, bound: int | None, seen: set[str]) -> str:
        if bound is None or text in seen or len(seen) < bound or text == OTHER:
            return text
        blame(self._name, Stage.CARDINALITY, f"{_shown(text)} is value number {bound + 1} of at most {bound}")
        return OTHER


def _shown(text: str) -> str:
    return f"'{shown(text, at_most=_SHOWN)}'"
