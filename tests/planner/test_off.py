"""The planner's tests pass with instrumentation switched off: the decorators change nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import CHECKOUT
from tests.planner.conftest import INSTRUMENTED

FILES = ("test_scenarios.py", "test_agent.py", "test_breaker.py", "test_commands.py", "test_tracked.py")


@pytest.mark.skipif(not INSTRUMENTED, reason="this is the run with instrumentation switched off")
def test_the_planner_does_the_same_with_instrumentation_switched_off() -> None:
    here = Path(__file__).parent
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *(str(here / name) for name in FILES),
        ],
        cwd=CHECKOUT,
        env={**os.environ, "HIVE_INSTRUMENT": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "instrumentation is switched off" in done.stdout
