"""Lists of labels: what an aggregation groups by, and how the sides of an operation find each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, final

from signalproof.promql.node import NOWHERE, Part, Place, shifted
from signalproof.promql.terms import Variable


@dataclass(slots=True, eq=False)
class LabelName(Part):
    """A label in ``by``, ``on``, ``group_left`` … ; in quotes when it is no plain identifier."""

    name: str
    place: Place

    def __init__(self, name: str, place: Place = NOWHERE) -> None:
        self.name = name
        self.place = place


GroupLabel: TypeAlias = LabelName | Variable


@final
@dataclass(slots=True, eq=False)
class LabelList:
    """Labels in parentheses, read once for all lists that say the same, as `Braces` are.

    Attributes:
        labels: The labels; their places count from behind the opening parenthesis.
        names: Their names, None for a Grafana variable.
    """

    labels: tuple[GroupLabel, ...]
    names: tuple[str | None, ...]

    def __init__(self, labels: tuple[GroupLabel, ...], names: tuple[str | None, ...]) -> None:
        self.labels = labels
        self.names = names

    def at(self, start: int) -> tuple[GroupLabel, ...]:
        """Return the labels with the places they have when the list starts at *start*."""
        return tuple(
            one.moved(start) if isinstance(one, Variable) else LabelName(one.name, shifted(one.place, start))
            for one in self.labels
        )


@final
@dataclass(slots=True, eq=False)
class PlacedLabels:
    """A list of labels that was read, and where it starts."""

    read: LabelList
    start: int

    def __init__(self, read: LabelList, start: int) -> None:
        self.read = read
        self.start = start

    def __plain__(self) -> tuple[GroupLabel, ...]:
        """Return the labels; where they stand does not matter."""
        return self.read.labels


Listed: TypeAlias = tuple[GroupLabel, ...] | PlacedLabels
"""Labels: as they are, or a list that was read."""


def labels_of(listed: Listed) -> tuple[GroupLabel, ...]:
    """Return the labels, with their places."""
    return listed.read.at(listed.start) if isinstance(listed, PlacedLabels) else listed


def names_of(listed: Listed) -> tuple[str | None, ...]:
    """Return the names of labels, None for a variable; lists that say the same mostly share the tuple."""
    if isinstance(listed, PlacedLabels):
        return listed.read.names
    return tuple([one.name if isinstance(one, LabelName) else None for one in listed])


@dataclass(slots=True, eq=False)
class Grouping(Part):
    """``by (a, b)`` or ``without (a, b)``."""

    without: bool
    listed: Listed = field(metadata={"reads": "labels"})
    place: Place

    def __init__(self, without: bool, listed: Listed = (), place: Place = NOWHERE) -> None:
        self.without = without
        self.listed = listed
        self.place = place

    @property
    def labels(self) -> tuple[GroupLabel, ...]:
        """Its labels, with their places."""
        self.listed = labels = labels_of(self.listed)
        return labels

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names of its labels, None for a Grafana variable."""
        return names_of(self.listed)


@dataclass(slots=True, eq=False)
class Matching(Part):
    """How the two sides of a binary operation find each other.

    Attributes:
        on: True for ``on (labels)``, False for ``ignoring (labels)`` and for neither.
        listed: The labels of on/ignoring.
        group: ``left`` for group_left (many on the left), ``right``, or empty for one-to-one.
        including: Labels of group_left/group_right copied from the one side.
        explicit: Whether ``on`` or ``ignoring`` was written.
        fill_left: What stands for a missing partner on the left, from ``fill_left`` or ``fill``.
        fill_right: The same on the right.
    """

    on: bool = False
    listed: Listed = field(default=(), metadata={"reads": "labels"})
    group: Literal["", "left", "right"] = ""
    including: Listed = field(default=(), metadata={"reads": "include"})
    explicit: bool = False
    fill_left: float | None = None
    fill_right: float | None = None
    place: Place = NOWHERE

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names of its labels, None for a Grafana variable."""
        return names_of(self.listed)

    @property
    def labels(self) -> tuple[GroupLabel, ...]:
        """The labels of on/ignoring, with their places."""
        self.listed = labels = labels_of(self.listed)
        return labels

    @property
    def include(self) -> tuple[GroupLabel, ...]:
        """The labels it includes, with their places."""
        self.including = labels = labels_of(self.including)
        return labels

    @property
    def included(self) -> tuple[str | None, ...]:
        """The names of the labels it includes, None for a Grafana variable."""
        return names_of(self.including)
