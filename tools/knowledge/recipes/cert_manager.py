"""cert-manager: the metrics that the source of each release declares, read from a git checkout."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._go_releases import catalogue, releases, softened
from tools.knowledge.recipes._repository import repository

NAME = "cert_manager"
REPOSITORY = "cert-manager/cert-manager"
VERSIONS = (
    "1.0.4", "1.2.0", "1.4.4", "1.6.3", "1.8.2", "1.9.2", "1.10.2", "1.11.5", "1.12.17", "1.13.6", "1.14.7", "1.15.5",
    "1.16.5", "1.17.4", "1.18.6", "1.19.6", "1.20.3", "1.21.1",
)  # fmt: skip


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    read = releases(
        repository(source, REPOSITORY),
        VERSIONS,
        work,
        skip=("test", "vendor", "hack"),
        keep=lambda row: row.name.startswith("certmanager_"),
        naming="client_golang/prometheus|namespace *=|subsystem",
    )
    judged = {version: [softened(family) for family in found] for version, found in read.items()}
    for found in judged.values():
        for family in found:
            if family["name"].endswith("_ready_status"):
                family |= {"low": 0, "high": 1}
                family["labels"]["condition"] = {"values": ["False", "True", "Unknown"]}
            elif family["name"].startswith("certmanager_clock_time_seconds"):
                family["unit"] = "timestamp_seconds"
    return catalogue(NAME, REPOSITORY, judged, {"certmanager_": "open"})
