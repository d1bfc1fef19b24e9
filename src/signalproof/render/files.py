"""Generated files on disk: written all or none, or compared.

Every file is first written beside its place under a temporary name, and only when all of them are there are they moved
in; a move within a folder is atomic. A reader (Grafana polls its folder) then sees the old file or the new one. Where a
run is killed between two moves, the next one finishes: it writes what is missing and removes what was left.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from io import StringIO
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

from signalproof.errors import Location, SignalproofError
from signalproof.files import MAX_DUMP_BYTES, unreadable
from signalproof.render.undisturbed import alone_in, held

_TEMPORARY: Final = re.compile(r"\.(.+)\.[0-9a-f]{8}\.tmp")


@dataclass(frozen=True)
class Change:
    """One file that is, or was, not what it should be.

    Attributes:
        path: Below the root, with forward slashes.
        old: What is on disk; None where there is no file.
        new: What should be; None where no file should be.
    """

    path: str
    old: bytes | None
    new: bytes | None

    @property
    def diff(self) -> str:
        """The difference as `diff -u` shows it, from what is on disk to what should be."""
        old, new = (_lines(data) for data in (self.old, self.new))
        if old is None or new is None:
            return f"Binary files a/{self.path} and b/{self.path} differ\n"
        before = "/dev/null" if self.old is None else f"a/{self.path}"
        after = "/dev/null" if self.new is None else f"b/{self.path}"
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in unified_diff(old, new, before, after)
        )


def compare(root: Path, files: Mapping[str, bytes], gone: Collection[str] = ()) -> list[Change]:
    """Return what `apply` would change, and change nothing.

    Args:
        root: Folder that every path lies in.
        files: Path below *root* → content.
        gone: Paths of files that were written once and should be there no more.

    Raises:
        SignalproofError: A path leaves the root, or a file cannot be read.
    """
    changes = []
    for path in sorted(files):
        old = _read(_place(root, path), path)
        if old != files[path]:
            changes.append(Change(path, old, files[path]))
    left = [(path, _read(_place(root, path), path)) for path in sorted(set(gone) - set(files))]
    return changes + [Change(path, old, None) for path, old in left if old is not None]


def apply(
    root: Path,
    files: Mapping[str, bytes],
    gone: Collection[str] = (),
    announced: Mapping[str, bytes] = MappingProxyType({}),
) -> list[Change]:
    """Write *files*, remove those that are *gone*, and return what changed; see `compare`.

    Files that are right already are not touched. If one cannot be written, none is; a request to end (SIGINT, SIGTERM,
    SIGHUP) is heeded before the first file is moved in, or after the last. What a killed run has left beside these files
    is removed first.

    Args:
        root: Folder that every path lies in.
        files: Path below *root* → content.
        gone: Paths of files that were written once and should be there no more.
        announced: Path → what a file says while the others change, before it says, last, what *files* has for it: a list
            of all that was and will be there, so that the next run knows, wherever this one is cut off.

    Raises:
        SignalproofError: A path leaves the root, or a file cannot be read or written.
        KeyboardInterrupt: It was asked to end, and nothing has changed.
    """
    with alone_in(root), held() as asked_to_end:
        changes = compare(root, files, gone)
        _remove_leftovers(root, {*files, *gone})
        others = [one for one in changes if one.path not in announced]
        folders: list[Path] = []
        staged: dict[str, Path] = {}
        done: list[Change] = []
        try:
            if others:
                for change in compare(root, announced):
                    _stage(root, change, staged, folders)
                    _move(root, change, staged)
                    done.append(change)
            last = compare(root, {path: data for path, data in files.items() if path in announced})
            for change in (*others, *last):
                if asked_to_end():
                    raise KeyboardInterrupt
                _stage(root, change, staged, folders)
            for change in others:
                _move(root, change, staged)
                done.append(change)
            _remove_empty_folders(root, gone)
            for change in last:
                _move(root, change, staged)
                done.append(change)
        except BaseException:
            _undo(root, done, staged, folders)
            raise
    return changes


def _place(root: Path, path: str) -> Path:
    """Return where *path* lies; the folder may be reached over links as long as it lies in the root."""
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or ".." in pure.parts or "\\" in path or pure.as_posix() != path:
        raise SignalproofError(
            f"{path!r} is no path inside the output folder",
            "give a plain relative path, without '..' and without a leading slash",
            where=Location(str(root)),
        )
    place = root / pure
    if not place.parent.resolve().is_relative_to(root.resolve()):
        raise SignalproofError(
            f"{path} leads out of {root}",
            "a folder on the way is a symbolic link to elsewhere: replace it by a folder",
            where=Location(str(place)),
        )
    if place.is_symlink():
        raise SignalproofError(
            f"{path} is a symbolic link",
            "remove it: a generated file is written, not linked",
            where=Location(str(place)),
        )
    return place


def _read(place: Path, path: str) -> bytes | None:
    try:
        if reason := unreadable(place, MAX_DUMP_BYTES):
            raise OSError(reason)
        return place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unusable("read", place, path, error) from None


def _remove_leftovers(root: Path, paths: Collection[str]) -> None:
    """Remove what a run that was killed has left: its temporary files beside those of *paths*."""
    names: dict[Path, set[str]] = {}
    for path in paths:
        place = _place(root, path)
        names.setdefault(place.parent, set()).add(place.name)
    for folder, known in names.items():
        with suppress(OSError):  # no such folder yet
            for entry in folder.iterdir():
                found = _TEMPORARY.fullmatch(entry.name)
                if found is not None and found[1] in known:
                    entry.unlink()


def _remove_empty_folders(root: Path, gone: Collection[str]) -> None:
    """Remove the folders that nothing is left in of what is *gone*."""
    for path in gone:
        for folder in PurePosixPath(path).parents[:-1]:
            try:
                (root / folder).rmdir()
            except FileNotFoundError:
                continue
            except OSError:  # something is left, or it was no folder
                break


def _make_folder(folder: Path, made: list[Path], path: str) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        try:
            one.mkdir()
        except OSError as error:
            raise _unusable("write", one, path, error) from None
        made.append(one)


def _stage(root: Path, change: Change, staged: dict[str, Path], folders: list[Path]) -> None:
    if change.new is None:
        return
    place = _place(root, change.path)
    _make_folder(place.parent, folders, change.path)
    temporary = place.with_name(f".{place.name}.{secrets.token_hex(4)}.tmp")
    staged[change.path] = temporary
    try:
        with temporary.open("xb") as file:
            file.write(change.new)
        if change.old is not None:
            temporary.chmod(place.stat().st_mode & 0o777)
    except OSError as error:
        raise _unusable("write", place, change.path, error) from None


def _move(root: Path, change: Change, staged: dict[str, Path]) -> None:
    place = _place(root, change.path)
    try:
        if change.new is None:
            place.unlink()
        else:
            staged[change.path].replace(place)
            del staged[change.path]
    except OSError as error:
        raise _unusable("write", place, change.path, error) from None


def _undo(root: Path, done: list[Change], staged: dict[str, Path], folders: list[Path]) -> None:
    _discard(staged)
    for change in reversed(done):
        with suppress(OSError, SignalproofError):
            back = Change(change.path, change.new, change.old)
            _stage(root, back, staged, [])
            _move(root, back, staged)
    _discard(staged)
    for folder in reversed(folders):
        with suppress(OSError):
            folder.rmdir()


def _discard(staged: dict[str, Path]) -> None:
    for temporary in staged.values():
        with suppress(OSError):
            temporary.unlink()
    staged.clear()


def _unusable(verb: str, place: Path, path: str, error: OSError) -> SignalproofError:
    return SignalproofError(
        f"cannot {verb} {path}: {error.strerror or error}",
        "make it accessible to you, or choose another output folder",
        where=Location(str(place)),
    )


def _lines(data: bytes | None) -> list[str] | None:
    try:
        return list(StringIO((data or b"").decode("utf-8")))
    except UnicodeDecodeError:
        return None
