"""Label matchers over a known set of values, and what regular expressions say without one.

Prometheus anchors its regular expressions and lets a dot match a newline. Only expressions that Go's RE2 and Python
read alike, and that cannot take exponential time, are decided; of any other nothing is said but whether it matches the
empty text, which the parser knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from signalproof.promql.regex import PatternError, matches_empty

_LITERAL: Final = re.compile(r"(?:[^\\.+*?()|\[\]{}^$]|\\[.+*?()|\[\]{}^$\\/\-])*+")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_TOKEN: Final = re.compile(
    r"(?P<class>\[\^?(?:[^\[\]\\&|~-]|\\[dws.\-\]\[+*?()|/])(?:[^\[\]\\&|~-]|\\[dws.\-\]\[+*?()|/]|-(?!-))*\])"
    r"|(?P<open>\((?:\?:)?(?!\?))|(?P<close>\))|(?P<repeat>[*+]\??(?![*+?{])|\?\??(?![*+?{])|\{\d{1,2}(?:,\d{0,2})?\}(?![*+?{]))"
    r"|(?P<plain>\\[dws]|\\[.+*?()|\[\]{}^$\\/\-]|[^\\+*?()\[\]{}^$])",
    re.DOTALL,
)
_LONGEST_VALUE: Final = 256
_MOST_REPEATS: Final = 3


@lru_cache(maxsize=8192)
def alternatives(pattern: str) -> frozenset[str] | None:
    r"""Return the texts that *pattern* matches when it only lists them: ``a|b``, ``(a|b)``, ``a\.b``; else None."""
    inner = pattern
    if len(inner) > 1 and inner[0] == "(" and inner[-1] == ")":
        inner = inner[3:-1] if inner.startswith("(?:") else inner[1:-1]
    parts: list[str] = []
    at = 0
    while True:
        found = _LITERAL.match(inner, at)
        if found is None:
            return None
        parts.append(_ESCAPED.sub(r"\1", found[0]))
        at = found.end()
        if at == len(inner):
            return frozenset(parts)
        if inner[at] != "|":
            return None
        at += 1


@lru_cache(maxsize=8192)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return *pattern* ready for ``fullmatch``, or None where Python may read it otherwise than Prometheus."""
    text = pattern.removeprefix("^")
    if text.endswith("$") and not text.endswith("\\$"):
        text = text[:-1]
    flags = re.DOTALL | re.ASCII
    if text.startswith("(?i)"):
        text, flags = text[4:], flags | re.IGNORECASE
    if (text != pattern and "|" in text) or not _is_plain(text):
        return None
    try:
        return re.compile(text, flags)
    except (re.error, RecursionError, OverflowError):
        return None


def _is_plain(text: str) -> bool:
    """Whether *text* is made of the tokens above, repeats nothing that repeats or branches, and repeats little."""
    at, repeats, branches = 0, 0, 0
    groups: list[int] = []
    last = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return False
        kind = found.lastgroup
        if kind == "open":
            groups.append(repeats + branches)
        elif kind == "close":
            if not groups:
                return False
            last = repeats + branches - groups.pop()
        elif kind == "repeat":
            if last and (found[0] != "?" or text[at - 1] != ")"):
                return False
            repeats += 1
        if kind in ("class", "plain"):
            last = 0
            branches += found[0] == "|"
        elif kind in ("open", "repeat"):
            last = 1
        at = found.end()
    return not groups and repeats <= _MOST_REPEATS


@lru_cache(maxsize=8192)
def matches(pattern: str, value: str) -> bool | None:
    """Whether *pattern* matches the whole of *value*; None where that is not decided."""
    if not value:
        return _matches_empty(pattern)
    if pattern == value and _LITERAL.fullmatch(pattern) and "\\" not in pattern:
        return True
    listed = alternatives(pattern)
    if listed is not None:
        return value in listed
    if pattern in (".*", "^.*$", ".+", "^.+$"):
        return True
    expression = compiled(pattern)
    if expression is None or len(value) > _LONGEST_VALUE or not (value.isascii() and pattern.isascii()):
        return None
    return expression.fullmatch(value) is not None


def _matches_empty(pattern: str) -> bool | None:
    try:
        return matches_empty(pattern)
    except PatternError:
        return None


def kept(values: Iterable[str], operator: str, wanted: str) -> frozenset[str] | None:
    """Return the *values* that pass a matcher; None where that is not decided. The empty text is a missing label."""
    if operator == "=":
        return frozenset(one for one in values if one == wanted)
    if operator == "!=":
        return frozenset(one for one in values if one != wanted)
    found: list[str] = []
    for one in values:
        answer = matches(wanted, one)
        if answer is None:
            return None
        if answer is (operator == "=~"):
            found.append(one)
    return frozenset(found)


def passes(value: str, operator: str, wanted: str) -> bool | None:
    """Whether *value* passes a matcher; None where that is not decided."""
    left = kept((value,), operator, wanted)
    return None if left is None else bool(left)
