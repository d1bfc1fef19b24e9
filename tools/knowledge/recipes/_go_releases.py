"""Read the metrics that a Go program declares at several releases of a repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from tools.knowledge.families import families
from tools.knowledge.gosource import Declaration, scan
from tools.knowledge.recipes._repository import Repository
from tools.knowledge.versions import Family, merged, order


def releases(
    repository: Repository,
    versions: Iterable[str],
    work: Path,
    *,
    skip: Sequence[str] = (),
    keep: Callable[[Declaration], bool] = lambda row: True,
    tag: str = "v{}",
    naming: str = "",
) -> dict[str, list[Family]]:
    """Return the families that the source declares on Linux, by version."""
    result = {}
    for version in versions:
        name = f"{repository.folder.parent.name}-{repository.folder.name}-{version}"
        folder = repository.source(tag.format(version), work / "source" / name, skip, naming=naming)
        rows = scan(folder, work, goos=["linux"], skip=skip)
        result[version] = families(row for row in rows if not row.file.endswith("_test.go") and keep(row))
    return result


def softened(family: Family) -> Family:
    """Return a family whose labels may each be empty or have other values: its declaration does not rule that out."""
    result = dict(family)
    if "labels" in result:
        result["labels"] = {label: {"optional": True} for label in result["labels"]}
    if result["type"] == "gauge" and result["name"].endswith(("_info", "_labels")):
        result["type"] = "info"
    return result


def catalogue(
    name: str,
    repository_name: str,
    read: Mapping[str, Iterable[Family]],
    prefixes: Mapping[str, str],
    renamed: Mapping[str, Mapping[str, str]] | None = None,
) -> Family:
    """Return the catalogue file of a program whose releases were *read*."""
    versions = sorted(read, key=order)
    result = merged(read)
    for family in result:
        if family["name"] in (renamed or {}):
            family["renamed_from"] = dict((renamed or {})[family["name"]])
    return {
        "name": name,
        "version": versions[-1],
        "oldest": versions[0],
        "source": f"https://github.com/{repository_name}",
        "how": f"declarations in the source of {len(versions)} releases",
        "prefixes": dict(sorted(prefixes.items())),
        "families": result,
    }
