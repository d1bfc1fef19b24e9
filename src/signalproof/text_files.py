"""Text files that a person names: read with an error that says what is wrong with the file, and never a traceback."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from signalproof.errors import Location, SignalproofError
from signalproof.files import MAX_BYTES, read_bytes, size

STDIN: Final = Path("-")
"""Standard input, as commands take it in place of a file."""


def shown(file: Path) -> str:
    """Return how *file* is called in messages."""
    return "<stdin>" if file == STDIN else str(file)


def read_text(file: Path, remedy: str = "give a readable file", *, most: int = MAX_BYTES) -> str:
    """Return the UTF-8 text of *file*, or of standard input when it is ``-``; a byte order mark is left out.

    Args:
        file: What to read.
        remedy: What the error says to do when there is no such file, or none that may be read.
        most: Most bytes it may have.

    Raises:
        SignalproofError: It cannot be read, is no regular file, is too large, or is not UTF-8.
    """
    data = _read_stdin(most) if file == STDIN else read_bytes(file, remedy, most=most)
    return decoded(data, shown(file))


def decoded(data: bytes, name: str) -> str:
    """Return the UTF-8 text *data* of the file *name*, as `read_text` does.

    Raises:
        SignalproofError: It is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise SignalproofError(f"{name} is no UTF-8 text", "save it as UTF-8", where=Location(name)) from None


def _read_stdin(most: int) -> bytes:
    where = Location(shown(STDIN))
    try:
        data = sys.stdin.buffer.read(most + 1)
    except OSError as error:
        raise SignalproofError(f"cannot read <stdin>: {error.strerror}", "give a file", where=where) from None
    if len(data) > most:
        raise SignalproofError(f"<stdin> is larger than {size(most)}", "give less at once", where=where)
    return data
