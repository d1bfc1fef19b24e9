"""Recording rules and alerts of the Hive."""
