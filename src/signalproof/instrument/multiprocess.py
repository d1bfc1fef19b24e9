"""Several processes behind one ``/metrics`` page: prometheus_client then writes to files that they share."""

from __future__ import annotations

import os

from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import CollectorRegistry

VARIABLES = ("PROMETHEUS_MULTIPROC_DIR", "prometheus_multiproc_dir")
"""Names of the folder of those files in the environment; prometheus_client looks at nothing else."""


def in_multiprocess_mode() -> bool:
    """Return whether prometheus_client writes to files that several processes share."""
    return any(name in os.environ for name in VARIABLES)


def of_all_processes() -> CollectorRegistry:
    """Return a registry that exposes what every process has written."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client left it untyped
    return registry
