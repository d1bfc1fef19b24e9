"""The smallest pieces of PromQL: patterns, literals, Grafana variables; and the error of the whole stage."""

from __future__ import annotations

import re
from collections.abc import Collection
from math import inf, nan
from typing import Final, NoReturn

from signalproof.errors import SignalproofError, did_you_mean
from signalproof.promql.ast import Span, Variable
from signalproof.promql.functions import ANY, Type
from signalproof.promql.grafana import is_builtin
from signalproof.promql.hints import hint

SPACE: Final = r"[ \t\r\n]*+"
NAME: Final = r"[A-Za-z_:][A-Za-z0-9_:]*+"
LABEL: Final = r"[A-Za-z_][A-Za-z0-9_]*+"
VARIABLE: Final = (
    r"\$[A-Za-z_][A-Za-z0-9_]*+"
    r"|\$\{[A-Za-z_][A-Za-z0-9_]*+(?:\.[^}:\n]*+)?(?::[^}\n]*+)?\}"
    r"|\[\[[A-Za-z_][A-Za-z0-9_]*+(?::[A-Za-z0-9_]++)?\]\]"
)
QUOTED: Final = r"""(?:"(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+'|`[^`]*+`)"""
DURATION: Final = r"(?:[0-9]++(?:ms|[smhdwy]))++"
NUMBER: Final = (
    r"(?:0[xX]_?[0-9a-fA-F]++(?:_[0-9a-fA-F]++)*+"
    r"|(?:[0-9]++(?:_[0-9]++)*+(?:\.(?:[0-9]++(?:_[0-9]++)*+)?)?|\.[0-9]++(?:_[0-9]++)*+)(?:[eE][+-]?[0-9]++(?:_[0-9]++)*+)?)"
)

_VARIABLE: Final = re.compile(VARIABLE)
_VARIABLE_PARTS: Final = re.compile(r"\W*(\w+)(?:\.[^}:]*)?(?::([^}\]]*))?", re.ASCII)
_COMMENT: Final = re.compile(rf"({QUOTED}|[^\"'`#]++)|\#[^\r\n]*+")
_FOUND: Final = re.compile(
    rf"{SPACE}({QUOTED}|{VARIABLE}|{NAME}|[0-9][0-9A-Za-z_.]*+|[=!<>]=|[=!]~|[<>]/|.)?", re.DOTALL
)
_ORDERED_DURATION: Final = re.compile(
    r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII
)
_UNIT_MILLISECONDS: Final = (31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1)
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\'\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))"
)
_SIMPLE_ESCAPES: Final = dict(zip("abfnrtv\\'\"", "\a\b\f\n\r\t\v\\'\"", strict=True))
_LONGEST_DURATION: Final = 400
"""Characters; a longer one cannot be meant, and Python refuses to read a number of thousands of digits."""
LONGEST_SECONDS: Final = 2**63 / 1e9
"""Prometheus counts durations in 64-bit nanoseconds: about 292 years."""


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
    """A text being parsed, and how far.

    Attributes:
        text: The text, comments blanked out so that every offset still holds.
        original: The text as given.
        pos: Offset of the next character to read.
        known: Names of the declared Grafana variables, or None when nothing is known of them.
        depth: How many parentheses, calls and aggregations are open.
        type: What the expression read last gives.
    """

    __slots__ = ("depth", "known", "original", "pos", "text", "type")

    def __init__(self, text: str, variables: Collection[str] | None) -> None:
        self.original = text
        self.text = _without_comments(text) if "#" in text else text
        self.pos = 0
        self.known = None if variables is None else frozenset(variables)
        self.depth = 0
        self.type: Type = ANY

    def fail(self, message: str, start: int, end: int, help: str = "") -> NoReturn:  # noqa: A002  # as in SignalproofError
        """Raise the error for the characters from *start* to *end*."""
        raise PromQLSyntaxError(message, Span(start, end), self.original, help)

    def unexpected(self, wanted: str, help: str = "") -> NoReturn:  # noqa: A002  # as in SignalproofError
        """Raise the error that *wanted* does not stand at the current position."""
        match = _FOUND.match(self.text, self.pos)
        assert match is not None, "the pattern matches everywhere"
        found = match[1] or ""
        start = match.start(1) if found else len(self.text.rstrip())
        shown = f"found {found!r}" if found else "the text ends"
        self.fail(f"expected {wanted}, {shown}", start, match.end(), help or hint(self.text, start, found))

    def is_variable(self, name: str) -> bool:
        """Whether *name* is a Grafana variable here."""
        return self.known is None or name in self.known or is_builtin(name)

    def variable(self, text: str, start: int) -> Variable:
        """Return the variable written as *text* at *start*, outside of a string."""
        match = _VARIABLE.search(text)
        assert match is not None, "callers pass what the pattern has matched"
        name, form = variable_parts(match[0])
        if not self.is_variable(name):
            known = self.known or ()
            self.fail(
                f"{match[0]} is not a variable",
                start,
                start + len(text),
                did_you_mean(name, known, "declare it, or write the value"),
            )
        return Variable(name, text, form, Span(start, start + len(text)))

    def variables_in(self, quoted: str, start: int) -> tuple[Variable, ...]:
        """Return the variables inside the string written as *quoted* at *start*; unknown names are plain text."""
        found = []
        for match in _VARIABLE.finditer(quoted):
            name, form = variable_parts(match[0])
            if self.is_variable(name):
                span = Span(start + match.start(), start + match.end())
                found.append(Variable(name, match[0], form, span))
        return tuple(found)

    def unquote(self, quoted: str, start: int) -> str:
        """Return what the string written as *quoted* at *start* says."""
        if quoted[0] == "`" or "\\" not in quoted:
            return quoted[1:-1]
        return self._unescape(quoted, start)

    def _unescape(self, quoted: str, start: int) -> str:
        out = bytearray()
        at = 1
        end = len(quoted) - 1
        while at < end:
            slash = quoted.find("\\", at, end)
            if slash < 0:
                slash = end
            out += quoted[at:slash].encode("utf-8", "surrogatepass")
            if slash == end:
                break
            match = _ESCAPE.match(quoted, slash, end)
            if match is None or (match[1] in ("'", '"') and match[1] != quoted[0]):
                self.fail(
                    f"unknown escape {quoted[slash : slash + 2]} in the string",
                    start + slash,
                    start + slash + 2,
                    "double the backslash, or put the string in backticks, where nothing is escaped",
                )
            code = int(match[4] or match[5] or "0", 16)
            byte = int(match[2], 8) if match[2] else 0
            if code > 0x10FFFF or 0xD800 <= code < 0xE000 or byte > 0xFF:
                self.fail(
                    f"the escape {match[0]} names no character", start + match.start(), start + match.end()
                )
            if match[1]:
                out += _SIMPLE_ESCAPES[match[1]].encode()
            elif match[2]:
                out.append(byte)
            elif match[3]:
                out.append(int(match[3], 16))
            else:
                out += chr(code).encode()
            at = match.end()
        return out.decode("utf-8", "surrogateescape")

    def number(self, text: str, start: int) -> float:
        """Return the value of the number or duration written as *text* at *start*."""
        if text[0] == "0" and len(text) > 1 and text[1] not in ".eE":
            return self._prefixed(text, start)
        try:
            value = float(text)
        except ValueError:
            return self.duration(text, start)
        if value == inf:
            self.fail(f"the number {text} is too large", start, start + len(text))
        return value

    def _prefixed(self, text: str, start: int) -> float:
        digits = text.replace("_", "")
        base = 16 if digits[1] in "xX" else 8
        try:
            value = int(digits[:400], base)
        except ValueError:
            try:
                return float(digits)
            except ValueError:
                return self.duration(text, start)
        if value >= 2**63:
            self.fail(f"the number {text} does not fit in 64 bits", start, start + len(text))
        return float(value)

    def duration(self, text: str, start: int) -> float:
        """Return the seconds of the duration written as *text* at *start*."""
        match = _ORDERED_DURATION.fullmatch(text)
        if match is None or not text or len(text) > _LONGEST_DURATION:
            self.fail(
                f"{text!r} is not a duration",
                start,
                start + len(text),
                "a duration is whole numbers with units from large to small: 1y2w3d4h5m6s7ms; 1.5h is 1h30m",
            )
        total = 0
        for count, unit in zip(match.groups(), _UNIT_MILLISECONDS, strict=True):
            if count is not None:
                total += int(count) * unit
        seconds = total / 1000
        if seconds > LONGEST_SECONDS:
            self.fail(f"the duration {text} is longer than 292 years", start, start + len(text))
        return seconds


def variable_parts(text: str) -> tuple[str, str]:
    """Return name and format of the variable written as *text*."""
    match = _VARIABLE_PARTS.match(text)
    assert match is not None, "callers pass what the pattern has matched"
    return match[1], match[2] or ""


def number_value(text: str) -> float | None:
    """Return the value of a word that is a number: ``Inf`` and ``NaN`` in any case."""
    return {"inf": inf, "nan": nan}.get(text.lower())


def _without_comments(text: str) -> str:
    return _COMMENT.sub(lambda match: match[1] or " " * len(match[0]), text)
