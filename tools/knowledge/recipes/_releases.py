"""What several recipes share: the releases of a checkout, and settling what they say differently about one metric."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tools.knowledge.families import families, unit
from tools.knowledge.gosource import scan
from tools.knowledge.recipes._repository import Repository, repository
from tools.knowledge.versions import Family, merged, order

Releases = dict[str, dict[str, Family]]


def numbered(source: Repository, oldest: str, pattern: str = r"v(\d+\.\d+\.\d+)") -> list[tuple[str, str]]:
    """Return (version, tag) of the releases from *oldest* on, oldest first."""
    found = [(match[1], tag) for tag in source.tags if (match := re.fullmatch(pattern, tag))]
    return sorted(
        (pair for pair in found if order(pair[0]) >= order(oldest)), key=lambda pair: order(pair[0])
    )


def scanned(source: Repository, tag: str, work: Path, *skip: str) -> dict[str, Family]:
    """Return the families that the Go source at *tag* declares, by name, the folders *skip* left out."""
    folder = source.source(tag, work / "go" / f"{source.folder.resolve().parent.name}-{tag}", skip)
    return {family["name"]: family for family in families(scan(folder, work, goos=["linux"], skip=skip))}


def words(text: str) -> frozenset[str]:
    """Return the words of *text*: names are listed so, and not one a line."""
    return frozenset(text.split())


def line_of(text: str, position: int) -> int:
    """Return the number of the line in which *position* of *text* is."""
    return text.count("\n", 0, position) + 1


def joined(releases: Releases) -> list[Family]:
    """Return the families of all releases; where one was a gauge before it became a counter, the newest type holds.

    That users may add labels is also taken from the newest release that has the metric.
    """
    newest: dict[str, Family] = {}
    for version in sorted(releases, key=order):
        newest.update(releases[version])
    for found in releases.values():
        for name, family in found.items():
            kinds = {str(family["type"]), str(newest[name]["type"])}
            if len(kinds) == 2 and kinds <= {"counter", "gauge", "info"}:
                family["type"] = "unknown"
            if not newest[name].get("open"):
                family.pop("open", None)
    return merged({version: found.values() for version, found in releases.items()})


def refine(found: Iterable[Family], *rules: Callable[[str, Family], None]) -> None:
    """Let each rule add what is known of a family by its name."""
    for family in found:
        for rule in rules:
            rule(str(family["name"]), family)


def unit_by_name(name: str, family: Family) -> None:
    """Take the unit from the name where it says one."""
    said = unit(name, str(family["type"]))
    if said is not None and family["type"] not in {"info", "stateset"}:
        family.setdefault("unit", said)


def rename(found: Iterable[Family], renames: Mapping[str, str]) -> None:
    """Note on each new family what it was called before, and in which version that went."""
    known = {str(family["name"]): family for family in found}
    for old, new in renames.items():
        if new in known and "since" in known[new] and (old not in known or "until" in known[old]):
            known[new].setdefault("renamed_from", {})[old] = known[new]["since"]


def catalogue(head: Mapping[str, object], releases: Releases, prefixes: Mapping[str, str]) -> Family:
    """Return the catalogue file: *head*, the versions that were read, *prefixes*, and the families."""
    versions = sorted(releases, key=order)
    return {
        **head,
        "version": versions[-1],
        "oldest": versions[0],
        "prefixes": dict(sorted(prefixes.items())),
        "families": joined(releases),
    }


__all__ = [
    "Family",
    "Releases",
    "Repository",
    "catalogue",
    "line_of",
    "numbered",
    "order",
    "refine",
    "rename",
    "repository",
    "scanned",
    "unit_by_name",
    "words",
]
