"""What is known of a value while a template is filled in, and what is learnt on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias

from signalproof.promql.ast import Span
from signalproof.templates.functions import Kind


class Piece(NamedTuple):
    """A part of a text that is put together.

    Attributes:
        text: What it says; empty for a hole.
        span: Where that stands in the template.
        verbatim: Whether it stands there as it says.
        hole: Empty, or how what is not known is written: ``s`` as it is, ``q`` in quotes.
    """

    text: str
    span: Span
    verbatim: bool = False
    hole: str = ""


Pieces: TypeAlias = tuple[Piece, ...]
_MOST_PIECES: Final = 64
_LONGEST: Final = 8192


@dataclass(frozen=True, slots=True)
class Asked:
    """A query in a template.

    Attributes:
        pieces: Its text.
        span: Where it is asked: the call of ``query``.
    """

    pieces: Pieces
    span: Span


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a value.

    Attributes:
        kind: Its kind.
        pieces: Of a string: what it says, where that is known; else None.
        shown: The labels of the alert that it shows where it is written, each with its place.
        asked: The labels of the alert on which it depends.
        query: Of the result of a query, a sample, its labels or its number: the query, where it is known.
        of_alert: Whether it is the labels, or the number, of the alert itself.
        sampled: Whether it is the labels of a sample.
    """

    kind: Kind
    pieces: Pieces | None = None
    shown: tuple[tuple[str, Span], ...] = ()
    asked: frozenset[str] = frozenset()
    query: Asked | None = None
    of_alert: bool = False
    sampled: bool = False

    @property
    def literal(self) -> str | None:
        """What a string says, where all of it is known."""
        if self.pieces is None or any(one.hole for one in self.pieces):
            return None
        return "".join(one.text for one in self.pieces)


UNKNOWN: Final = Value(Kind.ANY)
DATA: Final = Value(Kind.DATA)


def mixed(kind: Kind, values: Iterable[Value], pieces: Pieces | None = None) -> Value:
    """Return a value of that *kind* that was made of *values*, and shows what they show."""
    several = list(values)
    shown = tuple(dict.fromkeys(one for value in several for one in value.shown))[:_MOST_PIECES]
    return Value(kind, bounded(pieces), shown, depends(several))


def judged(kind: Kind, values: Iterable[Value]) -> Value:
    """Return a value of that *kind* that depends on *values* and shows nothing of them."""
    return Value(kind, asked=depends(values))


def depends(values: Iterable[Value]) -> frozenset[str]:
    """Return the labels on which any of *values* depends."""
    found = frozenset[str]().union(*(one.asked for one in values))
    return found if len(found) <= _MOST_PIECES else frozenset()


def bounded(pieces: Pieces | None) -> Pieces | None:
    """Return *pieces*, or None where they are more than anybody writes by hand."""
    if pieces is None or len(pieces) > _MOST_PIECES or sum(len(one.text) for one in pieces) > _LONGEST:
        return None
    return pieces


def string(value: Value, text: str, span: Span, *, verbatim: bool) -> Value:
    """Return *value* as a string that says *text*."""
    return replace(value, kind=Kind.STRING, pieces=bounded((Piece(text, span, verbatim),)))


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that goes wrong when the alert fires.

    Attributes:
        message: What.
        help: What to write instead; may be empty.
        span: Where.
        fatal: Whether Prometheus writes an error in place of the whole text; else it writes a mark into it.
    """

    message: str
    help: str
    span: Span
    fatal: bool = True


class Written(NamedTuple):
    """A number that a function formats as something.

    Attributes:
        function: ``humanizeDuration``.
        span: Where.
        query: The query whose number it is; None for that of the alert.
    """

    function: str
    span: Span
    query: Asked | None


@dataclass(slots=True)
class Meaning:
    """What a template does when its alert fires.

    Attributes:
        shown: The labels of the alert that it writes, each with its place; not those it asks for before.
        failures: What goes wrong.
        words: What was meant for a variable and lacks the dollar.
        values: Where the number of the alert is used.
        written: The numbers that are formatted as something.
        queries: The queries it asks.
        labels: The labels of their results that it uses, each with its place.
    """

    shown: dict[Span, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    words: list[Span] = field(default_factory=list)
    values: list[Span] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    queries: list[Asked] = field(default_factory=list)
    labels: list[tuple[Asked, str, Span]] = field(default_factory=list)
