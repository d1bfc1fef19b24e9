"""What is known of redis_exporter's metrics by their names, without the prefix redis_, that its source does not spell out."""

from __future__ import annotations

from tools.knowledge.recipes._releases import words

FLAGS = words("""up loading_dump_file async_loading rdb_bgsave_in_progress rdb_last_bgsave_status aof_enabled
    aof_rewrite_in_progress aof_rewrite_scheduled aof_last_bgrewrite_status aof_last_write_status aof_pending_rewrite
    module_fork_in_progress master_link_up master_sync_in_progress repl_backlog_is_active exporter_last_scrape_error
    cluster_enabled cluster_state sentinel_master_status sentinel_master_ckquorum_status tile38_read_only
    tile38_http_transport io_threads_active sentinel_tilt""")
NO_LIMIT = words("""memory_max_bytes config_maxmemory config_client_output_buffer_limit_bytes
    config_client_output_buffer_limit_overcome_seconds""")
ONLY_UP = words("""rdb_saves_total cluster_messages_sent_total cluster_messages_received_total aof_delayed_fsync
    replica_resyncs_full replica_partial_resync_accepted replica_partial_resync_denied defrag_hits defrag_misses
    defrag_key_hits defrag_key_misses lazyfreed_objects slowlog_last_id stream_group_entries_read
    long_lock_waits_total cluster_stats_messages_ping_sent cluster_stats_messages_pong_sent
    cluster_stats_messages_meet_sent cluster_stats_messages_ping_received cluster_stats_messages_pong_received
    cluster_stats_messages_meet_received""")
COUNTS = words("""connected_clients blocked_clients max_clients tracking_clients clients_in_timeout_table pubsub_clients
    watching_clients total_watched_keys total_blocking_keys total_blocking_keys_on_nokey number_of_cached_scripts
    number_of_functions number_of_libraries lazyfree_pending_objects pubsub_channels pubsub_patterns
    pubsubshard_channels tracking_total_keys tracking_total_items tracking_total_prefixes connected_slaves
    slave_expires_tracked_keys db_keys db_keys_expiring db_keys_cached keys_count key_group_count
    number_of_distinct_key_groups rdb_changes_since_last_save stream_length stream_groups stream_group_consumers
    stream_group_messages_pending stream_group_consumer_messages_pending stream_radix_tree_keys
    stream_radix_tree_nodes slowlog_length sentinel_masters sentinel_master_slaves sentinel_master_sentinels
    sentinel_master_ok_slaves sentinel_master_ok_sentinels sentinel_running_scripts sentinel_scripts_queue_length
    config_maxclients config_io_threads connected_client_channel_subscriptions_count
    connected_client_pattern_matching_subscriptions_count connected_client_shard_channel_subscriptions_count
    connected_client_shard_channel_watched_keys connected_client_output_list_length
    rdb_last_load_expired_keys rdb_last_load_loaded_keys key_size cluster_connections cluster_slots_assigned
    cluster_slots_ok cluster_slots_pfail cluster_slots_fail cluster_known_nodes cluster_size""")
NOT_BELOW_ZERO = words("""uptime_in_seconds process_id memory_used_bytes memory_used_rss_bytes memory_used_peak_bytes
    memory_used_lua_bytes memory_used_overhead_bytes memory_used_startup_bytes memory_max_bytes
    total_system_memory_bytes db_avg_ttl_seconds key_memory_usage_bytes key_group_memory_usage_bytes
    replication_backlog_bytes repl_backlog_history_bytes latest_fork_seconds connected_slave_offset_bytes
    master_repl_offset mem_fragmentation_ratio config_maxmemory instantaneous_ops_per_sec
    exporter_last_scrape_duration_seconds exporter_last_scrape_connect_time_seconds
    exporter_last_scrape_ping_time_seconds last_slow_execution_duration_seconds""")
UNITS: dict[str, object] = {
    "config_maxmemory": "bytes",
    "config_repl_backlog_size": "bytes",
    "mem_clients_slaves": "bytes",
    "mem_clients_normal": "bytes",
    "memory_used_vm_total": "bytes",
    "module_fork_last_cow_size": "bytes",
    "aof_buffer_length": "bytes",
    "aof_rewrite_buffer_length": "bytes",
    "uptime_in_seconds": "seconds",
    "start_time_seconds": "timestamp_seconds",
    "master_last_io_seconds_ago": "seconds",
    "rdb_last_bgsave_duration_sec": "seconds",
    "rdb_current_bgsave_duration_sec": "seconds",
    "aof_last_rewrite_duration_sec": "seconds",
    "aof_current_rewrite_duration_sec": "seconds",
    "latest_fork_usec": {"second": 1, "scale": 0.000001},
    "commands_latencies_usec": {"second": 1, "scale": 0.000001},
    "latency_percentiles_usec": {"second": 1, "scale": 0.000001},
    "instantaneous_eventloop_duration_usec": {"second": 1, "scale": 0.000001},
    "eventloop_duration_sum_usec_total": {"second": 1, "scale": 0.000001},
    "eventloop_duration_cmd_sum_usec_total": {"second": 1, "scale": 0.000001},
    "expire_cycle_cpu_time_ms_total": {"second": 1, "scale": 0.001},
    "eviction_exceeded_time_ms_total": {"second": 1, "scale": 0.001},
    "current_eviction_exceeded_time_ms": {"second": 1, "scale": 0.001},
    "expired_stale_percentage": {"scale": 0.01},
    "instantaneous_ops_per_sec": {"event": 1, "second": -1},
    "instantaneous_eventloop_cycles_per_sec": {"event": 1, "second": -1},
    "instantaneous_input_kbps": {"byte": 1, "second": -1, "scale": 1024},
    "instantaneous_output_kbps": {"byte": 1, "second": -1, "scale": 1024},
    "used_cpu_sys": "seconds",
    "used_cpu_user": "seconds",
    "used_cpu_sys_children": "seconds",
    "used_cpu_user_children": "seconds",
    "connected_client_created_at_timestamp": "timestamp_seconds",
    "connected_client_idle_since_timestamp": "timestamp_seconds",
    "latency_spike_last": "timestamp_seconds",
    "slave_repl_offset": "bytes",
    "master_repl_offset": "bytes",
}
