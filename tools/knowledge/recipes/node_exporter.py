"""node_exporter: declarations in the source of its releases, and the expected output of its own end-to-end tests.

The tests' output supplies the types and labels of the families that are named at run time after kernel files.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tools.knowledge.families import families, patterns, unit
from tools.knowledge.gosource import Declaration, releases, scan
from tools.knowledge.recipes import _node_exporter_facts as facts
from tools.knowledge.recipes._scrape import scraped
from tools.knowledge.versions import Family, labels, merged

NAME = "node_exporter"
MODULE = "github.com/prometheus/node_exporter"
VERSIONS = (
    "1.0.0",
    "1.1.2",
    "1.2.2",
    "1.3.1",
    "1.6.1",
    "1.7.0",
    "1.8.2",
    "1.9.1",
    "1.10.2",
    "1.11.1",
    "1.12.1",
)
_REGISTERED = re.compile(r"registerCollector\(\s*(\"\w+\"|\w+),\s*(default\w+)")


def _collectors(folder: Path) -> dict[str, tuple[str, bool]]:
    """File of the source to the collector it registers and whether that is enabled by default."""
    out: dict[str, tuple[str, bool]] = {}
    for file in sorted((folder / "collector").glob("*.go")):
        text = file.read_text(encoding="utf-8")
        found = _REGISTERED.search(text)
        if not found or file.stem.endswith("_test"):
            continue
        name = found[1].strip('"')
        if not found[1].startswith('"'):
            constant = re.search(rf'\b{name}\s*=\s*"(\w+)"', text)
            if not constant:
                continue
            name = constant[1]
        out[f"collector/{file.name}"] = (name, found[2] == "defaultEnabled")
    return out


def _values(rows: list[Declaration], label: str) -> list[str] | None:
    seen: set[str] = set()
    for row in rows:
        values = row.values.get(label)
        if values is None:
            return None
        seen.update(values)
    return sorted(seen)


def _release(folder: Path, work: Path) -> tuple[list[Family], list[str], dict[str, Family]]:
    """The declared families of a release, the patterns of names made at run time, and what its tests expect."""
    rows = [
        row
        for row in scan(folder, work, only=["collector"])
        if row.file != "collector/textfile.go" or not row.dynamic
    ]
    by_name: dict[str, list[Declaration]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    collectors = _collectors(folder)
    found = {family["name"]: family for family in families(rows) if family["name"].startswith("node_")}
    outputs = sorted((folder / "collector" / "fixtures").glob("e2e*output*.txt"))
    shown = scraped("\n".join(page.read_text(encoding="utf-8") for page in outputs))
    expected = {name: family.facts() for name, family in shown.items() if name.startswith("node_")}
    for name, family in found.items():
        for label in facts.CLOSED.get(name, ()):
            values = _values(by_name[name], label)
            if values and label in family.get("labels", {}):
                family["labels"][label]["values"] = values
        files = {row.file for row in by_name[name]}
        switched = {collectors[file][0] for file in files if file in collectors and not collectors[file][1]}
        if len(switched) == 1 and files <= set(collectors):
            family["presence"] = f"collector:{switched.pop()}"
        if family["type"] == "unknown" and name in expected:
            family["type"] = expected[name]["type"]
        for label, known in expected.get(name, {}).get("labels", {}).items():
            if label in family.get("labels", {}) and known.get("optional"):
                family["labels"][label]["optional"] = True
                family["labels"][label].pop("values", None)
    made = [one for one in patterns(rows) if one != "node_*"]  # 1.7.0 has a table that no compiler takes
    return list(found.values()), made, expected


def _dynamic(expected: dict[str, Family], known: set[str], made: list[str]) -> list[Family]:
    """The families of the tests' output that are named at run time."""
    out = []
    for name, family in expected.items():
        if name not in known and any(fnmatchcase(name, one) for one in made):
            out.append({**family, **facts.dynamic(name, family["type"])})
    return out


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """The catalogue file."""
    declared: dict[str, list[Family]] = {}
    made: dict[str, list[str]] = {}
    expected: dict[str, Family] = {}
    for version, folder in releases(MODULE, VERSIONS, work, source):
        declared[version], made[version], seen = _release(folder, work)
        for name, family in seen.items():
            if name in expected and "labels" in expected[name] and "labels" in family:
                family["labels"] = labels([expected[name]["labels"], family["labels"]])
            expected[name] = family
    found: dict[str, Family] = {
        family["name"]: family
        for family in merged(declared, made)
        if not (
            "until" in family and family["name"].startswith("node_fibrechannel_")
        )  # described, but never exposed
    }
    anytime = sorted({one for patterns_ in made.values() for one in patterns_})
    for family in [*facts.more(), *_dynamic(expected, set(found), anytime)]:
        found.setdefault(family["name"], family)
    for name, family in found.items():
        known = unit(name, family["type"])
        if known and "unit" not in family and name not in facts.NO_UNIT:
            family["unit"] = known
        facts.finish(name, family)
    newest = list(declared)[-1]
    result: dict[str, Any] = {
        "name": NAME, "version": newest, "oldest": next(iter(declared)),
        "source": "https://github.com/prometheus/node_exporter",
        "how": f"declarations in the source of {len(declared)} releases on all platforms, the expected output of their tests, "
        f"and a scrape of {newest} with all collectors",
        "prefixes": facts.PREFIXES, "families": [found[name] for name in sorted(found)],
    }  # fmt: skip
    return result
