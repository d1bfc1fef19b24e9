"""The leaves of the syntax tree: literals, Grafana variables, and lengths of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from signalproof.promql.node import NOWHERE, Part, Place, shifted


@dataclass(slots=True, eq=False)
class Number(Part):
    """``5``, ``0x1F``, ``1_000``, ``Inf``; a duration where a number is wanted (``5m`` is 300).

    Attributes:
        value: The number; seconds for a duration.
        text: As it was spelled; empty when built.
    """

    value: float
    text: str = field(compare=False)
    place: Place

    def __init__(self, value: float, text: str = "", place: Place = NOWHERE) -> None:
        self.value = value
        self.text = text
        self.place = place


@dataclass(slots=True, eq=False)
class String(Part):
    """A quoted string.

    Attributes:
        value: What it says, escapes resolved. Grafana variables stand in it as written.
        text: As it was spelled, quotes included; empty when built.
        variables: The Grafana variables in it, with their spans in the whole text.
    """

    value: str
    text: str = field(compare=False)
    variables: tuple[Variable, ...] = field(compare=False)
    place: Place

    def __init__(
        self, value: str, text: str = "", variables: tuple[Variable, ...] = (), place: Place = NOWHERE
    ) -> None:
        self.value = value
        self.text = text
        self.variables = variables
        self.place = place

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
    format: str
    place: Place

    def __init__(self, name: str, text: str, format: str = "", place: Place = NOWHERE) -> None:  # noqa: A002  # the field's name
        self.name = name
        self.text = text
        self.format = format
        self.place = place

    def moved(self, by: int) -> Variable:
        """Return the same variable, *by* characters further on."""
        return Variable(self.name, self.text, self.format, shifted(self.place, by))


@dataclass(slots=True, eq=False)
class Duration(Part):
    """``5m``, ``1h30m``; or a plain number of seconds, ``300``.

    Attributes:
        seconds: How long.
        text: As it was spelled; empty when built.
    """

    seconds: float
    text: str = field(compare=False)
    place: Place

    def __init__(self, seconds: float, text: str = "", place: Place = NOWHERE) -> None:
        self.seconds = seconds
        self.text = text
        self.place = place


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
class At(Part):
    """``@ 1609746000``, ``@ start()``, ``@ end()``; *time* is Unix seconds."""

    time: float | Variable | Literal["start", "end"]
    place: Place = NOWHERE
