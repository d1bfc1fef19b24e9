"""Benchmarks: run by ``make bench``, each prints its figures and holds its gate."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Prints the figures of a benchmark, a title and lines, whether output is captured or not."""

    def show(title: str, *lines: str) -> None:
        with capsys.disabled():
            sys.stdout.write("\n".join(("", title, *(f"  {line}" for line in lines), "")))

    return show
