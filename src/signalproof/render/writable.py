"""Text that no file of Grafana's or Prometheus' can hold: refused before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from signalproof.errors import SignalproofError
from signalproof.text import shown, storable

_SHOWN = 60


def check_writable(value: Any) -> None:
    """Raise where a text within the JSON *value* has a NUL, which databases refuse, or half a character.

    Raises:
        SignalproofError: With the text.
    """
    for text in _texts(value):
        if not storable(text):
            raise SignalproofError(
                f"nothing can show '{shown(text, at_most=_SHOWN)}': half a character is no text, and NUL none",
                "write whole characters",
            )


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for name, one in value.items():
                yield from _texts(name)
                yield from _texts(one)
        case list() | tuple():
            for one in value:
                yield from _texts(one)
        case _:
            pass
