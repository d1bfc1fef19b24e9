"""The usual recipe of a program in Go: read the declarations of its releases and put a few facts known by hand to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.knowledge.families import closed, families, patterns, unit
from tools.knowledge.gosource import Declaration, checkout, module, scan
from tools.knowledge.versions import Family, merged, order


@dataclass(frozen=True)
class GoProgram:
    """What a recipe of a program in Go has to say."""

    name: str
    module: str
    repository: str
    versions: Mapping[str, str]  # the program's version to its tag in the module proxy or in the clone
    prefixes: Mapping[str, str]
    only: Sequence[str] = ()  # the folders whose declarations count; all when empty
    wanted: Collection[str] = ()  # how names begin that belong to this file
    platforms: Sequence[str] = ("linux", "windows", "darwin")
    closed: Collection[str] = ()  # labels whose values are all in the source
    units: Mapping[str, object] = field(default_factory=dict)
    flags: Collection[str] = ()  # gauges that are 0 or 1
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # further keys of families
    more: Sequence[Mapping[str, Any]] = ()  # families that its libraries declare
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # new name to old ones
    open: Collection[str] = ()  # families that may have further labels
    checked: str = ""  # what was run to check, for the file's head

    def rows(self, folder: Path, work: Path) -> list[Declaration]:
        """The declarations of one release that belong to this file."""
        found = scan(folder, work, goos=self.platforms, only=self.only)
        return [row for row in found if row.name.startswith(tuple(self.wanted or self.prefixes))]

    def build(self, work: Path, source: Path | None) -> dict[str, object]:
        """The catalogue file."""
        found: dict[str, list[Family]] = {}
        made: dict[str, list[str]] = {}
        for version in sorted(self.versions, key=order):
            tag = self.versions[version]
            folder = (
                checkout(source, tag, work, paths=self.only) if source else module(self.module, tag, work)
            )
            rows = self.rows(folder, work)
            found[version], made[version] = families(rows), patterns(rows)
            closed(found[version], rows, self.closed)
        versions = list(found)
        merged_families = {family["name"]: family for family in merged(found, made)}
        for extra in self.more:
            merged_families.setdefault(extra["name"], dict(extra))
        for name, family in merged_families.items():
            self.finish(name, family)
        result: dict[str, Any] = {
            "name": self.name,
            "version": versions[-1],
            "oldest": versions[0],
            "source": self.repository,
            "how": f"declarations in the source of {len(versions)} releases{self.checked}",
            "prefixes": dict(self.prefixes),
            "families": list(merged_families.values()),
        }
        return result

    def finish(self, name: str, family: Family) -> None:
        """Put the facts known by hand into a family."""
        if family["type"] == "gauge" and name.endswith("_info"):
            family["type"] = "info"
        known = self.units.get(name) or unit(name, family["type"])
        if known and family["type"] != "info":
            family["unit"] = known
        if name in self.flags:
            family.update({"low": 0, "high": 1})
        if name in self.open:
            family["open"] = True
        if name in self.renamed:
            family["renamed_from"] = dict(self.renamed[name])
        for key, value in self.facts.get(name, {}).items():
            if value is None:
                family.pop(key, None)
            else:
                family[key] = value
