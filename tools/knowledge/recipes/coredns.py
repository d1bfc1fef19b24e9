"""CoreDNS: the metrics that the source of each release declares, with all its plugins, read from a git checkout."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._go_releases import releases
from tools.knowledge.recipes._repository import repository
from tools.knowledge.versions import Family, merged

NAME = "coredns"
REPOSITORY = "coredns/coredns"
VERSIONS = (
    "1.5.2", "1.6.9", "1.7.0", "1.8.0", "1.8.7", "1.9.4", "1.10.1", "1.11.0", "1.11.4", "1.12.4",
    "1.13.2", "1.14.0", "1.14.7",
)  # fmt: skip


_IN_1_7 = {
    "acl_allowed_requests_total": ("dns_request_allow_count_total",),
    "acl_blocked_requests_total": ("dns_request_block_count_total",),
    "autopath_success_total": ("autopath_success_count_total",),
    "cache_entries": ("cache_size",),
    "dns_do_requests_total": ("dns_request_do_count_total",),
    "dns_requests_total": ("dns_request_count_total", "dns_request_type_count_total"),
    "dns_responses_total": ("dns_response_rcode_count_total",),
    "dnssec_cache_entries": ("dnssec_cache_size",),
    "forward_healthcheck_broken_total": ("forward_healthcheck_broken_count_total",),
    "forward_healthcheck_failures_total": ("forward_healthcheck_failure_count_total",),
    "forward_max_concurrent_rejects_total": ("forward_max_concurrent_reject_count_total",),
    "forward_requests_total": ("forward_request_count_total",),
    "forward_responses_total": ("forward_response_rcode_count_total",),
    "grpc_requests_total": ("grpc_request_count_total",),
    "grpc_responses_total": ("grpc_response_rcode_count_total",),
    "hosts_entries": ("hosts_entries_count",),
    "panics_total": ("panic_count_total",),
    "reload_failed_total": ("reload_failed_count_total",),
}
_IN_1_11 = (
    "conn_cache_hits_total",
    "conn_cache_misses_total",
    "healthcheck_failures_total",
    "request_duration_seconds",
)
_RENAMED = {
    f"coredns_{new}": {f"coredns_{old}": "1.7.0" for old in olds} for new, olds in _IN_1_7.items()
} | {f"coredns_proxy_{name}": {f"coredns_forward_{name}": "1.11.0"} for name in _IN_1_11}


def _judged(family: Family) -> Family:
    """Return a family with what its meaning adds to its declaration."""
    name = family["name"]
    family = dict(family)
    if name.endswith("_info") and family["type"] == "gauge":
        family["type"] = "info"
    elif family["type"] == "gauge":
        family["low"] = 0
        if name == "coredns_plugin_enabled":
            family |= {"low": 1, "high": 1}
        elif name.endswith(("_entries", "_size")):
            family["unit"] = "count"
    return family


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is, or holds, a checkout of the repository."""
    read = releases(
        repository(source, REPOSITORY),
        VERSIONS,
        work,
        skip=("test", "vendor"),
        naming=r"client_golang/prometheus|Namespace = \"coredns\"|[nN]ame\s*= \"\w+\"",
        keep=lambda row: row.name.startswith("coredns_"),
    )
    result = merged({version: [_judged(family) for family in found] for version, found in read.items()})
    for family in result:
        if family["name"] in _RENAMED:
            family["renamed_from"] = _RENAMED[family["name"]]
    complete = ("acl", "autopath", "cache", "dns", "dns64", "dnssec", "forward", "grpc", "health", "hosts", "proxy", "reload",
                "template")  # fmt: skip
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": f"https://github.com/{REPOSITORY}",
        "how": f"declarations in the source of {len(VERSIONS)} releases, all plugins of the project",
        "prefixes": {"coredns_": "open", **{f"coredns_{plugin}_": "complete" for plugin in complete}},
        "families": result,
    }
