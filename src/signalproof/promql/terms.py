"""The leaves of the syntax tree: literals, Grafana variables, lengths of time, labels and matchers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, final

from signalproof.promql.node import NOWHERE, Part, Place, Span


@dataclass(slots=True, eq=False)
class Number(Part):
    """``5``, ``0x1F``, ``1_000``, ``Inf``; a duration where a number is wanted (``5m`` is 300).

    Attributes:
        value: The number; seconds for a duration.
        text: As it was spelled; empty when built.
    """

    value: float
    text: str = field(default="", compare=False)
    place: Place = NOWHERE


@dataclass(slots=True, eq=False)
class String(Part):
    """A quoted string.

    Attributes:
        value: What it says, escapes resolved. Grafana variables stand in it as written.
        text: As it was spelled, quotes included; empty when built.
        variables: The Grafana variables in it, with their spans in the whole text.
    """

    value: str
    text: str = field(default="", compare=False)
    variables: tuple[Variable, ...] = field(default=(), compare=False)
    place: Place = NOWHERE

    @property
    def bare(self) -> bool:
        """Whether it is a Grafana variable without quotes, whose format adds them: ``${job:doublequote}``."""
        return self.text[:1] in ("$", "[")

    def __plain__(self) -> String | Variable:
        """Return the variable it is when it is bare."""
        return self.variables[0] if self.bare else self


@dataclass(slots=True, eq=False)
class Variable(Part):
    """A Grafana variable: ``$job``, ``${job}``, ``${job:regex}``, ``[[job]]``, ``$__rate_interval``.

    It is a token, not text: it may stand for an expression, a duration, a number, a label name, a metric name (alone)
    or a whole matcher list.

    Attributes:
        name: Without the dollar and the braces: ``job``, ``__rate_interval``.
        text: As written, ``${job:regex}``.
        format: The part after the colon, or empty.
    """

    name: str
    text: str
    format: str = ""
    place: Place = NOWHERE


@dataclass(slots=True, eq=False)
class Duration(Part):
    """``5m``, ``1h30m``; or a plain number of seconds, ``300``.

    Attributes:
        seconds: How long.
        text: As it was spelled; empty when built.
    """

    seconds: float
    text: str = field(default="", compare=False)
    place: Place = NOWHERE


@dataclass(slots=True, eq=False)
class DurationOperation(Part):
    """A duration expression: ``5m * 2``, ``-(step())``, ``max(5m, step())``, ``range()``.

    Attributes:
        operator: ``+ - * / % ^``, or the name of a duration function: ``step``, ``range``, ``min``, ``max``.
        operands: Two for arithmetic, one for a sign, the arguments for a function.
        parenthesised: Whether it stood in parentheses.
    """

    operator: str
    operands: tuple[Time, ...]
    parenthesised: bool = field(default=False, compare=False)
    place: Place = NOWHERE


Time: TypeAlias = "Duration | Variable | DurationOperation"
"""A length of time: literal, Grafana variable or duration expression."""


@dataclass(slots=True, eq=False)
class LabelName(Part):
    """A label in ``by``, ``on``, ``group_left`` … ; in quotes when it is no plain identifier."""

    name: str
    place: Place = NOWHERE


GroupLabel: TypeAlias = LabelName | Variable

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
    label_place: Place = NOWHERE
    place: Place = NOWHERE

    @property
    def label_span(self) -> Span:
        """Where the name stands."""
        return Span(*self.label_place)


@dataclass(slots=True, eq=False)
class At(Part):
    """``@ 1609746000``, ``@ start()``, ``@ end()``; *time* is Unix seconds."""

    time: float | Variable | Literal["start", "end"]
    place: Place = NOWHERE


@final
@dataclass(frozen=True, slots=True, eq=False)
class Braces:
    """What stands in the braces of selectors, read once for all of them that say the same.

    The selectors of a dashboard mostly repeat each other, so the parser keeps what it has read.

    Attributes:
        length: How many characters, braces included.
        matchers: Matchers and whole-list variables; their spans count from the opening brace.
        name: The metric name given in the braces, ``{"http.requests"}``, or empty.
        name_span: Where it stands, counted from the opening brace.
        named: Whether the braces say anything of the metric name.
        labels: The names of the labels that its matchers are about.
    """

    length: int
    matchers: tuple[Matcher | Variable, ...]
    name: str
    name_span: Span
    named: bool
    labels: frozenset[str]

    def __plain__(self) -> tuple[Matcher | Variable, ...]:
        """Return the matchers; where they stand does not matter."""
        return self.matchers

    def at(self, start: int) -> tuple[Matcher | Variable, ...]:
        """Return the matchers with the spans they have when the opening brace stands at *start*."""
        return tuple(
            _moved(one, start)
            if isinstance(one, Variable)
            else Matcher(
                one.label if isinstance(one.label, str) else _moved(one.label, start),
                one.operator,
                String(
                    one.value.value,
                    one.value.text,
                    tuple(_moved(inside, start) for inside in one.value.variables),
                    _shifted(one.value.place, start),
                ),
                _shifted(one.label_place, start),
                _shifted(one.place, start),
            )
            for one in self.matchers
        )


def _shifted(place: Place, by: int) -> Place:
    start, end = place
    return start + by, end + by


def _moved(variable: Variable, by: int) -> Variable:
    return Variable(variable.name, variable.text, variable.format, _shifted(variable.place, by))


@final
@dataclass(frozen=True, slots=True, eq=False)
class LabelList:
    """Labels in parentheses, read once for all lists that say the same, as `Braces` are.

    Attributes:
        labels: The labels; their spans count from behind the opening parenthesis.
        names: Their names, None for a Grafana variable.
    """

    labels: tuple[GroupLabel, ...]
    names: tuple[str | None, ...]

    def at(self, start: int) -> tuple[GroupLabel, ...]:
        """Return the labels with the spans they have when the list starts at *start*."""
        return tuple(
            _moved(one, start)
            if isinstance(one, Variable)
            else LabelName(one.name, _shifted(one.place, start))
            for one in self.labels
        )


@final
@dataclass(slots=True, eq=False)
class PlacedLabels:
    """A list of labels that was read, and where it starts."""

    list: LabelList
    start: int

    def __plain__(self) -> tuple[GroupLabel, ...]:
        """Return the labels; where they stand does not matter."""
        return self.list.labels


Listed: TypeAlias = tuple[GroupLabel, ...] | PlacedLabels
"""Labels: as they are, or a list that was read."""


def labels_of(listed: Listed) -> tuple[GroupLabel, ...]:
    """Return the labels, with their places."""
    return listed.list.at(listed.start) if isinstance(listed, PlacedLabels) else listed


def names_of(listed: Listed) -> tuple[str | None, ...]:
    """Return the names of labels, None for a variable; lists that say the same mostly share the tuple."""
    if isinstance(listed, PlacedLabels):
        return listed.list.names
    return tuple([one.name if isinstance(one, LabelName) else None for one in listed])
