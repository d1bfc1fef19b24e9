"""What bundled knowledge costs: reading a file, linting everything of kube-prometheus, the size of the wheel."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from signalproof.knowledge.bundled import FOLDER, INDEX, Exporter, names

pytestmark = pytest.mark.bench

ROUNDS = 7
MOST_SECONDS_OF_A_FILE = 0.020
MOST_SECONDS_OF_A_LINT = 1.5
MOST_BYTES = 2_000_000


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def test_a_file_is_read_in_20_milliseconds(figure: Callable[..., None]) -> None:
    def read(name: str) -> None:
        found = Exporter(name)  # a new one each time: nothing is kept
        assert found.family(f"{name}_there_is_no_such_metric") is None

    medians = {name: statistics.median(timed(partial(read, name)) for _ in range(ROUNDS)) for name in names()}
    slowest = max(medians, key=medians.__getitem__)
    size = (FOLDER / f"{slowest}.json").stat().st_size
    figure(
        f"reading a file: at most {medians[slowest] * 1000:.1f} ms ({slowest}, {size:,} bytes), median of {ROUNDS}"
    )
    assert medians[slowest] < MOST_SECONDS_OF_A_FILE


def test_all_of_kube_prometheus_is_linted_in_a_second_and_a_half(
    shared: Path, tmp_path: Path, figure: Callable[..., None]
) -> None:
    corpus = shared / "corpus" / "kube-prometheus"
    if not corpus.is_dir():
        pytest.skip("the corpus of published dashboards is not beside the checkout")
    command = [sys.executable, "-m", "signalproof.cli.main", "lint", str(corpus), "--format", "concise"]

    # an installed program has its bytecode, whatever the tests are run with
    kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode")}

    def lint(*options: str) -> None:
        ran = subprocess.run([*command, *options], cwd=tmp_path, env=kept, capture_output=True, check=False)
        assert ran.returncode in (0, 1), ran.stderr

    known, unknown = [], []
    for _ in range(ROUNDS):
        known.append(timed(lint))
        unknown.append(timed(lambda: lint("--no-catalogue")))
    whole, bare = statistics.median(known), statistics.median(unknown)
    figure(
        f"lint of kube-prometheus, whole command: {whole:.2f} s with bundled knowledge (best {min(known):.2f}), "
        f"{bare:.2f} s without any ({whole / bare:.2f}x), median of {ROUNDS} interleaved rounds"
    )
    assert min(known) < MOST_SECONDS_OF_A_LINT


def test_the_wheel_is_smaller_than_2_mb(checkout: Path, tmp_path: Path, figure: Callable[..., None]) -> None:
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--quiet",
    ]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(checkout)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    data = sum(one.stat().st_size for one in FOLDER.glob("*.json") if one != INDEX)
    figure(f"wheel: {wheel.stat().st_size:,} bytes; the files of knowledge in it: {data:,} bytes unpacked")
    assert wheel.stat().st_size < MOST_BYTES
