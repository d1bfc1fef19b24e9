"""The words of MetricsQL, and the values of its numbers and durations."""

from __future__ import annotations

import re
from math import inf, isfinite
from typing import Final, NamedTuple

from signalproof.promql.lexer import COMPOSED, VARIABLE
from signalproof.promql.source import Source

_PRINTABLE: Final = r"[^xXuU\x00-\x1f\x7f]"
_ESCAPE: Final = rf"\\(?:[xX][0-9a-fA-F]{{2}}|[uU][0-9a-fA-F]{{4}}|{_PRINTABLE})"
_UNIT: Final = r"(?:[mM][sS]|m(?![iIbB])|[sShHdDwWyYiI])"
_MULTIPLE: Final = r"[kKmMgGtT](?:[iI][bB]?|[bB])?"
_TOKEN: Final = re.compile(
    rf"""[ \t\n\v\f\r]*+(?:
        (?P<composed>{COMPOSED})
      | (?P<name>(?:[^\W\d]|:|{_ESCAPE})(?:[^\W\d]|[0-9:.]|{_ESCAPE})*+)
      | (?P<string>"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|`(?:[^`\\]++|\\.)*+`)
      | (?P<duration>[0-9]++(?:\.[0-9]*+)?{_UNIT}(?:[0-9]++(?:\.[0-9]*+)?{_UNIT}|-[0-9]*+(?:\.[0-9]*+)?{_UNIT})*+)
      | (?P<number>(?=\.?[0-9])(?:0[xX][0-9a-fA-F]*+|(?:0[oObB])?[0-9_]*+
          (?:{_MULTIPLE}|(?:\.[0-9_]*+)?(?:{_MULTIPLE}|[eE][+-]?[0-9]++)?)))
      | (?P<sign>==|!=|>=|<=|=~|!~|[-+*/%^<>={{}}()\[\],@])
    )""",
    re.VERBOSE | re.DOTALL,
)
_UP_TO_COLON: Final = re.compile(rf"(?:{VARIABLE}|[^:])*+")
_IDENTIFIER: Final = re.compile(rf"(?:{_ESCAPE}|.)", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(?:[xX]([0-9a-fA-F]{2})|[uU]([0-9a-fA-F]{4})|([^xXuU\x00-\x1f\x7f]))")
_PART: Final = re.compile(rf"(-?)([0-9]*+(?:\.[0-9]*+)?)({_UNIT})")
_MULTIPLIER: Final = re.compile(r"([kmgt])(i?)b?\Z")
_SPECIAL: Final = re.compile(r"0[0-9xob]")
_SECONDS: Final = {
    "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604_800.0, "y": 31_536_000.0,
}  # fmt: skip
_LONGEST_LITERAL: Final = 400


class Token(NamedTuple):
    """One word of a query.

    Attributes:
        kind: ``composed`` (with Grafana variables in it), ``name``, ``string``, ``duration``, ``number``, ``sign``, or
            ``end``.
        text: As written; empty at the end.
        start: Where it stands.
        end: Where it ends.
    """

    kind: str
    text: str
    start: int
    end: int


def tokens_of(source: Source) -> list[Token]:
    """Return the words of a query, and one for its end.

    Raises:
        PromQLSyntaxError: A character begins no word.
    """
    text = source.text[:-1]
    found: list[Token] = []
    pos = 0
    while (match := _TOKEN.match(text, pos)) is not None:
        kind = match.lastgroup or ""
        start, pos = match.span(kind)
        word = match[kind]
        if kind == "name" and not word.isascii():
            word = _letters(word)
            pos = start + len(word)
            if not word:
                break
        found.append(Token(kind, word, start, pos))
    if text[pos:].strip(" \t\n\v\f\r"):
        source.pos = pos
        raise source.unexpected("an expression, an operator or the end")
    found.append(Token("end", "", len(text), len(text)))
    return found


def cut(token: Token) -> list[Token]:
    """Return the parts of *token*, a word in the brackets of a window, where a colon parts the window from its step."""
    text, start = token.text, token.start
    match = _UP_TO_COLON.match(text)
    end = match.end() if match is not None else 0
    if end == len(text):
        return [token]
    pieces = [text[:end], ":", text[end + 1 :]] if end or "$" in text or "[" in text else ["", text, ""]
    found: list[Token] = []
    for piece in pieces:
        if piece or not found:
            kind = "composed" if "$" in piece or "[" in piece else "name"
            found.append(Token(kind, piece, start, start + len(piece)))
            start += len(piece)
    return found if found[0].text else found[1:]


def _letters(word: str) -> str:
    """Return the start of *word* that is letters, digits, signs of a name, and escapes."""
    for match in _IDENTIFIER.finditer(word):
        one = match[0]
        if len(one) == 1 and not (one.isalpha() or one in "_:.0123456789"):
            return word[: match.start()]
    return word


def plain_name(word: str) -> str:
    r"""Return *word* without escapes: ``a\-b`` is ``a-b``."""
    return _ESCAPED.sub(_unescaped, word) if "\\" in word else word


def _unescaped(match: re.Match[str]) -> str:
    byte, code, char = match.groups()
    return char if char is not None else chr(int(byte or code, 16))


def number_of(text: str) -> float | None:
    """Return the value of a number such as ``0x1F``, ``1.5e3`` or ``10Ki``; None when it is none."""
    lower = text.lower()
    if len(lower) > _LONGEST_LITERAL:
        return None
    if lower in ("inf", "nan"):
        return float(lower)
    try:
        if _SPECIAL.match(lower):
            whole = int(lower.replace("_", ""), 8 if lower[1].isdigit() else 0)
            return float(whole) if whole < 2**63 and not re.search("__|_$", lower) else None
        factor = 1.0
        match = _MULTIPLIER.search(lower)
        if match is not None:
            factor = (1024.0 if match[2] else 1000.0) ** (1 + "kmgt".index(match[1]))
            lower = lower[: match.start()]
        value = float(lower)
    except ValueError:
        return None
    return value * factor if isfinite(value) else None


def duration_of(text: str) -> float | None:
    """Return the seconds of a duration or of a number of seconds; NaN when they depend on the step, None for neither."""
    if len(text) > _LONGEST_LITERAL:
        return None
    if text[-1] in "0123456789.":
        try:
            value = float(text)
        except ValueError:
            return None
        return value if value < inf else None
    total, pos, negative = 0.0, 0, False
    while pos < len(text):
        match = _PART.match(text, pos)
        if match is None or match[2] in ("", "."):
            return None
        negative = negative or bool(match[1])
        seconds = float(match[2]) * _SECONDS.get(match[3].lower(), float("nan"))
        total += -seconds if negative else seconds
        pos = match.end()
    return total
