"""Fuzzes every target in turn and writes into docs/fuzzing.md what was done: ``python -m tests.fuzz.campaign --seconds 600``.

A broken promise does not end it: the input is kept, counted, and the target goes on. What it has learnt of the shapes of
inputs it keeps for the next time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from tests.fuzz.page import Figures, record
from tests.fuzz.tally import Tally
from tests.fuzz.targets import TARGETS

_MOST_FAULTS = 20
"""After so many the target waits until they are mended."""


def corpora() -> Path:
    """Return the folder of what was learnt."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "signalproof", "fuzz")


def fuzz(name: str, seconds: float, faults: Path) -> Figures:
    """Give one target some time, and return what came of it.

    Args:
        name: Of the target.
        seconds: How long.
        faults: Folder for what breaks a promise.
    """
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    found = 0
    while (left := seconds - (time.monotonic() - started)) > 1 and found < _MOST_FAULTS:
        command = [sys.executable, "-m", "tests.fuzz.run", name, "--seconds", str(round(left))]
        options = [
            "--corpus",
            str(corpora() / name),
            "--folder",
            str(folder),
            "--tally",
            str(folder / "tally"),
        ]
        with (folder / "log").open("wb") as log:
            code = subprocess.run([*command, *options], stdout=log, stderr=log, check=False).returncode
        if code == 0:
            continue
        broken = [
            one for one in folder.iterdir() if one.name.startswith(("crash-", "timeout-", "oom-", "slow-"))
        ]
        if not broken:
            sys.stderr.write((folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:])
            raise SystemExit(2)
        found += 1
        for one in broken:
            kept = faults / name / one.name
            kept.parent.mkdir(parents=True, exist_ok=True)
            one.rename(kept)
            (folder / "log").rename(kept.with_suffix(".log"))
            sys.stdout.write(f"{name}: {kept}\n")
    tally = Tally(folder / "tally")
    return Figures(tally.inputs, (time.monotonic() - started) / 3600, found, tally.slowest)


def main() -> None:
    """Fuzz the targets that are named, or all of them; exits with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], help="all of them when left out")
    parser.add_argument("--seconds", type=float, default=600, help="for all of them together")
    given = parser.parse_args()
    names = given.targets or list(TARGETS)
    faults = Path(tempfile.mkdtemp(prefix="faults-"))
    broken = 0
    for name in names:
        figures = fuzz(name, given.seconds / len(names), faults)
        record(version("signalproof"), {name: figures})
        broken += figures.faults
        sys.stdout.write(
            f"{name}: {figures.inputs:,} inputs, {figures.faults} faults, slowest {figures.slowest:.2f} s\n"
        )
        sys.stdout.flush()
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main()
