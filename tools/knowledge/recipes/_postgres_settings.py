"""The settings that PostgreSQL 15 and pg_stat_statements show, without the prefix pg_settings_, and renamed metrics."""

from __future__ import annotations

from tools.knowledge.recipes._releases import words

SETTINGS = words("""
    allow_in_place_tablespaces allow_system_table_mods archive_timeout_seconds array_nulls
    authentication_timeout_seconds autovacuum autovacuum_analyze_scale_factor
    autovacuum_analyze_threshold autovacuum_freeze_max_age autovacuum_max_workers
    autovacuum_multixact_freeze_max_age autovacuum_naptime_seconds autovacuum_vacuum_cost_delay_seconds
    autovacuum_vacuum_cost_limit autovacuum_vacuum_insert_scale_factor
    autovacuum_vacuum_insert_threshold autovacuum_vacuum_scale_factor autovacuum_vacuum_threshold
    autovacuum_work_mem_bytes backend_flush_after_bytes bgwriter_delay_seconds
    bgwriter_flush_after_bytes bgwriter_lru_maxpages bgwriter_lru_multiplier block_size bonjour
    check_function_bodies checkpoint_completion_target checkpoint_flush_after_bytes
    checkpoint_timeout_seconds checkpoint_warning_seconds client_connection_check_interval_seconds
    commit_delay commit_siblings cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost
    cursor_tuple_fraction data_checksums data_directory_mode data_sync_retry db_user_namespace
    deadlock_timeout_seconds debug_assertions debug_discard_caches debug_pretty_print debug_print_parse
    debug_print_plan debug_print_rewritten default_statistics_target default_transaction_deferrable
    default_transaction_read_only effective_cache_size_bytes effective_io_concurrency
    enable_async_append enable_bitmapscan enable_gathermerge enable_hashagg enable_hashjoin
    enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material enable_memoize
    enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash
    enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join enable_seqscan
    enable_sort enable_tidscan escape_string_warning exit_on_error extra_float_digits
    from_collapse_limit fsync full_page_writes geqo geqo_effort geqo_generations geqo_pool_size
    geqo_seed geqo_selection_bias geqo_threshold gin_fuzzy_search_limit gin_pending_list_limit_bytes
    hash_mem_multiplier hot_standby hot_standby_feedback huge_page_size_bytes
    idle_in_transaction_session_timeout_seconds idle_session_timeout_seconds ignore_checksum_failure
    ignore_invalid_pages ignore_system_indexes in_hot_standby integer_datetimes jit jit_above_cost
    jit_debugging_support jit_dump_bitcode jit_expressions jit_inline_above_cost jit_optimize_above_cost
    jit_profiling_support jit_tuple_deforming join_collapse_limit krb_caseins_users lo_compat_privileges
    lock_timeout_seconds log_autovacuum_min_duration_seconds log_checkpoints log_connections
    log_disconnections log_duration log_executor_stats log_file_mode log_hostname log_lock_waits
    log_min_duration_sample_seconds log_min_duration_statement_seconds log_parameter_max_length_bytes
    log_parameter_max_length_on_error_bytes log_parser_stats log_planner_stats
    log_recovery_conflict_waits log_replication_commands log_rotation_age_seconds
    log_rotation_size_bytes log_startup_progress_interval_seconds log_statement_sample_rate
    log_statement_stats log_temp_files_bytes log_transaction_sample_rate log_truncate_on_rotation
    logging_collector logical_decoding_work_mem_bytes maintenance_io_concurrency
    maintenance_work_mem_bytes max_connections max_files_per_process max_function_args
    max_identifier_length max_index_keys max_locks_per_transaction max_logical_replication_workers
    max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather
    max_pred_locks_per_page max_pred_locks_per_relation max_pred_locks_per_transaction
    max_prepared_transactions max_replication_slots max_slot_wal_keep_size_bytes max_stack_depth_bytes
    max_standby_archive_delay_seconds max_standby_streaming_delay_seconds
    max_sync_workers_per_subscription max_wal_senders max_wal_size_bytes max_worker_processes
    min_dynamic_shared_memory_bytes min_parallel_index_scan_size_bytes
    min_parallel_table_scan_size_bytes min_wal_size_bytes old_snapshot_threshold_seconds
    parallel_leader_participation parallel_setup_cost parallel_tuple_cost pg_stat_statements_max
    pg_stat_statements_save pg_stat_statements_track_planning pg_stat_statements_track_utility port
    post_auth_delay_seconds pre_auth_delay_seconds quote_all_identifiers random_page_cost
    recovery_min_apply_delay_seconds recovery_target_inclusive recursive_worktable_factor
    remove_temp_files_after_crash restart_after_crash row_security segment_size_bytes seq_page_cost
    server_version_num shared_buffers_bytes shared_memory_size_bytes shared_memory_size_in_huge_pages
    ssl ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers standard_conforming_strings
    statement_timeout_seconds superuser_reserved_connections synchronize_seqscans
    syslog_sequence_numbers syslog_split_messages tcp_keepalives_count tcp_keepalives_idle_seconds
    tcp_keepalives_interval_seconds tcp_user_timeout_seconds temp_buffers_bytes temp_file_limit_bytes
    trace_notify trace_sort track_activities track_activity_query_size_bytes track_commit_timestamp
    track_counts track_io_timing track_wal_io_timing transaction_deferrable transaction_read_only
    transform_null_equals unix_socket_permissions update_process_title vacuum_cost_delay_seconds
    vacuum_cost_limit vacuum_cost_page_dirty vacuum_cost_page_hit vacuum_cost_page_miss
    vacuum_defer_cleanup_age vacuum_failsafe_age vacuum_freeze_min_age vacuum_freeze_table_age
    vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age vacuum_multixact_freeze_table_age
    wal_block_size wal_buffers_bytes wal_decode_buffer_size_bytes wal_init_zero wal_keep_size_bytes
    wal_log_hints wal_receiver_create_temp_slot wal_receiver_status_interval_seconds
    wal_receiver_timeout_seconds wal_recycle wal_retrieve_retry_interval_seconds wal_segment_size_bytes
    wal_sender_timeout_seconds wal_skip_threshold_bytes wal_writer_delay_seconds
    wal_writer_flush_after_bytes work_mem_bytes zero_damaged_pages
    """)
SWITCHES = words("""
    allow_in_place_tablespaces allow_system_table_mods array_nulls autovacuum bonjour
    check_function_bodies data_checksums data_sync_retry db_user_namespace debug_assertions
    debug_pretty_print debug_print_parse debug_print_plan debug_print_rewritten
    default_transaction_deferrable default_transaction_read_only enable_async_append enable_bitmapscan
    enable_gathermerge enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan
    enable_indexscan enable_material enable_memoize enable_mergejoin enable_nestloop
    enable_parallel_append enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate
    enable_partitionwise_join enable_seqscan enable_sort enable_tidscan escape_string_warning
    exit_on_error fsync full_page_writes geqo hot_standby hot_standby_feedback ignore_checksum_failure
    ignore_invalid_pages ignore_system_indexes in_hot_standby integer_datetimes jit
    jit_debugging_support jit_dump_bitcode jit_expressions jit_profiling_support jit_tuple_deforming
    krb_caseins_users lo_compat_privileges log_checkpoints log_connections log_disconnections
    log_duration log_executor_stats log_hostname log_lock_waits log_parser_stats log_planner_stats
    log_recovery_conflict_waits log_replication_commands log_statement_stats log_truncate_on_rotation
    logging_collector parallel_leader_participation pg_stat_statements_save
    pg_stat_statements_track_planning pg_stat_statements_track_utility quote_all_identifiers
    recovery_target_inclusive remove_temp_files_after_crash restart_after_crash row_security ssl
    ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers standard_conforming_strings
    synchronize_seqscans syslog_sequence_numbers syslog_split_messages trace_notify trace_sort
    track_activities track_commit_timestamp track_counts track_io_timing track_wal_io_timing
    transaction_deferrable transaction_read_only transform_null_equals update_process_title
    wal_init_zero wal_log_hints wal_receiver_create_temp_slot wal_recycle zero_damaged_pages
    """)
NO_LIMIT = words("""
    statement_timeout_seconds lock_timeout_seconds idle_in_transaction_session_timeout_seconds
    idle_session_timeout_seconds tcp_user_timeout_seconds checkpoint_warning_seconds
    log_startup_progress_interval_seconds archive_timeout_seconds
    client_connection_check_interval_seconds
    """)
# old name: new name
RENAMES: dict[str, str] = {
    "pg_replication_lag": "pg_replication_lag_seconds",
    "pg_replication_slot_slot_current_wal_lsn": "pg_replication_slots_slot_current_wal_lsn",
    "pg_replication_slot_slot_confirmed_flush_lsn": "pg_replication_slots_slot_confirmed_flush_lsn",
    "pg_replication_slot_slot_is_active": "pg_replication_slots_slot_is_active",
    "pg_replication_slot_safe_wal_size_bytes": "pg_replication_slots_safe_wal_size_bytes",
    "pg_replication_slot_wal_status": "pg_replication_slots_wal_status",
    "pg_stat_bgwriter_checkpoints_timed": "pg_stat_bgwriter_checkpoints_timed_total",
    "pg_stat_bgwriter_checkpoints_req": "pg_stat_bgwriter_checkpoints_req_total",
    "pg_stat_bgwriter_checkpoint_write_time": "pg_stat_bgwriter_checkpoint_write_time_total",
    "pg_stat_bgwriter_checkpoint_sync_time": "pg_stat_bgwriter_checkpoint_sync_time_total",
    "pg_stat_bgwriter_buffers_checkpoint": "pg_stat_bgwriter_buffers_checkpoint_total",
    "pg_stat_bgwriter_buffers_clean": "pg_stat_bgwriter_buffers_clean_total",
    "pg_stat_bgwriter_maxwritten_clean": "pg_stat_bgwriter_maxwritten_clean_total",
    "pg_stat_bgwriter_buffers_backend": "pg_stat_bgwriter_buffers_backend_total",
    "pg_stat_bgwriter_buffers_backend_fsync": "pg_stat_bgwriter_buffers_backend_fsync_total",
    "pg_stat_bgwriter_buffers_alloc": "pg_stat_bgwriter_buffers_alloc_total",
    "pg_stat_bgwriter_stats_reset": "pg_stat_bgwriter_stats_reset_total",
    "pg_stat_statements_calls": "pg_stat_statements_calls_total",
    "pg_stat_statements_rows": "pg_stat_statements_rows_total",
    "pg_stat_statements_total_time_seconds": "pg_stat_statements_seconds_total",
    "pg_database_size": "pg_database_size_bytes",
}
