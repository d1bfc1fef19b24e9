"""The gates of the instrumentation: what a call may cost, and how much a scrape may delay an event loop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.bench
@pytest.mark.parametrize("script", ["instrument_calls", "instrument_scrape"])
def test_the_gates_of_the_instrumentation_are_held(
    script: str, report: Callable[..., None], checkout: Path
) -> None:
    command = [sys.executable, "-m", f"tests.bench.{script}"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    report(script, *done.stdout.splitlines(), *done.stderr.splitlines())
    assert done.returncode == 0
