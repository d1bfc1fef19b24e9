"""Read the files of a public repository at its releases, from a git checkout (or bare git folder) that the user has."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Repository:
    """A repository whose tags are read; nothing is checked out."""

    folder: Path

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, capture_output=True, check=True, text=True, errors="replace").stdout  # noqa: S603 - no shell

    @cached_property
    def tags(self) -> frozenset[str]:
        """The names of all tags."""
        return frozenset(self._git("tag").split())

    def files(self, tag: str, pattern: str) -> dict[str, str]:
        """Return the texts of the files at *tag* whose path matches the regular expression *pattern* from its start."""
        paths = [
            path
            for path in self._git("ls-tree", "-r", "--name-only", tag).splitlines()
            if re.match(pattern, path)
        ]
        if not paths:
            return {}
        asked = "".join(f"{tag}:{path}\n" for path in paths)
        command = ["git", "-C", str(self.folder), "cat-file", "--batch"]
        read = subprocess.run(command, input=asked.encode(), capture_output=True, check=True).stdout  # noqa: S603 - no shell
        result = {}
        at = 0
        for path in paths:
            end = read.index(b"\n", at)
            header = read[at:end].split()
            if header[-1] == b"missing":
                at = end + 1
                continue
            size = int(header[2])
            result[path] = read[end + 1 : end + 1 + size].decode(errors="replace")
            at = end + size + 2
        return result

    def source(
        self, tag: str, target: Path, skip: Sequence[str] = (), *, below: str = "", naming: str = ""
    ) -> Path:
        """Write the Go files at *tag*, without tests and the folders *skip*, into *target*, and return it.

        Only what stands in the folder *below* is written, if one is named; and only the files in whose text the regular
        expression *naming* is found.
        """
        if target.exists():
            return target
        fresh = target.with_name(f"{target.name}.part")
        fresh.mkdir(parents=True, exist_ok=True)
        without = rf"(?!(?:{'|'.join(map(re.escape, skip))})/)" if skip else ""
        paths = rf"{re.escape(below)}{without}(?:.*/)?(?:[^/]+(?<!_test)\.go|go\.mod)$"
        for path, text in self.files(tag, paths).items():
            if path.endswith(".go") and not re.search(naming, text):
                continue
            written = fresh / path.removeprefix(below)
            written.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(text, encoding="utf-8")
        return fresh.rename(target)


def repository(source: Path | None, name: str) -> Repository:
    """Return the checkout of *name* (`owner/name`): *source* itself, or a folder named after it in *source*."""
    if source is None:
        raise FileNotFoundError(f"pass a folder with a git checkout of {name}")
    owner, short = name.split("/")
    for folder in (source / f"{owner}+{short}" / "repo", source / f"{owner}+{short}", source / short):
        if folder.is_dir():
            return Repository(folder)
    if (source / ".git").exists() or (source / "HEAD").exists():
        return Repository(source)
    raise FileNotFoundError(f"there is no git checkout of {name} in {source}")
