"""The Hive's own definitions: its metric catalogue and its rules."""
