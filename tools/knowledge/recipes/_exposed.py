"""What the recipes that run a small program and scrape it have in common: units and bounds by name, and running pip or npm."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from tools.knowledge.versions import Family


def unit_by_name(name: str, kind: str) -> object | None:
    """Return the unit of a metric of a client library, whose names keep to the conventions."""
    bare = name.removesuffix("_total")
    if kind == "info":
        return None
    if bare.endswith(("_start_time_seconds", "_last_gc_time_seconds")):
        return "timestamp_seconds"
    for suffix in ("seconds", "bytes"):
        if bare.endswith("_" + suffix):
            return suffix
    return "events" if kind == "counter" else None


def finish(
    families: list[Family], counted: Collection[str], extra: Mapping[str, Family], library: bool = True
) -> None:
    """Add unit and bounds to each of *families*; *counted* gauges count things, *extra* overrides by name.

    Of a *library* every family may get labels of the program that uses it.
    """
    for facts in families:
        unit = unit_by_name(facts["name"], facts["type"])
        if unit is None and facts["name"] in counted:
            unit = "events"
        if unit is not None:
            facts.setdefault("unit", unit)
        if facts["type"] == "gauge" and facts["name"].endswith("_info"):
            facts["type"] = "info"
        if facts["type"] == "gauge":
            facts["low"] = 0
        if library:
            facts["open"] = True
        facts.update(extra.get(facts["name"], {}))


def run(command: list[str], cwd: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it prints."""
    env = {**os.environ, **(environment or {})}
    done = subprocess.run(command, cwd=cwd, env=env, check=True, capture_output=True, text=True)  # noqa: S603 - a list of words, no shell
    return done.stdout


def python(requirements: list[str], program: str, place: Path) -> str:
    """Install *requirements* into *place* alone and return what the Python *program* prints with them."""
    place.mkdir(parents=True, exist_ok=True)
    run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(place), *requirements], place)
    return run([sys.executable, "-S", "-c", program], place, {"PYTHONPATH": str(place)})
