"""HAProxy's own exporter: the tables of its source from 2.4 on.

The metrics of proxies that the retired haproxy_exporter gave have the same names, but the labels backend and frontend instead
of proxy; they are listed as optional, so that its dashboards are not called wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    catalogue,
    line_of,
    numbered,
    refine,
    repository,
    unit_by_name,
    words,
)

NAME = "haproxy"
ORIGIN = "haproxy/haproxy"

_FILES = r"(addons/promex/service-prometheus\.c|src/stats(-proxy)?\.c)$"
_ROW = re.compile(
    r'\[(\w+)\s*\]\s*=\s*\{ \.n = IST\("(\w+)"\),\s*\.type = PROMEX_MT_(\w+),\s*\.flags = ([^}]*)\}'
)
_PLAIN = re.compile(
    r'\[ST_I_(INF|PX)_(\w+)\s*\]\s*=\s*\{ \.name = "[^"]*",\s*\.alt_name = "(\w+)",.*?(?:\.cap = STATS_PX_CAP_(\w+))?\s*\},?\s*$',
    re.MULTILINE,
)
_MACRO = re.compile(
    r'\[ST_I_(PX)_(\w+)\s*\]\s*=\s*ME_NEW_\w+\("\w+",\s*"(\w+)",\s*(\w+),.*?STATS_PX_CAP_(\w+),', re.DOTALL
)
_SCOPES = {
    "FRONT": "frontend",
    "LI": "listener",
    "BACK": "backend",
    "SRV": "server",
    "INFO": "process",
    "STICKTABLE": "sticktable",
}
_CAPS = {"L": "listener", "F": "frontend", "B": "backend", "S": "server"}
_PROXY = ("frontend", "listener", "backend", "server")
_CODES = ["1xx", "2xx", "3xx", "4xx", "5xx", "other"]
_STATES = {
    "haproxy_frontend_status": ["DOWN", "UP"],
    "haproxy_backend_status": ["DOWN", "UP"],
    "haproxy_server_status": ["DOWN", "DRAIN", "MAINT", "NOLB", "UP"],
}
_ALWAYS_COUNTERS = words("""haproxy_process_requests_total haproxy_process_connections_total haproxy_process_ssl_connections_total
    haproxy_process_ssl_cache_lookups_total haproxy_process_ssl_cache_misses_total
    haproxy_process_failed_resolutions""")
_MISTYPED = frozenset(
    {"haproxy_process_pipes_used_total", "haproxy_process_pipes_free_total"}
)  # states sent as counters
_BACKPORTED = frozenset(
    {"haproxy_backend_agg_server_status", "haproxy_backend_agg_check_status"}
)  # came with patch releases
_NO_LIMIT = re.compile(r"haproxy_\w+_limit_\w+|haproxy_process_max_memory_bytes|haproxy_server_queue_limit")
_COUNTS = re.compile(
    r"haproxy_\w+_(current_sessions|max_sessions|current_queue|max_queue|current_connections|max_connections|active_servers"
    r"|backup_servers|max_fds|max_sockets|nbthread|nbproc|listeners|jobs|current_run_queue|current_tasks)"
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = [(version, tag) for version, tag in numbered(checkout, "2.4.0") if version.endswith(".0")]
    releases: Releases = {}
    for version, tag in tags:
        releases[version] = _release(version, checkout.files(tag, _FILES))
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the tables in the source of {len(releases)} releases; HAProxy 2.6 was run to check them",
    }
    # modules add extra counters with the label mod at run time, hence open
    prefixes = {"haproxy_": "open", "haproxy_process_": "complete", "haproxy_listener_": "open"}
    made = catalogue(head, releases, prefixes)
    refine(made["families"], _facts, unit_by_name)
    return made


def _release(version: str, texts: Mapping[str, str]) -> dict[str, Family]:
    found: dict[str, Family] = {}
    for path, text in texts.items():
        for scope, name, kind, position in _declared(text):
            full = f"haproxy_{scope}_{name}"
            family: Family = {
                "name": full,
                "type": kind,
                "labels": _labels(scope, name),
                "declared": f"{path}:{line_of(text, position)}",
            }
            found.setdefault(full, family)
    if len(found) < 200 or "haproxy_server_status" not in found or "haproxy_process_nbthread" not in found:
        raise ValueError(f"the source of {version} was not understood: {len(found)}")
    for name in ("size", "used"):
        full = f"haproxy_sticktable_{name}"
        found.setdefault(full, {"name": full, "type": "gauge", "labels": _labels("sticktable", name)})
    return found


def _declared(text: str) -> Iterator[tuple[str, str, str, int]]:
    """Yield (scope, name, type, position) of each row of the tables, old and new."""
    for match in _ROW.finditer(text):
        for flag, scope in _SCOPES.items():
            if f"PROMEX_FL_{flag}_METRIC" in match[4]:
                yield scope, _renamed(scope, match[1], match[2]), match[3].lower(), match.start()
    for match in _PLAIN.finditer(text):
        kind = "counter" if match[3].endswith("_total") else "gauge"
        if match[1] == "INF":
            yield "process", match[3], kind, match.start()
        for letter in (match[4] or "").strip("_") if match[1] == "PX" else "":
            if letter in _CAPS:
                yield _CAPS[letter], _renamed(_CAPS[letter], match[2], match[3]), kind, match.start()
    for match in _MACRO.finditer(text):
        kind = "counter" if match[4] == "FN_COUNTER" else "gauge"
        for letter in match[5]:
            if letter in _CAPS:
                yield _CAPS[letter], _renamed(_CAPS[letter], match[2], match[3]), kind, match.start()


def _renamed(scope: str, field: str, name: str) -> str:
    """Return the name of a field; two are called otherwise for servers."""
    if scope == "server" and field.rpartition("_")[2] in {"ACT", "BCK"}:
        return "active" if field.endswith("ACT") else "backup"
    return name


def _labels(scope: str, name: str) -> dict[str, dict[str, object]]:
    labels: dict[str, dict[str, object]] = {}
    if scope in _PROXY:
        labels["proxy"] = {"optional": True}
        labels["desc"] = {"optional": True}
        labels["mod"] = {"optional": True}
        if scope in {"frontend", "backend", "server"}:
            labels["backend" if scope == "server" else scope] = {"optional": True}
        if scope == "listener":
            labels["listener"] = {}
        if scope == "server":
            labels["server"] = {}
        if name == "http_responses_total":
            labels["code"] = {"values": _CODES}
        if (
            name in {"status", "check_status", "agent_status"}
            or name.endswith("agg_server_status")
            or name.startswith("agg_")
        ):
            labels["state"] = {"optional": True}
    elif scope == "sticktable":
        labels.update({"name": {}, "type": {}, "desc": {"optional": True}})
    else:
        labels["desc"] = {"optional": True}
        if name == "node":
            labels["node"] = {}
        if name == "build_info":
            labels["version"] = {}
    return labels


def _facts(name: str, family: Family) -> None:
    """Add bounds, units and closed labels that the tables do not spell out."""
    if (
        name.endswith(("_status", "_check_status", "_agent_status"))
        and "agg_" not in name
        and "listener" not in name
    ):
        family["low"], family["high"] = 0, 1
    labels = family.get("labels")
    if name in _STATES and isinstance(labels, dict):
        labels["state"] = {**labels["state"], "values": _STATES[name]}
    if name in {"haproxy_process_node", "haproxy_process_description", "haproxy_process_build_info"}:
        family["type"] = "info"
    if name in _BACKPORTED:
        family.pop("since", None)
    if name in _MISTYPED:
        family["type"] = "unknown"
    if name in _ALWAYS_COUNTERS:
        family["type"] = "counter"
    if family["type"] != "gauge":
        return
    if _COUNTS.fullmatch(name):
        family["unit"], family["low"] = "count", 0
    if _NO_LIMIT.fullmatch(name):
        family["zero"] = True
    if name.endswith("_percent"):
        family["unit"], family["low"], family["high"] = {"scale": 0.01}, 0, 100
    if name == "haproxy_process_start_time_seconds":
        family["unit"] = "timestamp_seconds"
    if name.endswith(("_time_average_seconds", "_time_seconds")) and "start_time" not in name:
        family["unit"], family["low"] = "seconds", 0
