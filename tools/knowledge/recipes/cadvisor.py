"""cAdvisor: the metric tables of its Prometheus collectors, release by release, with the labels that the kubelet gives them.

The source is read from a git checkout. Stand-alone cAdvisor labels a series with the container's id, name and image and with
the container's own labels and whitelisted variables (`container_label_*`, `container_env_*`); the kubelet, which has cAdvisor
built in, adds container, pod and namespace instead and serves a few of the metrics a second time with these labels only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.knowledge.recipes._gotext import STRING, closing
from tools.knowledge.recipes._repository import repository
from tools.knowledge.versions import Family, merged

NAME = "cadvisor"
REPOSITORY = "google/cadvisor"
VERSIONS = (
    "0.27.4", "0.28.5", "0.29.2", "0.30.2", "0.31.0", "0.32.0", "0.33.1", "0.34.0", "0.35.1", "0.36.0", "0.37.5", "0.38.8",
    "0.39.4", "0.40.0", "0.41.0", "0.42.0", "0.43.1", "0.44.2", "0.45.1", "0.46.1", "0.47.3", "0.48.1", "0.49.2", "0.50.0",
    "0.51.0", "0.52.1", "0.53.0", "0.54.1", "0.55.1", "0.56.2", "0.57.0", "0.60.5",
)  # fmt: skip
_FILES = r"(lib/)?metrics/prometheus(_machine)?\.go$"
_BASE = ("container", "id", "image", "name", "namespace", "pod")
_MACHINE = ("boot_id", "machine_id", "system_uuid")
_TABLE = re.compile(r"\{\s*name:\s*\"(\w+)\"")
_DESC = re.compile(r"NewDesc\(\s*\"(\w+)\"")
_OWN = re.compile(r"extraLabels:\s*\[\]string\{([^}]*)\}")
_FILLED = re.compile(r"\blabels:\s*\[\]string\{([^}]*)\}")
# Metrics of single containers for which the cgroup of the pod, which holds them, has a series of its own.
_ADDED_UP = re.compile(
    r"container_(cpu_(usage|user|system)_seconds_total|cpu_cfs_\w+|memory_(?!failcnt|max_usage|migrate|bandwidth)\w+|processes|threads|sockets"
    r"|file_descriptors|tasks_state|blkio_device_usage_total|fs_(reads|writes)_(bytes_)?total)$"
)
_UNITS: dict[str, object] = {
    **dict.fromkeys(
        ("container_memory_cache", "container_memory_rss", "container_memory_swap", "container_memory_mapped_file",
         "container_memory_kernel_usage"), "bytes"),
    "container_last_seen": "timestamp_seconds",
    "container_start_time_seconds": "timestamp_seconds",
    "container_creation_time_seconds": "timestamp_seconds",
    "container_spec_cpu_period": {"second": 1, "scale": 1e-6},
    "container_spec_cpu_quota": {"second": 1, "scale": 1e-6},
    **dict.fromkeys(
        ("container_fs_inodes_free", "container_fs_inodes_total", "container_fs_io_current", "container_processes",
         "container_threads", "container_sockets", "container_file_descriptors", "container_tasks_state",
         "machine_cpu_cores", "machine_cpu_physical_cores", "machine_cpu_sockets", "machine_dimm_count",
         "container_network_tcp_usage_total", "container_network_tcp6_usage_total"), "count"),
    "container_memory_failcnt": "events",
}  # fmt: skip
_ZERO = frozenset(
    ("container_spec_memory_limit_bytes", "container_spec_memory_swap_limit_bytes",
     "container_spec_memory_reservation_limit_bytes", "container_fs_limit_bytes")
)  # fmt: skip
# A start that is not known is written as a time long before 1970.
_ANY_SIGN = frozenset(
    ("container_health_state", "container_ulimits_soft", "container_threads_max", "container_start_time_seconds",
     "container_creation_time_seconds")
)  # fmt: skip
_FLAGS = frozenset(("container_scrape_error", "machine_scrape_error"))
# What only the kubelet serves, at the place where it serves resource usage.
_KUBELET: tuple[Family, ...] = (
    {"name": "container_swap_limit_bytes", "type": "gauge", "unit": "bytes", "low": 0},
    {"name": "container_swap_usage_bytes", "type": "gauge", "unit": "bytes", "low": 0},
)


def _unit(name: str, kind: str) -> object | None:
    if name in _UNITS:
        return _UNITS[name]
    bare = name.removesuffix("_total")
    if bare.endswith("_seconds"):
        return "seconds"
    if bare.endswith("_bytes"):
        return "bytes"
    return "events" if kind == "counter" and "perf" not in name and "resctrl" not in name else None


def _labels(region: str, constants: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return a table entry's own labels, with their values when all of them stand in the source."""
    found = _OWN.search(region)
    if found is None:
        return {}
    own = [
        constants.get(word, word.strip('"'))
        for word in re.split(r",\s*", found[1].strip().strip(","))
        if word
    ]
    filled = [STRING.findall(one) for one in _FILLED.findall(region)]
    written = len(re.findall(r"\blabels:", region))
    if not filled or len(filled) < written or any(len(values) < len(own) for values in filled):
        return {label: {} for label in own}
    if len(filled) > 40:  # counters that the kernel adds to
        return {label: {} for label in own}
    return {label: {"values": sorted({values[at] for values in filled})} for at, label in enumerate(own)}


def _read(files: dict[str, str]) -> Iterator[Family]:
    for path, text in files.items():
        constants = dict(re.findall(r"(\w+)\s*=\s*\"(\w+)\"", text))
        machine = path.endswith("_machine.go")
        for found in _TABLE.finditer(text):
            region = text[found.start() : closing(text, found.start())]
            kind = re.search(r"valueType:\s*prometheus\.(\w+)Value", region)
            assert kind is not None, found[1]
            labels = _labels(region, constants)
            yield _family(
                found[1],
                kind[1].lower(),
                labels,
                f"{path}:{text[: found.start(1)].count(chr(10)) + 1}",
                machine,
            )
        seen: set[str] = set()
        for found in _DESC.finditer(text):
            name = found[1]
            if name in seen:
                continue
            seen.add(name)
            where = f"{path}:{text[: found.start()].count(chr(10)) + 1}"
            if name == "cadvisor_version_info":
                region = text[found.start() : closing(text, text.index("(", found.start()))]
                listed = STRING.findall(region[region.index("[]string") :])
                yield {
                    "name": name,
                    "type": "info",
                    "declared": where,
                    "labels": {x: {"optional": True} for x in listed},
                }
            else:
                yield _family(name, "gauge", {}, where, name.startswith("machine_"))
        for found in re.finditer(r"Namespace:\s*\"(\w+)\",\s*Name:\s*\"scrape_error\"", text):
            where = f"{path}:{text[: found.start()].count(chr(10)) + 1}"
            yield {
                "name": f"{found[1]}_scrape_error",
                "type": "gauge",
                "labels": {},
                "low": 0,
                "high": 1,
                "declared": where,
            }


def _family(name: str, kind: str, labels: dict[str, dict[str, Any]], where: str, machine: bool) -> Family:
    family: Family = {"name": name, "type": kind, "declared": where}
    base = _MACHINE if machine else _BASE
    family["labels"] = {label: {"optional": True} for label in base} | labels
    if not machine:
        family["open"] = True
    for label in ("cpu", "device"):  # empty for a sum over all of them, or where the runtime does not say
        if label in labels:
            family["labels"][label] = {"optional": True}
    unit = _unit(name, kind)
    if unit is not None:
        family["unit"] = unit
    if kind == "gauge" and name not in _ANY_SIGN:
        family["low"] = 0
    if name in _ZERO:
        family["zero"] = True
    if _ADDED_UP.match(name):
        family["totals"] = ["container", "image", "name"]
    return family


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    checkout = repository(source, REPOSITORY)
    read = {version: list(_read(checkout.files(f"v{version}", _FILES))) for version in VERSIONS}
    result = merged(read)
    for family in _KUBELET:
        base = {
            label: {"optional": True} if label in ("container", "id", "image", "name") else {}
            for label in _BASE
        }
        result.append(
            {**family, "labels": {k: v for k, v in base.items() if k in ("container", "namespace", "pod")}}
        )
    # Other agents also have names that begin with container_cpu_, container_memory_ and container_network_.
    whole = ("blkio_", "cpu_cfs_", "fs_", "hugetlb_", "memory_working_", "network_receive_", "network_transmit_", "perf_",
             "spec_")  # fmt: skip
    prefixes = {"container_": "open", "machine_": "open", "cadvisor_": "open"}
    prefixes |= {f"container_{kind}": "complete" for kind in whole}
    prefixes |= {f"machine_{kind}_": "complete" for kind in ("cpu", "memory", "node", "nvm", "dimm")}
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": f"https://github.com/{REPOSITORY}",
        "how": f"metric tables in the source of {len(VERSIONS)} releases, and the labels that the kubelet writes",
        "prefixes": dict(sorted(prefixes.items())),
        "families": result,
    }
