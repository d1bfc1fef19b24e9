"""windows_exporter: declarations in the source of its releases (it cannot be run where these files are made).

The module proxy has only some of the releases: pass a clone of the repository to read all of them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tools.knowledge.families import build_info, closed, families, patterns, unit
from tools.knowledge.gosource import releases, scan
from tools.knowledge.versions import Family, merged

NAME = "windows_exporter"
MODULE = "github.com/prometheus-community/windows_exporter"
VERSIONS = (
    *(
        "0.12.0",
        "0.13.0",
        "0.14.0",
        "0.15.0",
        "0.16.0",
        "0.17.1",
        "0.18.1",
        "0.19.0",
        "0.20.0",
        "0.21.0",
        "0.22.0",
        "0.23.1",
    ),
    *(
        "0.24.0",
        "0.25.1",
        "0.26.2",
        "0.27.3",
        "0.28.2",
        "0.29.2",
        "0.30.0",
        "0.30.9",
        "0.31.0",
        "0.31.3",
        "0.31.8",
    ),
)

# New name to old ones; the version in which each went is read from the source.
RENAMED: dict[str, tuple[str, ...]] = {
    "windows_cpu_logical_processor": ("windows_cs_logical_processors",),
    "windows_memory_physical_total_bytes": (
        "windows_cs_physical_memory_bytes",
        "windows_os_visible_memory_bytes",
    ),
    "windows_memory_physical_free_bytes": ("windows_os_physical_memory_free_bytes",),
    "windows_memory_process_memory_limit_bytes": (
        "windows_os_process_memory_limit_bytes",
        "windows_os_process_memory_limix_bytes",
    ),
    "windows_memory_commit_limit": ("windows_os_virtual_memory_bytes",),
    "windows_memory_pool_nonpaged_bytes": ("windows_memory_pool_nonpaged_bytes_total",),
    "windows_os_hostname": ("windows_cs_hostname",),
    "windows_system_processes": ("windows_os_processes",),
    "windows_system_processes_limit": ("windows_os_processes_limit",),
    "windows_system_boot_time_timestamp": (
        "windows_system_boot_time_timestamp_seconds",
        "windows_system_system_up_time",
    ),
    "windows_time_current_timestamp_seconds": ("windows_os_time",),
    "windows_time_timezone": ("windows_os_timezone",),
    "windows_time_ntp_client_time_sources": ("windows_time_ntp_client_time_source_count",),
    "windows_pagefile_limit_bytes": ("windows_os_paging_limit_bytes",),
    "windows_pagefile_free_bytes": ("windows_os_paging_free_bytes",),
    "windows_process_start_time_seconds_timestamp": ("windows_process_start_time",),
    "windows_process_working_set_bytes": ("windows_process_working_set",),
    "windows_process_handles": ("windows_process_handle_count",),
    "windows_process_threads": ("windows_process_thread_count",),
    "windows_terminal_services_handles": ("windows_terminal_services_handle_count",),
    "windows_terminal_services_threads": ("windows_terminal_services_thread_count",),
    "windows_net_current_bandwidth_bytes": ("windows_net_current_bandwidth",),
    "windows_dns_memory_used_bytes": ("windows_dns_memory_used_bytes_total",),
} | {
    f"windows_{name}_total": (f"windows_{name}",)
    for name in (
        *("net_packets_outbound_discarded", "net_packets_outbound_errors", "net_packets_received_discarded"),
        *("net_packets_received_errors", "net_packets_received_unknown", "cpu_processor_performance"),
        *(
            "tcp_connection_failures",
            "tcp_connections_active",
            "tcp_connections_passive",
            "tcp_connections_reset",
        ),
        *(
            "adfs_ad_login_connection_failures",
            "adfs_certificate_authentications",
            "adfs_device_authentications",
        ),
        *("adfs_extranet_account_lockouts", "adfs_federated_authentications", "adfs_passive_requests"),
        *("adfs_passport_authentications", "adfs_password_change_failed", "adfs_password_change_succeeded"),
        *("adfs_token_requests", "adfs_windows_integrated_authentications"),
    )
}
_OPEN = frozenset(  # users' own performance counters, and what scripts for the textfile collector are known to write
    f"windows_{name}_" for name in ("performancecounter", "update", "disk", "license", "printer", "gpu")
)
_INFO = frozenset(
    {"windows_os_hostname", "windows_cs_hostname", "windows_time_timezone", "windows_os_timezone"}
)
_KEYS = frozenset(
    {
        "core",
        "device_id",
        "disk",
        "hostname",
        "id",
        "mssql_instance",
        "name",
        "nic",
        "process",
        "timezone",
        "volume",
    }
)
_STATES = frozenset({"windows_terminal_services_session_info"})  # 1 for the state that it is in, else 0
_FLAGS = re.compile(
    r"windows_(service_(state|start_mode|status)|scheduled_task_state|printer_status|diskdrive_(status|availability)|"
    r"net_nic_operation_status|terminal_services_session_info|exporter_collector_(success|timeout)|mssql_collector_success|"
    r"dhcp_scope_state|license_status|logical_disk_bitlocker_status|iis_current_application_pool_state|time_clock_sync_source)"
)
_CLOSED = frozenset(
    {
        *(
            "af",
            "bind_method",
            "direction",
            "group_type",
            "method",
            "mode",
            "operation",
            "origin",
            "pool",
            "protocol",
            "qtype",
        ),
        *("scope", "start_mode", "state", "status", "target_name", "hostprocess"),
    }
)
_UNITS: dict[str, object] = {
    "windows_cpu_time_total": "seconds",
    "windows_process_cpu_time_total": "seconds",
    "windows_system_boot_time_timestamp": "timestamp_seconds",
    "windows_system_boot_time_timestamp_seconds": "timestamp_seconds",
    "windows_system_system_up_time": "timestamp_seconds",
    "windows_os_time": "timestamp_seconds",
    "windows_process_start_time": "timestamp_seconds",
    "windows_process_start_time_seconds_timestamp": "timestamp_seconds",
    "windows_textfile_mtime_seconds": "timestamp_seconds",
    "windows_net_current_bandwidth_bytes": {"byte": 1, "second": -1},
    "windows_memory_commit_limit": "bytes",
    "windows_cpu_core_frequency_mhz": {"second": -1, "scale": 1000000},
    "windows_cs_logical_processors": "count",
    "windows_cpu_logical_processor": "count",
    "windows_os_processes": "count",
    "windows_system_processes": "count",
    "windows_system_threads": "count",
    "windows_os_users": "count",
}
_SIZES = re.compile(r"windows_(memory|os|cs|pagefile|logical_disk|process|container_memory)_\w+_bytes")


def _release(folder: Path, work: Path) -> tuple[list[Family], list[str]]:
    rows = [
        row
        for row in scan(folder, work, goos=["windows"], skip=["tools"])
        if row.name.startswith(("windows_", "wmi_"))
    ]
    found = [
        family for family in families(rows) if family["type"] != "unknown"
    ]  # the others are described, never exposed
    closed(found, rows, _CLOSED - {"session_name"})
    return found, patterns(rows)


def _finish(name: str, family: Family) -> None:
    if family["type"] == "gauge" and (name.endswith("_info") or name in _INFO) and name not in _STATES:
        family["type"] = "info"
        family.pop("unit", None)
        for label in set(family.get("labels", {})) - _KEYS:
            if name != "windows_os_info":
                family["labels"][label] = {"optional": True}  # empty when Windows does not tell
    known = _UNITS.get(name) or unit(name, family["type"])
    if family["type"] == "counter" and re.search(r"_bytes(_|$)", name):
        known = "bytes"
    if known and family["type"] != "info":
        family["unit"] = known
    if family["type"] == "unknown" and name.endswith("_total"):
        family["monotonic"] = True  # a gauge in some releases, a counter in others
    if _FLAGS.fullmatch(name):
        family.update({"low": 0, "high": 1})
    elif family["type"] == "gauge" and _SIZES.fullmatch(name):
        family["low"] = 0


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """The catalogue file."""
    found: dict[str, list[Family]] = {}
    made: dict[str, list[str]] = {}
    for version, folder in releases(MODULE, VERSIONS, work, source):
        found[version], made[version] = _release(folder, work)
    before = {family["name"] for family in found.pop("0.12.0", [])}
    made.pop("0.12.0", None)
    versions = list(found)
    all_families = {family["name"]: family for family in merged(found, made)}
    for name, family in all_families.items():
        _finish(name, family)
        gone = {}
        for old in RENAMED.get(name, ()):
            if "until" in all_families.get(old, {}):
                gone[old] = versions[versions.index(all_families[old]["until"]) + 1]
        if (wmi := name.replace("windows_", "wmi_", 1)) in before and "since" not in family:
            gone[wmi] = "0.13.0"
        if gone:
            family["renamed_from"] = gone
    built = build_info("windows_exporter")
    all_families[built["name"]] = built
    complete = sorted(
        {"_".join(name.split("_")[:2]) + "_" for name in all_families} - {"windows_performancecounter_"}
    )
    result: dict[str, Any] = {
        "name": NAME,
        "version": versions[-1],
        "oldest": versions[0],
        "source": "https://github.com/prometheus-community/windows_exporter",
        "how": f"declarations in the source of {len(versions)} releases",
        "prefixes": {"windows_": "open"} | dict.fromkeys(complete, "complete"),
        "families": list(all_families.values()),
    }
    return result
