"""Every metric of the Hive."""
