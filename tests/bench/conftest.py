"""Benchmarks: run by ``make bench``, each prints its figures and holds its gate."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker that the benchmarks are chosen by."""
    config.addinivalue_line("markers", "bench: measures against peers in one run; slow, prints its figures")


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Prints the figures of a benchmark, a title and lines, whether output is captured or not."""

    def show(title: str, *lines: str) -> None:
        with capsys.disabled():
            sys.stdout.write("\n".join(("", title, *(f"  {line}" for line in lines), "")))

    return show
