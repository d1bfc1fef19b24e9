"""Argo CD: the metrics that the source of each release declares, read from a git checkout."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._go_releases import catalogue, releases, softened
from tools.knowledge.recipes._repository import repository

NAME = "argocd"
REPOSITORY = "argoproj/argo-cd"
VERSIONS = (
    "1.8.7", "2.0.5", "2.2.16", "2.4.28", "2.6.15", "2.8.21", "2.9.22", "2.10.20", "2.11.14", "2.12.13", "2.13.9", "2.14.21",
    "3.0.23", "3.1.16", "3.2.12", "3.3.14", "3.4.7", "3.5.1",
)  # fmt: skip


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    read = releases(
        repository(source, REPOSITORY),
        VERSIONS,
        work,
        skip=("test", "vendor", "hack", "ui"),
        keep=lambda row: row.name.startswith("argocd_") and not row.file.endswith("fake.go"),
        naming="client_golang/prometheus|MetricLabels|Labels *=",
    )
    judged = {version: [softened(family) for family in found] for version, found in read.items()}
    return catalogue(NAME, REPOSITORY, judged, {"argocd_": "open"})
