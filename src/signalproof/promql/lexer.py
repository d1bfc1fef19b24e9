"""The smallest pieces of PromQL: patterns and literals.

Every pattern is possessive: it never gives back what it took, so no text makes it slow.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import inf, nan
from typing import Final

SPACE: Final = r"[ \t\r\n]*+"
NAME: Final = r"[A-Za-z_:][A-Za-z0-9_:]*+"
LABEL: Final = r"[A-Za-z_][A-Za-z0-9_]*+"
VARIABLE: Final = (
    r"(?:\$[A-Za-z_][A-Za-z0-9_]*+"
    r"|\$\{[A-Za-z_][A-Za-z0-9_]*+(?:\.[^}:\n]{0,99}+)?(?::[^}\n]{0,99}+)?\}"
    r"|\[\[[A-Za-z_][A-Za-z0-9_]*+(?::[A-Za-z0-9_]++)?\]\])"
)
"""Grafana's three spellings: ``$job``, ``${job.text:regex}``, ``[[job:regex]]``."""
QUOTED: Final = r"""(?:"(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+'|`[^`]*+`)"""
DURATION: Final = r"(?:[0-9]++(?:ms|[smhdwy]))++"
_DIGITS: Final = r"[0-9]++(?:_[0-9]++)*+"
NUMBER: Final = (
    r"(?:0[xX]_?[0-9a-fA-F]++(?:_[0-9a-fA-F]++)*+"
    rf"|(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?)"
)
COMPOSED: Final = rf"(?:(?:[A-Za-z0-9_:.]*+{VARIABLE})++[A-Za-z0-9_:]*+)"
"""A word with variables in it: ``$metric``, ``${prefix}_total``, ``0.$quantile``."""
COMMENT: Final = re.compile(
    r"""("(?:[^"\\\n]++|\\.)*+"?|'(?:[^'\\\n]++|\\.)*+'?|`[^`]*+`?|[^"'`#]++)|\#[^\r\n]*+"""
)
"""A comment, or (in the group) anything else: a string may hold a ``#``."""

LONGEST_SECONDS: Final = 2**63 / 1e9
"""Prometheus counts durations in 64-bit nanoseconds: about 292 years."""
_LONGEST_LITERAL: Final = 400
"""Characters of a number; Python refuses to read one of thousands of digits, and none is meant that long."""

_VARIABLE_PARTS: Final = re.compile(r"\W*(\w+)(?:\.[^}:]*)?(?::([^}\]]*))?", re.ASCII)
_ORDERED_DURATION: Final = re.compile(
    r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII
)
_UNIT_MILLISECONDS: Final = (31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1)
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\'\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))"
)
_SIMPLE_ESCAPES: Final = dict(zip("abfnrtv\\'\"", "\a\b\f\n\r\t\v\\'\"", strict=True))
_WORDS: Final = {"inf": inf, "nan": nan}


class LiteralError(ValueError):
    """A literal that looks right and is not.

    Attributes:
        start: Offset of the fault in the literal.
        end: Where it ends.
        help: What to write instead.
    """

    def __init__(self, message: str, start: int, end: int, help: str = "") -> None:  # noqa: A002  # as in SignalproofError
        super().__init__(message)
        self.start = start
        self.end = end
        self.help = help


def variable_parts(text: str) -> tuple[str, str]:
    """Return name and format of the variable written as *text*."""
    match = _VARIABLE_PARTS.match(text)
    assert match is not None, "callers pass what the pattern has matched"
    return match[1], match[2] or ""


def number_word(word: str) -> float | None:
    """Return the value of a word that is a number: ``Inf`` and ``NaN`` in any case."""
    return _WORDS.get(word.lower())


def number_value(text: str) -> float:
    """Return the value of a number, in seconds for a duration.

    Raises:
        LiteralError: It does not fit, or the units of a duration are in the wrong order.
    """
    if len(text) > _LONGEST_LITERAL:
        raise LiteralError(f"the number is {len(text)} characters long", 0, len(text))
    if text[0] == "0" and len(text) > 1 and text[1] not in ".eE":
        return _prefixed(text)
    try:
        value = float(text)
    except ValueError:
        return duration_value(text)
    if value == inf:
        raise LiteralError(f"the number {text} is too large", 0, len(text))
    return value


def _prefixed(text: str) -> float:
    """Return the value of a number with a leading zero: octal or hexadecimal, decimal when it can be neither."""
    digits = text.replace("_", "")
    try:
        value = int(digits, 16 if digits[1] in "xX" else 8)
    except ValueError:
        try:
            return float(digits)
        except ValueError:
            return duration_value(text)
    if value >= 2**63:
        raise LiteralError(f"the number {text} does not fit in 64 bits", 0, len(text))
    return float(value)


@lru_cache(maxsize=1024)
def duration_value(text: str) -> float:
    """Return the seconds of the duration written as *text*.

    Raises:
        LiteralError: The units are in the wrong order, or it is too long.
    """
    if len(text) > _LONGEST_LITERAL:
        raise LiteralError(f"the duration is {len(text)} characters long", 0, len(text))
    match = _ORDERED_DURATION.fullmatch(text)
    if match is None:
        raise LiteralError(
            f"{text!r} is not a duration",
            0,
            len(text),
            "a duration is whole numbers with units from large to small: 1y2w3d4h5m6s7ms",
        )
    total = 0
    for count, unit in zip(match.groups(), _UNIT_MILLISECONDS, strict=True):
        if count is not None:
            total += int(count) * unit
    if total > LONGEST_SECONDS * 1000:
        raise LiteralError(f"the duration {text} is longer than 292 years", 0, len(text))
    return total / 1000


def unquote(quoted: str) -> str:
    r"""Return what a quoted string says; bytes that are no UTF-8 (``"\xff"``) become surrogate escapes.

    Raises:
        LiteralError: An escape is unknown, or names no character.
    """
    if quoted[0] == "`" or "\\" not in quoted:
        return quoted[1:-1]
    out = bytearray()
    at = 1
    end = len(quoted) - 1
    while at < end:
        slash = quoted.find("\\", at, end)
        if slash < 0:
            slash = end
        out += quoted[at:slash].encode()
        if slash == end:
            break
        match = _ESCAPE.match(quoted, slash, end)
        if match is None or (match[1] in ("'", '"') and match[1] != quoted[0]):
            raise LiteralError(
                f"unknown escape {quoted[slash : slash + 2]} in the string",
                slash,
                slash + 2,
                "double the backslash, or put the string in backticks, where nothing is escaped",
            )
        out += _escaped(match)
        at = match.end()
    return out.decode("utf-8", "surrogateescape")


def _escaped(match: re.Match[str]) -> bytes:
    simple, octal, byte, short, long = match.groups()
    if simple is not None:
        return _SIMPLE_ESCAPES[simple].encode()
    if byte is not None:
        return bytes([int(byte, 16)])
    code = int(octal, 8) if octal is not None else int(short or long, 16)
    if octal is not None and code <= 0xFF:
        return bytes([code])
    if octal is not None or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise LiteralError(f"the escape {match[0]} names no character", *match.span())
    return chr(code).encode()
