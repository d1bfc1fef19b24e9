"""Thanos: the metrics that the source of each release declares, read from a git checkout.

Some packages declare names without the program's prefix, which the components put before them when they register them.
"""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._go_releases import catalogue, releases, softened
from tools.knowledge.recipes._repository import repository
from tools.knowledge.versions import Family

NAME = "thanos"
REPOSITORY = "thanos-io/thanos"
VERSIONS = (
    "0.12.2", "0.14.0", "0.16.0", "0.18.0", "0.20.2", "0.22.0", "0.24.0", "0.26.0", "0.28.1", "0.30.2", "0.31.0", "0.32.5",
    "0.33.0", "0.34.1", "0.35.1", "0.36.1", "0.37.2", "0.38.0", "0.39.2", "0.40.1", "0.41.0", "0.42.4",
)  # fmt: skip
_BEFORE = {"blocks_meta_": "thanos_", "reloader_": "thanos_sidecar_", "indexheader_": "thanos_bucket_store_"}


def _prefixed(family: Family) -> Family:
    """Return a family under the name that the components register it with."""
    result = softened(family)
    for start, prefix in _BEFORE.items():
        if family["name"].startswith(start):
            result["name"] = prefix + family["name"]
    return result


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    read = releases(
        repository(source, REPOSITORY),
        VERSIONS,
        work,
        skip=("test", "vendor", "internal", "docs"),
        keep=lambda row: row.name.startswith(("thanos_", *_BEFORE)),
        naming="client_golang/prometheus",
    )
    judged = {version: [_prefixed(family) for family in found] for version, found in read.items()}
    for found in judged.values():
        found.append(build_info(NAME))
    result = catalogue(NAME, REPOSITORY, judged, {"thanos_": "open"})
    for family in result["families"]:
        if family["name"].startswith("thanos_objstore_"):  # now in a module of its own
            family.pop("until", None)
            family["open"] = True
    return result
