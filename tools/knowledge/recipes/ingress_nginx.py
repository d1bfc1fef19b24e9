"""Ingress NGINX controller: the metrics that the source of each release declares, read from a git checkout."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._go_releases import catalogue, releases, softened
from tools.knowledge.recipes._repository import repository

NAME = "ingress_nginx"
REPOSITORY = "kubernetes/ingress-nginx"
VERSIONS = (
    "1.0.5", "1.1.3", "1.2.1", "1.3.1", "1.4.0", "1.5.1", "1.6.4", "1.7.1", "1.8.5", "1.9.6", "1.10.6", "1.11.8", "1.12.8",
    "1.13.9", "1.14.5", "1.15.1",
)  # fmt: skip


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    read = releases(
        repository(source, REPOSITORY),
        VERSIONS,
        work,
        skip=("test", "vendor", "hack", "images"),
        keep=lambda row: row.name.startswith("nginx_ingress_controller_"),
        naming="client_golang/prometheus|PrometheusNamespace",
        tag="controller-v{}",
    )
    judged = {version: [softened(family) for family in found] for version, found in read.items()}
    for found in judged.values():
        for family in found:
            for facts in family.get("labels", {}).values():
                facts.pop("values", None)  # the namespace of the tests
            if family["type"] == "gauge" and family["name"].endswith("_successful"):
                family |= {"low": 0, "high": 1}
            family.pop("buckets", None)  # a flag sets them
    return catalogue(NAME, REPOSITORY, judged, {"nginx_ingress_controller_": "open"})
