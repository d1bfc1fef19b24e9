"""mongodb_exporter of Percona: the declarations in its source.

Until 0.11 every metric was declared. From 0.20 on most names are made of what the server answers, so only the declared ones
and the table of names that the compatible mode turns back into the old ones are read; such metrics can have more labels.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    Repository,
    catalogue,
    numbered,
    order,
    refine,
    rename,
    repository,
    scanned,
    unit_by_name,
    words,
)

NAME = "mongodb_exporter"
ORIGIN = "percona/mongodb_exporter"

_CONVERSION = re.compile(
    r'oldName:\s+"(mongodb_\w+)",[^{}]*?(?:newName:\s+"(mongodb_\w+)",)?\s*(?:\w+:|\})', re.DOTALL
)
_NAMES = re.compile(
    r"mongodb_(?!collstats|dbstats|indexstats|profile_|top$|rs_cfg|currentop_query$|currentop_queryuptime)[a-zA-Z]\w*"
)
_UPWARDS = words(
    """mongodb_extra_info_page_faults_total mongodb_mongod_extra_info_page_faults_total
    mongodb_mongod_op_latencies_latency_total mongodb_mongod_op_latencies_ops_total
    mongodb_mongod_metrics_get_last_error_wtime_num_total mongodb_mongos_metrics_get_last_error_wtime_num_total
    mongodb_mongod_op_latencies_histogram mongodb_mongod_durability_commits"""
)
_READ = words("0.11.0 0.11.2 0.20.1 0.20.9 0.30.0 0.34.0 0.37.0 0.40.0 0.43.0 0.47.0 0.50.0")
_MISTYPED = frozenset(  # counters that newer releases send as gauges
    {
        "mongodb_mongod_wiredtiger_cache_evicted_total",
        "mongodb_mongod_locks_time_acquiring_global_microseconds_total",
    }
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    every = numbered(checkout, "0.11.0")
    tags = [pair for pair in every if pair[0] in _READ or pair == every[-1]]
    releases: Releases = {version: _release(checkout, version, tag, work) for version, tag in tags}
    renames: dict[str, str] = {}
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(tags)} releases",
    }
    made = catalogue(head, releases, {"mongodb_": "open"})
    for old, new in _conversions(checkout, tags[-1][1]):
        if new:
            renames.setdefault(old, new)
    refine(made["families"], _facts, unit_by_name)
    rename(made["families"], renames)
    return made


def _release(checkout: Repository, version: str, tag: str, work: Path) -> dict[str, Family]:
    found = {
        name: family
        for name, family in scanned(checkout, tag, work, "vendor").items()
        if _NAMES.fullmatch(name)
    }
    if "mongodb_up" not in found:
        raise ValueError(f"the source of {version} was not understood")
    for family in found.values():
        for facts in family.get("labels", {}).values():
            facts.pop("values", None)  # those that are seen in the source are not all
    if order(version) >= order("0.20"):
        for family in found.values():
            family["open"] = True  # labels of the topology
            family["presence"] = "lazy"
        for pair in _conversions(checkout, tag):
            for name in pair:
                if name and ("labels" not in found.get(name, {}) or found[name]["type"] == "unknown"):
                    found[name] = {"name": name, "type": "unknown", "presence": "lazy"}
    return found


def _conversions(checkout: Repository, tag: str) -> list[tuple[str, str]]:
    texts = checkout.files(tag, r"exporter/v1_compatibility\.go$")
    return [(match[1], match[2] or "") for text in texts.values() for match in _CONVERSION.finditer(text)]


def _facts(name: str, family: Family) -> None:
    """Add bounds that the source does not spell out."""
    if name == "mongodb_up":
        family["low"], family["high"], family["presence"] = 0, 1, "always"
    if name == "mongodb_version_info":
        family["type"] = "info"
    if name in _UPWARDS and family["type"] == "gauge":
        family["monotonic"] = True
    if name in _MISTYPED:
        family["type"], family["monotonic"] = "unknown", True
