"""Faults of instrumented programs that people reported in public: each program runs, and shows what it should.

``make reports`` prints a line for each case and backend. Those about queries are for ``tests/lint/test_public_reports.py``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

RUN = """
import runpy, sys
import signalproof.instrument as instrument
folder, script, backend = sys.argv[1:]
install = instrument.install
instrument.install = lambda *given, **options: install(*given, **{"backend": backend, **options})
sys.path[:0] = [folder]
sys.argv = [script, backend]
runpy.run_path(f"{folder}/{script}", run_name="__main__")
"""
FASTAPI = """
class FastAPI:
    def __init__(self):
        self.routes = {}
    def get(self, path):
        def keep(function):
            self.routes[path] = function
            return function
        return keep
"""
TESTCLIENT = """
import asyncio
from types import SimpleNamespace

class TestClient:
    def __init__(self, app):
        self.app = app
    def get(self, url):
        path, _, query = url.partition("?")
        given = dict(one.split("=") for one in query.split("&") if one)
        found = asyncio.run(self.app.routes[path](**{name: int(text) for name, text in given.items()}))
        return SimpleNamespace(status_code=200, json=lambda: found)
"""
"""What of FastAPI the reports need, where it is not installed: it keeps the function it is given, and gives it back."""


@dataclass(frozen=True)
class Ran:
    """What a program showed.

    Attributes:
        out: What it printed.
        said: What it logged.
    """

    out: str
    said: str

    def number(self, pattern: str) -> float:
        """Return the number that follows *pattern* in what it printed; NaN where it is not there."""
        found = re.search(rf"{pattern}\s*([0-9.]+)", self.out)
        return float(found[1]) if found else float("nan")


def _work_that_begins_later(ran: Ran) -> bool:
    timed = all(ran.number(rf"(?m:^{name} 1\.0)") > 0.09 for name in ("co", "gen", "agen", "cm_in", "acm_in"))
    return timed and "cm_out returns a context manager" in ran.said


def _registered_undecorated(ran: Ran) -> bool:
    warned = all(f"calls of {name} by @" in ran.said for name in ("above", "aio_above"))
    silent = "below by" not in ran.said
    return warned and silent and ran.number("below") == ran.number("aio_below") == 1.0


def _forked(ran: Ran) -> bool:
    return len(re.findall("was forked from .* set PROMETHEUS_MULTIPROC_DIR", ran.said)) == 3


def _raw_paths(ran: Ran) -> bool:
    bounded = ran.number(r"a_calls_total\{") <= 63 and ran.number(r"c_total\{") <= 21
    return bounded and ran.said.count("cardinality") >= 3 and "cardinality" in ran.out


def _bad_values(ran: Ran) -> bool:
    return re.findall(r"\d{3}", ran.out) == ["200"] * 4


def _never_said(ran: Ran) -> bool:
    wanted = {
        'w_calls_total{kind="other",status="failure"} 1.0', 'w_calls_total{kind="other",status="success"} 1.0',
        'm_calls_total{model="other",status="failure"} 1.0', 'd_calls_total{kind="other",status="failure"} 1.0',
        'w_errors_total{error_type="other",kind="other"} 1.0', 'm_errors_total{error_type="other",model="other"} 1.0',
        'w_duration_seconds_count{kind="other"} 2.0',
        # a closed label without "other": no series could tell the truth, so it is a fault
        'signalproof_instrumentation_errors_total{operation="n",stage="labels"} 1.0',
    }  # fmt: skip
    return wanted - {_sorted(line) for line in ran.out.splitlines()} == set()


def _sorted(line: str) -> str:
    name, brace, rest = line.partition("{")
    labels, _, value = rest.partition("}")
    return f"{name}{brace}{','.join(sorted(labels.split(',')))}}}{value}" if brace else line


def _born_at_one(ran: Ran) -> bool:
    first = ran.out.splitlines()[:2]
    return first == ['subs_total{kind="a"} 0.0', 'subs_total{kind="other"} 0.0']


def _long_value(ran: Ran) -> bool:
    exact = ran.number("threads") == 24000.0 and ran.number("cancelled") == 1.0
    return (
        exact
        and ran.number(r"other") == 1.0
        and ran.number("1 MB value") < 30_000
        and "1000000 characters" in ran.said
    )


CHECKS: dict[str, Callable[[Ran], bool]] = {
    "py-01": _work_that_begins_later,
    "py-02": _registered_undecorated,
    "py-04": _forked,
    "py-05": _raw_paths,
    "py-07": _bad_values,
    "py-08": _never_said,
    "py-10": _born_at_one,
    "py-11": _long_value,
}


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[Path]:
    found = sorted(one.parent for one in (shared / "corpus" / "reports").glob("py-*/case.json"))
    if not found:
        pytest.skip("the reports are not beside the checkout")
    return found


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ran]:
    """Runs a program of a case with one of the backends."""
    if importlib.util.find_spec("fastapi") is None:  # it is no part of the environment
        (tmp_path / "fastapi").mkdir()
        (tmp_path / "fastapi" / "__init__.py").write_text(FASTAPI)
        (tmp_path / "fastapi" / "testclient.py").write_text(TESTCLIENT)

    def run(folder: Path, backend: str, **environment: str) -> Ran:
        script = json.loads((folder / "case.json").read_text())["script"]
        done = subprocess.run(
            [sys.executable, "-B", "-c", RUN, str(folder), script, backend],
            cwd=tmp_path,  # where Python looks for modules, too
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return Ran(done.stdout, done.stderr)

    return run


@pytest.mark.parametrize("backend", ["client", "cells"])
def test_every_program_of_a_report_shows_what_it_should(
    cases: list[Path], backend: str, run: Callable[..., Ran], figure: Callable[..., None]
) -> None:
    lines, wrong = [], []
    for folder in cases:
        check = CHECKS.get(folder.name[:5])
        held = check is not None and check(run(folder, backend))
        lines.append(
            f"  {folder.name}: {'as it should' if held else 'not asked' if check is None else 'wrong'}"
        )
        if not held:
            wrong.append(folder.name)
    figure(f"public reports of programs, {backend}: {len(lines) - len(wrong)} of {len(lines)} right", *lines)
    assert wrong == []


@pytest.mark.parametrize("backend", ["client", "cells"])
def test_the_remedy_for_forked_workers_shows_every_call(
    cases: list[Path], backend: str, run: Callable[..., Ran], tmp_path: Path
) -> None:
    folder = next((one for one in cases if one.name.startswith("py-04")), None)
    if folder is None:
        pytest.skip("the report of forked workers is not there")
    (tmp_path / "shared").mkdir()
    ran = run(folder, backend, PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "shared"))
    assert (ran.number(r'bake_calls_total\{status="success"\}'), "was forked" in ran.said) == (31.0, False)
