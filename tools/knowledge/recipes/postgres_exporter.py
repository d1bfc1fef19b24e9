"""postgres_exporter: its maps of columns, its collectors and its example queries in the source of every release.

The example queries (queries.yaml, until 0.12) were not built in, but their names are what dashboards of that time use.
The settings are named by the server at run time; those of PostgreSQL 15 are listed in ``_postgres_settings``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.knowledge.recipes._postgres_settings import NO_LIMIT, RENAMES, SETTINGS, SWITCHES
from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    Repository,
    catalogue,
    line_of,
    numbered,
    order,
    refine,
    rename,
    repository,
    scanned,
    unit_by_name,
    words,
)

NAME = "postgres_exporter"
ORIGIN = "prometheus-community/postgres_exporter"

_SPACE = re.compile(r'^\t"(pg_\w+)":\s*\{', re.MULTILINE)
_COLUMN = re.compile(r'^\t+"(\w+)":\s+\{(LABEL|COUNTER|GAUGE|MAPPEDMETRIC|DURATION|HISTOGRAM),', re.MULTILINE)
_OWN = re.compile(
    r"prometheus\.New(Gauge|Counter)(Vec)?\(prometheus\.\w+Opts\{\s*Namespace:\s+namespace,"
    r'(\s*Subsystem:\s+exporter,)?\s*Name:\s+"(\w+)",[^}]*\}(?:, \[\]string\{([^}]*)\})?\)'
)
_TYPES = {
    "COUNTER": "counter",
    "GAUGE": "gauge",
    "MAPPEDMETRIC": "gauge",
    "DURATION": "gauge",
    "HISTOGRAM": "histogram",
}
_GO = r"(cmd/postgres_exporter|exporter|collector)/\w+\.go"

_STATES = [
    "active",
    "disabled",
    "fastpath function call",
    "idle",
    "idle in transaction",
    "idle in transaction (aborted)",
]
_MODES = [
    "accessexclusivelock",
    "accesssharelock",
    "exclusivelock",
    "rowexclusivelock",
    "rowsharelock",
    "sharelock",
    "sharerowexclusivelock",
    "shareupdateexclusivelock",
    "sireadlock",
]
_FLAGS = words("""pg_up pg_exporter_last_scrape_error pg_exporter_user_queries_load_error pg_scrape_collector_success
    pg_replication_is_replica pg_replication_slot_slot_is_active pg_replication_slots_slot_is_active
    pg_replication_slots_active pg_replication_slot_is_active""")
_MISTYPED = words(  # points in time and settings that are sent as counters
    """pg_stat_database_stats_reset pg_stat_bgwriter_stats_reset pg_stat_bgwriter_stats_reset_total
    pg_stat_checkpointer_stats_reset_total pg_stat_wal_receiver_last_msg_receipt_time
    pg_stat_wal_receiver_last_msg_send_time pg_stat_wal_receiver_latest_end_time"""
)
_MILLISECONDS = words("""pg_stat_database_blk_read_time pg_stat_database_blk_write_time pg_stat_bgwriter_checkpoint_write_time
    pg_stat_bgwriter_checkpoint_sync_time pg_stat_bgwriter_checkpoint_write_time_total
    pg_stat_bgwriter_checkpoint_sync_time_total pg_stat_checkpointer_write_time_total
    pg_stat_checkpointer_sync_time_total""")
_TIMESTAMPS = words("""pg_stat_database_stats_reset pg_stat_bgwriter_stats_reset pg_stat_bgwriter_stats_reset_total
    pg_stat_checkpointer_stats_reset_total pg_stat_user_tables_last_vacuum pg_stat_user_tables_last_autovacuum
    pg_stat_user_tables_last_analyze pg_stat_user_tables_last_autoanalyze pg_postmaster_start_time_seconds
    pg_long_running_transactions_oldest_timestamp_seconds pg_stat_wal_receiver_last_msg_receipt_time
    pg_stat_wal_receiver_last_msg_send_time pg_stat_wal_receiver_latest_end_time""")
_SECONDS = frozenset(
    {"pg_replication_lag", "pg_stat_activity_max_tx_duration", "pg_stat_archiver_last_archive_age"}
)
_BYTES = words("""pg_stat_replication_pg_wal_lsn_diff pg_stat_replication_pg_xlog_location_diff pg_replication_slots_pg_wal_lsn_diff
    pg_stat_database_temp_bytes pg_database_size pg_replication_slot_slot_current_wal_lsn
    pg_replication_slot_slot_confirmed_flush_lsn pg_replication_slots_slot_current_wal_lsn
    pg_replication_slots_slot_confirmed_flush_lsn pg_xlog_location_bytes""")
_NOT_BELOW_ZERO = words("""pg_locks_count pg_stat_activity_count pg_stat_database_numbackends pg_database_size_bytes pg_database_size
    pg_wal_segments pg_wal_size_bytes pg_long_running_transactions pg_stat_user_tables_n_live_tup
    pg_stat_user_tables_n_dead_tup pg_stat_user_tables_n_mod_since_analyze pg_stat_user_tables_table_size_bytes
    pg_stat_user_tables_index_size_bytes pg_stat_user_tables_size_bytes pg_process_idle_seconds
    pg_exporter_last_scrape_duration_seconds pg_scrape_collector_duration_seconds pg_replication_lag
    pg_replication_lag_seconds""")
_COUNTS = words("""pg_locks_count pg_stat_activity_count pg_stat_database_numbackends pg_wal_segments pg_long_running_transactions
    pg_stat_user_tables_n_live_tup pg_stat_user_tables_n_dead_tup pg_stat_user_tables_n_mod_since_analyze""")
_DATABASE: dict[str, dict[str, object]] = {"datid": {}, "datname": {}, "server": {"optional": True}}
_UPWARDS: Family = {"monotonic": True, "labels": _DATABASE}
_UNDECLARED: dict[str, Family] = {  # columns of PostgreSQL 12 to 15 that older maps do not name
    **{
        f"pg_stat_database_{column}": {**_UPWARDS, "unit": {"second": 1, "scale": 0.001}}
        for column in ("session_time", "active_time", "idle_in_transaction_time")
    },
    **{
        f"pg_stat_database_{column}": _UPWARDS
        for column in (
            "sessions",
            "sessions_abandoned",
            "sessions_fatal",
            "sessions_killed",
            "checksum_failures",
        )
    },
    "pg_stat_database_checksum_last_failure": {"labels": _DATABASE, "unit": "timestamp_seconds"},
    "pg_stat_replication_reply_time": {
        "labels": {name: {} for name in ("application_name", "client_addr", "state", "slot_name")}
        | {"server": {"optional": True}},
        "unit": "timestamp_seconds",
    },
}


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = numbered(checkout, "0.5.1")
    releases: Releases = {version: _release(checkout, version, tag, work) for version, tag in tags}
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(releases)} releases; two of them were run against PostgreSQL 15",
    }
    prefixes = {
        "pg_": "open",  # user-defined queries name their own metrics
        "pg_exporter_": "complete",
        "pg_scrape_collector_": "complete",
        "pg_settings_": "open",  # named by the server
        "pg_stat_bgwriter_": "complete",
        "pg_stat_checkpointer_": "complete",
    }
    made = catalogue(head, releases, prefixes)
    joined = made["families"]
    assert isinstance(joined, list)
    refine(joined, _facts, unit_by_name)
    rename(joined, RENAMES)
    return made


def _release(checkout: Repository, version: str, tag: str, work: Path) -> dict[str, Family]:
    sources = checkout.files(tag, _GO)
    found = scanned(checkout, tag, work, "cmd", "exporter", "config")
    for path, text in sources.items():
        for match in () if path.startswith("collector/") else _OWN.finditer(text):
            name = f"pg_exporter_{match[4]}" if match[3] else f"pg_{match[4]}"
            labels: dict[str, dict[str, object]] = {
                label: {} for label in re.findall(r'"(\w+)"', match[5] or "")
            }
            where = f"{path}:{line_of(text, match.start())}"
            found[name] = {"type": match[1].lower(), "labels": labels, "open": True, "declared": where}
    for path, text in sources.items():
        for name, family in _columns(path, text):
            found[name] = family
    for path, text in checkout.files(tag, r"queries\.yaml$").items():
        for name, family in _queries(path, text):
            found.setdefault(name, family)
    server = {} if order(version) >= order("0.20.0") else {"server": {"optional": True}}
    for name, facts in _UNDECLARED.items():
        if any(name.startswith(f"{space}_") for space in _spaces(sources)):
            found.setdefault(name, {"type": "unknown", "open": True, **facts})
    for name in SETTINGS:
        found[f"pg_settings_{name}"] = {"type": "gauge", "labels": server, "presence": "collector:settings"}
    found["pg_static"] = {
        "type": "info",
        "labels": {"version": {}, "short_version": {}, "server": {"optional": True}},
    }
    if "pg_stat_activity_count" not in found:
        raise ValueError(f"the maps of {version} were not understood")
    for name, family in found.items():
        family["name"] = name
    return found


def _spaces(sources: Mapping[str, str]) -> set[str]:
    """Return the views that the built-in maps read as a whole: a column that they do not name is sent untyped."""
    return {
        match[1]
        for text in sources.values()
        if "var builtinMetricMaps" in text
        for match in _SPACE.finditer(text)
    }


def _columns(path: str, text: str) -> Iterator[tuple[str, Family]]:
    """Yield the metrics of the built-in maps: one for each column that is not a label."""
    start = text.find("var builtinMetricMaps")
    if start < 0:
        return
    block = text[start : text.index("\n}\n", start)]
    spaces = [*_SPACE.finditer(block)]
    for index, space in enumerate(spaces):
        end = spaces[index + 1].start() if index + 1 < len(spaces) else len(block)
        columns = [
            (match, match.start() + space.start()) for match in _COLUMN.finditer(block[space.start() : end])
        ]
        labels: dict[str, dict[str, object]] = {match[1]: {} for match, _ in columns if match[2] == "LABEL"}
        for match, position in columns:
            if match[2] == "LABEL":
                continue
            suffix = "_milliseconds" if match[2] == "DURATION" else ""
            yield (
                f"{space[1]}_{match[1]}{suffix}",
                {
                    "type": _TYPES[match[2]],
                    "labels": {**labels, "server": {"optional": True}},
                    "open": True,
                    "declared": f"{path}:{line_of(text, start + position)}",
                },
            )


def _queries(path: str, text: str) -> Iterator[tuple[str, Family]]:
    """Yield the metrics of the example queries."""
    space, columns = "", list[tuple[str, str, int]]()
    for number, line in enumerate([*text.split("\n"), "end:"], start=1):
        if match := re.match(r'"?(\w+)"?:', line):
            labels: dict[str, dict[str, object]] = {
                name: {} for name, usage, _ in columns if usage == "LABEL"
            }
            for name, usage, place in columns:
                if usage in _TYPES:
                    family: Family = {
                        "type": _TYPES[usage],
                        "labels": {**labels, "server": {"optional": True}},
                        "open": True,
                    }
                    yield (
                        f"{space}_{name}",
                        {**family, "presence": "collector:queries.yaml", "declared": f"{path}:{place}"},
                    )
            space, columns = match[1], []
        elif match := re.match(r"\s+- (\w+):\s*$", line):
            columns.append((match[1], "", number))
        elif (match := re.match(r'\s+usage:\s+"(\w+)"', line)) and columns:
            columns[-1] = (columns[-1][0], match[1], columns[-1][2])


def _facts(name: str, family: Family) -> None:
    """Add bounds, units and closed labels that the source does not spell out."""
    if name == "pg_up" or name.startswith("pg_exporter_"):
        family["presence"] = "always"
    if name in _MISTYPED:
        family["type"] = "unknown"
    if name in _FLAGS:
        family["low"], family["high"] = 0, 1
    if name in _NOT_BELOW_ZERO and family["type"] == "gauge":
        family["low"] = 0
    for names, unit in (
        (_SECONDS, "seconds"),
        (_BYTES, "bytes"),
        (_TIMESTAMPS, "timestamp_seconds"),
        (_COUNTS, "count"),
    ):
        if name in names:
            family["unit"] = unit
    if name in _MILLISECONDS:
        family["unit"] = {"second": 1, "scale": 0.001}
    setting = name.removeprefix("pg_settings_")
    if setting != name:
        if setting in SWITCHES:
            family["low"], family["high"] = 0, 1
        if setting in NO_LIMIT:
            family["zero"] = True
    if name.endswith(("_connection_limit", "_connection_limits")):
        family["low"] = -1
    if name in {"pg_replication_slots_wal_status", "pg_stat_statements_query_id"}:
        family["type"] = "info"
    labels = family.get("labels")
    if isinstance(labels, dict):
        if name.startswith("pg_locks_") and "mode" in labels:
            labels["mode"] = {**labels["mode"], "values": _MODES}
        if name.startswith("pg_stat_activity_") and "state" in labels:
            labels["state"] = {**labels["state"], "values": _STATES}
    if name in {
        "pg_database_wraparound_age_datfrozenxid_seconds",
        "pg_database_wraparound_age_datminmxid_seconds",
    }:
        family["unit"] = "count"  # an age in transactions, whatever the name says
