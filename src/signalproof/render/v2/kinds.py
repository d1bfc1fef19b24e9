"""The kinds of value that schema v2 knows, and what an error calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Kind:
    """A kind of value.

    Attributes:
        name: ``a text``.
        holds: Whether a value is of it.
    """

    name: str
    holds: Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


TEXT: Final = Kind("a text", _is_text)
SWITCH: Final = Kind("true or false", lambda value: isinstance(value, bool))
WHOLE: Final = Kind("a whole number", _is_whole)
NUMBER: Final = Kind("a number", lambda value: _is_whole(value) or isinstance(value, float))
OBJECT: Final = Kind("an object", lambda value: isinstance(value, dict))
LIST: Final = Kind("a list", lambda value: isinstance(value, list))
TEXTS: Final = Kind("a list of texts", _are_texts)
WHOLES: Final = Kind(
    "a list of whole numbers", lambda value: isinstance(value, list) and all(map(_is_whole, value))
)
OBJECTS: Final = Kind(
    "a list of objects",
    lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value),
)
CHOICE: Final = Kind("a text or a list of texts", lambda value: _is_text(value) or _are_texts(value))

OF_TYPE: Final[Mapping[type, Kind]] = {str: TEXT, bool: SWITCH, int: WHOLE, list: LIST, dict: OBJECT}


def one_of(*words: str) -> Kind:
    """Return the kind of a text that is one of *words*."""
    return Kind(f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in words)
