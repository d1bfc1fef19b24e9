"""redis_exporter: the maps of INFO fields and the described metrics in the source of every release from 0.21.0 on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.knowledge.recipes._redis_names import COUNTS, FLAGS, NO_LIMIT, NOT_BELOW_ZERO, ONLY_UP, UNITS
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

NAME = "redis_exporter"
ORIGIN = "oliver006/redis_exporter"

_MAP = re.compile(r"metricMap(Gauges|Counters|)\s*[:=]+\s*map\[string\]string\{(.*?)\n\t+\},?\n", re.DOTALL)
_ENTRY = re.compile(r'^\s*"(\w+)":\s+"(\w+)",', re.MULTILINE)
_ADDED = re.compile(r'metricMap(Gauges|Counters)\["\w+"\] = "(\w+)"')
_DESCRIBED = re.compile(
    r'^\s*"(\w+)":\s+\{(?:txt: (?:"(?:[^"\\]|\\.)*"|`[^`]*`))?,?\s*(?:lbls: \[\]string\{([^}]*)\})?\}',
    re.MULTILINE,
)
_DESCRIBED_VARIABLE = re.compile(
    r'"(\w+)":\s+\{txt: "[^"\n]*", lbls: (\w+)\}|newMetricDescr\([\w.]+, "(\w+)", "[^"\n]*", (\w+)\)'
)
_SENT = re.compile(r'registerConst(MetricGauge|Metric|Summary|Histogram)\(\s*\w+,\s*"(\w+)"([^\n]*)')
_CREATED = re.compile(r'createMetricDescription\("(\w+)", (?:\[\]string\{([^}]*)\}|(\w+))\)')
_LISTED = re.compile(
    r"for _, metricName := range \[\]string\{([^}]*)\} \{\s*e\.createMetricDescription\(metricName, (\w+)\)"
)
_VARIABLE = re.compile(r"(\w+) (?::=|=) \[\]string\{([^}]*)\}")
_APPENDED = re.compile(r"(\w+) = append\((\w+), ((?:\"\w+\"(?:, )?)+)\)")
_OPTS = re.compile(
    r"prometheus\.New(Gauge|Counter|Summary)(Vec)?\(prometheus\.\w+Opts\{(.*?)\}(?:, \[\]string\{([^}]*)\})?\)",
    re.DOTALL,
)
_CASES = re.compile(r'case\s+((?:"sentinel_\w+",?\s*)+):')
_CLUSTER = (
    words("""enabled connections state slots_assigned slots_ok slots_pfail slots_fail known_nodes size current_epoch
    my_epoch stats_messages_ping_sent stats_messages_pong_sent stats_messages_meet_sent stats_messages_ping_received
    stats_messages_pong_received stats_messages_meet_received""")
)  # what Redis 5 to 7 name so, passed as it is
_CONFIG = ("config_maxclients", "config_maxmemory")
_CONFIG_NEW = {"io-threads": "config_io_threads", "repl-backlog-size": "config_repl_backlog_size"}

_UNSURE = frozenset(
    {"mem_fragmentation_ratio", "allocator_frag_ratio", "allocator_rss_ratio", "master_last_io_seconds"}
)
_RENAMED = {  # old name: (new name, the version in which it went)
    "connected_slave_offset": ("connected_slave_offset_bytes", "1.0.0"),
    "used_cpu_sys": ("cpu_sys_seconds_total", "1.0.0"),
    "used_cpu_user": ("cpu_user_seconds_total", "1.0.0"),
    "used_cpu_sys_children": ("cpu_sys_children_seconds_total", "1.0.0"),
    "used_cpu_user_children": ("cpu_user_children_seconds_total", "1.0.0"),
    "script_value": ("script_values", "1.0.0"),
}
_VALUES = {("config_client_output_buffer_limit_bytes", "limit"): ["hard", "soft"]}


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = [(version, tag) for version, tag in numbered(checkout, "0.21.0") if version.endswith(".0")]
    releases: Releases = {}
    for version, tag in tags:
        texts = checkout.files(tag, r"(exporter/)?\w+\.go$")
        releases[version] = _release(
            version, {path: text for path, text in texts.items() if "_test." not in path}
        )
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(releases)} releases; two of them were run against Redis 7, a replica and a sentinel",
    }
    prefixes = {
        "redis_": "open",  # INFO fields that begin with cluster_ or db pass as they are; other exporters share the prefix
        "redis_exporter_": "complete",
        "redis_stream_": "complete",
        "redis_sentinel_": "complete",
        "redis_connected_client_": "complete",
        "redis_connected_slave_": "complete",
        "redis_key_group_": "complete",
        "redis_script_": "complete",
        "redis_commandlog_": "complete",
        "redis_slowlog_": "complete",
        "redis_latency_": "complete",
    }
    made = catalogue(head, releases, prefixes)
    families = made["families"]
    assert isinstance(families, list)
    refine(families, _facts, unit_by_name, _unsure)
    return made


def _release(version: str, sources: dict[str, str]) -> dict[str, Family]:
    """Return what one release declares, by the full name of the metric."""
    found: dict[str, Family] = {}
    roles = any("AppendInstanceRoleLabel" in text for text in sources.values())
    for path, text in sources.items():
        for name, family, position in _declared(text, version):
            known = found.setdefault(f"redis_{name}", {"declared": f"{path}:{line_of(text, position)}"})
            for fact, value in family.items():
                if fact == "labels" and fact in known:
                    continue
                known[fact] = value
    found.pop("redis_latest_fork_usec" if version.startswith("1.") else "", None)
    for name, family in found.items():
        family.setdefault("type", "gauge")
        labels = {label: dict[str, object]() for label in _words(family.pop("labels", ""))}
        if version.startswith("0."):
            if not name.startswith("redis_exporter_"):
                labels = {"addr": {}, "alias": {}, **labels}
        elif roles and not name.startswith(
            ("redis_exporter_scrape", "redis_target_", "redis_exporter_build")
        ):
            labels["instance_role"] = {"optional": True}
        family["labels"], family["name"] = labels, name
        if name == "redis_instance_info":
            _optional(labels, "valkey_version", "valkey_release_stage")
        if name in {"redis_connected_client_info", "redis_connected_clients_details"}:
            _optional(labels, "port", "user", "resp")
        if str(family["type"]) == "gauge" and name.endswith(("_info", "_key_value", "_value_as_string")):
            family["type"] = "info"
    return found


def _declared(text: str, version: str) -> Iterator[tuple[str, Family, int]]:
    """Yield (name, facts, position) of each declaration in one file of source."""
    variables = {match[1]: match[2] for match in _VARIABLE.finditer(text)}
    for match in _APPENDED.finditer(text):
        variables[match[1]] = f"{variables.get(match[2], '')}, {match[3]}"
    for block in _MAP.finditer(text):
        kind = "counter" if block[1] == "Counters" else "gauge"
        for entry in _ENTRY.finditer(block[2]):
            position = block.start(2) + entry.start(1)
            yield entry[2], {"type": kind, "labels": "", "presence": "lazy"}, position
            if entry[2] == "latest_fork_usec" and version.startswith("1."):
                yield "latest_fork_seconds", {"type": "gauge", "labels": ""}, position
    for match in _ADDED.finditer(text):
        yield (
            match[2],
            {"type": match[1].lower().removesuffix("s"), "labels": "", "presence": "lazy"},
            match.start(),
        )
    for match in _DESCRIBED.finditer(text):
        yield match[1], {"labels": match[2] or ""}, match.start(1)
    for match in _DESCRIBED_VARIABLE.finditer(text):
        name, variable = match[1] or match[3], match[2] or match[4]
        if variable in variables:
            yield name, {"labels": variables[variable]}, match.start()
    for match in _LISTED.finditer(text):
        for name in _words(match[1]):
            yield name, {"labels": variables.get(match[2], "")}, match.start()
    for match in _CREATED.finditer(text):
        yield (
            match[1],
            {"labels": match[2] if match[3] is None else variables.get(match[3], "")},
            match.start(),
        )
    for match in _SENT.finditer(text):
        kind = {"Summary": "summary", "Histogram": "histogram"}.get(match[1], "gauge")
        yield match[2], {"type": "counter" if "CounterValue" in match[3] else kind}, match.start()
    for match in _OPTS.finditer(text):
        name = re.search(r'Name:\s+"(\w+)"', match[3])
        if name and "Namespace" in match[3]:
            yield name[1], {"type": match[1].lower(), "labels": match[4] or ""}, match.start()
    for match in _CASES.finditer(text):
        for name in _words(match[1]):
            yield name, {"labels": ""}, match.start()
    position = text.find('HasPrefix(s, "cluster_")')
    if position >= 0:
        for name in _CLUSTER:
            yield f"cluster_{name}", {"type": "gauge", "labels": "", "presence": "lazy"}, position
    position = text.find('"config_%s"')
    if position >= 0:
        for name in (*_CONFIG, *(new for old, new in _CONFIG_NEW.items() if f'"{old}"' in text)):
            yield name, {"labels": ""}, position
    if "slave_repl_offset)" in text and "reMasterDirect" in text:
        for name in ("master_last_io_seconds_ago", "master_sync_in_progress", "slave_repl_offset"):
            yield name, {}, text.find("reMasterDirect")


def _words(text: object) -> list[str]:
    return re.findall(r'"(\w+)"', str(text))


def _optional(labels: dict[str, dict[str, object]], *names: str) -> None:
    for name in names:
        if name in labels:
            labels[name]["optional"] = True


def _facts(full: str, family: Family) -> None:
    """Add bounds, units and renames that the source does not spell out."""
    name = full.removeprefix("redis_")
    scalar = family["type"] == "gauge"
    if name in FLAGS and scalar:
        family["low"], family["high"] = 0, 1
    if (name in COUNTS or name in NOT_BELOW_ZERO) and scalar:
        family["low"] = 0
    if name in COUNTS:
        family["unit"] = "count"
    if name in NO_LIMIT:
        family["zero"] = True
    if name in ONLY_UP and scalar:
        family["monotonic"] = True
    if name in UNITS:
        family["unit"] = UNITS[name]
    if family["type"] == "summary" and name == "exporter_scrape_duration_seconds":
        family["quantiles"] = []
    if name in {"up", "exporter_last_scrape_error", "exporter_scrapes_total"}:
        family["presence"] = "always"
    for old, (new, version) in _RENAMED.items():
        if name == new:
            family["renamed_from"] = {f"redis_{old}": version}
    labels = family.get("labels")
    if isinstance(labels, dict):
        for (metric, label), values in _VALUES.items():
            if metric == name and label in labels:
                labels[label] = {**labels[label], "values": values}


def _unsure(full: str, family: Family) -> None:
    """Take back the units that a name only seems to say."""
    if full.removeprefix("redis_") in _UNSURE:
        family.pop("unit", None)
