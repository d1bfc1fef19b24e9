"""Grafana's side of a query: its built-in variables."""

from __future__ import annotations


def is_builtin(name: str) -> bool:
    """Whether Grafana defines the variable *name* itself."""
    return name.startswith("__") or name == "timeFilter"
