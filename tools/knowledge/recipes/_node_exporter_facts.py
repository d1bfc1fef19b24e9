"""What the scanner of node_exporter's source cannot tell: old names, flags, units of names without one, names made at run time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tools.knowledge.families import build_info
from tools.knowledge.recipes._node_exporter_renames import RENAMED
from tools.knowledge.versions import Family

# Collectors whose names are all declared. The prefix as a whole is open, as the textfile collector exposes whatever it is given.
_COMPLETE = [
    "arp_", "bonding_", "boot_", "buddyinfo_", "cgroups_", "context_", "cooling_device_", "cpu_",
    "disk_", "dmi_", "drbd_", "edac_", "entropy_", "exporter_build_", "fibrechannel_", "filefd_",
    "filesystem_", "forks_", "intr_", "ipvs_", "load", "logind_", "mountstats_", "network_", "nf_",
    "nfs_", "nfsd_", "ntp_", "power_supply_", "pressure_", "processes_", "procs_", "qdisc_", "runit_",
    "schedstat_", "scrape_", "selinux_", "softirqs_", "softnet_", "supervisord_", "systemd_", "tape_",
    "tcp_", "textfile_", "thermal_zone_", "time_", "timex_", "udp_", "uname_", "watchdog_", "wifi_",
    "xfs_",
]  # fmt: skip
PREFIXES: dict[str, str] = {"node_": "open"} | {f"node_{name}": "complete" for name in _COMPLETE}

# Labels whose values are all in the source: the values are read there.
CLOSED: dict[str, tuple[str, ...]] = {
    "node_cpu_seconds_total": ("mode",),
    "node_cpu_guest_seconds_total": ("mode",),
    "node_disk_info": (),
    "node_md_disks": ("state",),
    "node_nfs_packets_total": ("protocol",),
    "node_nfs_requests_total": ("proto",),
    "node_nfsd_packets_total": ("proto",),
    "node_nfsd_requests_total": ("proto",),
    "node_nfsd_rpc_errors_total": ("error",),
    "node_systemd_unit_state": ("state",),
    "node_tcp_connection_states": ("state",),
    "node_udp_queues": ("ip", "queue"),
}
NO_UNIT = frozenset({"node_timex_frequency_adjustment_ratio", "node_btrfs_allocation_ratio"})

_FLAGS = [
    "node_filesystem_readonly",
    "node_filesystem_device_error",
    "node_network_up",
    "node_network_carrier",
    "node_network_dormant",
    "node_scrape_collector_success",
    "node_textfile_scrape_error",
    "node_timex_sync_status",
    "node_systemd_unit_state",
    "node_systemd_system_running",
    "node_selinux_enabled",
    "node_md_state",
    "node_power_supply_online",
    "node_power_supply_present",
    "node_drbd_connected",
    "node_drbd_node_role_is_primary",
    "node_drbd_disk_state_is_up_to_date",
    "node_ksmd_run",
]
_UNITS: dict[str, object] = {
    "node_boot_time_seconds": "timestamp_seconds",
    "node_time_seconds": "timestamp_seconds",
    "node_textfile_mtime_seconds": "timestamp_seconds",
    "node_systemd_unit_start_time_seconds": "timestamp_seconds",
    "node_systemd_timer_last_trigger_seconds": "timestamp_seconds",
    "node_supervisord_start_time_seconds": "timestamp_seconds",
    "node_network_speed_bytes": {"byte": 1, "second": -1},
    "node_network_supported_speed_bytes": {"byte": 1, "second": -1},
    "node_network_advertised_speed_bytes": {"byte": 1, "second": -1},
    "node_infiniband_rate_bytes_per_second": {"byte": 1, "second": -1},
    "node_cpu_frequency_hertz": {"second": -1},
    "node_cpu_frequency_min_hertz": {"second": -1},
    "node_cpu_frequency_max_hertz": {"second": -1},
    "node_cpu_scaling_frequency_hertz": {"second": -1},
    "node_cpu_scaling_frequency_min_hertz": {"second": -1},
    "node_cpu_scaling_frequency_max_hertz": {"second": -1},
    "node_power_supply_power_watt": {"joule": 1, "second": -1},
    "node_power_supply_voltage_volt": "volts",
    "node_power_supply_current_ampere": "amperes",
    "node_nfsd_disk_bytes_read_total": "bytes",
    "node_nfsd_disk_bytes_written_total": "bytes",
    "node_thermal_zone_temp": "celsius",
    "node_filesystem_files": "count",
    "node_filesystem_files_free": "count",
    "node_filefd_allocated": "count",
    "node_procs_running": "count",
    "node_procs_blocked": "count",
    "node_nf_conntrack_entries": "count",
    "node_nf_conntrack_entries_limit": "count",
    "node_sockstat_TCP_mem_bytes": "bytes",
    "node_sockstat_UDP_mem_bytes": "bytes",
    "node_hwmon_fan_rpm": {"second": -1, "scale": 0.016666666666666666},
}
_KEYS = frozenset(
    {"device", "uuid", "cpu", "chip", "sensor", "domainname", "machine", "nodename", "release", "sysname"}
)
_INITIALISED = frozenset(
    [
        "node_context_switches_total",
        "node_forks_total",
        "node_intr_total",
        "node_cpu_seconds_total",
        "node_pressure_cpu_waiting_seconds_total",
        "node_pressure_io_waiting_seconds_total",
        "node_pressure_memory_waiting_seconds_total",
    ]
)
_ZERO = frozenset(
    [
        "node_memory_SwapTotal_bytes",
        "node_memory_HugePages_Total",
        "node_memory_swap_total_bytes",
        "node_memory_swap_size_bytes",
        "node_filesystem_files",
        "node_network_speed_bytes",
    ]
)
_NOT_COUNTED = frozenset(
    {"node_netstat_Tcp_CurrEstab", "node_netstat_Ip_Forwarding"}
)  # gauges among untyped counters

_NETWORK = re.compile(
    r"node_network_(receive|transmit)_(bytes|packets|errs|drop|fifo|frame|colls|carrier|compressed|multicast)_total"
)
_EITHER = re.compile(
    r"node_network_((receive|transmit)_(\w+_)?(errors|dropped)|receive_nohandler|multicast|collisions)_total"
)
_MEMORY = re.compile(r"node_memory_[A-Z]\w+_bytes")


def dynamic(name: str, kind: str) -> Family:
    """What is known of a family that is named at run time besides what its page shows."""
    if re.match(r"node_(netstat|vmstat)_", name) and name not in _NOT_COUNTED:
        return {"monotonic": True} if not name.startswith("node_vmstat_nr_") else {}
    if name.startswith("node_memory_numa_") and kind == "gauge" and "HugePages" not in name:
        return {"unit": "bytes", "low": 0}
    return {}


def more() -> Iterator[Family]:
    """Families that no release declares by a constant name and no expected output shows."""
    yield build_info("node_exporter")
    for name in (
        "power_average_watt",
        "power_watt",
        "curr_amps",
        "temp_min_celsius",
        "temp_crit_hyst_celsius",
    ):
        yield {"name": f"node_hwmon_{name}", "type": "gauge", "labels": {"chip": {}, "sensor": {}}}
    for name in ("TCPSynRetrans", "TCPTimeouts", "TCPOFOQueue", "TCPRcvQDrop"):
        yield {"name": f"node_netstat_TcpExt_{name}", "type": "unknown", "labels": {}, "monotonic": True}
    for way, parts in (
        ("receive", "bytes packets errs drop fifo frame compressed multicast"),
        ("transmit", "bytes packets errs drop fifo colls carrier compressed"),
    ):
        for part in parts.split():
            yield {
                "name": f"node_network_{way}_{part}_total",
                "type": "counter",
                "labels": {"device": {}, "ifalias": {"optional": True}},
            }


def _renamed(name: str) -> dict[str, str] | None:
    if found := RENAMED.get(name):
        return found
    if _NETWORK.fullmatch(name):
        return {name.removesuffix("_total"): "0.16.0"}
    if _MEMORY.fullmatch(name) and "_numa_" not in name:
        return {name.removesuffix("_bytes"): "0.16.0"}
    return None


def _bounds(name: str, family: Family) -> dict[str, Any]:
    if name in _FLAGS or re.match(r"node_hwmon_\w+_(alarm|fault|beep_enabled)$", name):
        return {"low": 0, "high": 1}
    if family["type"] == "gauge" and (
        (name.startswith("node_memory_") and name.endswith("_bytes"))
        or name.startswith("node_memory_HugePages_")
        or name
        in (
            "node_filesystem_size_bytes",
            "node_filesystem_free_bytes",
            "node_filesystem_files",
            "node_filesystem_files_free",
        )
        or name
        in (
            "node_load1",
            "node_load5",
            "node_load15",
            "node_procs_running",
            "node_procs_blocked",
            "node_filefd_allocated",
        )
        or name
        in (
            "node_nf_conntrack_entries",
            "node_nf_conntrack_entries_limit",
            "node_entropy_available_bits",
            "node_arp_entries",
        )
    ):
        return {"low": 0}
    return {}


def finish(name: str, family: Family) -> None:
    """Put in what is known by hand, and take out what a name only seems to say."""
    if family["type"] == "unknown" and re.match(r"node_(zoneinfo|infiniband)_", name):
        family["type"] = "counter" if name.endswith("_total") else "gauge"
    if family["type"] == "unknown" and name.startswith("node_network_"):  # the switches of ethtool
        family["type"] = "gauge"
    if _EITHER.fullmatch(name):  # a counter of netdev, a gauge of netclass
        family.update({"type": "unknown", "monotonic": True, "unit": "events"})
    if name.startswith("node_ksmd_"):
        family["type"] = "counter" if name.endswith("_total") else "gauge"
    if (
        family["type"] == "gauge"
        and name.endswith("_info")
        and name not in ("node_exporter_build_info", "node_uname_info")
    ):
        family["type"] = "info"
    if name in _UNITS:
        family["unit"] = _UNITS[name]
    elif re.search(r"_(alarm|fault|enabled)(_\w+)?$", name) or family["type"] == "info":
        family.pop("unit", None)
    elif name.startswith("node_memory_HugePages_"):
        family["unit"] = "count"
    elif name.startswith("node_memory_numa_") and family["type"] == "gauge" and "HugePages" not in name:
        family["unit"] = "bytes"
    elif name.startswith("node_hwmon_power_") and name.endswith("_watt"):
        family["unit"] = {"joule": 1, "second": -1}
    elif name.startswith("node_hwmon_") and name.endswith("_joule_total"):
        family["unit"] = "joules"
    elif name.startswith("node_hwmon_curr") and name.endswith("_amps"):
        family["unit"] = "amperes"
    family.update(_bounds(name, family))
    if name in _ZERO:
        family["zero"] = True
    if name in _INITIALISED:
        family["initialised"] = True
    if name in (
        "node_scrape_collector_success",
        "node_scrape_collector_duration_seconds",
        "node_exporter_build_info",
    ):
        family["presence"] = "always"
    if re.fullmatch(r"node_network_(receive|transmit)_\w+_total", name) and "labels" in family:
        family["labels"] = {"device": {}, "ifalias": {"optional": True}}
        family.pop("open", None)
    labels = family.get("labels", {})
    if (
        family["type"] == "info"
        and len(labels) > 1
        and name not in ("node_exporter_build_info", "node_uname_info")
    ):
        for label in set(labels) - _KEYS:
            labels[label] = {"optional": True}
    if name == "node_systemd_unit_state":
        labels["type"]["optional"] = True  # of units that are no services
    if name == "node_os_version" and "id_like" in labels:
        labels["id_like"]["optional"] = True
    if name.startswith("node_filesystem_") and "device_error" in labels:
        labels["device_error"]["optional"] = True
    if renamed := _renamed(name):
        family["renamed_from"] = renamed
