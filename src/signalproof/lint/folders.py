"""What stands in a folder: its files, those that are not worth opening, and those that may not be opened."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from signalproof.errors import Location, SignalproofError
from signalproof.files import real_place, unreadable
from signalproof.lint.recognise import looks_like
from signalproof.manifests import MAX_BYTES

USUAL = frozenset({"", ".json", ".yaml", ".yml", ".rules", ".rule"})
"""What is read whatever it begins with, and a mistake when it looks like ours and cannot be read."""

TEMPLATES = frozenset({".jsonnet", ".libsonnet"})
RENDERED = frozenset({".tpl", ".tmpl", ".gotmpl", ".j2", ".jinja", ".jinja2", ".template"})
_HEAD = 4096
_FIRST = re.compile(
    r"(?:[ \t]*(?:#[^\n]*+|---[^\n]*+|%[^\n]*+)?\n)*+[ \t]*(?:[{\[]|-[ \t]|[\w./\"'-]++[ \t]*:)"
)
"""How a file begins that may be JSON, YAML or a template of either."""


def is_folder(path: Path | os.DirEntry[str]) -> bool:
    """Whether *path* is a folder, or a link to one."""
    try:
        return path.is_dir()
    except OSError:  # one that may not be looked at: reading it says so
        return False


def closed(path: Path, error: OSError) -> SignalproofError:
    """Return the mistake that a file or folder of a folder cannot be read: what stands in it nobody knows."""
    return SignalproofError(
        f"cannot read {path}: {error.strerror}",
        "let it be read, or leave it out: --exclude",
        where=Location(str(path)),
    )


def walk(folder: Path, exclude: Collection[str], lost: Callable[[Path, OSError], None]) -> Iterator[Path]:
    """Yield the files of *folder*, by their names and before those of the folders in it; links to folders are not followed."""
    pending = [folder]
    while pending:
        where = pending.pop()
        try:
            with os.scandir(where) as listed:
                entries = sorted(listed, key=lambda one: one.name)
        except OSError as error:
            lost(where, error)
            continue
        folders: list[Path] = []
        for entry in entries:
            path = where / entry.name
            if is_folder(entry):
                if not entry.name.startswith(".") and entry.name != "node_modules" and not entry.is_symlink():
                    folders.append(path)
            elif not excluded(path, exclude):
                yield path
        pending += [one for one in reversed(folders) if not excluded(one, exclude)]


def excluded(path: Path, exclude: Collection[str]) -> bool:
    """Whether one of the globs *exclude* is for the name or the path of *path*."""
    text = path.as_posix()
    return any(
        fnmatchcase(path.name, one) or fnmatchcase(text, one) or fnmatchcase(text, f"*/{one}")
        for one in (pattern.removeprefix("./").rstrip("/").removesuffix("/**") for pattern in exclude)
    )


def unread(file: Path, below: Collection[Path]) -> str:
    """Return why a file of a folder is not even opened, or not further than its head; empty when it is to be read.

    Raises:
        OSError: It may not be opened.
    """
    if file.is_symlink():
        try:
            real_place(file, below)
        except SignalproofError:
            return "a link that leads out of the folder"
        if not file.exists():
            return "a link to nothing"
    if reason := unreadable(file, MAX_BYTES):
        return reason
    with file.open("rb") as opened:
        head = opened.read(_HEAD)
    if b"\0" in head:
        return "binary"
    text = head.decode("utf-8-sig", errors="replace")
    usual = file.suffix in USUAL | TEMPLATES
    return "" if usual or _FIRST.match(text) else looks_like(text, str(file)).name
