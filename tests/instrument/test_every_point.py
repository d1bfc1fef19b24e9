"""The metrics layer broken at every point: each function that it calls raises, one after the other.

A trace function finds the points, so that none can be forgotten: whatever Python function of this library, of
prometheus_client, or given by the program (clock, extractor, predicate, tracer) is entered on behalf of an instrumented
call. Left out are the entries of the guards, which are what catches.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import types
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
from prometheus_client.registry import CollectorRegistry

import signalproof
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.instrumentation import FAULTS
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Loop, Request, Status
from signalproof.catalogue.units import COUNT
from signalproof.instrument import (
    argument,
    count,
    faults,
    install,
    iteration,
    move_gauge,
    observe,
    result,
    set_gauge,
    track_loop,
    track_request,
)
from signalproof.instrument.installation import latest
from signalproof.instrument.sources import Source
from signalproof.testing import assert_emits, record


class Failure(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    OTHER = "other"


class Model(BoundedLabel, at_most=3):
    pass


class Half(ClosedLabel):
    LEFT = "left"
    RIGHT = "right"
    OTHER = "other"


BUSY = Gauge("work_in_progress", "Pieces of work in progress.", labels(), COUNT)
PLAIN = Request("plain", "a piece of plain work", labels(), Failure, owner="app.plain")
RICH = Request("rich", "a piece of rich work", labels(Model, Half), Failure, owner="app.rich", in_flight=BUSY)
TURN = Loop("turn", "a turn", labels(), Failure, owner="app.run")
TOKENS = Counter("tokens_total", "Tokens.", labels(Model))
LENGTH = Gauge("queue_length", "Tasks in the queue.", labels(Model), COUNT)
SIZE = Histogram("size_seconds", "Sizes.", labels(Model))

LAYER = (str(Path(signalproof.__file__).parent), str(Path(prometheus_client.__file__).parent))
GIVEN = ("given_clock", "given_now", "given_extractor", "given_predicate", "given_span")
GUARDS = {
    "wrappers.py": ("",),  # the wrapped functions themselves
    "call.py": ("Call.",),
    "loops.py": ("Run.", "Iteration.", "LoopTracker."),
    "tracker.py": ("Tracker.__enter__", "Tracker.__exit__", "_whose"),
    "unfinished.py": ("Watch.look_at", "unfinished"),  # it warns, and misses nothing that is recorded
    "awaited.py": ("until_awaited", "_end_with", "_around", "_Awaitable."),
    "written.py": ("count", "set_gauge", "move_gauge", "observe", "_write"),
    "decorators.py": ("",),  # a mistake in a decorator is to be seen
    "faults.py": ("blame",),
    "cells.py": ("_Tenant.",),  # two assignments, and a finaliser: what that raises is caught by Python
}


class BrokenError(Exception):
    """Raised by everything that is broken on purpose."""


class Breaker:
    """Raises when the function number *at* of the metrics layer is entered.

    Attributes:
        entered: Names of the functions that were, in order.
    """

    def __init__(self, at: int = -1) -> None:
        self._at = at
        self.entered: list[str] = []
        self._generators: set[types.FrameType] = set()

    def __call__(self, frame: types.FrameType, event: str, _: object) -> None:
        name = _point(frame.f_code) if event == "call" else ""
        if not name or frame in self._generators:
            return
        if frame.f_code.co_flags & inspect.CO_GENERATOR:
            self._generators.add(frame)  # entering it again, be it to close it, is no point of its own
        self.entered.append(name)
        if len(self.entered) == self._at + 1:
            raise BrokenError(name)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        before = sys.gettrace()
        sys.settrace(self)
        try:
            yield
        finally:
            sys.settrace(before)


def _point(code: types.CodeType) -> str:
    """Return what to call a function of the metrics layer; nothing when it is a guard, or none of the layer."""
    if code.co_name in GIVEN:
        return code.co_name
    path = Path(code.co_filename)
    if not code.co_filename.startswith(LAYER) or path.name == "testing.py":
        return ""
    guards = GUARDS.get(path.name, ()) if path.parent.name == "instrument" else ()
    if any(code.co_qualname.startswith(one) and "<lambda>" not in code.co_qualname for one in guards):
        return ""
    return f"{path.stem}:{code.co_qualname}"


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


def returns_awaitable(a: int) -> Any:
    return coroutine(a)


Call = Callable[[int], Any]


def given_clock() -> float:
    return 0.0


def given_now() -> float:
    return 0.0


def given_extractor(a: int) -> str:
    return str(a)


def given_predicate(a: object) -> bool:
    return a == 3


def given_span() -> Any:
    """Stand in for OpenTelemetry's ``get_current_span``."""
    flags = types.SimpleNamespace(sampled=True)
    context = types.SimpleNamespace(is_valid=True, trace_id=1, span_id=2, trace_flags=flags)
    return types.SimpleNamespace(get_span_context=lambda: context)


def _plain(kind: Call) -> Call:
    return track_request(PLAIN, awaits=kind is returns_awaitable)(kind)


def _rich(kind: Call) -> Call:
    sources: list[Source[Model] | Source[Half]] = [
        argument(Model, "a", given_extractor),
        result(Half, lambda _: Half.LEFT),
    ]
    return track_request(RICH, labels=sources, failure=given_predicate, awaits=kind is returns_awaitable)(
        kind
    )


def _with_block(_: Call) -> Call:
    tracker = track_request(RICH)

    def call(a: int) -> int:
        with tracker as block:
            block.label(Model("a"), Half.RIGHT)
            block.fail(Failure.VALUE)
            return function(a)

    return call


def _loop(_: Call) -> Call:
    turn = iteration(TURN)  # made beforehand, as a decorator is applied: a mistake in it is to be seen

    @track_loop(TURN)
    def run(a: int) -> int:
        with turn:
            return function(a)

    return run


def _written(_: Call) -> Call:
    def write(a: int) -> int:
        count(TOKENS, Model("a"))
        set_gauge(LENGTH, 1, Model("a"))
        move_gauge(LENGTH, 1, Model("b"))
        observe(SIZE, 1.0, Model("a"))
        return function(a)

    return write


Way = Callable[[Call], Call]
CATALOGUES: dict[Way, Catalogue] = {
    _plain: Catalogue.of_entries([PLAIN]),
    _rich: Catalogue.of_entries([RICH]),
    _with_block: Catalogue.of_entries([RICH]),
    _loop: Catalogue.of_entries([TURN]),
    _written: Catalogue.of_entries([TOKENS, LENGTH, SIZE]),
}
KINDS: list[Call] = [function, coroutine, generator, asynchronous_generator, returns_awaitable]
RETURNS, RAISES, FAILS = 1, -1, 3
CASES: list[tuple[Way, Call, int]] = [(_plain, kind, a) for kind in KINDS for a in (RETURNS, RAISES)]
CASES += [(_rich, kind, a) for kind in KINDS[:2] for a in (RETURNS, RAISES, FAILS)]
CASES += [(way, KINDS[0], a) for way in (_with_block, _loop, _written) for a in (RETURNS, RAISES)]


def _outcome(call: Call, a: int) -> object:
    """Return what a caller gets of *call*: a value, or the exception with its text."""
    try:
        called = call(a)
        if inspect.isasyncgen(called):
            return _to_its_end(_collect(called))
        if inspect.isawaitable(called):
            return _to_its_end(_wait(called))
        return list(called) if inspect.isgenerator(called) else called
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what the caller gets
        return repr(error)


def _to_its_end(running: Coroutine[Any, None, object]) -> object:
    """Return the result of a coroutine that waits for nothing but its turn."""
    try:
        while True:
            running.send(None)
    except StopIteration as end:
        return end.value


async def _collect(items: AsyncIterator[object]) -> list[object]:
    return [item async for item in items]


async def _wait(awaitable: Any) -> object:
    return await awaitable


def _faults() -> float:
    """Return how many faults the latest installation has counted."""
    installation = latest()
    assert installation is not None
    return sum(sample.value for sample in installation.families[FAULTS.name].samples())


@pytest.fixture(autouse=True)
def _traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an OpenTelemetry API in place whose every span is sampled."""
    package, trace = types.ModuleType("opentelemetry"), types.ModuleType("opentelemetry.trace")
    vars(trace)["get_current_span"] = given_span
    monkeypatch.setitem(sys.modules, "opentelemetry", package)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", trace)
    monkeypatch.setattr(faults.LOGGER, "disabled", True)


def _played(way: Way, kind: Call, a: int, backend: Any, breaker: Breaker) -> tuple[object, float]:
    """Return what the caller got, and how many faults were counted."""
    exemplars = way is not _plain  # without them, the wrapper writes to the cells itself
    with record(CATALOGUES[way], backend, clock=given_clock, now=given_now, exemplars=exemplars):
        call = way(kind)
        with breaker.at_work():
            outcome = _outcome(call, a)
        return outcome, _faults()


@pytest.mark.parametrize("backend", ["client", "cells"])
@pytest.mark.parametrize(("way", "kind", "a"), CASES, ids=lambda one: getattr(one, "__name__", one))
def test_a_fault_at_any_point_is_counted_and_never_reaches_the_caller(
    way: Way, kind: Call, a: int, backend: Any
) -> None:
    survey = Breaker()
    expected = _outcome(kind, a)
    assert _played(way, kind, a, backend, survey) == (expected, 0)
    wrong = []
    for number, name in enumerate(survey.entered):
        found = _played(way, kind, a, backend, Breaker(number))
        if found[0] != expected or found[1] < 1:
            wrong.append((name, found))
    assert (wrong, len(survey.entered) > 2) == ([], True)


@pytest.mark.parametrize("backend", ["client", "cells"])
def test_an_installation_that_breaks_at_any_point_changes_nothing(backend: Any) -> None:
    catalogue = Catalogue.of_entries([PLAIN, RICH, TURN, LENGTH])
    decorated = track_request(PLAIN)(function)

    def what_is_left(breaker: Breaker) -> object:
        registry = CollectorRegistry()
        before = [latest(), *faults._counts]
        done = None
        with suppress(BrokenError), breaker.at_work():
            done = install(catalogue, registry, backend=backend)
        if done is not None:
            return "it did not break"
        with assert_emits(PLAIN.calls, Status.SUCCESS):
            decorated(1)
        same = [latest(), *faults._counts] == before
        return list(registry.collect()), same

    with record(catalogue, backend):
        survey, elsewhere = Breaker(), CollectorRegistry()
        with survey.at_work():
            installation = install(catalogue, elsewhere, backend=backend)
        installation.uninstall()
        numbers = _first_and_last(survey.entered)
        left = {survey.entered[one]: what_is_left(Breaker(one)) for one in numbers}
    assert {name: found for name, found in left.items() if found != ([], True)} == {}


def _first_and_last(names: list[str]) -> list[int]:
    """Return where each of the *names* comes first and last."""
    last = {name: number for number, name in enumerate(names)}
    return sorted({*map(names.index, last), *last.values()})
