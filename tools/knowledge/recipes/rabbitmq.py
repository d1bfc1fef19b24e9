"""RabbitMQ's own exporter (the plugin rabbitmq_prometheus): the tables of metrics in its Erlang source.

The names of the older exporter of kbudde are not of it. The Raft metrics of RabbitMQ 4 are named by the Raft library and
those of the Erlang machine by the Prometheus library for Erlang; what RabbitMQ 3.10 showed of the latter is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.knowledge.recipes._erlang_vm import ERLANG
from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    catalogue,
    line_of,
    numbered,
    order,
    refine,
    repository,
    unit_by_name,
)

Labels = dict[str, dict[str, object]]

NAME = "rabbitmq"
ORIGIN = "rabbitmq/rabbitmq-server"

_FILES = (
    r"deps/rabbitmq_prometheus/src/collectors/\w+\.erl$|deps/rabbit/src/rabbit_global_counters\.erl$"
    r"|deps/rabbit/include/rabbit_global_counters\.hrl$|deps/rabbitmq_stream/include/rabbit_stream_metrics\.hrl$"
)
_CORE = "deps/rabbitmq_prometheus/src/collectors/prometheus_rabbitmq_core_metrics_collector.erl"
_DEFINE = re.compile(r"-define\((METRICS\w*|TOTALS),\s*\[(.*?)\]\)\.", re.DOTALL)
_TABLE = re.compile(r"\{(\w+), \[\s*\n")
_ENTRY = re.compile(r"\{\d+, (undefined|\?\w+), (\w+), (counter|gauge|untyped|boolean), ")
_TOTAL = re.compile(r"\{\w+, (\w+), (counter|gauge), \"")
_GLOBAL = re.compile(r"\{\s*(\w+),\s*\?[A-Z_]+,\s*(counter|gauge),")
_GROUP = re.compile(
    r"-define\((PROTOCOL_QUEUE_TYPE_COUNTERS|PROTOCOL_COUNTERS|MESSAGES_DEAD_LETTERED\w*_COUNTER|STREAM\w*)\b"
)
_ALARM = re.compile(r'\?METRIC_NAME\((?:<<)?"?(\w+)"?(?:>>)?\)')

_QUEUE, _EXCHANGE, _CHANNEL = ("vhost", "queue"), ("vhost", "exchange"), ("channel",)
_LABELS: dict[str, tuple[str, ...]] = {  # per object; summed up they have none
    "auth_attempt_metrics": ("protocol",),
    "auth_attempt_detailed_metrics": ("remote_address", "username", "protocol"),
    "queue_coarse_metrics": _QUEUE,
    "queue_consumer_count": _QUEUE,
    "queue_metrics": _QUEUE,
    "queue_delivery_metrics": _QUEUE,
    "stream_consumer_metrics": _QUEUE,
    "ra_metrics": _QUEUE,
    "exchange_metrics": _EXCHANGE,
    "queue_exchange_metrics": ("vhost", "exchange", "queue"),
    "channel_metrics": _CHANNEL,
    "channel_process_metrics": _CHANNEL,
    "channel_exchange_metrics": ("channel", "vhost", "exchange"),
    "channel_queue_metrics": ("channel", "vhost", "queue"),
    "channel_queue_exchange_metrics": ("channel", "queue_vhost", "queue", "exchange_vhost", "exchange"),
    "connection_coarse_metrics": _CHANNEL,
    "connection_metrics": _CHANNEL,
    "connection_churn_metrics": (),
    "node_coarse_metrics": (),
    "node_metrics": (),
    "node_persister_metrics": (),
    "node_memory": (),
}
_CLUSTER = {
    "vhost_status": ("vhost",),
    "exchange_bindings": ("vhost", "exchange", "type"),
    "exchange_names": ("vhost", "exchange", "type"),
}
_GLOBALS = {"PROTOCOL_COUNTERS": ("protocol",), "PROTOCOL_QUEUE_TYPE_COUNTERS": ("protocol", "queue_type")}
_INFOS: dict[str, dict[str, dict[str, object]]] = {
    "build_info": {
        **{
            label: {}
            for label in (
                "rabbitmq_version",
                "prometheus_plugin_version",
                "prometheus_client_version",
                "erlang_version",
            )
        },
        "product_name": {"optional": True},
        "product_version": {"optional": True},
    },
    "identity_info": {
        label: {} for label in ("rabbitmq_node", "rabbitmq_cluster", "rabbitmq_cluster_permanent_id")
    },
    "queue_info": {"vhost": {}, "queue": {}, "queue_type": {}, "membership": {}},
}
_COUNTS = re.compile(
    r"rabbitmq_(?:detailed_)?(connections|channels|consumers|queues|queue_consumers|channel_consumers|connection_channels"
    r"|process_open_fds|process_max_fds|process_open_tcp_sockets|process_max_tcp_sockets|erlang_processes_(used|limit)"
    r"|queue_messages(_ready|_unacked|_ram|_ready_ram|_unacked_ram|_persistent|_paged_out)?|channel_messages_un\w+"
    r"|channel_acks_uncommitted|global_(consumers|publishers))"
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    every = numbered(checkout, "3.8.10")
    newest = {version.rpartition(".")[0]: (version, tag) for version, tag in every}
    oldest = {version.rpartition(".")[0]: (version, tag) for version, tag in reversed(every)}
    tags = sorted({*newest.values(), *oldest.values()}, key=lambda pair: order(pair[0]))
    releases: Releases = {}
    for version, tag in tags:
        texts = checkout.files(tag, _FILES)
        if _CORE in texts:
            releases[version] = _release(version, texts)
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the tables in the source of {len(releases)} releases; RabbitMQ 3.10 was run to check them",
    }
    prefixes = {
        "rabbitmq_": "open",  # the older exporter of kbudde uses it as well
        "rabbitmq_channel_": "complete",
        "rabbitmq_process_": "complete",
        "rabbitmq_disk_space_": "complete",
        "rabbitmq_memory_": "complete",
        "rabbitmq_detailed_": "complete",
        "rabbitmq_detailed_raft_": "open",
        "rabbitmq_raft_": "open",
        "rabbitmq_erlang_": "complete",
        "rabbitmq_io_": "complete",
        "rabbitmq_auth_": "complete",
        "rabbitmq_alarms_": "complete",
        "erlang_vm_": "open",
        "erlang_mnesia_": "open",
    }
    made = catalogue(head, releases, prefixes)
    refine(made["families"], _facts, unit_by_name)
    return made


def _release(version: str, texts: Mapping[str, str]) -> dict[str, Family]:
    found: dict[str, Family] = {}
    for path, text in texts.items():
        for name, kind, labels, position in _declared(path, text):
            found.setdefault(name, {"type": kind, "declared": f"{path}:{line_of(text, position)}"})
            if labels is not None:
                found[name]["labels"] = labels
    core = texts[_CORE]
    for name, labels in _INFOS.items():
        if f"{name}" in core:
            facts = (
                {**labels, "rabbitmq_endpoint": {}}
                if name == "identity_info" and "rabbitmq_endpoint" in core
                else labels
            )
            for prefix in ("", "detailed_") if name == "queue_info" else ("",):
                found[f"rabbitmq_{prefix}{name}"] = {"type": "info", "labels": facts}
    for name, (kind, own) in ERLANG.items():
        found[name] = {"type": kind, "presence": "lazy"}
        if re.fullmatch(r"erlang_vm_dist_(recv|send)_(bytes|cnt)", name):
            found[name]["monotonic"] = True  # counts of a connection, exposed as gauges
        if own is not None:
            found[name]["labels"] = {label: {} for label in own}
    for name, family in found.items():
        family["name"] = name
    if "rabbitmq_queue_messages_ready" not in found or "rabbitmq_connections" not in found:
        raise ValueError(f"the source of {version} was not understood")
    return found


def _declared(path: str, text: str) -> Iterator[tuple[str, str, Labels | None, int]]:
    """Yield (name, type, labels, position) of each metric in a file."""
    module = path.rpartition("/")[2]
    if "core_metrics" in module:
        detailed = "DETAILED_METRIC_NAME_PREFIX" in text
        for define in _DEFINE.finditer(text):
            if define[1] == "TOTALS":
                for match in _TOTAL.finditer(define[2]):
                    yield f"rabbitmq_{match[1]}", match[2], {}, define.start(2) + match.start()
            else:
                yield from _tables(define[1], define[2], define.start(2), detailed)
    elif module.startswith(("rabbit_global_counters", "rabbit_stream_metrics")):
        groups = [(match.start(), match[1]) for match in _GROUP.finditer(text)]
        for match in _GLOBAL.finditer(text):
            group = max((pair for pair in groups if pair[0] < match.start()), default=(0, ""))[1]
            own = _GLOBALS.get(
                group, ("protocol",) if "stream" in module else ("queue_type", "dead_letter_strategy")
            )
            yield f"rabbitmq_global_{match[1]}", match[2], {label: {} for label in own}, match.start()
    elif "alarm" in module:
        for match in _ALARM.finditer(text):
            yield f"rabbitmq_alarms_{match[1]}", "unknown", {}, match.start()
    elif "dynamic" in module:
        for match in re.finditer(r"\{(\w+), (gauge|counter),", text):
            yield f"rabbitmq_{match[1]}", match[2], {}, match.start()
    elif "message_size" in module:
        yield "rabbitmq_message_size_bytes", "histogram", {"protocol": {}}, text.find("collect_mf(_Registry")


def _tables(
    define: str, body: str, start: int, detailed: bool
) -> Iterator[tuple[str, str, Labels | None, int]]:
    heads = [*_TABLE.finditer(body)]
    for index, head in enumerate(heads):
        end = heads[index + 1].start() if index + 1 < len(heads) else len(body)
        known = _CLUSTER.get(head[1]) if define == "METRICS_CLUSTER" else _LABELS.get(head[1])
        for match in _ENTRY.finditer(body, head.end(), end):
            kind = "unknown" if match[3] in {"untyped", "boolean"} else match[3]
            position = start + match.start()
            if define == "METRICS_CLUSTER":
                whole: Labels | None = None if known is None else {name: {} for name in known}
                yield f"rabbitmq_cluster_{match[2]}", kind, whole, position
                continue
            optional: Labels | None = None if known is None else {name: {"optional": True} for name in known}
            yield f"rabbitmq_{match[2]}", kind, optional, position
            if detailed and define in {"METRICS_RAW", "METRICS"}:
                required: Labels | None = None if known is None else {name: {} for name in known}
                yield (
                    f"rabbitmq_detailed_{match[2]}",
                    kind,
                    optional if head[1] == "ra_metrics" else required,
                    position,
                )


def _facts(name: str, family: Family) -> None:
    """Add bounds and units that the source does not spell out."""
    if name.startswith("rabbitmq_alarms_") or name == "rabbitmq_cluster_vhost_status":
        family["low"], family["high"] = 0, 1
    if _COUNTS.fullmatch(name):
        family["unit"], family["low"] = "count", 0
    if family["type"] == "gauge" and name.startswith("rabbitmq_") and name.endswith("_bytes"):
        family["low"] = 0
    if name.endswith("queue_head_message_timestamp"):
        family["unit"] = "timestamp_seconds"
    if name.endswith(("queue_consumer_capacity", "queue_consumer_utilisation")):
        labels = family.get("labels")
        if isinstance(labels, dict) and not any(fact.get("optional") for fact in labels.values()):
            family["unit"], family["low"], family["high"] = "ratio", 0, 1
    if name.endswith("prefetch"):
        family["zero"] = True
    if name.endswith("stream_segments"):
        family["type"] = "unknown"  # sent as a counter, though segments are deleted
    if name == "rabbitmq_cluster_exchange_name":
        family["type"] = "info"
