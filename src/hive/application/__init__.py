"""What every application of the Hive shares: configuration, logs, shutdown, command line."""
