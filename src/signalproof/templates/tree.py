"""The syntax tree of a template. Every node knows where it stands in the text.

As with PromQL, nobody changes a node; to have that enforced would cost a third of the parser's speed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from signalproof.promql.ast import Span


@dataclass(slots=True)
class Name:
    """A function: ``humanize``."""

    name: str
    span: Span


@dataclass(slots=True)
class Dot:
    """``.``."""

    span: Span


@dataclass(slots=True)
class Nil:
    """``nil``."""

    span: Span


@dataclass(slots=True)
class Boolean:
    """``true`` or ``false``."""

    value: bool
    span: Span


@dataclass(slots=True)
class Number:
    """A number or a character.

    Attributes:
        text: As it is written.
        kind: What Go makes of it where nothing else is asked for: ``int``, ``float`` or ``complex``.
        span: Where it stands.
    """

    text: str
    kind: Literal["int", "float", "complex"]
    span: Span


@dataclass(slots=True)
class String:
    """A string, raw or not.

    Attributes:
        value: What it says.
        span: Where it stands, quotes and all.
        verbatim: Whether it is written as it says: then the first character behind the quote is the first one of it.
    """

    value: str
    span: Span
    verbatim: bool


@dataclass(slots=True)
class Variable:
    """``$x.a.b``.

    Attributes:
        name: With the dollar, which may be all of it.
        fields: The fields asked of it.
        span: Where it stands, fields and all.
    """

    name: str
    fields: tuple[str, ...]
    span: Span


@dataclass(slots=True)
class Field:
    """``.a.b``: fields of the dot."""

    fields: tuple[str, ...]
    span: Span


@dataclass(slots=True)
class Chain:
    """Fields of what a function or a parenthesis gives: ``(query "up" | first).Labels``."""

    operand: Name | Pipeline
    fields: tuple[str, ...]
    span: Span


@dataclass(slots=True)
class Command:
    """A function with its arguments, or one operand."""

    operands: tuple[Operand, ...]
    span: Span


@dataclass(slots=True)
class Pipeline:
    """Commands, each of which is given what the one before it gives.

    Attributes:
        variables: The variables that are declared or assigned.
        assigns: Whether they are assigned: ``=`` and not ``:=``.
        commands: At least one.
        span: Where it stands; parentheses included.
    """

    variables: tuple[Variable, ...]
    assigns: bool
    commands: tuple[Command, ...]
    span: Span


@dataclass(slots=True)
class Text:
    """What is written as it stands."""

    text: str
    span: Span


@dataclass(slots=True)
class Comment:
    """``{{/* … */}}``."""

    span: Span


@dataclass(slots=True)
class Action:
    """``{{ pipeline }}``: writes what the pipeline gives, unless it declares or assigns a variable."""

    pipeline: Pipeline
    span: Span


@dataclass(slots=True)
class Branch:
    """``{{ if pipeline }} body``, or ``{{ else if pipeline }} body``."""

    pipeline: Pipeline
    body: tuple[Node, ...]
    span: Span


@dataclass(slots=True)
class Choice:
    """``{{ if }}`` or ``{{ with }}`` with everything up to its ``{{ end }}``.

    Attributes:
        keyword: Which of the two; ``with`` moves the dot.
        branches: At least one.
        otherwise: What stands behind ``{{ else }}``.
        span: Where it stands.
    """

    keyword: Literal["if", "with"]
    branches: tuple[Branch, ...]
    otherwise: tuple[Node, ...]
    span: Span


@dataclass(slots=True)
class Range:
    """``{{ range pipeline }} body {{ else }} otherwise {{ end }}``."""

    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]
    span: Span


@dataclass(slots=True)
class Leave:
    """``{{ break }}`` or ``{{ continue }}``."""

    keyword: Literal["break", "continue"]
    span: Span


@dataclass(slots=True)
class Definition:
    """``{{ define "name" }} body {{ end }}``."""

    name: str
    body: tuple[Node, ...]
    span: Span


@dataclass(slots=True)
class Invocation:
    """``{{ template "name" pipeline }}``, or the place of a ``{{ block "name" pipeline }}``."""

    name: str
    pipeline: Pipeline | None
    span: Span


Operand: TypeAlias = "Name | Dot | Nil | Boolean | Number | String | Variable | Field | Chain | Pipeline"
Node: TypeAlias = "Text | Comment | Action | Choice | Range | Leave | Invocation"


@dataclass(slots=True)
class Fault:
    """What Prometheus refuses though it can be read: a function or a variable that does not exist.

    Attributes:
        message: What is wrong.
        help: What to write instead; may be empty.
        span: Where.
        word: The function or the variable.
    """

    message: str
    help: str
    span: Span
    word: str


@dataclass(slots=True)
class Template:
    """A whole template.

    Attributes:
        nodes: What stands in it, definitions apart.
        definitions: What it defines, by name.
        faults: Why Prometheus refuses it all the same; it takes the first for the only one.
        assigned: The variables that are assigned anywhere.
        span: All of it.
    """

    nodes: tuple[Node, ...]
    definitions: tuple[Definition, ...]
    faults: tuple[Fault, ...]
    assigned: frozenset[str]
    span: Span


Part: TypeAlias = "Template | Node | Branch | Definition | Command | Operand"


def parts(whole: Part) -> Iterator[Part]:
    """Yield *whole* and everything in it, in the order of the text."""
    pending: list[Part] = [whole]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(reversed(children(one)))


def children(one: Part) -> tuple[Part, ...]:
    """Return what *one* consists of."""
    match one:
        case Template():
            return tuple(sorted((*one.nodes, *one.definitions), key=lambda part: part.span))
        case Action() | Invocation():
            return () if one.pipeline is None else (one.pipeline,)
        case Choice():
            return (*one.branches, *one.otherwise)
        case Branch():
            return (one.pipeline, *one.body)
        case Range():
            return (one.pipeline, *one.body, *one.otherwise)
        case Definition():
            return one.body
        case Pipeline():
            return (*one.variables, *one.commands)
        case Command():
            return one.operands
        case Chain():
            return (one.operand,)
        case _:
            return ()
