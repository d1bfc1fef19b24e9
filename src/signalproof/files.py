"""The gate for files that somebody else may have made: regular, where they should be, and no larger than said.

What is read is opened only when it is a regular file, and never past a bound: a pipe would wait for ever, a device gives
without end. What has to lie below a folder does so after its links are resolved.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from signalproof.errors import Location, SignalproofError

MAX_BYTES: Final = 20_000_000
"""Most bytes of a file that is read, where nothing else is said."""
MAX_DUMP_BYTES: Final = 64_000_000
"""Most bytes of a dump of ``/metrics``, of metadata or of series: thousands of series are usual there."""

_OPEN: Final = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
)
_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_bytes(
    file: Path,
    remedy: str = "give a readable file",
    *,
    most: int = MAX_BYTES,
    below: Collection[Path] | None = None,
) -> bytes:
    """Return what the regular file *file* holds.

    Args:
        file: What to read.
        remedy: What the error says to do when there is no such file, or none that may be read.
        most: Most bytes it may have.
        below: Folders in one of which it has to lie, links resolved; None for anywhere.

    Raises:
        SignalproofError: It cannot be read, is no regular file, is too large, or lies elsewhere.
    """
    place = file if below is None else real_place(file, below)
    try:
        data = _read(place, most, 0 if below is None else getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise refusal(file, f"cannot read {file}: {error.strerror or error}", remedy) from None
    except ValueError as error:  # a NUL in the name
        raise refusal(file, f"cannot read {str(file)!r}: {error}", remedy) from None
    if len(data) > most:
        raise refusal(file, f"{file} is larger than {size(most)}", "split it, or leave it out")
    return data


def unreadable(file: Path, most: int = MAX_BYTES) -> str:
    """Return why `read_bytes` would refuse *file* without reading it; empty when it is regular and small enough.

    Raises:
        OSError: There is no such file, or it may not be looked at.
    """
    found = file.stat()
    if kind := not_regular(found.st_mode):
        return kind
    return f"larger than {size(most)}" if found.st_size > most else ""


def is_there(file: Path) -> bool:
    """Whether *file* exists and is no folder: something that was meant to be read, though perhaps it cannot be."""
    try:
        return file.exists() and not file.is_dir()
    except (OSError, ValueError):  # a name that no file can have
        return False


def not_regular(mode: int) -> str:
    """Return what a file of that *mode* is instead of a regular one, ``no regular file: a pipe``; empty when it is one."""
    if stat.S_ISREG(mode):
        return ""
    return "no regular file: " + next((name for is_one, name in _KINDS if is_one(mode)), "something else")


def real_place(file: Path, below: Collection[Path]) -> Path:
    """Return where *file* really lies, links resolved; it need not exist.

    Raises:
        SignalproofError: That is in none of the folders *below*, or the links go round in a circle.
    """
    try:
        place = file.resolve()
        with suppress(FileNotFoundError):
            place.stat()
    except (OSError, RuntimeError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise refusal(file, f"cannot follow {str(file)!r}: {said}", "give the file itself") from None
    if not any(place.is_relative_to(folder.resolve()) for folder in below):
        raise refusal(
            file,
            f"{file} leads out of {' and '.join(dict.fromkeys(map(str, below)))}",
            "give the file that the link leads to, or replace the link by the file",
        )
    return place


def writable_place(file: Path, below: Collection[Path]) -> Path:
    """Return where *file* really lies, for one that is written: a regular file or nothing, below one of these folders.

    Raises:
        SignalproofError: It lies elsewhere, or is no regular file.
    """
    place = real_place(file, below)
    try:
        kind = not_regular(place.lstat().st_mode)
    except FileNotFoundError:
        return place
    except OSError as error:
        raise refusal(file, f"cannot write {file}: {error.strerror}", "give another file") from None
    if kind:
        raise refusal(file, f"cannot write {file}: {kind}", "give a regular file")
    return place


def size(most: int) -> str:
    """Return a bound as it is said to people: ``20 MB``."""
    return f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most:,} bytes"


def refusal(file: Path, message: str, remedy: str) -> SignalproofError:
    """Return the error about *file*."""
    return SignalproofError(message, remedy, where=Location(str(file)))


def _read(place: Path, most: int, flags: int) -> bytes:
    if kind := not_regular(place.stat().st_mode):  # before it is opened: a device may act when it is
        raise OSError(kind)
    with os.fdopen(os.open(place, _OPEN | flags), "rb") as opened:
        if kind := not_regular(os.fstat(opened.fileno()).st_mode):
            raise OSError(kind)
        return opened.read(most + 1)
