r"""The one gate for text of strangers: titles, expressions, file names, plans, what a remote program said, label values.

Text for a person goes through `shown`, text that is kept through `stored`, and text inside of JSON through `as_json`.
What a terminal obeys, what turns the order of characters around, what nobody sees and what UTF-8 cannot write comes
out as Python would write it: ``\x1b``, ``\u202e``, ``\ud800``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

LONGEST_SHOWN: Final = 10_000
"""Most characters of a text that a person is shown."""
LONGEST_STORED: Final = 100_000
"""Most characters of a text that is kept, and of one string within JSON."""

CUT: Final = "…"
"""Stands at the end of a text that was longer."""
REPLACEMENT: Final = "\ufffd"
"""Stands, in what is kept, for a character that cannot be."""

_UNSEEN = (
    r"\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    r"\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
)
"""Beside C0: C1, direction, separators of lines, what has no shape, halves of characters, and what XML has not.

The joiners U+200C and U+200D are left alone: words of some languages and many emoji are made with them.
"""
_IN_A_LINE = re.compile(rf"[\x00-\x1f{_UNSEEN}]")
_IN_LINES = re.compile(rf"[\x00-\x08\x0b-\x1f{_UNSEEN}]")
_HALF = re.compile("[\ud800-\udfff]")
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|#(?=#\w*\[)", re.MULTILINE)
"""What a log of continuous integration is told to do: ``::error::`` begins a line, ``##[group]`` stands anywhere."""
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def shown(text: object, *, lines: bool = False, at_most: int = LONGEST_SHOWN) -> str:
    r"""Return *text* as it can be displayed in a terminal or a log: it stays where it is put, and does nothing there.

    What was shown already comes out as it is.

    Args:
        text: Of whatever origin.
        lines: Whether it may have several lines; else a line end is written ``\n``.
        at_most: Most characters; where it is cut stands ``…``.
    """
    said = str(text)
    if said.isprintable() and len(said) <= at_most and "::" not in said and "##" not in said:
        return said
    long = len(said) > at_most
    safe = _whole(said[:at_most])
    if lines:
        safe = safe.replace("\r\n", "\n")
    safe = (_IN_LINES if lines else _IN_A_LINE).sub(_escaped, safe)
    safe = _COMMAND.sub(_disarmed, safe)
    if long or len(safe) > at_most:
        safe = safe[: at_most - 1] + CUT
    return safe


def stored(text: str, *, at_most: int = LONGEST_STORED) -> str:
    """Return *text* as every database, file and page can keep it: without NUL and without halves of characters.

    Two halves that belong together are one character, as in UTF-16, where they come from.

    Args:
        text: Of whatever origin.
        at_most: Most characters; where it is cut stands ``…``.
    """
    return _HALF.sub(REPLACEMENT, _whole(_cut(text, at_most).replace("\0", REPLACEMENT)))


def storable(text: str) -> bool:
    """Return whether `stored` has nothing to replace in *text*."""
    return "\0" not in text and (text.isascii() or not _HALF.search(text))


def stored_values(value: Any, *, at_most: int = LONGEST_STORED) -> Any:
    """Return the JSON *value* with every text in it, names included, as `stored` makes it; no number becomes null."""
    return _each(value, lambda text: stored(text, at_most=at_most))


def as_json(
    value: Any,
    *,
    indent: int | None = None,
    sort_keys: bool = False,
    default: Callable[[Any], Any] | None = None,
) -> str:
    """Return the JSON *value* as text that any reader of JSON takes and a terminal can show; nothing of it is lost.

    Half a character, which JSON could say but many of its readers refuse with all the rest, becomes the text that
    `shown` makes of it.

    Args:
        value: Of JSON's types; what is of none of them goes through *default*.
        indent: As `json.dumps` takes it, like the others.
        sort_keys: Whether names are in order.
        default: Makes a value of JSON's types.
    """

    def whole(one: Any) -> Any:
        return _each(one, lambda text: written(_cut(text, LONGEST_STORED)))

    otherwise = None if default is None else lambda one: whole(default(one))
    dumped = json.dumps(
        whole(value), indent=indent, sort_keys=sort_keys, default=otherwise, ensure_ascii=False
    )
    return _COMMAND.sub(r"\\u0023", _IN_LINES.sub(lambda found: json.dumps(found[0])[1:-1], dumped))


def written(text: str) -> str:
    r"""Return *text* as UTF-8 can write it: with two halves of a character joined, and one alone as ``\ud800``."""
    return text if text.isascii() else _HALF.sub(_escaped, _whole(text))


def _each(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case str():
            return change(value)
        case dict():
            return {
                change(name) if isinstance(name, str) else name: _each(one, change)
                for name, one in value.items()
            }
        case list() | tuple():
            return [_each(one, change) for one in value]
        case float() if not isfinite(value):
            return None
    return value


def _whole(text: str) -> str:
    """Return *text* with two halves that belong together as the one character that they are."""
    if text.isascii() or not _HALF.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cut(text: str, at_most: int) -> str:
    return text if len(text) <= at_most else text[: at_most - 1] + CUT


def _disarmed(found: re.Match[str]) -> str:
    return r"\x23" if found[0] == "#" else rf"{found[1]}\x3a"
