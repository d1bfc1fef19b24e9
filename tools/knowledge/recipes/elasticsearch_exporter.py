"""elasticsearch_exporter: the declarations in its source."""

from __future__ import annotations

import re
from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    Repository,
    catalogue,
    numbered,
    refine,
    rename,
    repository,
    scanned,
    unit_by_name,
    words,
)

NAME = "elasticsearch_exporter"
ORIGIN = "prometheus-community/elasticsearch_exporter"

_KEYS = re.compile(
    r"(\w+)\s*:?=\s*\w*[lL]abels\w*\{\s*keys:\s*func\([^)]*\)\s*\[\]string\s*\{\s*return \[\]string\{([^}]*)\}"
)
_NODE_KINDS = ("es_master_node", "es_data_node", "es_ingest_node", "es_client_node")
_COLORS = ["green", "red", "yellow"]
_MISTYPED = words(  # sent as counters, though their values go up and down
    """elasticsearch_jvm_memory_pool_max_bytes elasticsearch_jvm_memory_pool_peak_max_bytes
    elasticsearch_jvm_memory_pool_peak_used_bytes elasticsearch_indices_completion_size_in_bytes
    elasticsearch_data_stream_store_size_bytes elasticsearch_data_stream_backing_indices_total
    elasticsearch_index_stats_fielddata_memory_bytes_total elasticsearch_index_stats_request_cache_memory_bytes_total
    elasticsearch_index_stats_query_cache_memory_bytes_total elasticsearch_breakers_overhead
    elasticsearch_indices_translog_operations"""
)
_BYTES = words("""elasticsearch_indices_segment_term_vectors_memory_total_bytes elasticsearch_indices_segment_terms_memory_primary
    elasticsearch_indices_segment_terms_memory_total""")
_UNITS: dict[str, object] = {
    "elasticsearch_cluster_health_task_max_waiting_in_queue_millis": {"second": 1, "scale": 0.001},
    "elasticsearch_os_cpu_percent": {"scale": 0.01},
    "elasticsearch_process_cpu_percent": {"scale": 0.01},
    "elasticsearch_jvm_gc_collection_seconds_sum": "seconds",
    "elasticsearch_jvm_gc_collection_seconds_count": "events",
    "elasticsearch_process_cpu_time_seconds_sum": "seconds",
    "elasticsearch_filesystem_io_stats_device_read_size_kilobytes_sum": {"byte": 1, "scale": 1024},
    "elasticsearch_filesystem_io_stats_device_write_size_kilobytes_sum": {"byte": 1, "scale": 1024},
    "elasticsearch_snapshot_stats_snapshot_start_time_timestamp": "timestamp_seconds",
    "elasticsearch_snapshot_stats_snapshot_end_time_timestamp": "timestamp_seconds",
    "elasticsearch_snapshot_stats_oldest_snapshot_timestamp": "timestamp_seconds",
    "elasticsearch_indices_indexing_index_time_seconds": "seconds",
    "elasticsearch_thread_pool_completed_count": "events",
    "elasticsearch_thread_pool_rejected_count": "events",
    "elasticsearch_breakers_tripped": "events",
    "elasticsearch_indices_fielddata_evictions": "events",
    "elasticsearch_indices_query_cache_evictions": "events",
    "elasticsearch_indices_filter_cache_evictions": "events",
    "elasticsearch_indices_request_cache_evictions": "events",
}
_COUNTS = re.compile(
    r"elasticsearch_(cluster_health_(active_primary|active|delayed_unassigned|initializing|relocating|unassigned)_shards"
    r"|cluster_health_number_of_\w+|thread_pool_(active|largest|queue|threads)_count|indices_docs|indices_docs_\w+"
    r"|indices_deleted_docs_\w+|indices_segments_count|indices_segment_count_\w+|process_open_files_count"
    r"|process_max_files_descriptors|indices_shards_docs|node_shards_total|indices_settings_(replicas|shards|total_fields))"
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = numbered(checkout, "1.0.1")
    releases: Releases = {version: _release(checkout, version, tag, work) for version, tag in tags}
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(tags)} releases",
    }
    prefixes = {
        "elasticsearch_": "open",
        **{
            f"elasticsearch_{part}_": "complete"
            for part in words(
                "breakers cluster_health clusterinfo clustersettings data_stream exporter filesystem health_report ilm "
                "index_stats indices jvm slm_stats snapshot_stats thread_pool transport"
            )
        },
    }
    made = catalogue(head, releases, prefixes)
    refine(made["families"], _facts, unit_by_name)
    rename(
        made["families"],
        {
            "elasticsearch_process_cpu_time_seconds_sum": "elasticsearch_process_cpu_seconds_total",
            "elasticsearch_indices_shared_docs": "elasticsearch_indices_shards_docs",
        },
    )
    return made


def _release(checkout: Repository, version: str, tag: str, work: Path) -> dict[str, Family]:
    """Return what one release declares; the labels that a function returns are looked up in the text."""
    found = scanned(checkout, tag, work, "vendor")
    if "elasticsearch_cluster_health_status" not in found:
        raise ValueError(f"the source of {version} was not understood")
    texts = checkout.files(tag, r"collector/\w+\.go$")
    for family in found.values():
        if "labels" not in family:
            path, _, line = str(family["declared"]).rpartition(":")
            below = "\n".join(texts[path].split("\n")[int(line) - 1 : int(line) + 5])
            call = re.search(r"(\w+)\.keys\(", below)
            keys = dict(_KEYS.findall(texts[path]))
            if call and call[1] in keys:
                family["labels"] = {label: {} for label in re.findall(r'"(\w+)"', keys[call[1]])}
    found["elasticsearch_exporter_build_info"] = build_info("elasticsearch_exporter")
    return found


def _facts(name: str, family: Family) -> None:
    """Add bounds, units and closed labels that the source does not spell out."""
    if name in _MISTYPED:
        family["type"] = "unknown"
    if name in _UNITS:
        family["unit"] = _UNITS[name]
    if name in _BYTES or (name.endswith("_bytes_primary") and family["type"] == "gauge"):
        family["unit"] = "bytes"
    if _COUNTS.fullmatch(name):
        family["unit"] = "count"
    gauge = family["type"] == "gauge"
    if gauge and (family.get("unit") in ("bytes", "count") or _COUNTS.fullmatch(name)):
        family["low"] = 0
    labels = family.get("labels")
    if gauge and (
        name.endswith(("_up", "_scrape_success")) or name == "elasticsearch_cluster_health_timed_out"
    ):
        family["low"], family["high"] = 0, 1
    if name in {"elasticsearch_clusterinfo_version_info", "elasticsearch_version"}:
        family["type"] = "info"
    if not isinstance(labels, dict):
        return
    for label in labels:
        if label in _NODE_KINDS:
            labels[label] = {**labels[label], "values": ["false", "true"]}
    if "color" in labels:
        labels["color"] = {**labels["color"], "values": _COLORS}
        family["low"], family["high"] = 0, 1
    if "area" in labels:
        labels["area"] = {**labels["area"], "values": ["heap", "non-heap"]}
    if "pool" in labels:
        labels["pool"] = {**labels["pool"], "values": ["old", "survivor", "young"]}
