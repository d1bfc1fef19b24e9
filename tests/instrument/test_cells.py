"""The fast backend counts exactly, whatever threads do, and exposes byte for byte what prometheus_client would."""

from __future__ import annotations

import gc
import math
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signalproof.catalogue.buckets import Buckets
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Loop, Request, Status
from signalproof.catalogue.units import COUNT
from signalproof.instrument import argument, count, iteration, observe, result, set_gauge, track_request
from signalproof.instrument.cells import Cell, Cells, add_exactly
from signalproof.instrument.installation import installed
from signalproof.testing import Recorded, record


class Failure(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    KEY = "KeyError"
    OTHER = "other"


class Component(ClosedLabel):
    DEPLOYER = "deployer"


class Strategy(ClosedLabel):
    SSH = "ssh"
    DOCKER = "docker"
    OTHER = "other"


class Model(BoundedLabel, at_most=3):
    pass


BUSY = Gauge("work_in_progress", "Pieces of work in progress.", labels(), COUNT)
WORK = Request("work", "a piece of work", labels(Component.DEPLOYER), Failure, owner="app.work")
DEPLOY = Request(
    "deploy", 'a "deployment" \\ one', labels(Component.DEPLOYER, Strategy), Failure, owner="app.deploy",
    in_flight=BUSY,
)  # fmt: skip
ASK = Request(
    "ask",
    "a question",
    labels(Model),
    Failure,
    owner="app.ask",
    buckets=Buckets("own", (0.5, 1e6, 1048576.0, 1e17)),
)
TURN = Loop("turn", "a turn", labels(), Failure, owner="app.run")
TOKENS = Counter("tokens_total", "Tokens.", labels(Strategy, Model))
LENGTH = Gauge("queue_length", "Tasks in the queue.", labels(), COUNT)
SIZE = Histogram("size_seconds", "Sizes.", labels(Strategy))
CATALOGUE = Catalogue.of_entries([WORK, DEPLOY, ASK, TURN, TOKENS, LENGTH, SIZE])


class Ticks:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Step:
    """One thing that a program does.

    Attributes:
        what: Name of the operation or metric.
        seconds: How long it takes.
        label: A label value, declared or not.
        ending: What is raised, if anything.
    """

    what: str
    seconds: float
    label: str
    ending: BaseException | None


ENDINGS = [
    None,
    None,
    None,
    ValueError(),
    KeyError(),
    IndexError(),
    OSError(),
    KeyboardInterrupt(),
    GeneratorExit(),
]
STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["work", "deploy", "ask", "turn", "tokens", "length", "size"]),
        st.one_of(
            st.floats(-1, 2e6, allow_subnormal=False),
            st.sampled_from([0.0, 0.005, 0.5, 1.0, 30.0, 1048576.0, 1e17]),
        ),
        st.sampled_from(
            ["ssh", "docker", "pigeon", "a", "b", "c", "d", 'quo"te', "back\\slash", "line\nend"]
        ),
        st.sampled_from(ENDINGS),
    ),
    max_size=25,
)


def _play(steps: list[Step], clock: Ticks) -> None:
    def end(step: Step) -> str:
        clock.now += step.seconds
        if step.ending is not None:
            raise step.ending
        return step.label

    def label_of(step: Step) -> str:
        return step.label

    calls = {
        "work": track_request(WORK)(end),
        "deploy": track_request(DEPLOY, labels=[argument(Strategy, "step", label_of)])(end),
        "ask": track_request(ASK, labels=[result(Model)])(end),
    }
    for step in steps:
        with suppress(BaseException):  # KeyboardInterrupt is one of those that are raised
            match step.what:
                case "turn":
                    with iteration(TURN):
                        end(step)
                case "tokens":
                    count(TOKENS, Strategy.SSH, Model(step.label), by=abs(step.seconds))
                case "length":
                    set_gauge(LENGTH, step.seconds)
                case "size":
                    observe(SIZE, step.seconds, Strategy.DOCKER)
                case _:
                    calls[step.what](step)


@settings(max_examples=60, deadline=None)  # a slow machine is no fault
@given(STEPS)
def test_both_backends_expose_the_same_bytes(steps: list[Step]) -> None:
    pages = []
    for backend in ("client", "cells"):
        clock = Ticks()
        with record(CATALOGUE, backend, clock=clock, now=lambda: 1.7e9) as recorded:
            _play(steps, clock)
            pages.append((recorded.text(), recorded.openmetrics()))
    assert pages[0] == pages[1]


class Seconds(float):
    """A duration whose addition lets another thread run, between reading a sum and writing it back."""

    def __sub__(self, other: float) -> Seconds:
        return Seconds(float(self) - float(other))

    def __radd__(self, other: float) -> float:
        time.sleep(0)
        return float(other) + float(self)


class OneSecondLater(threading.local):
    """A clock on which every call takes one second, in every thread."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> Seconds:
        self.now += 1
        return Seconds(self.now)


@contextmanager
def _switching(interval: float) -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(interval)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


THREADS, GENERATIONS, CALLS = 32, 6, 25
ALL = THREADS * GENERATIONS * CALLS


def _falls(recorded: Recorded, before: dict[Any, float]) -> list[str]:
    """Return the series that are smaller than *before*, which is brought up to date."""
    fallen = []
    for family in recorded.registry.collect():
        for sample in family.samples:
            key = sample.name, *sorted(sample.labels.items())
            if sample.value < before[key]:
                fallen.append(f"{key}: {before[key]} → {sample.value}")
            before[key] = sample.value
    return fallen


def _churn(interval: float) -> tuple[dict[str, float], list[str]]:
    """Call from 32 threads at a time, six generations of them, while another thread scrapes.

    Returns:
        What was counted, and what fell between two scrapes.
    """

    @track_request(WORK)
    def work(number: int) -> None:
        if number % 5 == 0:
            raise ValueError
        if number % 5 == 1:
            raise GeneratorExit

    def call() -> None:
        for number in range(CALLS):
            with suppress(ValueError, GeneratorExit):
                work(number)

    fallen: list[str] = []
    before: dict[Any, float] = defaultdict(float)
    done = threading.Event()

    def scrape(recorded: Recorded) -> None:
        while not done.is_set():
            fallen.extend(_falls(recorded, before))

    with record(CATALOGUE, "cells", clock=OneSecondLater()) as recorded, _switching(interval):
        scraper = threading.Thread(target=scrape, args=[recorded])
        scraper.start()
        for _ in range(GENERATIONS):
            threads = [threading.Thread(target=call) for _ in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        done.set()
        scraper.join()
        fallen.extend(_falls(recorded, before))
        counted = {
            "success": recorded.value(WORK.calls, Status.SUCCESS),
            "failure": recorded.value(WORK.calls, Status.FAILURE),
            "cancelled": recorded.value(WORK.calls, Status.CANCELLED),
            "of its type": recorded.value(WORK.failures, Failure.VALUE),
            "durations": recorded.value(WORK.duration),
            "seconds": recorded.sum(WORK.duration),
        }
    return counted, fallen


EXACT = {
    "success": ALL * 3 / 5,
    "failure": ALL / 5,
    "cancelled": ALL / 5,
    "of its type": ALL / 5,
    "durations": ALL * 4 / 5,
    "seconds": ALL * 4 / 5,
}


@pytest.mark.parametrize("interval", [1e-6, 1e-4, 5e-3])
def test_no_call_is_lost_and_no_series_falls_while_threads_come_and_go(interval: float) -> None:
    assert _churn(interval) == (EXACT, [])


def test_the_test_before_fails_when_the_threads_share_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    shared: dict[int, Cell] = {}

    def move_in(self: Cells) -> Cell:
        if id(self) not in shared:
            shared[id(self)] = own(self)
        self.local.cell = shared[id(self)]
        return shared[id(self)]

    own = Cells.move_in
    monkeypatch.setattr(Cells, "move_in", move_in)
    monkeypatch.setattr("signalproof.instrument.cells._Tenant.__del__", lambda _: None)
    counted, _ = _churn(1e-6)
    assert counted["seconds"] < EXACT["seconds"]


def test_the_cells_of_threads_that_are_gone_do_not_pile_up() -> None:
    cells = Cells(2)

    def write() -> None:
        cells.move_in()[0] += 1

    for _ in range(500):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert (len(cells) < 100, cells.total()[0], len(cells)) == (True, 500, 0)


def test_a_thread_that_is_alive_keeps_its_cell() -> None:
    cells = Cells(2)
    cell = cells.move_in()
    cell[0] += 1
    gc.collect()
    cells.total()
    cell[0] += 1
    assert (cells.total()[0], cells.local.cell is cell) == (2, True)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.floats(0, 1e6, allow_subnormal=False), st.booleans()), max_size=60
    )
)
def test_no_total_ever_falls_when_threads_end(steps: list[tuple[int, float, bool]]) -> None:
    cells = Cells(2)
    living: dict[int, tuple[Cell, object]] = {}
    before = 0.0
    for who, seconds, ends in steps:
        if who not in living:
            cell = cells.move_in()
            living[who] = cell, cells.local.tenant
            del cells.local.tenant
        living[who][0][-1] += seconds
        if ends:
            del living[who]
        total = cells.total()[-1]
        assert total >= before
        before = total


@given(st.lists(st.floats(0, 1e12, allow_subnormal=False), max_size=40))
def test_numbers_are_added_exactly(numbers: list[float]) -> None:
    parts: list[float] = []
    for number in numbers:
        add_exactly(parts, number)
    assert math.fsum(parts) == math.fsum(numbers)


def test_the_sum_over_threads_is_rounded_once() -> None:
    cells = Cells(2)

    def write(seconds: float) -> None:
        cells.move_in()[-1] += seconds

    numbers = [0.1 * n for n in range(1, 40)]
    for seconds in numbers:
        thread = threading.Thread(target=write, args=[seconds])
        thread.start()
        thread.join()
    assert cells.total()[-1] == math.fsum(numbers)


def test_the_client_backend_exposes_what_prometheus_client_itself_would() -> None:
    clock = Ticks()
    with record(CATALOGUE, clock=clock):
        steps = [
            Step(what, 0.3, label, ending)
            for what in ("work", "deploy", "ask", "turn", "tokens", "length", "size")
            for label in ("ssh", "b")
            for ending in (None, KeyError())
        ]
        _play(steps, clock)
        installation = installed(WORK.duration)
        assert installation is not None
        for family in installation.families.values():
            own = [sample for exposed in family.collect() for sample in exposed.samples]
            theirs = [sample for exposed in family.stock.collect() for sample in exposed.samples]
            assert own == [sample for sample in theirs if not sample.name.endswith("_created")]
