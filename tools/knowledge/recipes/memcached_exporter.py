"""memcached_exporter: the declarations in its source."""

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

NAME = "memcached_exporter"
ORIGIN = "prometheus/memcached_exporter"

_FLAGS = words(
    "memcached_up memcached_accepting_connections memcached_lru_crawler_enabled "
    "memcached_lru_crawler_maintainer_thread"
)
_COUNTS = words("""memcached_current_connections memcached_max_connections memcached_current_items memcached_slab_current_items
    memcached_slab_current_pages memcached_slab_current_chunks memcached_slab_chunks_used memcached_slab_chunks_free
    memcached_slab_hot_items memcached_slab_warm_items memcached_slab_cold_items
    memcached_slab_temporary_items""")
_MISTYPED = words(  # states that some releases send as counters
    """memcached_slab_mem_requested_bytes memcached_extstore_bytes_used memcached_slab_items_evicted_time_seconds
    memcached_uptime_seconds"""
)
_BYTES = words("""memcached_current_bytes memcached_limit_bytes memcached_malloced_bytes memcached_slab_mem_requested_bytes
    memcached_slab_chunk_size_bytes""")


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = numbered(checkout, "0.5.0")
    releases: Releases = {}
    for version, tag in tags:
        found = scanned(checkout, tag, work, "vendor")
        releases[version] = {name: family for name, family in found.items() if name.startswith("memcached_")}
        if "memcached_up" not in releases[version]:
            raise ValueError(f"the source of {version} was not understood")
        releases[version]["memcached_exporter_build_info"] = build_info("memcached_exporter")
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(tags)} releases; the newest was run against memcached 1.6",
    }
    prefixes = {
        "memcached_": "open",
        "memcached_slab_": "complete",
        "memcached_lru_crawler_": "complete",
        "memcached_extstore_": "complete",
    }
    made = catalogue(head, releases, prefixes)
    refine(made["families"], _facts, unit_by_name)
    return made


def _facts(name: str, family: Family) -> None:
    """Add bounds and units that the source does not spell out."""
    if name in _FLAGS:
        family["low"], family["high"] = 0, 1
    if name in _COUNTS:
        family["unit"], family["low"] = "count", 0
    if name in _BYTES:
        family["unit"], family["low"] = "bytes", 0
    if name in _MISTYPED:
        family["type"] = "unknown"
    if name == "memcached_version":
        family["type"] = "info"
    if name == "memcached_up":
        family["presence"] = "always"
    if name == "memcached_time_seconds":
        family["unit"] = "timestamp_seconds"
    if name == "memcached_uptime_seconds":
        family["unit"] = "seconds"
