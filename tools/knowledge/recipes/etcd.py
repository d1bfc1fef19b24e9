"""etcd: the metrics that the source of each release declares, read from a git checkout."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._go_releases import releases
from tools.knowledge.recipes._repository import repository
from tools.knowledge.versions import Family, merged

NAME = "etcd"
REPOSITORY = "etcd-io/etcd"
VERSIONS = (
    "3.2.32", "3.3.27", "3.4.0", "3.4.20", "3.4.45", "3.5.0", "3.5.10", "3.5.33", "3.6.0", "3.6.14", "3.7.0", "3.7.1",
)  # fmt: skip
_FLAGS = ("has_leader", "is_leader", "is_learner", "feature_enabled", "healthcheck", "defrag_inflight")
_INFO = ("etcd_server_id", "etcd_server_version", "etcd_server_go_version", "etcd_cluster_version")
# Gauges by name and type that only count up while a member runs.
_RISING = frozenset(
    ("etcd_server_proposals_applied_total", "etcd_server_proposals_committed_total", "etcd_disk_wal_write_bytes_total",
     "etcd_grpc_proxy_cache_hits_total", "etcd_grpc_proxy_cache_misses_total", "etcd_debugging_mvcc_current_revision",
     "etcd_debugging_mvcc_compact_revision")
)  # fmt: skip

_RENAMED = {
    "etcd_mvcc_db_total_size_in_bytes": {"etcd_debugging_mvcc_db_total_size_in_bytes": "3.5.0"},
    "etcd_mvcc_delete_total": {"etcd_debugging_mvcc_delete_total": "3.5.0"},
    "etcd_mvcc_put_total": {"etcd_debugging_mvcc_put_total": "3.5.0"},
    "etcd_mvcc_range_total": {"etcd_debugging_mvcc_range_total": "3.6.0"},
    "etcd_mvcc_txn_total": {"etcd_debugging_mvcc_txn_total": "3.5.0"},
}


def _judged(family: Family) -> Family:
    """Return a family with what its meaning adds to its declaration."""
    name = family["name"]
    family = dict(family)
    if name in _INFO:
        family["type"] = "info"
    elif (
        family["type"] == "gauge" and name != "etcd_debugging_mvcc_compact_revision"
    ):  # -1 before the first compaction
        family["low"] = 0
        if name.endswith(_FLAGS) and name.startswith(("etcd_server_", "etcd_disk_")):
            family["high"] = 1
    if name in _RISING:
        family["monotonic"] = True
    if name.endswith("_milliseconds"):
        family["unit"] = {"second": 1, "scale": 0.001}
    elif name.endswith("_inflights_total") or name in ("os_fd_used", "os_fd_limit"):
        family["unit"] = "count"
    return family


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    read = releases(
        repository(source, REPOSITORY),
        VERSIONS,
        work,
        skip=("tests", "test", "contrib", "tools", "hack", "vendor", "cmd/vendor", "functional"),
        keep=lambda row: row.name.startswith(("etcd_", "os_fd_")),
    )
    result = merged({version: [_judged(family) for family in found] for version, found in read.items()})
    for family in result:
        if family["name"] in _RENAMED:
            family["renamed_from"] = _RENAMED[family["name"]]
    complete = ("etcd_disk_", "etcd_mvcc_", "etcd_network_", "etcd_server_", "etcd_snap_", "etcd_cluster_")
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": f"https://github.com/{REPOSITORY}",
        "how": f"declarations in the source of {len(VERSIONS)} releases",
        "prefixes": {"etcd_": "open", **dict.fromkeys(complete, "complete"), "os_fd_": "open"},
        "families": result,
    }
