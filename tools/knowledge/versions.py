"""Puts the families of several releases together: since when each is there, until when, and which labels only some have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

Family = dict[str, Any]


def order(version: str) -> tuple[int, ...]:
    """A sort key of versions such as 1.10.2 or v0.9.0."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def merged(
    releases: Mapping[str, Iterable[Family]], patterns: Mapping[str, Iterable[str]] | None = None
) -> list[Family]:
    """The families of all releases (version to families), with `since`, `until` and optional labels.

    Facts of the newest release that has a family win. A claim that a release contradicts is left out.
    `patterns` are names with * that a release makes at run time: a family that one of them matches may be in that release
    too, so that nothing is said of when it came or went.
    """
    versions = sorted(releases, key=order)
    found: dict[str, dict[str, Family]] = {}
    for version in versions:
        for family in releases[version]:
            found.setdefault(family["name"], {})[version] = family
    made = {version: tuple((patterns or {}).get(version, ())) for version in versions}
    return [_merge(found[name], versions, _maybe(name, made)) for name in sorted(found)]


def _maybe(name: str, made: Mapping[str, Iterable[str]]) -> frozenset[str]:
    return frozenset(version for version in made if any(fnmatchcase(name, one) for one in made[version]))


def _merge(seen: Mapping[str, Family], versions: list[str], maybe: frozenset[str]) -> Family:
    having = [version for version in versions if version in seen]
    family = dict(seen[having[-1]])
    there = [version for version in versions if version in seen or version in maybe]
    if there[0] != versions[0]:
        family["since"] = there[0]
    if there[-1] != versions[-1]:
        family["until"] = there[-1]
    kinds = {seen[version]["type"] for version in having} - {"unknown"}
    if len(kinds) > 1 and not kinds <= {"gauge", "info"}:
        family["type"] = "unknown"
    elif family["type"] == "unknown" and len(kinds) == 1:
        family["type"] = kinds.pop()
    rows = [seen[version] for version in having]
    for key in (
        "unit",
        "buckets",
        "quantiles",
        "native",
        "low",
        "high",
        "monotonic",
        "zero",
        "initialised",
        "totals",
    ):
        if key in family and any(row.get(key, family[key]) != family[key] for row in rows):
            del family[key]
    if any(row.get("open") for row in rows):
        family["open"] = True
    if any("labels" not in row for row in rows):
        family.pop("labels", None)
    else:
        family["labels"] = labels([row["labels"] for row in rows])
    return family


def labels(rows: list[dict[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The labels of all of them: those that one lacks are optional, values and bounds hold only when all have them."""
    out: dict[str, dict[str, Any]] = {}
    for label in sorted({label for row in rows for label in row}):
        having = [row[label] for row in rows if label in row]
        facts: dict[str, Any] = {}
        if all("values" in one for one in having):
            facts["values"] = sorted({value for one in having for value in one["values"]})
        if all("at_most" in one for one in having):
            facts["at_most"] = max(one["at_most"] for one in having)
        if len(having) < len(rows) or any(one.get("optional") for one in having):
            facts["optional"] = True
        out[label] = facts
    return out
