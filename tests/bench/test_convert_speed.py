"""What converting costs: the whole command, on dashboards that people use."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

FOREIGN = sorted((Path(__file__).parents[3] / "shared/corpus/kube-prometheus/dashboards").glob("*.json"))

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(not FOREIGN, reason="the dashboards of kube-prometheus are not beside the checkout"),
]


def test_converting_33_dashboards_takes_less_than_three_seconds(tmp_path: Path) -> None:
    start = time.monotonic()
    done = subprocess.run(
        [
            sys.executable, "-c", "from signalproof.cli.main import main; main()",
            "convert", "dashboard", *map(str, FOREIGN), "-o", "made",
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - start
    assert done.returncode == 0, done.stderr
    sys.stdout.write(f"\n{len(FOREIGN)} dashboards converted, loaded and rendered in {seconds:.1f} s\n")
    assert seconds < 3
