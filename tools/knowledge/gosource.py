"""Facts from Go source: fetch a release and list the metrics that it declares.

A release comes from the Go module proxy (`module`) or from a clone of the repository (`checkout`).
`scan` runs `goscan`, a small Go program beside this file, on the source; nothing of the exporter is built or run.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class SourceError(Exception):
    """The source of a release is not to be had."""


@dataclass(frozen=True)
class Declaration:
    """One metric as the source declares it; the same name may be declared several times."""

    name: str  # with * for each part made at run time
    type: str  # counter, gauge, histogram, summary, untyped or unknown
    file: str  # relative to the scanned folder
    line: int
    package: str
    kind: str  # the function that declares it
    goos: tuple[str, ...]
    types: tuple[str, ...] = ()  # when several were seen
    dynamic: bool = False
    prefix: str = ""  # of a dynamic name: what stands before its first *
    labels: tuple[str, ...] | None = None  # None: not known
    labels_open: bool = False  # it may have further labels
    optional: tuple[str, ...] = ()  # labels that only some branch adds
    const_labels: Mapping[str, str | None] = field(default_factory=dict)  # None: value made at run time
    const_open: bool = False  # constant labels that are not known may come along
    values: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)  # None: made at run time
    buckets: tuple[str, ...] | None = None
    quantiles: tuple[str, ...] | None = None
    native: str = ""  # "", "true" or "only"
    stability: str = ""
    deprecated: str = ""
    help_unit: str = ""  # the word of a unit that the help has, for judging by hand
    has_help: bool = False

    @property
    def where(self) -> str:
        """Where in the source it stands."""
        return f"{self.file}:{self.line}"


def _tuple(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _declaration(row: Mapping[str, Any]) -> Declaration:
    known = dict(row)
    known.pop("pattern", None)
    for key in ("labels", "buckets", "quantiles"):
        known[key] = _tuple(row.get(key))
    for key in ("goos", "types", "optional"):
        known[key] = tuple(row.get(key) or ())
    known["values"] = {label: _tuple(values) for label, values in (row.get("values") or {}).items()}
    return Declaration(**known)


def run(command: Sequence[str], cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it prints; raise SourceError with its complaint when it fails."""
    done = subprocess.run(  # noqa: S603 - fixed programs, no shell
        command, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SourceError(f"{' '.join(command[:4])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def module(path: str, version: str, work: Path) -> Path:
    """The extracted source of a Go module's release, from the module proxy."""
    work.mkdir(parents=True, exist_ok=True)
    try:
        text = run(
            ["go", "mod", "download", "-json", f"{path}@{version}"], cwd=work, env={"GOFLAGS": "-mod=mod"}
        )
    except SourceError as error:
        raise SourceError(f"{path} {version}: {error}") from None
    return Path(json.loads(text)["Dir"])


def checkout(clone: Path, tag: str, work: Path, paths: Iterable[str] = ()) -> Path:
    """The files of a tag of a clone (its folder or its git directory), or only those below some paths of it."""
    git_dir = clone / ".git" if (clone / ".git").exists() else clone
    paths = sorted(paths)
    digest = hashlib.sha256("\n".join(paths).encode()).hexdigest()[:8] if paths else "all"
    name = f"{git_dir.resolve().parent.name}-{git_dir.name}-{tag}-{digest}".replace("/", "_")
    target = work / "checkout" / name
    if target.exists():
        return target
    fresh = target.with_name(f"{target.name}.part")
    fresh.mkdir(parents=True, exist_ok=True)
    packed = fresh.with_suffix(".tar")
    if paths:
        paths = run(
            ["git", "--git-dir", str(git_dir), "ls-tree", "--name-only", tag, "--", *paths]
        ).splitlines()
    run(["git", "--git-dir", str(git_dir), "archive", "-o", str(packed), tag, *paths])
    with tarfile.open(packed) as archive:
        archive.extractall(fresh, filter="data")
    packed.unlink()
    fresh.rename(target)
    return target


def scanner(work: Path) -> Path:
    """The built scanner; it is built again when its source changed."""
    binary = work.resolve() / "goscan"
    newest = max(source.stat().st_mtime for source in (HERE / "goscan").iterdir())
    if not binary.exists() or binary.stat().st_mtime < newest:
        binary.parent.mkdir(parents=True, exist_ok=True)
        run(["go", "build", "-o", str(binary), "."], cwd=HERE / "goscan")
    return binary


def scan(
    folder: Path,
    work: Path,
    goos: Sequence[str] = (),
    *,
    tags: Sequence[str] = (),
    module_path: str = "",
    skip: Sequence[str] = (),
    only: Sequence[str] = (),
    extra: Mapping[str, Path] | None = None,
) -> list[Declaration]:
    """The metrics declared below a folder of Go source.

    `goos` are platforms (`linux` or `linux/arm64`), all of them when empty; `skip` are folders that are not read, `only` the
    ones that are reported; `extra` are further modules (import path to folder) that names are looked up in.
    """
    command = [str(scanner(work))]
    if goos:
        command += ["-targets", ",".join(goos)]
    for flag, values in (("-tags", tags), ("-skip", skip), ("-only", only)):
        if values:
            command += [flag, ",".join(values)]
    if module_path:
        command += ["-module", module_path]
    for path, place in (extra or {}).items():
        command += ["-with", f"{path}={place}"]
    return [_declaration(json.loads(row)) for row in run([*command, str(folder)]).splitlines()]


def releases(
    path: str, versions: Sequence[str], work: Path, source: Path | None, prefix: str = "v"
) -> Iterator[tuple[str, Path]]:
    """Each release with its source: tags of a clone when there is one, else what the module proxy has of a Go module."""
    for version in versions:
        if source is not None:
            yield version, checkout(source, f"{prefix}{version}", work)
            continue
        try:
            yield version, module(path, f"{prefix}{version}", work)
        except SourceError as error:
            sys.stderr.write(f"left out: {error}\n")
