"""How many processes run the tests, and how each of them looks for garbage."""

from __future__ import annotations

import gc
import os

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are processors: half of the time, tests wait for a server or a program."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage less often, and not in what was imported and collected: that is a quarter of the time of many tests.

    What is measured, in a process without workers, is measured with the interpreter as it is.
    """
    if hasattr(session.config, "workerinput"):
        gc.freeze()
        gc.set_threshold(20_000)
