"""Prometheus: declarations in the source of the server's releases, checked with a scrape of the newest one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tools.knowledge.families import build_info
from tools.knowledge.gosource import Declaration
from tools.knowledge.recipes._go_exporter import GoProgram
from tools.knowledge.versions import Family

NAME = "prometheus"
_VERSIONS = (
    *(
        "2.37.0",
        "2.42.0",
        "2.44.0",
        "2.47.2",
        "2.51.2",
        "2.53.3",
        "2.54.1",
        "2.55.1",
        "3.0.1",
        "3.1.0",
        "3.2.1",
        "3.3.1",
    ),
    *(
        "3.4.2",
        "3.5.1",
        "3.6.0",
        "3.7.3",
        "3.8.1",
        "3.9.1",
        "3.10.0",
        "3.11.3",
        "3.12.0",
        "3.13.5",
        "3.14.0",
        "3.15.1",
        "3.16.0",
    ),
)
_MILLISECONDS = {"second": 1, "scale": 0.001}
_COMPLETE = (
    *(
        "agent",
        "config",
        "engine",
        "http",
        "notifications",
        "ready",
        "remote_read",
        "remote_storage",
        "rule",
        "sd_consul",
    ),
    *(
        "sd_discovered",
        "sd_file",
        "sd_kubernetes",
        "sd_refresh",
        "target",
        "template",
        "treecache",
        "tsdb",
        "wal",
        "web",
    ),
)
_LOGS = (
    "prometheus_tsdb_wal_",
    "prometheus_tsdb_out_of_order_wbl_",
)  # what the two write-ahead logs put before their names
_QUEUES = "storage/remote/queue_manager.go"
_TARGET = ("remote_name", "url")  # constant labels of each remote write queue


def _tag(version: str) -> str:
    major, minor, patch = version.split(".")
    return f"v0.{minor}.{patch}" if major == "2" else f"v0.{300 + int(minor)}.{patch}"


@dataclass(frozen=True)
class _Prometheus(GoProgram):
    def rows(self, folder: Path, work: Path) -> list[Declaration]:
        """The declarations, with the prefixes and labels that wrapped registries give."""
        bare = replace(self, wanted=("",))
        out: list[Declaration] = []
        for row in GoProgram.rows(bare, folder, work):
            if row.name.startswith("prometheus_"):
                queue = row.file == _QUEUES and row.const_open
                constant = dict.fromkeys(_TARGET) if queue else row.const_labels
                out.append(replace(row, const_labels=constant, const_open=row.const_open and not queue))
            elif row.package.endswith("/tsdb/wlog"):
                out.extend(replace(row, name=prefix + row.name) for prefix in _LOGS)
        return out


def _conntrack() -> list[Family]:
    dialer = ("conn_attempted_total", "conn_established_total", "conn_closed_total")
    rows: list[Family] = [
        {"name": f"net_conntrack_dialer_{name}", "type": "counter", "labels": {"dialer_name": {}}}
        for name in dialer
    ]
    reasons = {"values": ["refused", "resolution", "timeout", "unknown"]}
    failed = {"dialer_name": {}, "reason": reasons}
    rows.append({"name": "net_conntrack_dialer_conn_failed_total", "type": "counter", "labels": failed})
    rows.extend(
        {"name": f"net_conntrack_listener_{name}", "type": "counter", "labels": {"listener_name": {}}}
        for name in ("conn_accepted_total", "conn_closed_total")
    )
    return rows


PROGRAM = _Prometheus(
    name=NAME,
    module="github.com/prometheus/prometheus",
    repository="https://github.com/prometheus/prometheus",
    versions={version: _tag(version) for version in _VERSIONS},
    prefixes={"prometheus_": "open", "net_conntrack_": "open"}
    | {f"prometheus_{name}_": "complete" for name in _COMPLETE},
    only=(
        *(
            "cmd/prometheus",
            "config",
            "discovery",
            "notifier",
            "promql",
            "rules",
            "scrape",
            "storage",
            "template",
            "tracing",
        ),
        *("tsdb", "util", "web"),
    ),
    closed=("slice", "event", "role", "type", "operation"),
    units={
        "prometheus_config_last_reload_success_timestamp_seconds": "timestamp_seconds",
        "prometheus_tsdb_head_max_time": _MILLISECONDS,
        "prometheus_tsdb_head_min_time": _MILLISECONDS,
        "prometheus_tsdb_lowest_timestamp": _MILLISECONDS,
        "prometheus_tsdb_compaction_chunk_range_seconds": _MILLISECONDS,
        "prometheus_tsdb_head_max_time_seconds": "timestamp_seconds",
        "prometheus_tsdb_head_min_time_seconds": "timestamp_seconds",
        "prometheus_remote_storage_highest_timestamp_in_seconds": "timestamp_seconds",
        "prometheus_sd_file_mtime_seconds": "timestamp_seconds",
        "prometheus_tsdb_sample_ooo_delta": "seconds",
        **dict.fromkeys(
            ("prometheus_tsdb_head_series", "prometheus_tsdb_head_chunks", "prometheus_tsdb_blocks_loaded"),
            "count",
        ),
    },
    flags=(
        "prometheus_config_last_reload_successful",
        "prometheus_ready",
        "prometheus_engine_query_log_enabled",
    ),
    facts={
        **{
            f"prometheus_tsdb_retention_limit_{name}": {"zero": True, "low": 0}
            for name in ("bytes", "seconds")
        },
        **{
            f"prometheus_tsdb_{name}": {"low": 0}
            for name in ("head_series", "head_chunks", "storage_blocks_bytes")
        },
    },
    more=[build_info("prometheus"), *_conntrack()],
    renamed={
        "prometheus_remote_read_client_queries": {"prometheus_remote_storage_remote_read_queries": "3.2.0"},
        "prometheus_remote_read_client_queries_total": {
            "prometheus_remote_storage_read_queries_total": "3.2.0"
        },
        "prometheus_remote_read_client_request_duration_seconds": {
            "prometheus_remote_storage_read_request_duration_seconds": "3.2.0"
        },
        "prometheus_remote_read_handler_queries": {"prometheus_api_remote_read_queries": "3.2.0"},
        "prometheus_remote_storage_bytes_total": {
            "prometheus_remote_storage_sent_bytes_total": "2.23.0",
            "prometheus_remote_storage_samples_bytes_total": "2.27.0",
        },
        "prometheus_remote_storage_samples_total": {
            "prometheus_remote_storage_succeeded_samples_total": "2.23.0"
        },
        "prometheus_remote_storage_samples_failed_total": {
            "prometheus_remote_storage_failed_samples_total": "2.23.0"
        },
        "prometheus_remote_storage_samples_retried_total": {
            "prometheus_remote_storage_retried_samples_total": "2.23.0"
        },
        "prometheus_remote_storage_samples_dropped_total": {
            "prometheus_remote_storage_dropped_samples_total": "2.23.0"
        },
        "prometheus_remote_storage_samples_pending": {"prometheus_remote_storage_pending_samples": "2.23.0"},
    },
    checked=", and a scrape of 3.16.0",
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """The catalogue file; a clone is not needed."""
    del source
    said: dict[str, Any] = PROGRAM.build(work, None)
    return {**said, "families": [embedded(one) for one in said["families"]]}


def embedded(family: Family) -> Family:
    """Return a family with the labels that programs add which have parts of Prometheus inside: Thanos, Mimir, Cortex, Loki."""
    own = next((labels for prefix, labels in _EMBEDDED.items() if family["name"].startswith(prefix)), ())
    labels = family.get("labels")
    if labels is None or not own:
        return family
    return {
        **family,
        "labels": {**labels, **{name: {"optional": True} for name in own if name not in labels}},
    }


_EMBEDDED = {
    "prometheus_rule_": ("strategy", "user"),
    "prometheus_notifications_": ("user",),
    "prometheus_tsdb_": ("tenant", "user"),
}
