"""What was written: so that the file of a dashboard that is no more goes too, and a file written by hand never does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from signalproof.files import is_there, read_bytes
from signalproof.text_files import decoded

NAME = "MANIFEST"
_HEAD = "# Written by `signalproof render`: the files it wrote here. One that it would not write again, it removes.\n"


def manifest(
    folder: Path, made: Mapping[str, bytes], is_made: Callable[[str], bool]
) -> tuple[bytes, tuple[str, ...]]:
    """Return the new manifest of *folder*, and the files of the old one that should be there no more.

    Args:
        folder: The output folder.
        made: Path below it → content, of the parts that are rendered now.
        is_made: Whether a path belongs to one of those parts; the entries of the others are kept as they are.
    """
    before = _read(folder / NAME)
    kept = {path for path in before if not is_made(path)}
    listed = "".join(f"{path}\n" for path in sorted({*kept, *made}))
    return (_HEAD + listed).encode(), tuple(path for path in before if path not in kept and path not in made)


def everything(folder: Path, made: Mapping[str, bytes]) -> bytes:
    """Return the manifest of *folder* while it is written: what was there, and what will be."""
    listed = "".join(f"{path}\n" for path in sorted({*_read(folder / NAME), *made}))
    return (_HEAD + listed).encode()


def _read(file: Path) -> Iterable[str]:
    if not is_there(file):
        return ()
    text = decoded(read_bytes(file, below=[file.parent]), str(file))
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
