"""Prometheus Operator: the metrics that the source of each release declares, read from a git checkout."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._go_releases import catalogue, releases, softened
from tools.knowledge.recipes._repository import repository
from tools.knowledge.versions import Family

NAME = "prometheus_operator"
REPOSITORY = "prometheus-operator/prometheus-operator"
VERSIONS = (
    "0.38.3", "0.40.0", "0.44.1", "0.47.1", "0.50.0", "0.53.1", "0.57.0", "0.60.1", "0.63.0", "0.66.0", "0.69.1", "0.72.0",
    "0.75.2", "0.78.2", "0.81.0", "0.84.1", "0.87.1", "0.90.1", "0.93.0",
)  # fmt: skip


_RELOADER: list[Family] = [
    {
        "name": f"reloader_{name}",
        "type": kind,
        "presence": "always",
        "declared": f"thanos: pkg/reloader/reloader.go:{line}",
    }
    | more
    for name, kind, line, more in (
        ("reloads_total", "counter", 204, {"unit": "events"}),
        ("reloads_failed_total", "counter", 210, {"unit": "events"}),
        ("last_reload_successful", "gauge", 216, {"low": 0, "high": 1}),
        ("last_reload_success_timestamp_seconds", "gauge", 222, {"unit": "timestamp_seconds"}),
        ("config_apply_operations_total", "counter", 228, {"unit": "events"}),
        ("config_apply_operations_failed_total", "counter", 234, {"unit": "events"}),
        ("watches", "gauge", 753, {"low": 0}),
        ("watch_events_total", "counter", 759, {"unit": "events"}),
        ("watch_errors_total", "counter", 765, {"unit": "events"}),
    )
]
"""What the config-reloader beside each Prometheus exposes: declared in the library of Thanos that it is made with."""


def _judged(family: Family) -> Family:
    """Return a family with the label that tells the operator's controllers apart."""
    result = softened(family)
    result["labels"] = {**result.get("labels", {}), "controller": {"optional": True}}
    if result["type"] == "gauge":
        result["low"] = 0
        if result["name"] == "prometheus_operator_ready":
            result["high"] = 1
    return result


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    read = releases(
        repository(source, REPOSITORY),
        VERSIONS,
        work,
        skip=("test", "vendor", "example", "Documentation"),
        keep=lambda row: row.name.startswith("prometheus_operator_"),
        naming="client_golang/prometheus",
    )
    judged = {version: [_judged(family) for family in found] for version, found in read.items()}
    for found in judged.values():
        found.append(build_info(NAME))
        found.extend(_RELOADER)
    return catalogue(NAME, REPOSITORY, judged, {"prometheus_operator_": "open", "reloader_": "open"})
