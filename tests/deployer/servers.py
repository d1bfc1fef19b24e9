"""Servers of the tests' own, and their folders: what an interrupted run could not clear away, the next one does."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")


def bound(command: Sequence[str]) -> list[str]:
    """Return *command* so that the kernel asks it to end when the process that started it has ended, however it did."""
    setpriv = shutil.which("setpriv")
    return list(command) if setpriv is None else [setpriv, "--pdeathsig", "TERM", "--", *command]


@contextmanager
def own_folder(name: str) -> Iterator[Path]:
    """A folder under the system's temporary one, gone afterwards; those of test processes that are dead go first."""
    prefix = f"hive-{name}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*-*"):
        owner = left.name.removeprefix(prefix).partition("-")[0]
        if owner.isdigit() and not _runs(int(owner)):
            remove(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a *folder* with all that is mounted in it: the networks of containers are, while an Engine runs."""
    for point in reversed(mounts(folder)):
        subprocess.run(["umount", point], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


def mounts(folder: Path) -> list[str]:
    """Return what is mounted below a *folder*, in the order in which it was."""
    if not _MOUNTS.exists():
        return []
    points = [line.split(" ")[1] for line in _MOUNTS.read_text().splitlines()]
    return [point for point in points if point.startswith(f"{folder}/")]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
