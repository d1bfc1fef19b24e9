"""Whatever goes wrong in the metrics layer, the caller sees what it would have seen without it, and the fault is counted."""

from __future__ import annotations

import asyncio
import inspect
import logging
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from typing import Any

import prometheus_client
import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.instrumentation import FAULTS, Stage, Tracked
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.operation import Loop, Request, Status
from signalproof.catalogue.units import COUNT
from signalproof.instrument import (
    argument,
    call,
    count,
    faults,
    iteration,
    move_gauge,
    observe,
    result,
    set_gauge,
    track_loop,
    track_request,
)
from signalproof.instrument.cells import Cells
from signalproof.instrument.meter import Meter
from signalproof.testing import Recorded, record


class Failure(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    OTHER = "other"


class Model(BoundedLabel, at_most=3):
    pass


class Half(ClosedLabel):
    LEFT = "left"
    RIGHT = "right"


BUSY = Gauge("work_in_progress", "Pieces of work in progress.", labels(), COUNT)
PLAIN = Request("plain", "a piece of plain work", labels(), Failure, owner="app.plain")
RICH = Request("rich", "a piece of rich work", labels(Model), Failure, owner="app.rich", in_flight=BUSY)
TURN = Loop("turn", "a turn", labels(), Failure, owner="app.run")
TOKENS = Counter("tokens_total", "Tokens.", labels(Model, Half))
CATALOGUE = Catalogue.of_entries([PLAIN, RICH, TURN, TOKENS])


class BrokenError(Exception):
    """Raised by everything that is broken on purpose."""


def _broken(*_: object, **__: object) -> Any:
    raise BrokenError


def function(a: int) -> int:
    if a < 0:
        raise ValueError(a)
    return a


async def coroutine(a: int) -> int:
    await asyncio.sleep(0)
    return function(a)


def generator(a: int) -> Generator[int, None, None]:
    yield function(a)


async def asynchronous_generator(a: int) -> AsyncGenerator[int, None]:
    yield function(a)


KINDS: list[Callable[[int], Any]] = [function, coroutine, generator, asynchronous_generator]


def _outcome(call: Callable[[int], Any], a: int) -> object:
    """Return what a caller gets of *call*: a value, or the exception."""
    try:
        called = call(a)
        if inspect.iscoroutine(called):
            return asyncio.run(called)
        if inspect.isasyncgen(called):
            return asyncio.run(_collect(called))
        return list(called) if inspect.isgenerator(called) else called
    except ValueError as error:
        return str(error)


async def _collect(items: AsyncIterator[object]) -> list[object]:
    return [item async for item in items]


class Clock:
    """A clock that breaks at its n-th reading."""

    def __init__(self, breaks_at: int) -> None:
        self.left = breaks_at

    def __call__(self) -> float:
        self.left -= 1
        if not self.left:
            raise BrokenError
        return 0.0


def _only_ours(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that is broken for every metric but the count of faults itself."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.describe()[0].name.startswith("signalproof_"):
            return original(self, *args, **kwargs)
        raise BrokenError

    return method


METHODS = [
    (prometheus_client.Histogram, "observe"),
    (prometheus_client.Counter, "inc"),
    (prometheus_client.Gauge, "inc"),
    (prometheus_client.Gauge, "dec"),
]


@pytest.fixture(autouse=True)
def _every_fault_is_logged() -> Iterator[None]:
    faults.log_again()
    yield
    faults.log_again()


def _faults(recorded: Recorded, operation: str) -> float:
    return sum(recorded.value(FAULTS, Tracked(operation), stage) for stage in Stage)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("a", [1, -1])
@pytest.mark.parametrize(("owner", "method"), METHODS, ids=lambda one: getattr(one, "__name__", one))
@pytest.mark.parametrize("rich", [False, True], ids=["plain", "rich"])
def test_a_broken_backend_does_not_reach_the_caller(
    monkeypatch: pytest.MonkeyPatch,
    kind: Callable[[int], Any],
    a: int,
    owner: type[Any],
    method: str,
    rich: bool,
) -> None:
    monkeypatch.setattr(owner, method, _only_ours(getattr(owner, method)))
    with record(CATALOGUE) as recorded:
        decorated = _rich(kind) if rich else track_request(PLAIN)(kind)
        assert _outcome(decorated, a) == _outcome(kind, a)
        counted = _faults(recorded, "rich" if rich else "plain")
    assert counted >= (1 if rich or owner is not prometheus_client.Gauge else 0)


def _rich(kind: Callable[[int], Any]) -> Callable[[int], Any]:
    return track_request(RICH, labels=[argument(Model, "a")])(kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("a", [1, -1])
@pytest.mark.parametrize("breaks_at", [1, 2])
@pytest.mark.parametrize("rich", [False, True], ids=["plain", "rich"])
@pytest.mark.parametrize("backend", ["client", "cells"])
def test_a_broken_clock_does_not_reach_the_caller(
    kind: Callable[[int], Any], a: int, breaks_at: int, rich: bool, backend: Any
) -> None:
    with record(CATALOGUE, backend, clock=Clock(breaks_at)) as recorded:
        decorated = _rich(kind) if rich else track_request(PLAIN)(kind)
        assert _outcome(decorated, a) == _outcome(kind, a)
        assert _faults(recorded, "rich" if rich else "plain") == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("a", [1, -1])
@pytest.mark.parametrize(
    ("owner", "method"),
    [(Cells, "move_in"), (Meter, "write"), (Meter, "_admit"), (call, "in_progress")],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_broken_machinery_does_not_reach_the_caller(
    monkeypatch: pytest.MonkeyPatch, kind: Callable[[int], Any], a: int, owner: Any, method: str
) -> None:
    mended = getattr(owner, method)
    broken = False
    monkeypatch.setattr(owner, method, lambda *given: _broken() if broken else mended(*given), raising=True)
    with record(CATALOGUE, "cells") as recorded:
        broken = True
        assert _outcome(_rich(kind), a) == _outcome(kind, a)
        broken = False
        assert recorded.value(FAULTS, Tracked("rich"), Stage.RECORD) == 1


@pytest.mark.parametrize("kind", [function, coroutine])
@pytest.mark.parametrize("a", [1, -1])
@pytest.mark.parametrize("source", [argument(Model, "a", _broken), result(Model, _broken)])
def test_a_broken_extractor_does_not_reach_the_caller(
    kind: Callable[[int], Any], a: int, source: Any
) -> None:
    with record(CATALOGUE) as recorded:
        assert _outcome(track_request(RICH, labels=[source])(kind), a) == _outcome(kind, a)
        has_result = a > 0 or bool(source.parameter)
        assert recorded.value(FAULTS, Tracked("rich"), Stage.LABELS) == float(has_result)


def test_a_call_whose_extractor_is_broken_is_counted_under_other() -> None:
    with record(CATALOGUE) as recorded:
        track_request(RICH, labels=[argument(Model, "a", _broken)])(function)(1)
        assert recorded.value(RICH.calls, Status.SUCCESS, Model("other")) == 1


def test_a_broken_predicate_does_not_reach_the_caller() -> None:
    with record(CATALOGUE) as recorded:
        assert track_request(PLAIN, failure=_broken)(function)(1) == 1
        assert recorded.value(FAULTS, Tracked("plain"), Stage.PREDICATE) == 1


def test_a_call_whose_predicate_is_broken_is_counted_as_what_it_looks_like() -> None:
    with record(CATALOGUE) as recorded:
        track_request(PLAIN, failure=_broken)(function)(1)
        assert recorded.value(PLAIN.calls, Status.SUCCESS) == 1


def test_a_predicate_that_names_an_undeclared_type_means_other() -> None:
    with record(CATALOGUE) as recorded:
        track_request(PLAIN, failure=lambda _: "strange")(function)(1)  # type: ignore[arg-type, return-value]  # the mistake is the point
        assert recorded.value(PLAIN.failures, Failure.OTHER) == 1


def test_a_label_value_that_cannot_be_shown_does_not_reach_the_caller() -> None:
    class Mute:
        __str__ = _broken

    @track_request(RICH, labels=[argument(Model, "a")])
    def give(a: object) -> object:
        return a

    mute = Mute()
    with record(CATALOGUE):
        assert give(mute) is mute


@pytest.mark.parametrize("method", ["running", "iteration_ended"])
def test_a_broken_loop_gauge_does_not_reach_the_loop(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    monkeypatch.setattr(f"signalproof.instrument.loops.{method}", _broken)

    @track_loop(TURN)
    def run() -> int:
        with iteration(TURN):
            return 5

    with record(CATALOGUE) as recorded:
        assert run() == 5
        assert recorded.value(FAULTS, Tracked("turn"), Stage.RECORD) == 1


@pytest.mark.parametrize(
    "write",
    [
        lambda: count(TOKENS, Model("a"), Half.LEFT, by=-1),
        lambda: count(TOKENS, Half.LEFT),
        lambda: count(TOKENS, Model("a"), Half.LEFT, Status.SUCCESS),  # type: ignore[misc]  # the mistake is the point
        lambda: set_gauge(BUSY, "many"),  # type: ignore[arg-type]  # the mistake is the point
        lambda: move_gauge(TOKENS, 1, Model("a"), Half.LEFT),  # type: ignore[arg-type]  # the mistake is the point
        lambda: observe(PLAIN.duration, 1.0),
    ],
)
def test_a_metric_written_wrongly_does_not_reach_the_program(write: Callable[[], None]) -> None:
    with record(CATALOGUE) as recorded:
        write()
        assert "signalproof_instrumentation_errors_total" in "".join(_rising(recorded))


def _rising(recorded: Recorded) -> list[str]:
    return [
        line for line in recorded.text().splitlines() if not line.startswith("#") and line.endswith(" 1.0")
    ]


def test_a_fault_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with record(CATALOGUE), caplog.at_level(logging.WARNING):
        decorated = track_request(PLAIN, failure=_broken)(function)
        for _ in range(5):
            decorated(1)
    messages = [one.message for one in caplog.records if one.name == "signalproof.instrument"]
    assert [one.split(":")[0] for one in messages] == ["metrics of plain are incomplete from now on"]


def test_a_broken_log_handler_does_not_reach_the_caller() -> None:
    class Handler(logging.Handler):
        emit = _broken
        handle = _broken

    handler = Handler()
    faults.LOGGER.addHandler(handler)
    try:
        with record(CATALOGUE) as recorded:
            assert track_request(PLAIN, failure=_broken)(function)(1) == 1
            assert recorded.value(FAULTS, Tracked("plain"), Stage.PREDICATE) == 1
    finally:
        faults.LOGGER.removeHandler(handler)


def test_a_broken_count_of_faults_does_not_reach_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus_client.Counter, "inc", _broken)
    with record(CATALOGUE):
        assert _rich(function)(1) == 1


def test_a_stack_with_no_room_for_the_metrics_does_not_reach_the_caller() -> None:
    """The deepest call that works undecorated but one frame less works decorated, though recording it cannot."""

    def depth() -> int:
        frame, count = sys._getframe(), 0
        while frame.f_back is not None:
            frame, count = frame.f_back, count + 1
        return count

    def descend(levels: int, call: Callable[[int], int]) -> int:
        return call(7) if levels == 0 else descend(levels - 1, call)

    with record(CATALOGUE):
        decorated = track_request(PLAIN)(function)
        room = sys.getrecursionlimit() - depth()
        outcomes = set()
        for levels in range(room - 30, room):
            try:
                outcomes.add(descend(levels, decorated))
            except RecursionError:
                assert levels >= room - 12
    assert outcomes == {7}
