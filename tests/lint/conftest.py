"""What the lint tests share."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

Figure = Callable[..., None]


@pytest.fixture
def figure(capsys: pytest.CaptureFixture[str]) -> Figure:
    """Print the lines of a figure, whatever pytest does with the output of tests."""

    def show(*lines: str) -> None:
        with capsys.disabled():
            sys.stdout.write("\n".join(("", *lines, "")))

    return show
