"""The planner's tests pass with instrumentation switched off: the decorators change nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import CHECKOUT
from tests.planner.conftest import INSTRUMENTED

SECONDS = 240.0
"""After which a run that stands still is ended; half of it in one test shows where."""
ENDS = (
    "answers",
    "529 twice, then answers",
    "no answer within the deadline",
    "no key is set",
    "refusal",
    "plan with a cycle",
)
"""A scenario of each way that a tracked function can end."""
TESTS = (
    "test_tracked.py",
    "test_agent.py",
    *(
        f"test_scenarios.py::test_the_task_stands_where_it_must[{end}-{kind}]"
        for end in ENDS
        for kind in ("sync", "async")
    ),
    "test_commands.py::test_a_submitted_task_is_planned_and_shown",
    "test_commands.py::test_a_plan_approved_in_advance_becomes_a_deployment_by_itself",
)
"""Tests that call a tracked function; the others say nothing of the decorators."""


@pytest.mark.skipif(not INSTRUMENTED, reason="this is the run with instrumentation switched off")
def test_the_planner_does_the_same_with_instrumentation_switched_off() -> None:
    here = Path(__file__).parent
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "-o",
                f"faulthandler_timeout={SECONDS / 2:g}",
                *(str(here / name) for name in TESTS),
            ],
            cwd=CHECKOUT,
            env={**os.environ, "HIVE_INSTRUMENT": "off"},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired as late:
        said = b"".join(one if isinstance(one, bytes) else b"" for one in (late.stdout, late.stderr))
        pytest.fail(f"it stands still:\n{said.decode(errors='replace')[-8000:]}")
    assert done.returncode == 0, done.stdout[-5000:]
    assert "instrumentation is switched off" in done.stdout
