"""kafka_exporter of danielqsj: the declarations in its source. The names that the JMX exporter gives are not of it."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    catalogue,
    numbered,
    refine,
    repository,
    scanned,
    unit_by_name,
    words,
)

NAME = "kafka_exporter"
ORIGIN = "danielqsj/kafka_exporter"

_COUNTS = words("""kafka_brokers kafka_topic_partitions kafka_topic_partition_replicas kafka_topic_partition_in_sync_replica
    kafka_consumergroup_members""")
_FLAGS = frozenset(
    {"kafka_topic_partition_leader_is_preferred", "kafka_topic_partition_under_replicated_partition"}
)
_POSITIONS = words("""kafka_topic_partition_current_offset kafka_topic_partition_oldest_offset kafka_consumergroup_current_offset
    kafka_consumergroup_current_offset_sum""")
_LAGS = frozenset(
    {"kafka_consumergroup_lag", "kafka_consumergroup_lag_sum", "kafka_consumergroupzookeeper_lag_zookeeper"}
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = numbered(checkout, "1.0.0")
    releases: Releases = {}
    for version, tag in tags:
        releases[version] = scanned(checkout, tag, work, "vendor")
        if "kafka_consumergroup_lag" not in releases[version]:
            raise ValueError(f"the source of {version} was not understood")
        for family in releases[version].values():
            family["open"] = True  # the option kafka.labels adds labels
        releases[version]["kafka_exporter_build_info"] = build_info("kafka_exporter")
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(tags)} releases",
    }
    prefixes = {
        "kafka_": "open",  # the JMX exporter of brokers and clients uses the prefix as well
        "kafka_topic_partition_": "complete",
        "kafka_consumergroup_": "open",
    }
    made = catalogue(head, releases, prefixes)
    refine(made["families"], _facts, unit_by_name)
    return made


def _facts(name: str, family: Family) -> None:
    """Add bounds and units that the source does not spell out."""
    if name in _COUNTS:
        family["unit"], family["low"] = "count", 0
    if name in _FLAGS:
        family["low"], family["high"] = 0, 1
    if name in _POSITIONS:
        family["unit"], family["monotonic"] = "events", True
    if name in _LAGS:
        family["unit"] = "events"
    if name == "kafka_broker_info":
        family["type"] = "info"
