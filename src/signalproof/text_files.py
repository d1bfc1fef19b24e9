"""Text files that a person names: read with an error that says what is wrong with the file, and never a traceback."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from signalproof.errors import Location, SignalproofError

STDIN: Final = Path("-")
"""Standard input, as commands take it in place of a file."""


def shown(file: Path) -> str:
    """Return how *file* is called in messages."""
    return "<stdin>" if file == STDIN else str(file)


def read_text(file: Path, remedy: str = "give a readable file") -> str:
    """Return the UTF-8 text of *file*, or of standard input when it is ``-``; a byte order mark is left out.

    Args:
        file: What to read.
        remedy: What the error says to do when there is no such file, or none that may be read.

    Raises:
        SignalproofError: It cannot be read, or is not UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise SignalproofError(
            f"cannot read {shown(file)}: {error.strerror}", remedy, where=Location(shown(file))
        ) from None
    except UnicodeDecodeError:
        raise SignalproofError(
            f"{shown(file)} is no UTF-8 text", "save it as UTF-8", where=Location(shown(file))
        ) from None
