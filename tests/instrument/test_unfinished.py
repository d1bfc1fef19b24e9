"""A function whose work is done after it returned has recorded nothing but the making: the log says so."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.operation import Request, Status
from signalproof.instrument import argument, track_request
from signalproof.testing import Recorded, record


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


class Model(BoundedLabel, at_most=4):
    pass


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
ASK = Request("ask", "a question", labels(Model), Failure, owner="app.ask")
CATALOGUE = Catalogue.of_entries([WORK, ASK])


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    with record(CATALOGUE, request.param) as found:
        yield found


def _items() -> Generator[int, None, None]:
    yield 1


async def _later_items() -> AsyncGenerator[int, None]:
    yield 1


@contextmanager
def _manager() -> Iterator[None]:
    yield


@asynccontextmanager
async def _later_manager() -> AsyncIterator[None]:
    yield


class Starlette:
    """Keeps its body as Starlette's StreamingResponse does."""

    def __init__(self) -> None:
        self.body_iterator = _later_items()


class Django:
    """Keeps its body as Django's StreamingHttpResponse does."""

    def __init__(self) -> None:
        self._iterator = map(str, _items())


class Werkzeug:
    """Keeps its body as Flask's Response does that was given a generator."""

    def __init__(self) -> None:
        self.response = _items()


UNFINISHED: list[tuple[Callable[[], object], str]] = [
    (_items, "a generator"),
    (_later_items, "an asynchronous generator"),
    (_manager, "a context manager"),
    (_later_manager, "a context manager"),
    (lambda: map(str, _items()), "a generator"),
    (Starlette, "a response that is still to be streamed"),
    (Django, "a response that is still to be streamed"),
    (Werkzeug, "a response that is still to be streamed"),
]


class Whole:
    """Has all there is of it."""

    def __init__(self) -> None:
        self.response = [b"all", b"of", b"it"]
        self.body_iterator = None


class Lazy:
    """Does its work when it is asked for anything, as Django's lazy objects do."""

    @property
    def __dict__(self) -> Any:  # type: ignore[override]  # the point of it
        raise AssertionError

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


FINISHED: list[Callable[[], object]] = [
    list, dict, lambda: iter([1]), Path(__file__).open, Whole, Lazy, lambda: 7, lambda: None,
]  # fmt: skip


def _plain(make: Callable[[], object]) -> object:
    def work() -> object:
        return make()

    return track_request(WORK)(work)()


def _labelled(make: Callable[[], object]) -> object:
    return track_request(ASK, labels=[argument(Model, "model")])(lambda model: make())("m")


def _coroutine(make: Callable[[], object]) -> object:
    async def work() -> object:
        return make()

    return asyncio.run(track_request(WORK)(work)())


def _labelled_coroutine(make: Callable[[], object]) -> object:
    async def work(model: str) -> object:
        return make()

    return asyncio.run(track_request(ASK, labels=[argument(Model, "model")])(work)("m"))


def _awaiting(make: Callable[[], object]) -> object:
    def work() -> object:
        return make()

    return track_request(WORK, awaits=True)(work)()


WAYS = [_plain, _labelled, _coroutine, _labelled_coroutine, _awaiting]


def _said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "signalproof.instrument"]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(("make", "what"), UNFINISHED, ids=[str(number) for number in range(len(UNFINISHED))])
def test_a_result_with_its_work_yet_to_be_done_is_warned_of(
    recorded: Recorded, way: Any, make: Callable[[], object], what: str, caplog: pytest.LogCaptureFixture
) -> None:
    way(make)
    assert [
        f"returns {what}: recorded is only how long it took to make it" in one for one in _said(caplog)
    ] == [True]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # a file that is opened and left
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("make", FINISHED, ids=[str(number) for number in range(len(FINISHED))])
def test_a_result_that_is_all_there_is_not(
    recorded: Recorded, way: Any, make: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    way(make)
    assert _said(caplog) == []


def test_it_is_said_once_of_a_function(recorded: Recorded, caplog: pytest.LogCaptureFixture) -> None:
    tracked = track_request(WORK)(_manager)
    for _ in range(5):
        with tracked():
            pass
    assert (len(_said(caplog)), recorded.value(WORK.calls, Status.SUCCESS)) == (1, 5)


def test_nothing_is_said_below_contextmanager(recorded: Recorded, caplog: pytest.LogCaptureFixture) -> None:
    @contextmanager
    @track_request(WORK)
    def manager() -> Iterator[None]:
        yield

    with manager():
        pass
    assert (_said(caplog), recorded.value(WORK.calls, Status.SUCCESS)) == ([], 1)


@pytest.mark.parametrize("kind", [_items, _later_items])
def test_nothing_is_said_of_generator_functions(
    recorded: Recorded, kind: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    called = track_request(WORK)(kind)()
    if inspect.isasyncgen(called):
        asyncio.run(_collected(called))
    else:
        list(called)
    assert _said(caplog) == []


async def _collected(items: AsyncIterator[object]) -> list[object]:
    return [item async for item in items]


def test_a_broken_log_handler_does_not_reach_the_caller(recorded: Recorded) -> None:
    class Handler(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise ValueError

    handler, logger = Handler(), logging.getLogger("signalproof.instrument")
    logger.addHandler(handler)
    try:
        assert inspect.isgenerator(_plain(_items))
    finally:
        logger.removeHandler(handler)
