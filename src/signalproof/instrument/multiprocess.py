"""Several processes behind one ``/metrics`` page: prometheus_client then writes to files that they share."""

from __future__ import annotations

import os

from prometheus_client import values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import CollectorRegistry

VARIABLES = ("PROMETHEUS_MULTIPROC_DIR", "prometheus_multiproc_dir")
"""Names of the folder of those files in the environment; prometheus_client looks at nothing else."""


def in_multiprocess_mode() -> bool:
    """Return whether prometheus_client writes to files that several processes share: it decided when it was imported."""
    return bool(getattr(values.ValueClass, "_multiprocess", False))


def too_late() -> str:
    """Return the variable that was set after prometheus_client had been imported, and so has no effect, or ``""``."""
    return "" if in_multiprocess_mode() else next((name for name in VARIABLES if name in os.environ), "")


def of_all_processes() -> CollectorRegistry:
    """Return a registry that exposes what every process has written."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client left it untyped
    return registry
