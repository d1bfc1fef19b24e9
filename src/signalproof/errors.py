"""Mistakes a person can make, worded for that person: what is wrong, where, and what to do instead."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_PACKAGE = str(Path(__file__).parent)


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A line of a file; ``str()`` is the ``file:line`` that editors and terminals turn into a link.

    Attributes:
        file: Path as Python knows it, made relative to the working directory when it lies below it; or a URL.
        line: Line number, counted from 1; 0 means the whole file.
    """

    file: str
    line: int = 0

    def __str__(self) -> str:
        if "://" in self.file:
            return self.file
        path = Path(self.file)
        shown = (
            path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path
        )
        return f"{shown}:{self.line}" if self.line else str(shown)


class SignalproofError(Exception):
    """A mistake in a definition, an argument or a file.

    Place and remedy are notes of the exception too, so that a traceback shows them where nobody words it: at an import.

    Attributes:
        help: What to write or do instead; may be empty.
        where: The place a person has to change, when it is known.
    """

    def __init__(self, message: str, help: str = "", *, where: Location | None = None) -> None:  # noqa: A002  # the name the reader sees in the output
        super().__init__(message)
        self.help = help
        self.where = where
        if where is not None:
            self.add_note(f"  --> {where}")
        if help:
            self.add_note(f"  help: {help}")


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return ``did you mean 'x'?`` for the known word closest to *word*, else *otherwise*."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else otherwise


def caller() -> Location:
    """Return the line that called into the library: the nearest frame whose file is not part of it.

    A declaration records it, so that a mistake found later (by inference, at render) still names the line to change.
    """
    frame = sys._getframe(1)  # noqa: SLF001  # the only way to a caller's line without building a whole traceback
    while frame.f_back is not None:
        name = frame.f_code.co_filename
        if not name.startswith((_PACKAGE, "<")):
            break
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno)
