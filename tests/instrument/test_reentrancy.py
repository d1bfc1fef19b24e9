"""Calls inside calls, from signal handlers, finalisers, other threads and forked processes: counted, and never stuck."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from typing import Any, Self

import prometheus_client
import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Request, Status
from signalproof.catalogue.units import COUNT
from signalproof.instrument import argument, track_request
from signalproof.instrument.cells import Cells
from signalproof.testing import Recorded, record


class Failure(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    OTHER = "other"


class Model(BoundedLabel, at_most=500):
    pass


BUSY = Gauge("work_in_progress", "Pieces of work in progress.", labels(), COUNT)
WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
RICH = Request("rich", "a piece of rich work", labels(Model), Failure, owner="app.rich", in_flight=BUSY)
CATALOGUE = Catalogue.of_entries([WORK, RICH])


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    with record(CATALOGUE, request.param) as found:
        yield found


def test_a_recursive_function_counts_every_call(recorded: Recorded) -> None:
    @track_request(WORK)
    def descend(levels: int) -> int:
        return 0 if levels == 0 else 1 + descend(levels - 1)

    assert (descend(50), recorded.value(WORK.calls, Status.SUCCESS)) == (50, 51)


def test_a_failure_that_passes_through_a_recursion_is_a_failure_of_every_call(recorded: Recorded) -> None:
    @track_request(WORK)
    def descend(levels: int) -> None:
        if levels == 0:
            raise ValueError
        descend(levels - 1)

    with pytest.raises(ValueError, match=r"^$"):
        descend(9)
    assert recorded.value(WORK.failures, Failure.VALUE) == 10


@track_request(WORK)
def work() -> None: ...


@track_request(RICH, labels=[argument(Model, "model")])
def rich(model: str) -> None: ...


def _total(recorded: Recorded, name: str) -> float:
    return sum(
        one.value for family in recorded.registry.collect() for one in family.samples if one.name == name
    )


class Alarm:
    """Calls instrumented functions from a signal handler, a tenth of a millisecond after it ended the last time."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self.count = 0
        self.handle: Any = self.ring

    def ring(self, *_: object) -> None:
        self.count += 1
        work()
        rich(f"model {self.count % 200}")
        if self.count < self.calls:
            signal.setitimer(signal.ITIMER_REAL, 0.0001)

    def __enter__(self) -> Self:
        self.before = signal.signal(signal.SIGALRM, self.handle)
        signal.setitimer(signal.ITIMER_REAL, 0.0001)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.before)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timer on this system")
def test_calls_from_a_signal_handler_are_counted_and_get_stuck_nowhere(recorded: Recorded) -> None:
    direct = 0
    with Alarm(100) as alarm:
        while alarm.count < alarm.calls:
            direct += 1
            work()
            rich(f"model {direct % 200}")
    assert recorded.value(WORK.calls, Status.SUCCESS) == direct + alarm.count
    assert _total(recorded, "rich_calls_total") == direct + alarm.count


@pytest.mark.parametrize(
    ("backend", "owner", "method"),
    [("client", prometheus_client.Counter, "_metric_init"), ("cells", Cells, "__init__")],
)
@pytest.mark.parametrize("interrupt", [lambda: rich("b"), lambda: signal.raise_signal(signal.SIGALRM)])
def test_a_call_in_the_middle_of_making_a_series_is_counted_when_it_is_made(
    monkeypatch: pytest.MonkeyPatch,
    backend: Any,
    owner: type[Any],
    method: str,
    interrupt: Callable[[], None],
) -> None:
    """prometheus_client holds a lock meanwhile that cannot be taken twice: without its turn, the call would hang."""
    make = getattr(owner, method)
    interruptions = iter([interrupt])

    def interrupted(*args: Any) -> None:
        next(interruptions, lambda: None)()
        make(*args)

    before = signal.signal(signal.SIGALRM, lambda *_: rich("b"))
    try:
        with record(CATALOGUE, backend) as recorded:
            monkeypatch.setattr(owner, method, interrupted)
            rich("a")
            counts = [recorded.value(RICH.calls, Status.SUCCESS, Model(name)) for name in "ab"]
            assert (counts, recorded.value(BUSY)) == ([1, 1], 0)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_call_in_the_middle_of_an_installation_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    make = prometheus_client.Counter._metric_init
    interruptions = iter([lambda: rich("a")] * 5)

    def interrupted(self: prometheus_client.Counter) -> None:
        next(interruptions, lambda: None)()
        make(self)

    with record(CATALOGUE):
        monkeypatch.setattr(prometheus_client.Counter, "_metric_init", interrupted)
        with record(CATALOGUE) as recorded:
            assert recorded.value(RICH.calls, Status.SUCCESS, Model("a")) == 5


class Dying:
    """Calls an instrumented function from its finaliser, in a cycle that only the collector finds."""

    def __init__(self) -> None:
        self.cycle = self

    def __del__(self) -> None:
        work()


def test_calls_from_finalisers_are_counted(recorded: Recorded) -> None:
    threshold = gc.get_threshold()
    gc.collect()
    gc.set_threshold(5, 2, 2)  # so that collections happen inside the metrics layer as well
    try:
        for _ in range(500):
            Dying()
            work()
        gc.collect()
    finally:
        gc.set_threshold(*threshold)
    assert recorded.value(WORK.calls, Status.SUCCESS) == 1000


def test_calls_in_progress_of_many_threads_add_up_to_none(recorded: Recorded) -> None:
    threads = [threading.Thread(target=lambda: [rich(f"model {n}") for n in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (recorded.value(BUSY), recorded.value(RICH.calls, Status.SUCCESS, Model("model 7"))) == (0, 8)


def test_threads_that_reuse_an_identity_lose_nothing(recorded: Recorded) -> None:
    identities = []

    def once() -> None:
        identities.append(threading.get_ident())
        work()

    for _ in range(50):
        thread = threading.Thread(target=once)
        thread.start()
        thread.join()
    assert len(set(identities)) < 50
    assert recorded.value(WORK.calls, Status.SUCCESS) == 50


FORK = """
import os, sys, threading
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Request, Status
from signalproof.catalogue.units import COUNT
from signalproof.instrument import track_request
from signalproof.testing import record

class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"

BUSY = Gauge("work_in_progress", "Pieces of work in progress.", labels(), COUNT)
WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
RICH = Request("rich", "a piece of rich work", labels(), Failure, owner="app.rich", in_flight=BUSY)

@track_request(WORK)
def work():
    pass

@track_request(RICH)
def fork():
    return os.fork()

with record(Catalogue.of_entries([WORK, RICH]), sys.argv[1]) as recorded:
    stop = False
    def busy():
        while not stop:
            work()
    threads = [threading.Thread(target=busy, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(12):                     # some of them in the middle of somebody else's call
        child = fork()
        if child == 0:
            before = recorded.value(WORK.calls, Status.SUCCESS)
            for _ in range(100):
                work()
            found = (before, recorded.value(WORK.calls, Status.SUCCESS), recorded.value(BUSY))
            os._exit(0 if found == (0, 100, 0) else 1)
        _, status = os.waitpid(child, 0)
        assert status == 0, status
    stop = True
    for thread in threads:
        thread.join()
    assert recorded.value(WORK.calls, Status.SUCCESS) > 0
    assert recorded.value(BUSY) == 0
    print("12 children")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGCHLD"), reason="no fork on this system")
@pytest.mark.parametrize("backend", ["client", "cells"])
def test_a_forked_child_starts_at_zero_and_is_never_stuck(backend: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(FORK), backend],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "12 children\n", done.stderr
