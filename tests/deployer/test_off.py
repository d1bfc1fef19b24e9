"""The deployer does the same with instrumentation switched off: a part of its tests, run again without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import CHECKOUT

from hive.application.config import instrumented

TELLING = (
    "test_tracked.py::test_a_tracked_function_is_still_the_coroutine_function_it_was",
    "test_tracked.py::test_a_deployment_and_its_rollback_are_counted_as_what_they_were",
    "test_ssh.py::test_a_broken_release_is_rolled_back",
    "test_docker.py::test_a_broken_image_is_rolled_back[broken]",
    "test_agent.py::test_every_line_about_a_deployment_has_the_correlation_id_of_the_planner",
)
"""What says most in a few seconds; all of the deployer's tests pass so: ``HIVE_INSTRUMENT=off pytest tests/deployer``."""


@pytest.mark.skipif(not instrumented(), reason="this is the run with instrumentation switched off")
def test_the_deployer_does_the_same_with_instrumentation_switched_off() -> None:
    tests = [str(Path(__file__).with_name(name)) for name in TELLING]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=CHECKOUT,
        env={**os.environ, "HIVE_INSTRUMENT": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert "instrumentation is switched off" in done.stdout
