"""Regular expressions as Prometheus reads them: Go's RE2 syntax, which differs from Python's.

Prometheus refuses a query whose regular expression does not compile, so the parser has to know what compiles. One pass
over the text decides that, and whether the empty text matches, which is what an absent label has. The rules are those
of Go's ``regexp/syntax`` documentation, in its Perl flavour; the names of Unicode scripts are not checked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NoReturn

_DEEPEST: Final = 1000
_MOST_REPEATS: Final = 1000

_UNICODE: Final = r"(?:[CLMNPSZ]|\{\^?(?:C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|[A-Z][A-Za-z_]{2,}+)\})"
_TOKEN: Final = re.compile(
    r"""
      (?P<plain>[^\\.+*?()|\[\]{}^$]++)
    | (?P<group>\((?:\?(?:P?<(?P<name>[^>]*+)>|(?P<flags>[imsU]*+(?:-[imsU]++)?+)(?P<flags_end>[:)]))|(?!\?)))
    | (?P<close>\))
    | (?P<bar>\|)
    | (?P<repeat>[*+?]\??+)
    | \{(?P<least>0|[1-9][0-9]*+)(?P<comma>,(?P<most>0|[1-9][0-9]*+)?+)?+\}\??+
    | (?P<anchor>[\^$]|\\[AzB])
    | (?P<boundary>\\b)
    | \\Q(?P<literal>(?:[^\\]++|\\(?!E))*+)(?:\\E)?+
    | (?P<atom>\\(?:[dDsSwWafnrtv]|[pP]UNICODE|x[0-9a-fA-F]{2}|x\{[0-9a-fA-F]++\}
        |0[0-7]{0,2}+|[1-7][0-7]{1,2}+|[^0-9A-Za-z\x80-\U0010ffff])
        |[.{}\]])
    | (?P<set>\[)
    """.replace("UNICODE", _UNICODE),
    re.VERBOSE | re.DOTALL,
)
_NAMED_SET: Final = re.compile(
    r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]"
)
_SET_ITEM: Final = re.compile(
    r"""
      (?P<many>\\[dDsSwW]|\\[pP]UNICODE)
    | \\x\{(?P<hex>[0-9a-fA-F]++)\} | \\x(?P<byte>[0-9a-fA-F]{2})
    | \\(?P<octal>0[0-7]{0,2}+|[1-7][0-7]{1,2}+)
    | \\(?P<control>[afnrtv])
    | \\(?P<escaped>[^0-9A-Za-z\x80-\U0010ffff])
    | (?P<char>[^\\])
    """.replace("UNICODE", _UNICODE),
    re.VERBOSE | re.DOTALL,
)
_CONTROL: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}


class PatternError(ValueError):
    """A text that is no regular expression.

    Attributes:
        help: What to write instead.
    """

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002  # as in SignalproofError
        super().__init__(message)
        self.help = help


class _Group:
    """A group that is open: its alternatives so far, and the parts of the current one.

    Attributes:
        empty: Whether an alternative that is complete matches the empty text.
        before: Whether every part but the last does.
        last: Whether the last part does.
        repeatable: Whether there is a last part.
        repeated: Whether the last part is a repetition, which cannot be repeated again.
        weight: How often the last part is repeated, nested repetitions multiplied.
        heaviest: The largest weight of all parts.
    """

    __slots__ = ("before", "empty", "heaviest", "last", "repeatable", "repeated", "weight")

    def __init__(self) -> None:
        self.empty = False
        self.heaviest = 1
        self.next_alternative()

    def next_alternative(self) -> None:
        """Begin another alternative."""
        self.before = self.last = True
        self.repeatable = self.repeated = False
        self.weight = 1

    def add(self, *, empty: bool, weight: int = 1) -> None:
        """Append a part."""
        self.before = self.before and self.last
        self.last = empty
        self.repeatable = True
        self.repeated = False
        self.weight = weight
        self.heaviest = max(self.heaviest, weight)

    def matches_empty(self) -> bool:
        """Whether the group, closed now, matches the empty text."""
        return self.empty or (self.before and self.last)


@lru_cache(maxsize=8192)
def matches_empty(pattern: str) -> bool:
    """Return whether *pattern* matches the empty text.

    Raises:
        PatternError: It is no regular expression of RE2.
    """
    groups = [_Group()]
    names: set[str] = set()
    pos = 0
    while pos < len(pattern):
        match = _TOKEN.match(pattern, pos)
        if match is None:
            _fail(pattern, pos)
        pos = match.end()
        group = groups[-1]
        kind = match.lastgroup
        if kind == "plain":
            _spell(group, match[0])
        elif kind == "repeat":
            _repeat(group, match[0])
            group.last = group.last or match[0][0] != "+"
        elif kind in ("least", "comma"):
            _repeat(group, match[0])
            _count(group, match)
        elif kind in ("atom", "boundary"):
            _check_code(match[0])
            group.add(empty=False)
        elif kind == "anchor":
            group.add(empty=True)
        elif kind == "literal":
            _spell(group, match["literal"])
        elif kind == "set":
            pos = _set(pattern, pos)
            group.add(empty=False)
        elif kind == "bar":
            group.empty = group.matches_empty()
            group.next_alternative()
        elif kind == "close":
            groups.pop()
            if not groups:
                raise PatternError("a ')' closes nothing", "escape it: \\)")
            groups[-1].add(empty=group.matches_empty(), weight=group.heaviest)
        elif match["flags_end"] != ")":
            if match["name"] is not None:
                _check_name(match["name"], names)
            groups.append(_Group())
            if len(groups) > _DEEPEST:
                raise PatternError(f"it is nested more than {_DEEPEST} levels deep")
    if len(groups) > 1:
        raise PatternError("a ')' is missing")
    return groups[0].matches_empty()


def _spell(group: _Group, text: str) -> None:
    """Append plain *text*: a repetition behind it repeats its last character alone."""
    if len(text) > 1:
        group.add(empty=False)
    if text:
        group.add(empty=False)


def _repeat(group: _Group, text: str) -> None:
    if not group.repeatable:
        raise PatternError(
            f"{text} has nothing to repeat",
            f"a glob is no regular expression: write .{text}" if text == "*" else "",
        )
    if group.repeated:
        raise PatternError(f"{text} repeats a repetition")
    group.repeated = True


def _count(group: _Group, match: re.Match[str]) -> None:
    least = _number(match["least"])
    most = least if match["comma"] is None else _number(match["most"]) if match["most"] else -1
    if least > _MOST_REPEATS or most > _MOST_REPEATS or 0 <= most < least:
        raise PatternError(f"{match[0]} is no count of 0 to {_MOST_REPEATS}")
    group.weight *= max(least if most < 0 else most, 1)
    if group.weight > _MOST_REPEATS:
        raise PatternError(f"{match[0]} makes more than {_MOST_REPEATS} repetitions with those inside")
    group.heaviest = max(group.heaviest, group.weight)
    group.last = group.last or least == 0


def _number(digits: str) -> int:
    return int(digits) if len(digits) < 9 else _MOST_REPEATS + 1


def _check_code(text: str) -> None:
    if text.startswith("\\x{") and int(text[3:-1][-400:], 16) > 0x10FFFF:
        raise PatternError(f"{text} names no character")


def _check_name(name: str, names: set[str]) -> None:
    if not re.fullmatch(r"[0-9A-Za-z_]+", name) or name in names:
        raise PatternError(
            f"a group cannot be named {name!r}", "each name is used once, and made of letters, digits and _"
        )
    names.add(name)


def _set(pattern: str, pos: int) -> int:
    """Return where the character class ends whose opening bracket stands just before *pos*."""
    if pattern.startswith("^", pos):
        pos += 1
    first = True
    while first or not pattern.startswith("]", pos):
        if (named := _NAMED_SET.match(pattern, pos)) is not None:
            pos = named.end()
        else:
            low, pos = _set_item(pattern, pos)
            if (
                low is not None
                and pattern.startswith("-", pos)
                and pattern[pos + 1 : pos + 2] not in ("", "]")
            ):
                high, pos = _set_item(pattern, pos + 1)
                if high is None or high < low:
                    raise PatternError("a range in brackets runs backwards or ends in a class")
        first = False
    return pos + 1


def _set_item(pattern: str, pos: int) -> tuple[int | None, int]:
    """Return the code of the character at *pos* in brackets (None for a class of several) and where it ends."""
    match = _SET_ITEM.match(pattern, pos)
    if match is None:
        if pos >= len(pattern):
            raise PatternError("a ']' is missing", "escape a bracket that is meant as it stands: \\[")
        _fail(pattern, pos)
    if pattern.startswith("[:", pos) and re.match(r"\[:[^\]]*:\]", pattern[pos : pos + 40]):
        raise PatternError("there is no character class of this name in [: :]")
    kind = match.lastgroup or ""
    text = match[kind]
    if kind == "many":
        return None, match.end()
    if kind in ("hex", "byte"):
        code = int(text[-400:], 16)
        if code > 0x10FFFF:
            raise PatternError(f"{match[0]} names no character")
        return code, match.end()
    if kind == "octal":
        return int(text, 8), match.end()
    return _CONTROL[text] if kind == "control" else ord(text), match.end()


def _fail(pattern: str, pos: int) -> NoReturn:
    """Raise the error for what stands at *pos* and begins no token."""
    rest = pattern[pos : pos + 4]
    if rest == "\\":
        raise PatternError(
            "it ends in a backslash", "in quotes a backslash is doubled, in backticks it is not"
        )
    if rest.startswith("\\"):
        backreference = "RE2 has no backreferences" if rest[1].isdigit() else ""
        raise PatternError(f"{rest[:2]} is no escape", backreference)
    if rest.startswith(("(?=", "(?!", "(?<")):
        raise PatternError("RE2 has no look-around", 'exclude with a second matcher: label!~"…"')
    raise PatternError(f"{rest[:3]} is no group", "a group begins with (, (?:, (?i: or (?P<name>")
