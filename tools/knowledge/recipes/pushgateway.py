"""Pushgateway: declarations in the source of its releases. Pass a clone of its repository: no registry has it."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.families import build_info
from tools.knowledge.recipes._go_exporter import GoProgram

NAME = "pushgateway"
_VERSIONS = (
    "0.9.1",
    "1.0.1",
    "1.2.0",
    "1.3.1",
    "1.4.3",
    "1.5.1",
    "1.6.2",
    "1.7.0",
    "1.8.0",
    "1.9.0",
    "1.10.0",
    "1.11.3",
)

PROGRAM = GoProgram(
    name=NAME,
    module="github.com/prometheus/pushgateway",
    repository="https://github.com/prometheus/pushgateway",
    versions={version: f"v{version}" for version in _VERSIONS},
    prefixes={"pushgateway_": "complete", "push_time_": "open", "push_failure_time_": "open"},
    only=("handler", "storage", "main.go", "go.mod"),
    wanted=("pushgateway_", "push_"),
    units={"push_time_seconds": "timestamp_seconds", "push_failure_time_seconds": "timestamp_seconds"},
    more=[
        build_info("pushgateway"),
        # with whatever labels the pushed group has
        *(
            {"name": f"{name}_seconds", "type": "gauge", "labels": {}, "open": True}
            for name in ("push_time", "push_failure_time")
        ),
    ],
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """The catalogue file."""
    return PROGRAM.build(work, source)
