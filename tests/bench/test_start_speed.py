"""How long a person waits for ``signalproof --help``."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

RUNS = 20


@pytest.mark.bench
def test_help_is_there_in_less_than_150_milliseconds(report: Callable[..., None]) -> None:
    def seconds(*command: str | Path) -> float:
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - start

    program = Path(sys.executable).parent / "signalproof"
    times = {"python -c pass": (sys.executable, "-c", "pass"), "signalproof --help": (program, "--help")}
    best = {name: min(seconds(*command) for _ in range(RUNS)) for name, command in times.items()}
    report(f"best of {RUNS} starts", *(f"{name:20s} {value * 1000:6.1f} ms" for name, value in best.items()))
    assert best["signalproof --help"] < 0.150
