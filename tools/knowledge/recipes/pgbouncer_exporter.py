"""pgbouncer_exporter: its maps of columns and the declarations in its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    Repository,
    catalogue,
    line_of,
    numbered,
    refine,
    rename,
    repository,
    scanned,
    unit_by_name,
)

NAME = "pgbouncer_exporter"
ORIGIN = "prometheus-community/pgbouncer_exporter"

_SPACE = re.compile(r'^\t\t"(\w+)":\s*\{', re.MULTILINE)
_COLUMN = re.compile(r'^\t\t\t"(\w+)":\s+\{(LABEL|GAUGE|COUNTER), "([^"]*)"', re.MULTILINE)
_FLAGS = frozenset({"pgbouncer_up", "pgbouncer_databases_paused", "pgbouncer_databases_disabled"})


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = numbered(checkout, "0.4.0")
    releases: Releases = {version: _release(checkout, version, tag, work) for version, tag in tags}
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(tags)} releases; the newest was run",
    }
    made = catalogue(
        head, releases, {"pgbouncer_": "open", "pgbouncer_pools_": "complete", "pgbouncer_stats_": "complete"}
    )
    refine(made["families"], _facts, unit_by_name)
    names = [str(family["name"]) for family in made["families"]]
    totals = [name for name in names if name.startswith("pgbouncer_stats_totals_")]
    renames = {name.replace("_totals_", "_"): name for name in totals}
    rename(made["families"], {old: new for old, new in renames.items() if old in names})
    return made


def _release(checkout: Repository, version: str, tag: str, work: Path) -> dict[str, Family]:
    texts = checkout.files(tag, r"collector\.go$")
    declared = scanned(checkout, tag, work, "vendor").items()
    found = {
        name: family
        for name, family in declared
        if not re.match(r"pgbouncer_(databases|pools|stats\w*)_", name)
    }
    for path, text in texts.items():
        for family in _columns(path, text):
            found[str(family["name"])] = family
    if "pgbouncer_up" not in found or "pgbouncer_pools_client_active_connections" not in found:
        raise ValueError(f"the source of {version} was not understood")
    found["pgbouncer_exporter_build_info"] = build_info("pgbouncer_exporter")
    return found


def _columns(path: str, text: str) -> Iterator[Family]:
    start = text.index("metricMaps = ")
    block = text[start : text.index("\n\t}\n", start)]
    spaces = [*_SPACE.finditer(block)]
    for index, space in enumerate(spaces):
        end = spaces[index + 1].start() if index + 1 < len(spaces) else len(block)
        columns = [*_COLUMN.finditer(block, space.end(), end)]
        labels: dict[str, dict[str, object]] = {match[1]: {} for match in columns if match[2] == "LABEL"}
        for match in columns:
            if match[2] != "LABEL":
                yield {
                    "name": f"pgbouncer_{space[1]}_{match[3]}",
                    "type": match[2].lower(),
                    "labels": dict(labels),
                    "declared": f"{path}:{line_of(text, start + match.start())}",
                }


def _facts(name: str, family: Family) -> None:
    """Add bounds and units that the source does not spell out."""
    if name in _FLAGS:
        family["low"], family["high"] = 0, 1
    if name == "pgbouncer_version_info":
        family["type"] = "info"
    if family["type"] == "gauge" and name.endswith(
        ("_connections", "_clients", "_servers", "pgbouncer_users", "pgbouncer_pools")
    ):
        family["unit"], family["low"] = "count", 0
    if name in {"pgbouncer_config_max_user_connections", "pgbouncer_databases_max_connections"}:
        family["zero"] = True
