"""consul_exporter: the declarations in its source. Consul's own telemetry has the same prefix and is not of it."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    catalogue,
    numbered,
    refine,
    repository,
    scanned,
    unit_by_name,
    words,
)

NAME = "consul_exporter"
ORIGIN = "prometheus/consul_exporter"

_FLAGS = words("""consul_up consul_raft_leader consul_health_node_status consul_health_service_status
    consul_catalog_service_node_healthy""")
_INFOS = words("""consul_service_tag consul_service_checks consul_service_meta_info consul_serf_lan_member_info
    consul_serf_wan_member_info""")
_COUNTS = frozenset(
    {"consul_raft_peers", "consul_serf_lan_members", "consul_serf_wan_members", "consul_catalog_services"}
)
_STATUS = ["critical", "maintenance", "passing", "warning"]


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = numbered(checkout, "0.4.0")
    releases: Releases = {}
    for version, tag in tags:
        releases[version] = scanned(checkout, tag, work, "vendor")
        if "consul_up" not in releases[version]:
            raise ValueError(f"the source of {version} was not understood")
        releases[version]["consul_exporter_build_info"] = build_info("consul_exporter")
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(tags)} releases",
    }
    made = catalogue(head, releases, {"consul_": "open", "consul_exporter_": "complete"})
    refine(made["families"], _facts, unit_by_name)
    return made


def _facts(name: str, family: Family) -> None:
    """Add bounds and units that the source does not spell out."""
    if name in _FLAGS:
        family["low"], family["high"] = 0, 1
    if name in _COUNTS:
        family["unit"], family["low"] = "count", 0
    if name in _INFOS:
        family["type"] = "info"
    labels = family.get("labels")
    if (
        name in {"consul_health_node_status", "consul_health_service_status"}
        and isinstance(labels, dict)
        and "status" in labels
    ):
        labels["status"] = {**labels["status"], "values": _STATUS}
