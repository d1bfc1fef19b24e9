"""Definitions to files: same input, same bytes."""
