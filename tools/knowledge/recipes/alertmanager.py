"""Alertmanager: declarations in the source of its releases, checked with a scrape of the newest one."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._go_exporter import GoProgram

NAME = "alertmanager"
_VERSIONS = (
    "0.20.0",
    "0.23.0",
    "0.24.0",
    "0.25.0",
    "0.26.0",
    "0.27.0",
    "0.28.1",
    "0.30.0",
    "0.31.1",
    "0.32.3",
    "0.33.1",
    "0.34.2",
    "0.35.0",
)

PROGRAM = GoProgram(
    name=NAME,
    module="github.com/prometheus/alertmanager",
    repository="https://github.com/prometheus/alertmanager",
    versions={version: f"v{version}" for version in _VERSIONS},
    prefixes={"alertmanager_": "complete"},
    closed=("state", "msg_type", "connection_type", "status"),
    units={
        "alertmanager_config_last_reload_success_timestamp_seconds": "timestamp_seconds",
        "alertmanager_cluster_messages_received_size_total": "bytes",
        "alertmanager_cluster_messages_sent_size_total": "bytes",
        "alertmanager_alerts": "count",
        "alertmanager_silences": "count",
        "alertmanager_cluster_members": "count",
        "alertmanager_cluster_failed_peers": "count",
    },
    flags=("alertmanager_config_last_reload_successful", "alertmanager_cluster_enabled"),
    facts={f"alertmanager_{name}": {"low": 0} for name in ("alerts", "silences", "cluster_members")},
    more=[build_info("alertmanager")],
    checked=", and a scrape of 0.35.0",
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """The catalogue file."""
    return PROGRAM.build(work, source)
