"""What a program says before anything has happened: what runs in it; and what it does not say: what nobody has looked at."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.metric import Gauge
from signalproof.instrument import forget_gauge, set_gauge
from signalproof.testing import Recorded, assert_exposition_matches, record


class Shelf(ClosedLabel):
    TOP = "top"
    LOW = "low"


LOAVES = Gauge("shared_loaves", "Loaves in store.", labels(Shelf), low=0, shared=True)
FLOUR = Gauge("shared_flour", "Sacks of flour.", labels(), low=0, shared=True)
BREAD = BuildInfo("bread", package="signalproof", revision="BREAD_REVISION")
CAKE = BuildInfo("cake", package="no-such-package-anywhere", revision="CAKE_REVISION")
CATALOGUE = Catalogue.of_entries([LOAVES, FLOUR, BREAD, CAKE])


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    monkeypatch.setenv("BREAD_REVISION", "0123abc")
    monkeypatch.setenv("CAKE_REVISION", "")
    with record(CATALOGUE, request.param) as found:
        yield found


def lines(recorded: Recorded, name: str) -> list[str]:
    return [line for line in recorded.text().splitlines() if line.startswith(name)]


def test_what_runs_is_told_at_once(recorded: Recorded) -> None:
    runs = (
        f'python_version="{platform.python_version()}",revision="0123abc",version="{version("signalproof")}"'
    )
    assert lines(recorded, "bread_build_info") == [f"bread_build_info{{{runs}}} 1.0"]


def test_what_nobody_can_tell_is_unknown(recorded: Recorded) -> None:
    (line,) = lines(recorded, "cake_build_info")
    assert 'revision="unknown",version="unknown"' in line


def test_nothing_is_said_of_something_shared_before_somebody_looked(recorded: Recorded) -> None:
    assert lines(recorded, "shared_") == []


def test_only_what_was_looked_at_is_said(recorded: Recorded) -> None:
    set_gauge(LOAVES, 3, Shelf.TOP)
    assert lines(recorded, "shared_") == ['shared_loaves{shelf="top"} 3.0']


def test_what_is_not_known_any_more_is_not_said_any_more(recorded: Recorded) -> None:
    for shelf in Shelf:
        set_gauge(LOAVES, 3, shelf)
    forget_gauge(LOAVES, Shelf.TOP)
    assert lines(recorded, "shared_") == ['shared_loaves{shelf="low"} 3.0']


def test_what_is_known_again_is_said_again(recorded: Recorded) -> None:
    set_gauge(LOAVES, 3, Shelf.TOP)
    forget_gauge(LOAVES, Shelf.TOP)
    set_gauge(LOAVES, 4, Shelf.TOP)
    assert lines(recorded, "shared_") == ['shared_loaves{shelf="top"} 4.0']


def test_a_gauge_without_labels_is_forgotten_and_known_again(recorded: Recorded) -> None:
    set_gauge(FLOUR, 3)
    forget_gauge(FLOUR)
    assert lines(recorded, "shared_") == []
    set_gauge(FLOUR, 4)
    assert lines(recorded, "shared_") == ["shared_flour 4.0"]


def test_what_was_never_known_is_forgotten_without_a_fault(recorded: Recorded) -> None:
    forget_gauge(LOAVES, Shelf.TOP)
    assert lines(recorded, "signalproof_instrumentation_errors_total{") == []


def test_forgetting_what_is_not_installed_does_nothing() -> None:
    forget_gauge(LOAVES, Shelf.TOP)


def test_every_series_is_declared(recorded: Recorded) -> None:
    set_gauge(FLOUR, 3)
    assert_exposition_matches(CATALOGUE, recorded.text())


PROGRAM = """
import os
from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import labels
from signalproof.catalogue.metric import Gauge
from signalproof.instrument import forget_gauge, install, set_gauge
from signalproof.instrument.multiprocess import in_multiprocess_mode, of_all_processes
from prometheus_client import REGISTRY, generate_latest

FLOUR = Gauge("shared_flour", "Sacks of flour.", labels(), low=0, shared=True)
BREAD = BuildInfo("bread", package="signalproof", revision="BREAD_REVISION")
install(Catalogue.of_entries([FLOUR, BREAD]))

def show(whose):
    registry = of_all_processes() if in_multiprocess_mode() else REGISTRY
    lines = [one for one in generate_latest(registry).decode().splitlines() if not one.startswith("#")]
    for name in ("bread_build_info", "shared_flour"):
        print(whose, name, *(one.rpartition(" ")[2] for one in lines if one.startswith(name)), flush=True)

set_gauge(FLOUR, 3)
if os.fork() == 0:
    show("child")
    set_gauge(FLOUR, 4)
    forget_gauge(FLOUR) if not in_multiprocess_mode() else None
    show("child")
    os._exit(0) if not in_multiprocess_mode() else None
else:
    os.wait()
    show("parent")
"""


def _forked(**environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")


@needs_fork
def test_a_forked_child_tells_what_runs_and_nothing_of_what_it_has_not_looked_at() -> None:
    assert _forked() == [
        "child bread_build_info 1.0",
        "child shared_flour",
        "child bread_build_info 1.0",
        "child shared_flour",
        "parent bread_build_info 1.0",
        "parent shared_flour 3.0",
    ]


@needs_fork
def test_of_several_processes_behind_one_page_none_adds_to_what_they_share(tmp_path: Path) -> None:
    shown = _forked(PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
    assert shown[-2:] == ["parent bread_build_info 1.0", "parent shared_flour 4.0"]
