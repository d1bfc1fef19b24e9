"""What stands in the braces of a selector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from signalproof.promql.node import NOWHERE, Part, Place, Span, shifted
from signalproof.promql.terms import String, Variable

MatchOperator: TypeAlias = Literal["=", "!=", "=~", "!~"]


@dataclass(slots=True, eq=False)
class Matcher(Part):
    """``status="success"``.

    Attributes:
        label: Label name; ``__name__`` for a matcher on the metric name.
        operator: How it compares.
        value: What it compares with.
        label_place: Where the name stands.
    """

    label: str | Variable
    operator: MatchOperator
    value: String
    label_place: Place
    place: Place

    def __init__(
        self,
        label: str | Variable,
        operator: MatchOperator,
        value: String,
        label_place: Place = NOWHERE,
        place: Place = NOWHERE,
    ) -> None:
        self.label = label
        self.operator = operator
        self.value = value
        self.label_place = label_place
        self.place = place

    @property
    def label_span(self) -> Span:
        """Where the name stands."""
        return Span(*self.label_place)


@final
@dataclass(slots=True, eq=False)
class Braces:
    """What stands in the braces of selectors, read once for all of them that say the same.

    The selectors of a dashboard mostly repeat each other, so the parser keeps what it has read.

    Attributes:
        length: How many characters, braces included.
        matchers: Matchers and whole-list variables; their places count from the opening brace.
        name: The metric name given in the braces, ``{"http.requests"}``, or empty.
        name_place: Where it stands, counted from the opening brace.
        named: Whether the braces say anything of the metric name.
        labels: The names of the labels that its matchers are about.
    """

    length: int
    matchers: tuple[Matcher | Variable, ...]
    name: str
    name_place: Place
    named: bool
    labels: frozenset[str]

    def __init__(
        self,
        length: int,
        matchers: tuple[Matcher | Variable, ...],
        name: str,
        name_place: Place,
        named: bool,
        labels: frozenset[str],
    ) -> None:
        self.length = length
        self.matchers = matchers
        self.name = name
        self.name_place = name_place
        self.named = named
        self.labels = labels

    def __plain__(self) -> tuple[Matcher | Variable, ...]:
        """Return the matchers; where they stand does not matter."""
        return self.matchers

    def at(self, start: int) -> tuple[Matcher | Variable, ...]:
        """Return the matchers with the places they have when the opening brace stands at *start*."""
        return tuple(
            one.moved(start)
            if isinstance(one, Variable)
            else Matcher(
                one.label if isinstance(one.label, str) else one.label.moved(start),
                one.operator,
                String(
                    one.value.value,
                    one.value.text,
                    tuple(inside.moved(start) for inside in one.value.variables),
                    shifted(one.value.place, start),
                ),
                shifted(one.label_place, start),
                shifted(one.place, start),
            )
            for one in self.matchers
        )


Pattern: TypeAlias = Braces | tuple[Matcher | Variable, ...]
"""What stands in the braces of a selector."""
