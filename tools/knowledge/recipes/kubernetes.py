"""Kubernetes: API server, controller manager, scheduler, kubelet and proxy.

The components' source is not read as one repository: the API server's and the shared libraries come from their own
repositories, kubelet, scheduler and proxy from copies that other projects keep of them. Controllers come from the project's
reference pages. Recorded scrapes of control planes tell which labels are ever empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tools.knowledge.families import unit
from tools.knowledge.recipes._kubernetes_sources import MINORS, declared, folder_of, listed, recorded, version
from tools.knowledge.recipes._scrape import Scraped
from tools.knowledge.versions import Family, labels, merged, order

NAME = "kubernetes"
# These come with libraries that other programs use too, and such programs may add labels.
_LIBRARIES = ("workqueue_", "rest_client_", "leader_election_")
_FOREIGN = re.compile(
    r"(go|process|promhttp|grpc|container|machine|cadvisor|python)_|etcd_(server|disk|network|mvcc|debugging|snap|cluster)_"
)
_FLAGS = frozenset(
    ("aggregator_unavailable_apiservice", "kubelet_node_config_error", "kubernetes_feature_enabled", "kubernetes_healthcheck",
     "leader_election_master_status", "resource_scrape_error", "scrape_error",
     "kubelet_volume_stats_health_status_abnormal")
)  # fmt: skip
_NOT_NEGATIVE = re.compile(
    r"workqueue_|apiserver_(current_inflight|longrunning|current_inqueue|flowcontrol_(current|request_concurrency))"
    r"|scheduler_(pending_pods|goroutines|queue|cache_size)|kubelet_(running|desired|active|mirror|node_name)"
    r"|volume_manager_total|watch_cache_capacity|etcd_(bookmark|lease|db_total)|registered_metrics"
)
_CLOSED = {
    "apiserver_current_inflight_requests": {"request_kind": ["mutating", "readOnly"]},
    "scheduler_pending_pods": {"queue": ["active", "backoff", "gated", "unschedulable"]},
    "kubernetes_healthchecks_total": {"status": ["error", "pending", "success"]},
}
_PREFIXES = (
    "aggregator_", "apiextensions_", "apiserver_", "attachdetach_controller_", "authentication_", "authorization_",
    "cronjob_controller_", "csi_operations_", "dra_", "endpoint_slice_", "ephemeral_volume_controller_",
    "field_validation_", "garbagecollector_controller_", "horizontal_pod_autoscaler_controller_", "job_controller_",
    "kube_apiserver_", "kube_pod_resource_", "kubelet_", "kubeproxy_", "kubernetes_", "leader_election_",
    "node_authorizer_", "node_collector_", "node_ipam_controller_", "pod_gc_collector_", "prober_", "pv_collector_",
    "replicaset_controller_", "resourceclaim_controller_", "rest_client_", "root_ca_cert_publisher_", "scheduler_",
    "service_controller_", "serviceaccount_", "storage_operation_", "storage_count_", "taint_eviction_controller_",
    "ttl_after_finished_controller_", "volume_manager_", "volume_operation_", "watch_cache_", "workqueue_",
)  # fmt: skip
_TYPES: dict[str, str] = dict.fromkeys(
    ("attachdetach_controller_total_volumes", "pv_collector_unbound_pvc_count", "storage_count_attachable_volumes_in_use",
     "cloudprovider_vsphere_vcenter_versions"), "gauge"
)  # fmt: skip
_COUNTS = frozenset(
    ("workqueue_depth", "kubelet_running_pods", "kubelet_running_containers", "scheduler_pending_pods",
     "apiserver_current_inflight_requests", "apiserver_longrunning_requests", "volume_manager_total_volumes",
     "kubelet_volume_stats_inodes", "kubelet_volume_stats_inodes_free", "kubelet_volume_stats_inodes_used")
)  # fmt: skip
_NEVER_EMPTY = frozenset(("operation_type", "persistentvolumeclaim"))
_RENAMED = {
    "aggregator_unavailable_apiservice_total": ("aggregator_unavailable_apiservice_count",),
    "apiserver_request_sli_duration_seconds": ("apiserver_request_slo_duration_seconds",),
    "apiserver_request_total": ("apiserver_request_count",),
    "apiserver_storage_objects": ("etcd_object_counts",),
    "apiserver_storage_size_bytes": (
        "apiserver_storage_db_total_size_in_bytes",
        "etcd_db_total_size_in_bytes",
    ),
    "kubelet_running_containers": ("kubelet_running_container_count",),
    "kubelet_running_pods": ("kubelet_running_pod_count",),
    "node_collector_evictions_total": ("node_collector_evictions_number",),
    "scheduler_pod_scheduling_sli_duration_seconds": ("scheduler_pod_scheduling_duration_seconds",),
    "scheduler_scheduling_attempt_duration_seconds": ("scheduler_e2e_scheduling_duration_seconds",),
}
# Registered by the library of metrics itself.
_META: tuple[Family, ...] = (
    {"name": "disabled_metrics_total", "type": "counter", "labels": {}},
    {"name": "hidden_metrics_total", "type": "counter", "labels": {}},
)


def _joined(releases: dict[str, list[Family]], copied: bool = False) -> dict[str, Family]:
    """Return what the releases of one part declare together.

    A copy that another project keeps may lack folders: what such a folder declares did not begin or end with it.
    """
    versions = sorted(releases, key=order)
    result = {family["name"]: family for family in merged(releases)}
    folders = (
        {release: {folder_of(family) for family in found} for release, found in releases.items()}
        if copied
        else {}
    )
    for family in result.values():
        if (
            copied
            and "since" in family
            and folder_of(family) not in folders[versions[versions.index(family["since"]) - 1]]
        ):
            del family["since"]
        if (
            copied
            and "until" in family
            and folder_of(family) not in folders[versions[versions.index(family["until"]) + 1]]
        ):
            family["ended"] = family.pop("until")
        if (
            versions[-1] != version(MINORS[-1])
            and family.get("stability") != "stable"
            and "until" not in family
        ):
            family["open"] = True  # newer releases may have added labels
    return result


def _from_scrapes(scrapes: dict[str, list[Scraped]]) -> dict[str, dict[str, list[Scraped]]]:
    result: dict[str, dict[str, list[Scraped]]] = {}
    for release, page in scrapes.items():
        for one in page:
            if one.series:
                result.setdefault(one.name, {}).setdefault(release, []).append(one)
    return result


def _seen(family: Family, having: Iterable[Scraped]) -> None:
    """Add to a family what recorded series show: further labels, and which labels are never empty."""
    pages = list(having)
    own = family.setdefault("labels", {})
    shown = labels([{label: {} for label in one.labels()} for one in pages])
    for label in shown:
        own.setdefault(label, {"optional": True})
    empty = {label for one in pages for label in one.optional()}
    for label, facts in own.items():
        if (
            label not in shown or label in empty or shown[label].get("optional")
        ) and label not in _NEVER_EMPTY:
            facts["optional"] = True
    kinds = {one.type for one in pages} - {"unknown"}
    if family["type"] == "unknown" and len(kinds) == 1:
        family["type"] = kinds.pop()
    if family["type"] == "summary":
        found = {tuple(one.bounds("quantile")) for one in pages}
        family.pop("quantiles", None)
        if len(found) == 1:
            family["quantiles"] = list(found.pop())
    if family["type"] == "histogram":
        bounds = {tuple(one.bounds("le")) for one in pages}
        if "buckets" in family and bounds != {tuple(family["buckets"])}:
            del family["buckets"]
        elif "buckets" not in family and len(bounds) == 1 and len(pages) > 3 and "until" not in family:
            family["buckets"] = list(bounds.pop())


def _judged(family: Family) -> Family:
    name = family["name"]
    if name.startswith(_LIBRARIES):
        family["open"] = True
    if name in ("kubernetes_build_info", "kubelet_node_name", "version_info") and family["type"] == "gauge":
        family["type"] = "info"
    elif family["type"] == "gauge" and name in _FLAGS:
        family |= {"low": 0, "high": 1}
    elif family["type"] == "gauge" and _NOT_NEGATIVE.match(name):
        family["low"] = 0
    for label, values in _CLOSED.get(name, {}).items():
        if label in family.get("labels", {}):
            family["labels"][label]["values"] = values
    if name == "node_cpu_usage_seconds_total":  # a gauge by its type in some releases
        family["monotonic"] = True
    found = "count" if name in _COUNTS else unit(name, family["type"])
    if found is not None:
        family.setdefault("unit", found)
    return family


def _known(parts: dict[str, dict[str, list[Family]]], pages: dict[str, list[Family]]) -> dict[str, Family]:
    """Return the families of the source, and those that only the reference pages list."""
    known: dict[str, Family] = {}
    for part, releases in parts.items():
        for name, family in _joined(releases, part.startswith("pkg/")).items():
            if not _FOREIGN.match(name):
                known.setdefault(name, family)
    on_pages = _joined(pages)
    for name, family in known.items():
        ended = family.pop("ended", None)
        if ended and name not in on_pages and order(ended) < order(min(pages, key=order)):
            family["until"] = ended
            family.pop("open", None)
    for name, family in on_pages.items():
        if name not in known and not _FOREIGN.match(name):
            family.pop("since", None)  # the pages began to list it then
            known[name] = family
    for family in _META:
        known.setdefault(family["name"], dict(family))
    return known


def _dated(family: Family, releases: Iterable[str]) -> None:
    """Widen the span of releases of a family to those where it was seen."""
    seen = sorted(releases, key=order)
    if "until" in family and order(seen[-1]) > order(family["until"]):
        del family["until"]
    if "since" in family and order(seen[0]) < order(family["since"]):
        family["since"] = seen[0]
        if order(seen[0]) <= order(version(MINORS[0])):
            del family["since"]


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is a folder that holds a checkout of each repository that is read."""
    known = _known(declared(work, source), listed(source))
    shown = _from_scrapes(recorded(source))
    for name, having in shown.items():
        if name in known or _FOREIGN.match(name):
            continue
        last = max(having, key=order)
        known[name] = {"name": name, "type": "unknown"}
        if order(last) < order(version(26)):
            known[name]["until"] = last
        else:
            known[name]["open"] = True
    for name, family in known.items():
        family["type"] = _TYPES.get(name, family["type"])
        if name in shown:
            recent = {
                release: one
                for release, one in shown[name].items()
                if order(release) >= order(version(MINORS[0]))
            }
            _dated(family, shown[name])
            _seen(family, [one for found in (recent or shown[name]).values() for one in found])
        else:
            family.pop("quantiles", None)
            own = family.get("labels", {})
            for label, facts in own.items():
                if label not in _NEVER_EMPTY and not (
                    label == "namespace" and "persistentvolumeclaim" in own
                ):
                    facts["optional"] = True
    for new, olds in _RENAMED.items():
        gone = {
            old: _after(str(known[old]["until"])) for old in olds if old in known and "until" in known[old]
        }
        if gone and new in known:
            known[new]["renamed_from"] = gone
    return {
        "name": NAME,
        "version": version(MINORS[-1]),
        "oldest": version(MINORS[0]),
        "source": "https://github.com/kubernetes/kubernetes",
        "how": "declarations in the source of up to 16 minor releases, reference pages of 5, recorded scrapes of 19",
        "prefixes": _prefixes(),
        "families": [_judged(known[name]) for name in sorted(known)],
    }


def _after(last: str) -> str:
    """Return the first release read after *last*."""
    return next((version(minor) for minor in MINORS if order(version(minor)) > order(last)), last)


def _prefixes() -> dict[str, str]:
    """Return the prefixes of the components' names; whole are those of the API server's own library."""
    whole = ("apiserver_admission_", "apiserver_flowcontrol_", "apiserver_request_", "apiserver_storage_")
    return {**dict.fromkeys(_PREFIXES, "open"), **dict.fromkeys(whole, "complete")}
