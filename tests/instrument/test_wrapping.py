"""A decorated function is the function it was: its kind, its signature, its results, its exceptions."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import pickle
import traceback
import types
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request, Status
from signalproof.errors import SignalproofError
from signalproof.instrument import track_request, use
from signalproof.testing import Recorded, record


class Failure(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    OTHER = "other"


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
CATALOGUE = Catalogue.of_entries([WORK])


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    with record(CATALOGUE, request.param) as found:
        yield found


def plain(a: int, /, b: str = "x", *rest: int, c: float = 1.0, **more: object) -> tuple[object, ...]:
    """Say what it was given."""
    if b == "raise":
        raise ValueError(b)
    return a, b, rest, c, more


async def coroutine(a: int, /, b: str = "x") -> tuple[object, ...]:
    await asyncio.sleep(0)
    if b == "raise":
        raise ValueError(b)
    return a, b


def generator(a: int, /, b: str = "x") -> Generator[int, int | None, str]:
    if b == "raise":
        raise ValueError(b)
    sent = yield a
    yield (sent or 0) + 1
    return b


async def asynchronous_generator(a: int, /, b: str = "x") -> AsyncGenerator[int, int | None]:
    if b == "raise":
        raise ValueError(b)
    sent = yield a
    yield (sent or 0) + 1


KINDS: list[Callable[..., Any]] = [plain, coroutine, generator, asynchronous_generator]


@track_request(WORK)
def decorated_at_the_top_level(a: int) -> int:
    return a


async def _to_the_end(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


def _drive(called: Any) -> Any:
    """Run what a call of any kind of function gave."""
    if inspect.iscoroutine(called):
        return asyncio.run(called)
    if inspect.isasyncgen(called):
        return asyncio.run(_to_the_end(called))
    return list(called) if inspect.isgenerator(called) else called


@pytest.mark.parametrize("function", KINDS)
@pytest.mark.parametrize(
    "is_kind",
    [
        inspect.iscoroutinefunction,
        inspect.isgeneratorfunction,
        inspect.isasyncgenfunction,
        inspect.isfunction,
    ],
)
def test_the_kind_of_function_is_unchanged(
    function: Callable[..., Any], is_kind: Callable[[object], bool]
) -> None:
    assert is_kind(track_request(WORK)(function)) == is_kind(function)


@pytest.mark.parametrize("function", KINDS)
@pytest.mark.parametrize(
    "aspect", ["__name__", "__qualname__", "__doc__", "__module__", "__annotations__", "__dict__"]
)
def test_what_a_function_says_of_itself_is_unchanged(function: Callable[..., Any], aspect: str) -> None:
    decorated = track_request(WORK)(function)
    said = getattr(decorated, aspect)
    assert ({**said, "__wrapped__": None} if aspect == "__dict__" else said) == (
        {**getattr(function, aspect), "__wrapped__": None}
        if aspect == "__dict__"
        else getattr(function, aspect)
    )


@pytest.mark.parametrize("function", KINDS)
def test_the_signature_is_unchanged(function: Callable[..., Any]) -> None:
    assert inspect.signature(track_request(WORK)(function)) == inspect.signature(function)


@pytest.mark.parametrize("function", KINDS)
def test_the_original_is_kept(function: Callable[..., Any]) -> None:
    assert inspect.unwrap(track_request(WORK)(function)) is function


@pytest.mark.parametrize("function", KINDS)
def test_what_a_function_gives_is_unchanged(recorded: Recorded, function: Callable[..., Any]) -> None:
    assert _drive(track_request(WORK)(function)(1, b="y")) == _drive(function(1, b="y"))


def test_every_way_to_pass_an_argument_works(recorded: Recorded) -> None:
    assert track_request(WORK)(plain)(1, "y", 2, 3, c=4, d=5) == plain(1, "y", 2, 3, c=4, d=5)


@pytest.mark.parametrize("function", KINDS)
def test_a_call_that_returns_is_a_success(recorded: Recorded, function: Callable[..., Any]) -> None:
    _drive(track_request(WORK)(function)(1))
    assert recorded.value(WORK.calls, Status.SUCCESS) == 1


@pytest.mark.parametrize("function", KINDS)
def test_a_call_that_raises_is_a_failure_of_its_type(
    recorded: Recorded, function: Callable[..., Any]
) -> None:
    with pytest.raises(ValueError, match="raise"):
        _drive(track_request(WORK)(function)(1, "raise"))
    assert recorded.value(WORK.failures, Failure.VALUE) == 1


@pytest.mark.parametrize("function", KINDS)
def test_a_traceback_is_longer_by_one_frame_at_most(recorded: Recorded, function: Callable[..., Any]) -> None:
    frames = []
    for one in (function, track_request(WORK)(function)):
        with pytest.raises(ValueError, match="raise") as caught:
            _drive(one(1, "raise"))
        frames.append([frame.name for frame in traceback.extract_tb(caught.value.__traceback__)])
    assert len(frames[1]) - len(frames[0]) <= 1


@pytest.mark.parametrize("function", KINDS)
def test_the_exception_is_the_same_object_with_its_cause_and_context(
    recorded: Recorded, function: Callable[..., Any]
) -> None:
    cause, context = KeyError("cause"), KeyError("context")
    error = ValueError("mine")
    error.__cause__, error.__context__ = cause, context

    def fail(*_: object) -> None:
        raise error

    async def fail_later(*_: object) -> None:
        raise error

    one = fail_later if function is coroutine else fail
    with pytest.raises(ValueError, match="mine") as caught:
        _drive(track_request(WORK)(one)())
    assert (caught.value, caught.value.__cause__, caught.value.__context__) == (error, cause, context)


def test_a_wrong_call_raises_what_it_always_raised(recorded: Recorded) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        track_request(WORK)(plain)()  # type: ignore[call-arg]  # the mistake is the point


def test_what_is_sent_into_a_generator_arrives(recorded: Recorded) -> None:
    items = track_request(WORK)(generator)(1)
    assert (next(items), items.send(41)) == (1, 42)


def test_the_value_a_generator_returns_arrives(recorded: Recorded) -> None:
    def outer() -> Generator[int, None, str]:
        return (yield from track_request(WORK)(generator)(1, "end"))

    def last_word(items: Generator[int, None, str]) -> Iterator[str]:
        yield (yield from items)  # type: ignore[misc]  # the items on the way are numbers

    assert list(last_word(outer()))[-1] == "end"


def test_what_is_thrown_into_a_generator_arrives(recorded: Recorded) -> None:
    @track_request(WORK)
    def recovers() -> Generator[int, None, None]:
        try:
            yield 1
        except KeyError:
            yield 2

    items = recovers()
    next(items)
    assert items.throw(KeyError()) == 2


def test_a_generator_that_is_closed_is_closed_inside(recorded: Recorded) -> None:
    closed = []

    @track_request(WORK)
    def closes() -> Generator[int, None, None]:
        try:
            yield 1
        finally:
            closed.append(True)

    items = closes()
    next(items)
    items.close()
    assert closed == [True]


def test_a_generator_is_timed_from_its_first_item_to_its_end(recorded: Recorded) -> None:
    items = track_request(WORK)(generator)(1)
    before = recorded.value(WORK.duration)
    list(items)
    assert (before, recorded.value(WORK.duration)) == (0, 1)


def test_a_generator_that_is_never_started_is_no_call(recorded: Recorded) -> None:
    track_request(WORK)(generator)(1).close()
    assert sum(recorded.value(WORK.calls, status) for status in Status) == 0


def test_what_is_sent_into_an_asynchronous_generator_arrives(recorded: Recorded) -> None:
    async def talk() -> list[int]:
        items = track_request(WORK)(asynchronous_generator)(1)
        return [await anext(items), await items.asend(41)]

    assert asyncio.run(talk()) == [1, 42]


def test_what_is_thrown_into_an_asynchronous_generator_arrives(recorded: Recorded) -> None:
    @track_request(WORK)
    async def recovers() -> AsyncGenerator[int, None]:
        try:
            yield 1
        except KeyError:
            yield 2

    async def talk() -> int:
        items = recovers()
        await anext(items)
        return await items.athrow(KeyError())

    assert asyncio.run(talk()) == 2


def test_an_error_thrown_through_an_asynchronous_generator_gains_one_frame_at_most(
    recorded: Recorded,
) -> None:
    async def through(function: Callable[..., AsyncGenerator[int, Any]]) -> int:
        items = function(1)
        await anext(items)
        try:
            await items.athrow(ValueError("thrown"))
        except ValueError as error:
            return len(traceback.extract_tb(error.__traceback__))
        raise AssertionError("it was swallowed")

    before = asyncio.run(through(asynchronous_generator))
    assert asyncio.run(through(track_request(WORK)(asynchronous_generator))) - before <= 1


def test_an_asynchronous_generator_that_is_closed_is_closed_inside(recorded: Recorded) -> None:
    closed = []

    @track_request(WORK)
    async def closes() -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            closed.append(True)

    async def talk() -> None:
        items = closes()
        await anext(items)
        await items.aclose()

    asyncio.run(talk())
    assert closed == [True]


def test_an_asynchronous_generator_left_behind_is_closed_by_its_loop(recorded: Recorded) -> None:
    async def leave() -> None:
        async for _ in track_request(WORK)(asynchronous_generator)(1):
            break

    asyncio.run(leave())
    assert recorded.value(WORK.calls, Status.CANCELLED) == 1


def test_a_coroutine_is_not_suspended_more_often_than_before(recorded: Recorded) -> None:
    async def suspended_twice() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def suspensions(function: Callable[[], Any]) -> int:
        running, count = function(), 0
        try:
            while True:
                running.send(None)
                count += 1
        except StopIteration:
            return count

    assert suspensions(track_request(WORK)(suspended_twice)) == suspensions(suspended_twice) == 2


def test_a_generator_based_coroutine_can_still_be_awaited(recorded: Recorded) -> None:
    @track_request(WORK)
    @types.coroutine
    def old() -> Generator[Any, None, int]:
        yield from asyncio.sleep(0).__await__()
        return 7

    async def wait() -> int:
        return await old()

    assert (asyncio.run(wait()), recorded.value(WORK.calls, Status.SUCCESS)) == (7, 1)


class Sides:
    """Every kind of method, decorated above and below."""

    factor = 2

    @track_request(WORK)
    @classmethod
    def class_below(cls, a: int) -> int:
        return cls.factor * a

    @classmethod
    @track_request(WORK)
    def class_above(cls, a: int) -> int:
        return cls.factor * a

    @track_request(WORK)
    @staticmethod
    def static_below(a: int) -> int:
        return 2 * a

    @staticmethod
    @track_request(WORK)
    def static_above(a: int) -> int:
        return 2 * a

    @track_request(WORK)
    def method(self, a: int) -> int:
        return self.factor * a

    partial_method = track_request(WORK)(functools.partialmethod(method, 21))

    @track_request(WORK)  # type: ignore[prop-decorator]  # mypy knows no decorator above a property
    @property
    def property_below(self) -> int:
        return 42

    @property
    @track_request(WORK)
    def property_above(self) -> int:
        return 42

    @track_request(WORK)  # type: ignore[prop-decorator]  # as above
    @functools.cached_property
    def cached(self) -> int:
        return 42


@pytest.mark.parametrize("name", ["class_below", "class_above", "static_below", "static_above", "method"])
def test_methods_of_every_kind_work_and_are_counted(recorded: Recorded, name: str) -> None:
    assert (getattr(Sides(), name)(21), recorded.value(WORK.calls, Status.SUCCESS)) == (42, 1)


@pytest.mark.parametrize("name", ["property_below", "property_above", "cached"])
def test_properties_of_every_kind_work_and_are_counted(recorded: Recorded, name: str) -> None:
    assert (getattr(Sides(), name), recorded.value(WORK.calls, Status.SUCCESS)) == (42, 1)


def test_a_partial_method_works(recorded: Recorded) -> None:
    assert Sides().partial_method() == 42


def test_a_setter_survives_the_decoration_of_a_property(recorded: Recorded) -> None:
    class Box:
        def __init__(self) -> None:
            self.inside = 0

        def _get(self) -> int:
            return self.inside

        def _set(self, value: int) -> None:
            self.inside = value

        content = track_request(WORK)(property(_get, _set))

    box = Box()
    box.content = 5
    assert box.content == 5


def test_a_partial_function_works(recorded: Recorded) -> None:
    assert track_request(WORK)(functools.partial(plain, 1))(b="y") == plain(1, "y")


def test_a_partial_coroutine_function_stays_one(recorded: Recorded) -> None:
    decorated = track_request(WORK)(functools.partial(coroutine, 1))
    assert inspect.iscoroutinefunction(decorated)


class Doubler:
    def __call__(self, a: int) -> int:
        return 2 * a


class LateDoubler:
    async def __call__(self, a: int) -> int:
        await asyncio.sleep(0)
        return 2 * a


def test_an_object_that_can_be_called_works(recorded: Recorded) -> None:
    assert track_request(WORK)(Doubler())(21) == 42


def test_an_object_whose_call_is_a_coroutine_is_timed_to_its_end(recorded: Recorded) -> None:
    double = track_request(WORK)(LateDoubler())
    running = double(21)
    before = recorded.value(WORK.duration)
    assert (asyncio.run(running), before, recorded.value(WORK.duration)) == (42, 0, 1)


def test_a_function_of_c_works(recorded: Recorded) -> None:
    assert track_request(WORK)(len)([1, 2]) == 2


def test_a_cached_function_works_below(recorded: Recorded) -> None:
    cached = functools.lru_cache(track_request(WORK)(Doubler().__call__))
    assert (cached(1), cached(1), recorded.value(WORK.calls, Status.SUCCESS)) == (2, 2, 1)


def test_two_decorators_do_not_see_each_other(recorded: Recorded) -> None:
    assert (track_request(WORK)(track_request(WORK)(plain))(1)[0], recorded.value(WORK.duration)) == (1, 2)


def test_a_decorated_function_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(decorated_at_the_top_level)) is decorated_at_the_top_level


@pytest.mark.parametrize("given", [Doubler, 42, property()])
def test_what_cannot_be_decorated_is_refused(given: Any) -> None:
    with pytest.raises(SignalproofError, match=r"is a class|is no function|has no getter"):
        track_request(WORK)(given)


def test_where_instrumentation_is_off_the_function_itself_comes_back() -> None:
    use(CATALOGUE, enabled=False)
    try:
        assert track_request(WORK)(plain) is plain
    finally:
        use(CATALOGUE)


def test_where_instrumentation_is_off_a_with_block_records_nothing(recorded: Recorded) -> None:
    use(CATALOGUE, enabled=False)
    try:
        with track_request(WORK):
            pass
    finally:
        use(CATALOGUE)
    assert recorded.value(WORK.duration) == 0


def _later(value: int) -> Awaitable[int]:
    async def give() -> int:
        return value

    return give()


def test_a_plain_function_that_returns_an_awaitable_is_warned_of_once(
    recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    decorated = track_request(WORK)(_later)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            asyncio.run(_wait_for(decorated(1)))
    assert [one.message for one in caplog.records if "awaits=True" in one.message] == [
        "_later returns an awaitable: recorded is only how long it took to make it; decorate with awaits=True"
    ]


async def _wait_for(awaitable: Awaitable[int]) -> int:
    return await awaitable


class OwnAwaitable:
    mark = "mine"

    def __await__(self) -> Generator[Any, None, int]:
        yield from asyncio.sleep(0).__await__()
        return 5


def test_with_awaits_a_call_lasts_until_its_coroutine_has_ended(recorded: Recorded) -> None:
    running = track_request(WORK, awaits=True)(_later)(5)
    before = recorded.value(WORK.duration)
    assert (asyncio.run(_wait_for(running)), before, recorded.value(WORK.duration)) == (5, 0, 1)


def test_with_awaits_a_future_stays_the_object_it_is(recorded: Recorded) -> None:
    async def check() -> tuple[bool, float]:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def give() -> asyncio.Future[int]:
            return future

        same = track_request(WORK, awaits=True)(give)() is future
        future.set_result(1)
        await future
        await asyncio.sleep(0)
        return same, recorded.value(WORK.calls, Status.SUCCESS)

    assert asyncio.run(check()) == (True, 1)


@pytest.mark.parametrize("ending", ["fail", "cancel"])
def test_with_awaits_the_end_of_a_future_is_the_end_of_the_call(recorded: Recorded, ending: str) -> None:
    async def check() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        track_request(WORK, awaits=True)(lambda: future)()
        if ending == "fail":
            future.set_exception(ValueError())
        else:
            future.cancel()
        with pytest.raises((ValueError, asyncio.CancelledError)):
            await future
        await asyncio.sleep(0)

    asyncio.run(check())
    assert recorded.value(WORK.calls, Status.FAILURE if ending == "fail" else Status.CANCELLED) == 1


def test_with_awaits_an_error_that_nobody_fetches_is_still_complained_about(recorded: Recorded) -> None:
    complaints: list[str] = []

    async def check() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(context["message"]))
        track_request(WORK, awaits=True)(loop.create_future)().set_exception(ValueError())
        await asyncio.sleep(0)

    asyncio.run(check())
    assert complaints == ["Future exception was never retrieved"]


def test_with_awaits_any_other_awaitable_keeps_its_attributes(recorded: Recorded) -> None:
    def give() -> OwnAwaitable:
        return OwnAwaitable()

    made = track_request(WORK, awaits=True)(give)()
    assert (made.mark, asyncio.run(_wait_for(made)), recorded.value(WORK.duration)) == ("mine", 5, 1)


def test_with_awaits_a_plain_result_ends_the_call_at_once(recorded: Recorded) -> None:
    assert (track_request(WORK, awaits=True)(plain)(1)[0], recorded.value(WORK.duration)) == (1, 1)
