"""A MetricsQL query being read: its words, the templates in force, and what was read of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from signalproof.promql.ast import Node
from signalproof.promql.foreign import Foreign
from signalproof.promql.functions import Type
from signalproof.promql.lexer import QUOTED
from signalproof.promql.metricsql_lexer import Token, plain_name, tokens_of
from signalproof.promql.metricsql_names import KNOWN_TEMPLATES
from signalproof.promql.source import DEEPEST, PromQLSyntaxError, Source

_BLANKS: Final = re.compile(rf"({QUOTED})|\s+")
_STARTS_NAME: Final = re.compile(r"[^\W\d]|:|\\").match


@dataclass(frozen=True)
class Read:
    """An expression that was read.

    Attributes:
        node: Its tree.
        type: What it gives, in the types of PromQL.
        place: Where it stands.
        kind: ``metric``, ``rollup`` (of a metric), ``string``, ``number``, ``duration``, ``parens`` or ``other``.
        name: Of a metric its name; of a number or a duration its text.
        bare: Of a metric: whether it is a name alone.
        either: Of a metric: whether ``or`` stands in its braces.
        operation: Whether it is an operation that can keep metric names.
        names: Whether it is nothing but names in parentheses.
    """

    node: Node
    type: Type
    place: tuple[int, int]
    kind: str = "other"
    name: str = ""
    bare: bool = False
    either: bool = False
    operation: bool = False
    names: bool = False


@dataclass(frozen=True)
class Template:
    """What ``WITH`` gives a name to.

    Attributes:
        name: The name.
        parameters: The names of its parameters.
        at: The index of the word where its expression starts; -1 when it has been read.
        value: What an argument is, when it stands for one.
        draft: What its expression is as far as that is known without its use.
    """

    name: str
    parameters: tuple[str, ...] = ()
    at: int = -1
    value: Read | None = None
    draft: Read | None = None


Templates: TypeAlias = tuple[Template, ...] | None
"""The templates in force, later ones first in line; None while a template is read before its use."""

EVERYWHERE: Final = tuple(
    Template(name, tuple(map(str, range(count)))) for name, count in KNOWN_TEMPLATES.items()
)


class _Text(Source):
    """A text whose comments may stand anywhere."""

    __slots__ = ()

    def _blank(self, match: re.Match[str]) -> str:
        return match[1] or " " * len(match[0])


class State:
    """A query being read.

    Attributes:
        source: Its text.
        tokens: Its words.
        at: The index of the next one.
        expanded: How many words were put in by templates.
        read: Reads an expression.
    """

    def __init__(
        self, text: str, variables: frozenset[str] | None, read: Callable[[State, Templates], Read]
    ) -> None:
        self.source = _Text(text, variables)
        self.tokens = tokens_of(self.source)
        self.at = 0
        self.expanded = 0
        self.read = read

    @property
    def token(self) -> Token:
        """The next word."""
        return self.tokens[self.at]

    @property
    def text(self) -> str:
        """The next word, in lower case; empty for a string, so that no quoted word is taken for one."""
        token = self.tokens[self.at]
        return "" if token.kind == "string" else token.text.lower()

    @property
    def done(self) -> int:
        """Where the word before the next one ends."""
        return self.tokens[self.at - 1].end

    def ahead(self) -> str:
        """Return the word after the next one, in lower case."""
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        return "" if following.kind == "string" else following.text.lower()

    def take(self, wanted: str) -> bool:
        """Whether *wanted* is the next word, which is then read."""
        if self.text == wanted:
            self.at += 1
            return True
        return False

    def expect(self, wanted: str) -> None:
        """Read *wanted*."""
        if not self.take(wanted):
            raise self.unexpected(repr(wanted))

    def unexpected(self, wanted: str, help: str = "") -> PromQLSyntaxError:  # noqa: A002  # as in SignalproofError
        """Return the error that *wanted* does not stand here."""
        self.source.pos = self.token.start
        return self.source.unexpected(wanted, help)

    def wrong(self, message: str, token: Token, help: str = "") -> PromQLSyntaxError:  # noqa: A002  # as in SignalproofError
        """Return the error that says *message* of *token*."""
        return self.source.error(message, token.start, token.end, help)

    def deeper(self) -> None:
        """Count one more level of nesting."""
        self.source.depth += 1
        if self.source.depth > DEEPEST:
            self.source.pos = self.done
            raise self.source.too_deep()

    def shallower(self) -> None:
        """Count one level less."""
        self.source.depth -= 1

    def words(self, start: int, end: int) -> str:
        """Return the text from *start* to *end* with single blanks."""
        return _BLANKS.sub(lambda match: match[1] or " ", self.source.text[start:end])

    def leaf(self, what: str, start: int) -> Foreign:
        """Return what stands from *start* to here as an expression that nothing is known of."""
        end = self.done
        inside = self.source.variables_in(self.source.text[start:end], start)
        place = (start, end)
        return Foreign(f"metricsql {what}", (), (self.words(start, end),), inside, place, place)

    def foreign(
        self,
        what: str,
        args: tuple[Node, ...],
        template: tuple[str, ...],
        place: tuple[int, int],
        closed: bool = False,
    ) -> Foreign:
        """Return *args* with the texts of *template* around them."""
        joined = " ".join(template)
        inside = self.source.variables_in(joined, place[0]) if "$" in joined or "[[" in joined else ()
        return Foreign(
            f"metricsql {what}", args, template, tuple(one.moved(place[0] - one.place[0]) for one in inside),
            place, place, closed,
        )  # fmt: skip


def name_of(token: Token) -> str:
    """Return the name that *token* says, in quotes or without."""
    return plain_name(token.text[1:-1] if token.kind == "string" else token.text)


def listed(state: State) -> list[Token]:
    """Read names in parentheses, with commas in between and perhaps behind.

    Raises:
        PromQLSyntaxError: Something else stands there.
    """
    found: list[Token] = []
    state.expect("(")
    while not state.take(")"):
        token = state.token
        quoted = token.kind == "string" and _STARTS_NAME(token.text[1:-1]) is not None
        if not quoted and token.kind not in ("name", "composed"):
            raise state.unexpected("a name or ')'")
        found.append(token)
        state.at += 1
        if not state.take(",") and state.text != ")":
            raise state.unexpected("',' or ')'")
    return found
