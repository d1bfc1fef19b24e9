"""nginx-prometheus-exporter of NGINX: the declarations in its source, for the open NGINX (nginx_) and NGINX Plus (nginxplus_)."""

from __future__ import annotations

import re
from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    catalogue,
    numbered,
    order,
    refine,
    repository,
    scanned,
    unit_by_name,
)

NAME = "nginx_exporter"
ORIGIN = "nginxinc/nginx-prometheus-exporter"

_FLAGS = frozenset({"nginx_up", "nginxplus_up"})
_COUNTS = frozenset(
    {
        "nginx_connections_active",
        "nginx_connections_reading",
        "nginx_connections_writing",
        "nginx_connections_waiting",
    }
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = numbered(checkout, "0.4.0")
    releases: Releases = {}
    for version, tag in tags:
        found = scanned(checkout, tag, work, "vendor")
        found = {name: family for name, family in found.items() if re.match(r"nginx(plus)?_", name)}
        if "nginx_up" not in found or "nginxplus_up" not in found:
            raise ValueError(f"the source of {version} was not understood")
        for name, family in found.items():
            family["open"] = True  # constant labels of the user's choice, and those of NGINX Plus' variables
            family.setdefault("labels", {})
            if name.endswith(("_build_info", "_exporter_build_info")):
                family["type"] = "info"
        if order(version) >= order("1.0.0"):
            found["nginx_exporter_build_info"] = build_info("nginx_exporter")
        releases[version] = found
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(tags)} releases; the newest was run against nginx 1.22",
    }
    prefixes = {"nginx_": "open", "nginxplus_": "complete"}  # many other exporters use nginx_
    made = catalogue(head, releases, prefixes)
    refine(made["families"], _facts, unit_by_name)
    return made


def _facts(name: str, family: Family) -> None:
    """Add bounds and units that the source does not spell out."""
    if name in _FLAGS:
        family["low"], family["high"] = 0, 1
        family["presence"] = "always"
    if name in _COUNTS:
        family["unit"], family["low"] = "count", 0
    if name in {"nginx_connections_accepted", "nginx_connections_handled"}:
        family["unit"] = "events"
