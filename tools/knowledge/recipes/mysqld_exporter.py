"""mysqld_exporter: the declarations in its source, and the names that it takes over from a server.

What SHOW GLOBAL STATUS, SHOW GLOBAL VARIABLES and SHOW REPLICA STATUS name is made at run time; names that MariaDB 10.11
showed, and documented ones, are listed.
"""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._mysql_server import COUNTS_UP, OTHERS, STATES, VARIABLES
from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    Repository,
    catalogue,
    numbered,
    refine,
    rename,
    repository,
    scanned,
    words,
)

NAME = "mysqld_exporter"
ORIGIN = "prometheus/mysqld_exporter"

_REPLICA_LABELS = ("master_host", "master_uuid", "channel_name", "connection_name")
_REPLICA = words(  # columns of SHOW SLAVE STATUS and SHOW REPLICA STATUS that are numbers or yes and no
    """auto_position connect_retry exec_master_log_pos exec_source_log_pos get_master_public_key
    get_source_public_key last_errno last_io_errno last_sql_errno master_info_file master_port master_retry_count
    master_server_id master_ssl_allowed master_ssl_verify_server_cert read_master_log_pos read_source_log_pos
    relay_log_pos relay_log_space replica_io_running replica_sql_running seconds_behind_master
    seconds_behind_source skip_counter slave_io_running slave_sql_running source_port source_retry_count
    source_server_id source_ssl_allowed source_ssl_verify_server_cert sql_delay sql_remaining_delay
    until_log_pos"""
)
_PRIVILEGES = words("""alter alter_routine create create_routine create_tablespace create_tmp_table create_user create_view delete drop
    event execute file grant index insert lock_tables process references reload repl_client repl_slave select show_db
    show_view shutdown super trigger update""")
_SWITCHES = words("""mysql_up mysql_exporter_last_scrape_error mysql_exporter_collector_success
    mysql_slave_status_slave_io_running mysql_slave_status_slave_sql_running mysql_slave_status_replica_io_running
    mysql_slave_status_replica_sql_running mysql_slave_status_master_ssl_allowed
    mysql_slave_status_source_ssl_allowed mysql_global_status_wsrep_ready mysql_global_status_wsrep_connected
    mysql_global_status_wsrep_cluster_status mysql_global_variables_read_only
    mysql_global_variables_super_read_only""")
_UNITS: dict[str, object] = {
    **{
        f"mysql_global_status_{name}": "seconds"
        for name in ("uptime", "uptime_since_flush_status", "cpu_time", "busy_time")
    },
    **{
        f"mysql_global_status_{name}": "bytes"
        for name in words(
            "bytes_received bytes_sent innodb_buffer_pool_bytes_data innodb_buffer_pool_bytes_dirty innodb_data_read "
            "innodb_data_written innodb_os_log_written innodb_page_size memory_used qcache_free_memory "
            "binlog_bytes_written wsrep_received_bytes wsrep_replicated_bytes innodb_checkpoint_age"
        )
    },
    **{
        f"mysql_global_status_{name}": {"second": 1, "scale": 0.001}
        for name in ("innodb_row_lock_time", "innodb_row_lock_time_avg", "innodb_row_lock_time_max")
    },
    **{
        f"mysql_global_status_{name}": "count"
        for name in words(
            "threads_connected threads_running threads_cached open_files open_tables open_table_definitions "
            "max_used_connections prepared_stmt_count innodb_history_list_length wsrep_cluster_size "
            "wsrep_local_recv_queue wsrep_local_send_queue innodb_row_lock_current_waits"
        )
    },
    **{
        f"mysql_global_status_{name}": "events"
        for name in words(
            "queries questions slow_queries connections aborted_clients aborted_connects threads_created "
            "opened_tables opened_files created_tmp_tables created_tmp_disk_tables created_tmp_files "
            "innodb_buffer_pool_reads innodb_buffer_pool_read_requests innodb_row_lock_waits table_locks_waited "
            "table_locks_immediate select_full_join select_scan sort_rows sort_merge_passes innodb_data_reads "
            "innodb_data_writes innodb_data_fsyncs innodb_log_waits innodb_deadlocks qcache_hits qcache_inserts"
        )
    },
    **{
        f"mysql_global_variables_{name}": "bytes"
        for name in words(
            "innodb_buffer_pool_size innodb_log_buffer_size innodb_log_file_size key_buffer_size query_cache_size "
            "max_allowed_packet tmp_table_size max_heap_table_size sort_buffer_size join_buffer_size "
            "read_buffer_size read_rnd_buffer_size innodb_page_size thread_stack binlog_cache_size"
        )
    },
    "mysql_global_variables_max_connections": "count",
    "mysql_global_variables_open_files_limit": "count",
    "mysql_global_variables_table_open_cache": "count",
    "mysql_global_variables_thread_cache_size": "count",
    "mysql_slave_status_seconds_behind_master": "seconds",
    "mysql_slave_status_seconds_behind_source": "seconds",
    "mysql_slave_status_sql_delay": "seconds",
    "mysql_slave_status_relay_log_space": "bytes",
    "mysql_heartbeat_now_timestamp_seconds": "timestamp_seconds",
    "mysql_heartbeat_stored_timestamp_seconds": "timestamp_seconds",
}
_MISTYPED = words(  # states that are sent as counters
    """mysql_perf_schema_transaction_in_queue mysql_perf_schema_transactions_in_queue
    mysql_perf_schema_transactions_remote_in_applier_queue mysql_perf_schema_transaction_rows_validating
    mysql_perf_schema_transactions_rows_validating_total"""
)
_NO_LIMIT = frozenset(
    f"mysql_global_variables_{name}"
    for name in words(
        "query_cache_size key_buffer_size max_user_connections thread_cache_size binlog_cache_size"
    )
)
_SUMMED = (
    "mysql_info_schema_innodb_metrics_",
    "mysql_info_schema_user_statistics_",
    "mysql_info_schema_client_statistics_",
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    tags = numbered(checkout, "0.10.0")
    releases: Releases = {version: _release(checkout, tag, work) for version, tag in tags}
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(tags)} releases; two of them were run against MariaDB 10.11",
    }
    prefixes = {
        "mysql_": "open",  # other exporters use the prefix as well
        "mysql_exporter_": "complete",
        "mysql_perf_schema_": "complete",
        "mysql_info_schema_": "complete",
        **dict.fromkeys(_SUMMED, "open"),
        "mysql_binlog_": "complete",
        "mysql_heartbeat_": "complete",
        "mysql_galera_": "complete",
        "mysql_global_status_": "open",
        "mysql_global_variables_": "open",
        "mysql_slave_status_": "open",
        "mysqld_exporter_": "open",
    }
    made = catalogue(head, releases, prefixes)
    refine(made["families"], _facts)
    rename(
        made["families"],
        {
            "mysql_global_status_handler_total": "mysql_global_status_handlers_total",
            "mysql_perf_schema_transaction_in_queue": "mysql_perf_schema_transactions_in_queue",
            "mysql_perf_schema_transaction_checked": "mysql_perf_schema_transactions_checked_total",
            "mysql_perf_schema_transaction_rows_validating": "mysql_perf_schema_transactions_rows_validating_total",
            "mysql_perf_schema_conflicts_detected": "mysql_perf_schema_conflicts_detected_total",
            "mysql_info_schema_threads": "mysql_info_schema_processlist_threads",
            "mysql_info_schema_threads_seconds": "mysql_info_schema_processlist_seconds",
            "mysql_info_schema_processes_by_user": "mysql_info_schema_processlist_processes_by_user",
            "mysql_info_schema_processes_by_host": "mysql_info_schema_processlist_processes_by_host",
        },
    )
    return made


def _release(checkout: Repository, tag: str, work: Path) -> dict[str, Family]:
    found = scanned(checkout, tag, work, "vendor", "mysqld-mixin")
    found = {
        name: family for name, family in found.items() if name.startswith(("mysql_", "mysqld_exporter_"))
    }
    if "mysql_up" not in found or "mysql_global_status_commands_total" not in found:
        raise ValueError(f"the source of {tag} was not understood")
    for name in COUNTS_UP:
        _add(found, f"mysql_global_status_{name}", {"type": "unknown", "labels": {}, "monotonic": True})
    for name in STATES | OTHERS:
        _add(found, f"mysql_global_status_{name}", {"type": "unknown", "labels": {}})
    for name in VARIABLES:
        _add(found, f"mysql_global_variables_{name}", {"type": "gauge", "labels": {}})
    for name in _REPLICA:
        labels: dict[str, dict[str, object]] = {label: {} for label in _REPLICA_LABELS}
        labels["channel_name"] = labels["connection_name"] = labels["master_uuid"] = {"optional": True}
        _add(found, f"mysql_slave_status_{name}", {"type": "unknown", "labels": labels})
    if "mysql_mysql_max_connections" in found:
        for name in _PRIVILEGES:
            facts: Family = {
                "type": "gauge",
                "labels": {"mysql_user": {}, "hostmask": {}},
                "low": 0,
                "high": 1,
            }
            _add(found, f"mysql_mysql_{name}_priv", facts)
    found["mysqld_exporter_build_info"] = build_info("mysqld_exporter")
    return found


def _add(found: dict[str, Family], name: str, facts: Family) -> None:
    if name not in found:
        found[name] = {"name": name, "presence": "lazy", **facts}


def _facts(name: str, family: Family) -> None:
    """Add bounds and units that the source does not spell out."""
    if name in _SWITCHES and family["type"] != "counter":
        family["low"], family["high"] = 0, 1
    if name in _UNITS:
        family["unit"] = _UNITS[name]
        if family["unit"] in ("bytes", "count") and not family.get("monotonic"):
            family["low"] = 0
    if name in _NO_LIMIT:
        family["zero"] = True
    if name in _MISTYPED:
        family["type"] = "unknown"
    if name in {
        "mysql_version_info",
        "mysql_galera_status_info",
        "mysql_galera_variables_info",
        "mysql_transaction_isolation",
    }:
        family["type"] = "info"
    if name in {"mysql_up", "mysql_exporter_scrapes_total", "mysql_exporter_last_scrape_error"}:
        family["presence"] = "always"
    labels = family.get("labels")
    if name.startswith("mysql_slave_status_") and isinstance(labels, dict):
        for label in labels:
            if label != "master_host":
                labels[label] = {**labels[label], "optional": True}
