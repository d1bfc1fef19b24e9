"""When calls last ended, by how they ended: the option ``last_ended`` of an operation."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Loop, Request, Status
from signalproof.instrument import argument, iteration, set_gauge, track_loop, track_request
from signalproof.testing import Recorded, assert_exposition_matches, record


class Failure(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    OTHER = "other"


class Oven(ClosedLabel):
    WOOD = "wood"
    GAS = "gas"


BAKE = Request("bake", "a loaf", labels(), Failure, owner="app.bake", last_ended=True)
ROAST = Request("roast", "a joint", labels(Oven), Failure, owner="app.roast", last_ended=True)
TURN = Loop("turn", "a turn", labels(), Failure, owner="app.turn", last_ended=True)
BOIL = Request("boil", "an egg", labels(), Failure, owner="app.boil")
CATALOGUE = Catalogue.of_entries([BAKE, ROAST, TURN, BOIL])
START = 1_700_000_000.0
SUCCESS, FAILURE, CANCELLED = Status


class Clock:
    """Unix time that goes forward only when told."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Recorded]:
    with record(CATALOGUE, request.param, now=clock) as found:
        yield found


@track_request(BAKE)
def plain(error: BaseException | None = None) -> None:
    if error is not None:
        raise error


@track_request(BAKE)
async def coroutine(error: BaseException | None = None) -> None:
    await asyncio.sleep(0)
    if error is not None:
        raise error


@track_request(BAKE)
def generator(error: BaseException | None = None) -> Iterator[int]:
    yield 1
    if error is not None:
        raise error


@track_request(BAKE)
async def asynchronous_generator(error: BaseException | None = None) -> AsyncIterator[int]:
    yield 1
    if error is not None:
        raise error


def with_block(error: BaseException | None = None) -> None:
    with track_request(BAKE):
        if error is not None:
            raise error


async def _exhaust(items: AsyncIterator[int]) -> None:
    async for _ in items:
        pass


KINDS: list[Callable[..., Any]] = [
    plain,
    lambda *error: asyncio.run(coroutine(*error)),
    lambda *error: list(generator(*error)),
    lambda *error: asyncio.run(_exhaust(asynchronous_generator(*error))),
    with_block,
]
kinds = pytest.mark.parametrize(
    "call", KINDS, ids=["plain", "coroutine", "generator", "async-generator", "with"]
)


def ends(recorded: Recorded) -> tuple[float, ...]:
    return tuple(recorded.value(BAKE.last_ended, status) for status in (SUCCESS, FAILURE, CANCELLED))


def test_it_is_0_until_the_first_call_ends(recorded: Recorded) -> None:
    assert ends(recorded) == (0.0, 0.0, 0.0)


@kinds
def test_a_call_that_succeeds_is_noted(call: Callable[..., Any], recorded: Recorded) -> None:
    call()
    assert ends(recorded) == (START, 0.0, 0.0)


@kinds
@pytest.mark.parametrize("error", [ValueError, KeyError])
def test_a_call_that_fails_is_noted(
    call: Callable[..., Any], error: type[Exception], recorded: Recorded
) -> None:
    with pytest.raises(error):
        call(error())
    assert ends(recorded) == (0.0, START, 0.0)


@kinds
def test_a_call_that_is_cancelled_is_noted(call: Callable[..., Any], recorded: Recorded) -> None:
    with pytest.raises(SystemExit):
        call(SystemExit())
    assert ends(recorded) == (0.0, 0.0, START)


@kinds
def test_the_last_call_counts(call: Callable[..., Any], recorded: Recorded, clock: Clock) -> None:
    for clock.time in (START, START + 5, START + 60):  # the clock shows it
        call()
    assert ends(recorded) == (START + 60, 0.0, 0.0)


@kinds
def test_the_call_is_counted_as_ever(call: Callable[..., Any], recorded: Recorded) -> None:
    call()
    with pytest.raises(ValueError, match="no"):
        call(ValueError("no"))
    assert [recorded.value(BAKE.calls, status) for status in Status] == [1.0, 1.0, 0.0]
    assert recorded.value(BAKE.duration) == 2.0
    assert recorded.value(BAKE.failures, Failure.VALUE) == 1.0


def test_a_call_that_a_predicate_calls_a_failure_is_noted_as_one(recorded: Recorded) -> None:
    track_request(BAKE, failure=lambda _: True)(lambda: None)()
    assert ends(recorded) == (0.0, START, 0.0)


def test_it_has_the_labels_of_the_operation(recorded: Recorded) -> None:
    @track_request(ROAST, labels=[argument(Oven, "oven")])
    def roast(oven: str) -> None: ...

    roast("gas")
    assert recorded.value(ROAST.last_ended, Oven.GAS, SUCCESS) == START
    assert recorded.value(ROAST.last_ended, Oven.WOOD, SUCCESS) == 0.0


def test_of_a_loop_it_is_the_last_iteration_of_each_status(recorded: Recorded) -> None:
    with track_loop(TURN), iteration(TURN):
        pass
    assert recorded.value(TURN.last_ended, SUCCESS) == START
    assert recorded.value(TURN.last_ended, FAILURE) == 0.0


def test_an_operation_that_does_not_tell_has_no_such_series(recorded: Recorded) -> None:
    assert "boil_last_ended" not in recorded.text()


def test_every_series_is_declared(recorded: Recorded) -> None:
    plain()
    assert_exposition_matches(CATALOGUE, recorded.text())


def test_nobody_but_the_decorator_writes_it(recorded: Recorded) -> None:
    set_gauge(BAKE.last_ended, 7.0, SUCCESS)
    assert ends(recorded) == (0.0, 0.0, 0.0)


def test_threads_do_not_lose_a_call_by_it(recorded: Recorded) -> None:
    threads = [threading.Thread(target=lambda: [plain() for _ in range(200)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recorded.value(BAKE.calls, SUCCESS) == 1600.0
    assert ends(recorded) == (START, 0.0, 0.0)


@pytest.mark.parametrize("backend", ["client", "cells"])
def test_a_clock_that_fails_costs_the_note_and_not_the_call(backend: Any) -> None:
    def broken() -> float:
        raise OSError

    with record(CATALOGUE, backend, now=broken) as recorded:
        plain()
        assert recorded.value(BAKE.calls, SUCCESS) == 1.0
        assert ends(recorded) == (0.0, 0.0, 0.0)


PROGRAM = """
import os, sys
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.instrument import install, track_request
from signalproof.instrument.multiprocess import in_multiprocess_mode, of_all_processes
from prometheus_client import REGISTRY, generate_latest

class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"

BAKE = Request("bake", "a loaf", labels(), Failure, owner="app.bake", last_ended=True)
times = [100.0]
install(Catalogue.of_entries([BAKE]), backend=sys.argv[1], now=lambda: times[-1])

@track_request(BAKE)
def bake(): ...

def show():
    registry = of_all_processes() if in_multiprocess_mode() else REGISTRY
    lines = generate_latest(registry).decode().splitlines()
    print(next(one for one in lines if one.startswith('bake_last_ended_timestamp_seconds{status="success"}')), flush=True)

bake()
if os.fork() == 0:
    show()
    times.append(50.0 if sys.argv[2] == "earlier" else 200.0)
    bake()
    show()
    os._exit(0)
os.wait()
show()
"""


def _forked(backend: str, child: str, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, backend, child],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return [line.rpartition(" ")[2] for line in done.stdout.splitlines()]


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")


@needs_fork
@pytest.mark.parametrize("backend", ["client", "cells"])
def test_a_forked_child_starts_at_0_and_notes_its_own(backend: str) -> None:
    assert _forked(backend, "later") == ["0.0", "200.0", "100.0"]


@needs_fork
@pytest.mark.parametrize("backend", ["client", "cells"])
@pytest.mark.parametrize(("child", "latest"), [("earlier", "100.0"), ("later", "200.0")])
def test_of_several_processes_behind_one_page_the_latest_counts(
    backend: str, child: str, latest: str, tmp_path: Path
) -> None:
    shown = _forked(backend, child, PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
    assert shown[-1] == latest
