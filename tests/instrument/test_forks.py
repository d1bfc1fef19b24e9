"""Forked workers behind a page of their parent's: each says once that the page does not show it, and how it would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")

PROGRAM = """
import asyncio, logging, os, sys, threading, urllib.request
logging.basicConfig(level=logging.WARNING, format="%(message)s")
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.operation import Loop, Request
from signalproof.instrument import argument, count, install, iteration, move_gauge, serve, track_loop, track_request

class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"

class Model(BoundedLabel, at_most=4): ...

BAKE = Request("bake", "a loaf", labels(), Failure, owner="app.bake")
ASK = Request("ask", "a question", labels(Model), Failure, owner="app.ask")
TURN = Loop("turn", "a turn", labels(), Failure, owner="app.turn")
JOBS = Counter("jobs_total", "Jobs.", labels())
OPEN = Gauge("open_jobs", "Jobs in hand.", labels())
CATALOGUE = Catalogue.of_entries([BAKE, ASK, TURN, JOBS, OPEN])

@track_request(BAKE)
def bake(): ...

@track_request(BAKE)
async def bake_later(): ...

@track_request(ASK, labels=[argument(Model, "model")])
def ask(model): ...

def fail():
    try:
        with track_request(BAKE): raise KeyError
    except KeyError: ...

def turn():
    with track_loop(TURN), iteration(TURN): ...

def in_threads():
    threads = [threading.Thread(target=bake) for _ in range(8)]
    [one.start() for one in threads]; [one.join() for one in threads]

WAYS = {
    "bake": bake, "bake_later": lambda: asyncio.run(bake_later()), "ask": lambda: ask("m"), "fail": fail, "turn": turn,
    "count": lambda: count(JOBS), "move_gauge": lambda: move_gauge(OPEN, 1), "in_threads": in_threads, "nothing": lambda: None,
    "served": lambda: (serve(0), bake()), "installed": lambda: (install(CATALOGUE, backend=sys.argv[1]), bake()),
    "left": lambda: server.close(),
}
install(CATALOGUE, backend=sys.argv[1])
work = WAYS[sys.argv[2]]

def forked(function):
    child = os.fork()
    if child == 0:
        function()
        logging.shutdown()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0

with serve(0) as server:
    for _ in range(3):
        forked(lambda: [work() for _ in range(10)])
    if "--grandchild" in sys.argv:
        forked(lambda: (bake(), forked(bake)))
    bake()
    page = urllib.request.urlopen(server.url).read().decode()
    print(next(line for line in page.splitlines() if line.startswith('bake_calls_total{status="success"}')))
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[str, list[str]]]:
    """Runs the program, and returns what it printed and the warnings."""
    (tmp_path / "program.py").write_text(PROGRAM)

    def run(*arguments: str, **environment: str) -> tuple[str, list[str]]:
        done = subprocess.run(
            [sys.executable, "program.py", *arguments],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip(), done.stderr.splitlines()

    return run


Run = Callable[..., tuple[str, list[str]]]
BACKENDS = pytest.mark.parametrize("backend", ["client", "cells"])


@BACKENDS
@pytest.mark.parametrize(
    "way", ["bake", "bake_later", "ask", "fail", "turn", "count", "move_gauge", "in_threads"]
)
def test_a_child_says_once_that_the_page_does_not_show_what_it_records(
    run: Run, backend: str, way: str
) -> None:
    _, said = run(backend, way)
    assert [re.sub(r"\d+", "N", one).partition(" and counts")[0] for one in said] == [
        "process N was forked from N after install()"
    ] * 3


@BACKENDS
def test_the_remedy_it_offers_works(run: Run, backend: str, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    _, said = run(backend, "bake")
    assert "set PROMETHEUS_MULTIPROC_DIR to an empty folder before Python starts" in said[0]
    assert run(backend, "bake", PROMETHEUS_MULTIPROC_DIR=str(shared)) == (
        'bake_calls_total{status="success"} 31.0',
        [],
    )


@BACKENDS
@pytest.mark.parametrize("way", ["nothing", "served", "installed"])
def test_a_child_that_records_nothing_or_serves_its_own_page_says_nothing(
    run: Run, backend: str, way: str
) -> None:
    assert run(backend, way) == ('bake_calls_total{status="success"} 1.0', [])


@BACKENDS
def test_a_child_of_a_child_says_it_too(run: Run, backend: str) -> None:
    _, said = run(backend, "nothing", "--grandchild")
    assert len(said) == 2


@BACKENDS
def test_a_child_that_leaves_the_block_of_its_parents_server_is_not_stuck(run: Run, backend: str) -> None:
    assert run(backend, "left") == ('bake_calls_total{status="success"} 1.0', [])


def test_a_folder_that_is_named_too_late_is_warned_of(tmp_path: Path) -> None:
    late = f"\nos.environ['PROMETHEUS_MULTIPROC_DIR'] = {str(tmp_path)!r}\n\ninstall("
    program = PROGRAM.replace("\ninstall(", late)
    done = subprocess.run(
        [sys.executable, "-c", program, "client", "nothing"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "PROMETHEUS_MULTIPROC_DIR was set after prometheus_client had been imported" in done.stderr
    assert done.stdout.strip() == 'bake_calls_total{status="success"} 1.0'
