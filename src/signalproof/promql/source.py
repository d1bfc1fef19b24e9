"""The text being parsed, how far the parser is, and what to say when it cannot go on."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from signalproof.errors import SignalproofError, did_you_mean
from signalproof.promql.ast import Span, Variable
from signalproof.promql.builtin import is_builtin
from signalproof.promql.functions import ANY, Type
from signalproof.promql.hints import hint
from signalproof.promql.lexer import (
    COMMENT,
    NAME,
    QUOTED,
    SPACE,
    VARIABLE,
    LiteralError,
    duration_value,
    number_value,
    unquote,
    variable_parts,
)

DEEPEST: Final = 150
"""How deeply parentheses, calls, signs and powers may be nested."""
LONGEST: Final = 131_072
"""Characters of an expression. Nobody writes a longer one, and checking it would take seconds."""

_END: Final = "\0"
_VARIABLE: Final = re.compile(VARIABLE)
_FOUND: Final = re.compile(
    rf"{SPACE}({QUOTED}|{VARIABLE}|{NAME}|[0-9][0-9A-Za-z_.]*+|[=!<>]=|[=!]~|[<>]/|.)?", re.DOTALL
)


class PromQLSyntaxError(SignalproofError):
    """A text that is not PromQL.

    Attributes:
        span: The characters a person has to change.
        text: The whole text.
    """

    def __init__(self, message: str, span: Span, text: str, help: str = "") -> None:  # noqa: A002  # as in SignalproofError
        super().__init__(message, help)
        self.span = span
        self.text = text


class Source:
    """A text being parsed.

    Attributes:
        text: The text, comments blanked out so that every offset still holds, and a NUL behind it, so that there is
            always a next character.
        original: The text as given.
        pos: Offset of the next character to read.
        known: Names of the declared Grafana variables, or None when nothing is known of them.
        depth: How many parentheses, calls and aggregations are open.
        type: What the expression read last gives.
    """

    __slots__ = ("depth", "known", "original", "pos", "text", "type")

    def __init__(self, text: str, variables: Collection[str] | None) -> None:
        self.original = text
        self.text = text + _END
        self.pos = 0
        self.known = variables if variables is None else frozenset(variables)
        self.depth = 0
        self.type: Type = ANY
        if "#" in text or len(text) > LONGEST or not text.isascii():
            self._prepare()

    def _prepare(self) -> None:
        text = self.original
        if len(text) > LONGEST:
            raise self.error(
                f"the expression is {len(text)} characters long",
                LONGEST,
                len(text),
                f"the limit is {LONGEST}",
            )
        broken = re.search(r"[\ud800-\udfff\ufffd]", text)
        if broken is not None:
            raise self.error("this character is no valid UTF-8", *broken.span())
        if "#" in text:
            self.text = COMMENT.sub(self._blank, text) + _END

    def _blank(self, match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        start = match.start()
        if self.original[max(0, start - 99) : start].rstrip(" \t\r\n").endswith("["):
            raise self.error("no comment stands right behind a bracket", start, match.end(), "move it away")
        return " " * len(match[0])

    def error(self, message: str, start: int, end: int, help: str = "") -> PromQLSyntaxError:  # noqa: A002  # as in SignalproofError
        """Return the error for the characters from *start* to *end*."""
        size = len(self.original)
        return PromQLSyntaxError(message, Span(min(start, size), min(end, size)), self.original, help)

    def unexpected(self, wanted: str, help: str = "") -> PromQLSyntaxError:  # noqa: A002  # as in SignalproofError
        """Return the error that *wanted* does not stand at the current position."""
        text = self.text[:-1]
        match = _FOUND.match(text, self.pos)
        found = (match[1] if match else None) or ""
        start = match.start(1) if match and found else len(text.rstrip(" \t\r\n"))
        shown = f"found {found if len(found) <= 40 else found[:37] + '…'!r}" if found else "but the text ends"
        return self.error(
            f"expected {wanted}, {shown}", start, start + len(found), help or hint(text, start, found)
        )

    def too_deep(self) -> PromQLSyntaxError:
        """Return the error for nesting beyond the bound."""
        message = f"the expression is nested more than {DEEPEST} levels deep"
        return self.error(message, self.pos - 1, self.pos)

    def string(self, quoted: str, start: int) -> str:
        """Return what the string written as *quoted* at *start* says."""
        try:
            return unquote(quoted)
        except LiteralError as error:
            raise self.error(str(error), start + error.start, start + error.end, error.help) from None

    def number(self, text: str, start: int) -> float:
        """Return the value of the number or duration written as *text* at *start*."""
        try:
            return number_value(text)
        except LiteralError as error:
            raise self.error(str(error), start + error.start, start + error.end, error.help) from None

    def duration(self, text: str, start: int) -> float:
        """Return the seconds of the duration, not of a number, that is written as *text* at *start*."""
        try:
            return duration_value(text)
        except LiteralError as error:
            raise self.error(str(error), start + error.start, start + error.end, error.help) from None

    def is_variable(self, name: str) -> bool:
        """Whether *name* is a Grafana variable here."""
        known = self.known
        return known is None or name in known or is_builtin(name)

    def variable(self, text: str, start: int, base: int = 0) -> Variable:
        """Return the variable written as *text*, perhaps with more around it, at *start* outside of a string.

        Its span counts from *base*.
        """
        name = text[1:]
        if text[0] == "$" and name.isidentifier() and name.isascii() and self.is_variable(name):
            return Variable(name, text, "", (start - base, start - base + len(text)))
        match = _VARIABLE.search(text)
        assert match is not None, "callers pass what the pattern has matched"
        while match is not None:
            name, form = variable_parts(match[0])
            if not self.is_variable(name):
                raise self.error(
                    f"{match[0]} is no Grafana variable here",
                    start + match.start(),
                    start + match.end(),
                    did_you_mean(name, self.known or (), "declare it, or write the value"),
                )
            match = _VARIABLE.search(text, match.end())
        match = _VARIABLE.search(text)
        assert match is not None, "as above"
        name, form = variable_parts(match[0])
        return Variable(name, text, form, (start - base, start - base + len(text)))

    def variables_in_string(self, quoted: str, start: int) -> tuple[Variable, ...]:
        """Return the variables in the string *quoted*, as `variables_in` does."""
        name = quoted[2:-1]
        if quoted[1] == "$" and name.isidentifier() and name.isascii():  # "$job" alone, as most are
            if self.is_variable(name):
                return (Variable(name, quoted[1:-1], "", (start + 1, start + len(quoted) - 1)),)
            return ()
        return self.variables_in(quoted, start)

    def variables_in(self, text: str, start: int) -> tuple[Variable, ...]:
        """Return the variables in *text*, which stands at *start*; names that are not declared are plain text."""
        found = []
        for match in _VARIABLE.finditer(text):
            name, form = variable_parts(match[0])
            if self.is_variable(name):
                found.append(Variable(name, match[0], form, (start + match.start(), start + match.end())))
        return tuple(found)
