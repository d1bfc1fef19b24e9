"""kube-state-metrics: the metric generators in its source, release by release.

The source is read from a git checkout. A generator names its metric, its type, its stability and the label keys it
fills; the wrapper around it adds the labels that identify the object. Names and labels agree with the tables of the
project's documentation and with the expositions of its tests in all releases read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.knowledge.recipes._kube_state_source import Release
from tools.knowledge.recipes._repository import Repository, repository
from tools.knowledge.versions import Family as Facts
from tools.knowledge.versions import merged

NAME = "kube_state_metrics"
REPOSITORY = "kubernetes/kube-state-metrics"
VERSIONS = (
    "1.6.0", "1.7.2", "1.8.0", "1.9.8", "2.0.0", "2.1.1", "2.2.4", "2.3.0", "2.4.2", "2.5.0", "2.6.0", "2.7.0", "2.8.2",
    "2.9.2", "2.10.1", "2.11.0", "2.12.0", "2.13.0", "2.14.0", "2.15.0", "2.16.0", "2.17.0", "2.18.0", "2.19.1", "2.20.0",
)  # fmt: skip
_FILES = r"(collectors|pkg/collectors|internal/collector|internal/store)/[^/]+(?<!_test)\.go$"

_VALUE = re.compile(r"\bValue:\s*(.+?),?\s*$", re.MULTILINE)
_FLAG = re.compile(r"(?:float64\()?[01]\)?|boolFloat64\(.*\)")

# An object of these kinds belongs to no namespace: the label is there and empty.
_CLUSTER_WIDE = ("webhookconfiguration", "admissionpolicy")
# Labels beside the object's identity that a generator never leaves empty.
_ALWAYS = frozenset(
    ("container", "condition", "status", "phase", "resource", "unit", "constraint", "qos_class", "ip_family",
     "access_mode", "metric_name", "metric_target_type")
)  # fmt: skip
_BOOLEAN = ("true", "false", "unknown")
_CLOSED: dict[str, dict[str, tuple[str, ...]]] = {
    "kube_certificatesigningrequest_condition": {"condition": ("approved", "denied", "failed")},
    "kube_cronjob_info": {"concurrency_policy": ("Allow", "Forbid", "Replace")},
    "kube_horizontalpodautoscaler_spec_target_metric": {"metric_target_type": ("value", "utilization", "average")},
    "kube_horizontalpodautoscaler_status_target_metric": {"metric_target_type": ("value", "utilization", "average")},
    "kube_hpa_spec_target_metric": {"metric_target_type": ("value", "utilization", "average")},
    "kube_job_complete": {"condition": _BOOLEAN},
    "kube_job_failed": {"condition": _BOOLEAN},
    "kube_job_status_failed": {
        "reason": ("BackoffLimitExceeded", "DeadLineExceeded", "DeadlineExceeded", "Evicted"),
    },
    "kube_limitrange": {"constraint": ("min", "max", "default", "defaultRequest", "maxLimitRequestRatio")},
    "kube_namespace_status_phase": {"phase": ("Active", "Terminating")},
    "kube_node_spec_taint": {"effect": ("NoSchedule", "PreferNoSchedule", "NoExecute")},
    "kube_node_status_phase": {"phase": ("Pending", "Running", "Terminated")},
    "kube_persistentvolume_status_phase": {"phase": ("Pending", "Available", "Bound", "Released", "Failed")},
    "kube_persistentvolumeclaim_access_mode": {
        "access_mode": ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"),
    },
    "kube_persistentvolumeclaim_status_phase": {"phase": ("Lost", "Bound", "Pending")},
    "kube_pod_ips": {"ip_family": ("4", "6")},
    "kube_pod_restart_policy": {"type": ("Always", "Never", "OnFailure")},
    "kube_pod_status_phase": {"phase": ("Pending", "Succeeded", "Failed", "Running", "Unknown")},
    "kube_pod_status_qos_class": {"qos_class": ("BestEffort", "Burstable", "Guaranteed")},
    "kube_pod_status_ready": {"condition": _BOOLEAN},
    "kube_pod_status_reason": {
        "reason": ("Evicted", "NodeAffinity", "NodeLost", "Other", "PreemptionByScheduler", "SchedulingGated", "Shutdown",
                   "TerminationByKubelet", "UnexpectedAdmissionError"),
    },
    "kube_pod_status_scheduled": {"condition": _BOOLEAN},
    "kube_resourcequota": {"type": ("hard", "used")},
    "kube_service_spec_type": {"type": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")},
}  # fmt: skip
_HPA = ("labels", "metadata_generation", "spec_max_replicas", "spec_min_replicas", "spec_target_metric",
        "status_condition", "status_current_replicas", "status_desired_replicas")  # fmt: skip
_RENAMED: dict[str, dict[str, str]] = {
    "kube_daemonset_status_updated_number_scheduled": {"kube_daemonset_updated_number_scheduled": "2.0.0"},
    "kube_node_status_allocatable": {
        f"kube_node_status_allocatable_{old}": "2.0.0" for old in ("cpu_cores", "memory_bytes", "pods")
    },
    "kube_node_status_capacity": {
        f"kube_node_status_capacity_{old}": "2.0.0" for old in ("cpu_cores", "memory_bytes", "pods")
    },
    **{
        f"kube_pod_container_resource_{kind}": {
            f"kube_pod_container_resource_{kind}_{old}": "2.0.0" for old in ("cpu_cores", "memory_bytes")
        }
        for kind in ("limits", "requests")
    },
    **{
        f"kube_pod_init_container_resource_{kind}": {
            f"kube_pod_init_container_resource_{kind}_{old}": "2.3.0"
            for old in ("cpu_cores", "memory_bytes", "storage_bytes", "ephemeral_storage_bytes")
        }
        for kind in ("limits", "requests")
    },
    **{f"kube_horizontalpodautoscaler_{old}": {f"kube_hpa_{old}": "2.0.0"} for old in _HPA},
    "kube_pod_container_status_restarts_total": {"kube_pod_container_status_restarts": "1.2.0"},
}
_COUNTS = re.compile(
    r"_(replicas\w*|number_\w+|desired_healthy|current_healthy|expected_pods|pod_disruptions_allowed|spec_completions"
    r"|spec_parallelism|job_history_limit|(ingress|egress)_rules|status_active|status_succeeded|number_\w*scheduled)$"
)
_BEFORE: tuple[tuple[str, str, str], ...] = (
    ("kube_node_status_allocatable_nvidia_gpu_cards", "gauge", "1.3.1"),
    ("kube_node_status_capacity_nvidia_gpu_cards", "gauge", "1.3.1"),
    ("kube_pod_container_resource_limits_nvidia_gpu_devices", "gauge", "1.3.1"),
    ("kube_pod_container_resource_requests_nvidia_gpu_devices", "gauge", "1.3.1"),
    ("kube_pod_container_status_restarts", "counter", "1.1.0"),
)
"""What the oldest releases had, by the declarations in 1.0 to 1.5, that none of the releases read has."""
_SIGNED = ("exitcode", "target_metric", "kube_limitrange", "tolerance")
_TELEMETRY: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("kube_state_metrics_list_total", "counter", "1.9.8", ("result", "resource")),
    ("kube_state_metrics_watch_total", "counter", "1.9.8", ("result", "resource")),
    ("kube_state_metrics_shard_ordinal", "gauge", "", ("shard_ordinal",)),
    ("kube_state_metrics_total_shards", "gauge", "", ()),
    ("kube_state_metrics_config_hash", "gauge", "", ("type", "filename")),
    ("kube_state_metrics_last_config_reload_successful", "gauge", "", ("type", "filename")),
    ("kube_state_metrics_last_config_reload_success_timestamp_seconds", "gauge", "", ("type", "filename")),
    ("kube_state_metrics_custom_resource_state_add_events_total", "counter", "", ()),
    ("kube_state_metrics_custom_resource_state_update_events_total", "counter", "", ()),
    ("kube_state_metrics_custom_resource_state_delete_events_total", "counter", "", ()),
    ("kube_state_metrics_custom_resource_state_cache", "gauge", "", ()),
    ("kube_state_metrics_list_objects", "gauge", "", ("resource",)),
    ("kube_state_metrics_list_objects_limit", "gauge", "", ("resource",)),
)


def _labels(name: str, identity: set[str], keys: set[str]) -> Facts:
    result: Facts = {}
    for label in sorted(identity | keys):
        spec: Facts = {}
        if label in _CLOSED.get(name, {}):
            spec["values"] = sorted(_CLOSED[name][label])
        elif label == "status" and name.endswith("_status_condition"):
            spec["values"] = sorted(_BOOLEAN)
        elif label == "unit" and "resource" in keys:
            spec["values"] = ["byte", "core", "integer"]
        nowhere = label == "namespace" and any(kind in name for kind in _CLUSTER_WIDE)
        sure = (
            label in identity or label in _ALWAYS or ("values" in spec and name != "kube_job_status_failed")
        )
        if nowhere or not sure:
            spec["optional"] = True
        result[label] = spec
    return result


def _read(release: Release) -> Iterator[Facts]:
    for path, line, name, region in release.generators():
        kind = re.search(r"(?:Type:\s*)?metric\.(Gauge|Counter)\b", region)
        assert kind is not None, name
        facts: Facts = {"name": name, "type": kind[1].lower(), "declared": f"{path}:{line}"}
        facts["labels"] = _labels(name, release.identity(region), release.keys(region))
        if re.search(r"PrometheusLabel", region) or name.endswith(("_labels", "_annotations")):
            facts |= {"open": True, "presence": "lazy"}
        if "OptIn" in region[:40]:
            facts["presence"] = "lazy"
        stability = re.search(r"basemetrics\.(\w+)", region)
        if stability:
            facts["stability"] = stability[1].lower()
        values = [value.strip() for text in release.texts(region) for value in _VALUE.findall(text)]
        facts |= _measure(name, facts["type"], values, "addConditionMetrics" in region)
        yield facts


def _measure(name: str, kind: str, values: list[str], condition: bool) -> Facts:
    """Return unit and bounds as far as the values that a generator writes show them."""
    if kind == "counter":
        return {}
    if name.endswith(("_info", "_labels", "_annotations", "_owner")):
        return {"type": "info"}
    if any(".Unix()" in value for value in values) or name.endswith(("_created", "_timestamp", "_time")):
        return {"unit": "timestamp_seconds", "low": 0}
    if condition or (values and all(_FLAG.fullmatch(value) for value in values)):
        return {"low": 0, "high": 1}
    facts: Facts = {} if any(part in name for part in _SIGNED) else {"low": 0}
    if name.endswith("_seconds"):
        facts["unit"] = "seconds"
    elif name.endswith("_bytes"):
        facts["unit"] = "bytes"
    elif _COUNTS.search(name):
        facts["unit"] = "count"
    return facts


def _telemetry(checkout: Repository) -> Iterator[Facts]:
    """Yield the program's metrics of itself with the first release read whose source names them."""
    texts = {
        version: "".join(checkout.files(f"v{version}", r"(main|pkg/.*|internal/.*)(?<!_test)\.go$").values())
        for version in VERSIONS
    }
    for name, kind, _, labels in _TELEMETRY:
        having = [version for version in VERSIONS if f'"{name}"' in texts[version]]
        spec: Facts = {label: {} for label in labels}
        if "result" in spec:
            spec["result"] = {"values": ["error", "success"]}
        facts: Facts = {"name": name, "type": kind, "labels": spec}
        if kind == "gauge" and "hash" not in name:
            facts["low"] = 0
        if name.endswith("_successful"):
            facts["high"] = 1
        if name.endswith("_timestamp_seconds"):
            facts["unit"] = "timestamp_seconds"
        if having[0] != VERSIONS[0]:
            facts["since"] = having[0]
        if having[-1] != VERSIONS[-1]:
            facts["until"] = having[-1]
        yield facts


def build(work: Path, source: Path | None = None) -> Facts:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    checkout = repository(source, REPOSITORY)
    read = {version: list(_read(Release(checkout.files(f"v{version}", _FILES)))) for version in VERSIONS}
    every: dict[str, list[Facts]] = {}
    for families in read.values():
        for facts in families:
            every.setdefault(facts["name"], []).append(facts)
    result = []
    for facts in merged(read):
        having = every[facts["name"]]
        for bound in ("low", "high"):
            if any(one.get(bound) != facts.get(bound) for one in having):
                facts.pop(bound, None)
        if facts["name"] in _RENAMED:
            facts["renamed_from"] = _RENAMED[facts["name"]]
        result.append(facts)
    result += list(_telemetry(checkout))
    result += [{"name": name, "type": kind, "until": until} for name, kind, until in _BEFORE]
    kinds = {match[1] for facts in result if (match := re.match(r"kube_([a-z]+)_", facts["name"]))} - {"init"}
    prefixes = {"kube_": "open"} | {f"kube_{kind}_": "complete" for kind in sorted(kinds)}
    prefixes |= {"kube_pod_windows_": "open", "kube_pod_resource_": "open", "kube_customresource_": "open"}
    prefixes |= {
        "kube_verticalpodautoscaler_": "open",
        "kube_state_": "open",
        "kube_state_metrics_": "complete",
    }
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": f"https://github.com/{REPOSITORY}",
        "how": f"generators in the source of {len(VERSIONS)} releases",
        "prefixes": dict(sorted(prefixes.items())),
        "families": sorted(result, key=lambda facts: str(facts["name"])),
    }
