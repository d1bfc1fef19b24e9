"""How a call ended, how long it took, and under which labels it is counted."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Adapter, Request, Status
from signalproof.catalogue.units import COUNT
from signalproof.errors import SignalproofError
from signalproof.instrument import argument, result, track_adapter_request, track_request
from signalproof.testing import Recorded, record


class Failure(ClosedLabel, name="error_type"):
    CONNECTION = "ConnectionError"
    LOOKUP = "LookupError"
    KEY = "KeyError"
    OTHER = "other"


class Component(ClosedLabel):
    DEPLOYER = "deployer"


class Strategy(ClosedLabel):
    SSH = "ssh"
    DOCKER = "docker"
    OTHER = "other"


class Target(ClosedLabel):
    NEAR = "near"
    FAR = "far"


class Model(BoundedLabel, at_most=2):
    pass


WORK = Request("work", "a piece of work", labels(Component.DEPLOYER), Failure, owner="app.work")
CALL = Adapter("call", "a call of something", labels(), Failure, owner="app.call", buckets="database")
BUSY = Gauge("deployments_in_progress", "Deployments in progress.", labels(), COUNT)
DEPLOY = Request(
    "deploy",
    "a deployment",
    labels(Component.DEPLOYER, Strategy),
    Failure,
    owner="app.deploy",
    in_flight=BUSY,
)
SHIP = Request("ship", "a shipment", labels(Target), Failure, owner="app.ship")
ASK = Request("ask", "a question", labels(Model), Failure, owner="app.ask")
BUSY_BY_STRATEGY = Gauge("builds_in_progress", "Builds in progress.", labels(Strategy), COUNT)
BUILD = Request("build", "a build", labels(Strategy), Failure, owner="app.build", in_flight=BUSY_BY_STRATEGY)
CATALOGUE = Catalogue.of_entries([WORK, CALL, DEPLOY, SHIP, ASK, BUILD])


@dataclass
class Deployment:
    strategy: str
    healthy: bool = True


class Ticks:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Ticks:
    return Ticks()


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest, clock: Ticks) -> Iterator[Recorded]:
    with record(CATALOGUE, request.param, clock=clock) as found:
        yield found


def _raise(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def _raise_later(error: BaseException) -> Callable[[], Any]:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise error

    return fail


STOPS = [asyncio.CancelledError(), KeyboardInterrupt(), SystemExit(), GeneratorExit()]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: type(stop).__name__)
@pytest.mark.parametrize("kind", [_raise, _raise_later])
def test_a_request_to_stop_is_a_cancelled_call(
    recorded: Recorded, stop: BaseException, kind: Callable[[BaseException], Callable[[], Any]]
) -> None:
    with pytest.raises(type(stop)):
        _run(track_request(WORK)(kind(stop)))
    assert [recorded.value(WORK.calls, status) for status in Status] == [0, 0, 1]


def _run(function: Callable[[], Any]) -> Any:
    called = function()
    if asyncio.iscoroutine(called):
        try:
            while True:
                called.send(None)
        except StopIteration as end:
            return end.value
    return called


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: type(stop).__name__)
def test_a_cancelled_call_is_not_in_the_duration(recorded: Recorded, stop: BaseException) -> None:
    with pytest.raises(type(stop)):
        track_request(WORK)(_raise(stop))()
    assert recorded.value(WORK.duration) == 0


def test_a_cancelled_task_is_a_cancelled_call(recorded: Recorded) -> None:
    @track_request(WORK)
    async def wait() -> None:
        await asyncio.get_running_loop().create_future()

    async def cancel() -> None:
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert recorded.value(WORK.calls, Status.CANCELLED) == 1


def test_a_coroutine_left_behind_half_way_is_a_cancelled_call(recorded: Recorded) -> None:
    @track_request(WORK)
    async def wait() -> None:
        await asyncio.sleep(0)

    running = wait()
    running.send(None)
    del running
    gc.collect()
    assert recorded.value(WORK.calls, Status.CANCELLED) == 1


def test_a_generator_left_behind_half_way_is_a_cancelled_call(recorded: Recorded) -> None:
    @track_request(WORK)
    def items() -> Generator[int, None, None]:
        yield 1

    next(items())
    gc.collect()
    assert recorded.value(WORK.calls, Status.CANCELLED) == 1


def test_an_asynchronous_generator_that_is_closed_is_a_cancelled_call(recorded: Recorded) -> None:
    @track_request(WORK)
    async def items() -> AsyncGenerator[int, None]:
        yield 1

    async def close() -> None:
        one = items()
        await anext(one)
        await one.aclose()

    asyncio.run(close())
    assert recorded.value(WORK.calls, Status.CANCELLED) == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionError(), Failure.CONNECTION),
        (ConnectionResetError(), Failure.CONNECTION),
        (KeyError(), Failure.KEY),
        (IndexError(), Failure.LOOKUP),
        (ZeroDivisionError(), Failure.OTHER),
        (ExceptionGroup("two", [KeyError()]), Failure.OTHER),
    ],
    ids=repr,
)
def test_an_error_is_counted_under_the_nearest_declared_class(
    recorded: Recorded, error: Exception, kind: Failure
) -> None:
    with pytest.raises(type(error)):
        track_request(WORK)(_raise(error))()
    assert {one: recorded.value(WORK.failures, one) for one in Failure} == {
        one: float(one is kind) for one in Failure
    }


def test_error_classes_made_at_run_time_do_not_pile_up(recorded: Recorded) -> None:
    @track_request(WORK)
    def fail(error: type[Exception]) -> None:
        raise error

    for number in range(600):
        with pytest.raises(KeyError):
            fail(type(f"Odd{number}", (KeyError,), {}))
    assert recorded.value(WORK.failures, Failure.KEY) == 600


def test_a_failed_call_is_in_the_duration(recorded: Recorded) -> None:
    with pytest.raises(KeyError):
        track_request(WORK)(_raise(KeyError()))()
    assert recorded.value(WORK.duration) == 1


@settings(max_examples=40, deadline=None)  # a slow machine is no fault
@given(endings=st.lists(st.sampled_from([None, KeyError(), OSError(), *STOPS]), max_size=30))
@pytest.mark.parametrize("backend", ["client", "cells"])
def test_the_duration_counts_exactly_the_calls_that_returned_or_failed(
    backend: Any, endings: list[BaseException | None]
) -> None:
    with record(CATALOGUE, backend) as recorded:

        @track_request(WORK)
        def end(error: BaseException | None) -> None:
            if error is not None:
                raise error

        for ending in endings:
            with suppress(BaseException):  # KeyboardInterrupt is one of those that are raised
                end(ending)
        counted = recorded.value(WORK.calls, Status.SUCCESS) + recorded.value(WORK.calls, Status.FAILURE)
        assert recorded.value(WORK.duration) == counted
        assert sum(recorded.value(WORK.calls, status) for status in Status) == len(endings)


def test_the_duration_is_what_the_clock_says(recorded: Recorded, clock: Ticks) -> None:
    @track_request(WORK)
    def wait() -> None:
        clock.now += 2.5

    wait()
    assert recorded.sum(WORK.duration) == 2.5


@pytest.mark.parametrize("ending", [None, KeyError()])
def test_a_clock_that_goes_backwards_gives_a_duration_of_zero(
    recorded: Recorded, clock: Ticks, ending: Exception | None
) -> None:
    @track_request(WORK)
    def wait() -> None:
        clock.now -= 7
        if ending is not None:
            raise ending

    with pytest.raises(KeyError) if ending else nullcontext():
        wait()
    assert (recorded.sum(WORK.duration), recorded.value(WORK.duration)) == (0, 1)


def test_an_adapter_is_exposed_under_its_prefix(recorded: Recorded) -> None:
    track_adapter_request(CALL)(lambda: 1)()
    assert 'adapter_call_calls_total{status="success"} 1.0' in recorded.text()


def test_a_label_comes_from_an_argument(recorded: Recorded) -> None:
    @track_request(DEPLOY, labels=[argument(Strategy, "deployment", attrgetter("strategy"))])
    def deploy(name: str, deployment: Deployment) -> str:
        return name

    deploy("a", Deployment("docker"))
    deploy("a", deployment=Deployment("docker"))
    assert recorded.value(DEPLOY.calls, Status.SUCCESS, Strategy.DOCKER) == 2


def test_a_label_comes_from_the_default_of_an_argument(recorded: Recorded) -> None:
    @track_request(SHIP, labels=[argument(Target, "to")])
    def ship(*, to: Target = Target.FAR) -> None: ...

    ship()
    assert recorded.value(SHIP.calls, Status.SUCCESS, Target.FAR) == 1


def test_a_label_comes_from_an_argument_as_it_was_when_the_call_began(recorded: Recorded) -> None:
    @track_request(DEPLOY, labels=[argument(Strategy, "deployment", attrgetter("strategy"))])
    def deploy(deployment: Deployment) -> None:
        deployment.strategy = "ssh"

    deploy(Deployment("docker"))
    assert recorded.value(DEPLOY.calls, Status.SUCCESS, Strategy.DOCKER) == 1


def test_a_label_comes_from_the_result(recorded: Recorded) -> None:
    @track_request(DEPLOY, labels=[result(Strategy, attrgetter("strategy"))])
    async def deploy() -> Deployment:
        return Deployment("ssh")

    asyncio.run(deploy())
    assert recorded.value(DEPLOY.calls, Status.SUCCESS, Strategy.SSH) == 1


def test_a_call_without_a_result_has_other_for_a_label_of_the_result(recorded: Recorded) -> None:
    with pytest.raises(KeyError):
        track_request(DEPLOY, labels=[result(Strategy)])(_raise(KeyError()))()
    assert recorded.value(DEPLOY.calls, Status.FAILURE, Strategy.OTHER) == 1


def test_a_label_may_be_fixed_by_the_decorator(recorded: Recorded) -> None:
    track_request(SHIP, labels=[Target.NEAR])(lambda: 1)()
    assert recorded.value(SHIP.calls, Status.SUCCESS, Target.NEAR) == 1


def test_a_value_that_is_not_declared_becomes_other(recorded: Recorded) -> None:
    def deploy(how: str) -> None: ...

    track_request(DEPLOY, labels=[argument(Strategy, "how")])(deploy)("pigeon")
    assert recorded.value(DEPLOY.calls, Status.SUCCESS, Strategy.OTHER) == 1


def test_a_value_that_is_not_declared_where_there_is_no_other_is_a_fault(recorded: Recorded) -> None:
    def ship(to: str) -> None: ...

    track_request(SHIP, labels=[argument(Target, "to")])(ship)("moon")
    assert 'errors_total{operation="ship",stage="labels"} 1.0' in recorded.text()


def test_a_bounded_label_has_other_for_what_is_more_than_promised(recorded: Recorded) -> None:
    @track_request(ASK, labels=[argument(Model, "model")])
    def ask(model: str) -> None: ...

    for model in ("a", "b", "c", "d", "a"):
        ask(model)
    assert {name: recorded.value(ASK.calls, Status.SUCCESS, Model(name)) for name in ("a", "b", "other")} == {
        "a": 2,
        "b": 1,
        "other": 2,
    }


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (lambda one: not one.healthy, Failure.OTHER),
        (lambda one: None if one.healthy else Failure.CONNECTION, Failure.CONNECTION),
    ],
)
def test_a_result_may_be_a_failure(recorded: Recorded, failure: Any, kind: Failure) -> None:
    def deploy() -> Deployment:
        return Deployment("ssh", healthy=False)

    track_request(WORK, failure=failure)(deploy)()
    assert recorded.value(WORK.failures, kind) == 1


def test_a_result_that_is_no_failure_is_a_success(recorded: Recorded) -> None:
    def deploy() -> Deployment:
        return Deployment("ssh")

    track_request(WORK, failure=lambda one: not one.healthy)(deploy)()
    assert recorded.value(WORK.calls, Status.SUCCESS) == 1


def test_calls_in_progress_are_counted_while_they_run(recorded: Recorded) -> None:
    seen = []

    @track_request(DEPLOY, labels=[Strategy.SSH])
    def deploy() -> None:
        seen.append(recorded.value(BUSY))

    deploy()
    assert (seen, recorded.value(BUSY)) == ([1], 0)


def test_calls_in_progress_that_fail_are_no_longer_in_progress(recorded: Recorded) -> None:
    with pytest.raises(KeyError):
        track_request(DEPLOY, labels=[Strategy.SSH])(_raise(KeyError()))()
    assert recorded.value(BUSY) == 0


def test_calls_in_progress_have_the_labels_of_their_arguments(recorded: Recorded) -> None:
    seen = []

    @track_request(BUILD, labels=[argument(Strategy, "how")])
    async def build(how: str) -> None:
        await asyncio.sleep(0)
        seen.append(recorded.value(BUSY_BY_STRATEGY, Strategy.DOCKER))

    async def both() -> None:
        await asyncio.gather(build("docker"), build("docker"))

    asyncio.run(both())
    assert seen == [2, 1]


def test_a_with_block_is_a_call(recorded: Recorded, clock: Ticks) -> None:
    with track_request(WORK):
        clock.now += 3
    assert (recorded.sum(WORK.duration), recorded.value(WORK.calls, Status.SUCCESS)) == (3, 1)


def test_a_with_block_that_raises_is_a_failure(recorded: Recorded) -> None:
    with pytest.raises(KeyError), track_request(WORK):
        raise KeyError
    assert recorded.value(WORK.failures, Failure.KEY) == 1


def test_a_with_block_can_be_labelled_while_it_runs(recorded: Recorded) -> None:
    with track_request(DEPLOY) as call:
        call.label(Strategy.DOCKER)
    assert recorded.value(DEPLOY.calls, Status.SUCCESS, Strategy.DOCKER) == 1


def test_a_with_block_can_be_declared_a_failure(recorded: Recorded) -> None:
    with track_adapter_request(CALL) as call:
        call.fail(Failure.LOOKUP)
    assert recorded.value(CALL.failures, Failure.LOOKUP) == 1


def test_a_tracker_can_be_entered_while_it_is_entered(recorded: Recorded, clock: Ticks) -> None:
    tracker = track_request(DEPLOY)
    with tracker as outer:
        clock.now += 1
        with tracker as inner:
            inner.label(Strategy.SSH)
            clock.now += 1
        outer.label(Strategy.DOCKER)
    assert [recorded.sum(DEPLOY.duration, how) for how in (Strategy.SSH, Strategy.DOCKER)] == [1, 2]


def test_a_tracker_can_be_entered_by_two_tasks_at_once(recorded: Recorded, clock: Ticks) -> None:
    tracker = track_request(DEPLOY)

    async def deploy(how: Strategy, first: asyncio.Event, then: asyncio.Event) -> None:
        with tracker as call:
            call.label(how)
            first.set()
            await then.wait()

    async def both() -> None:
        one, two = asyncio.Event(), asyncio.Event()
        await asyncio.gather(deploy(Strategy.SSH, one, two), deploy(Strategy.DOCKER, two, one))

    asyncio.run(both())
    assert [recorded.value(DEPLOY.calls, Status.SUCCESS, how) for how in (Strategy.SSH, Strategy.DOCKER)] == [
        1,
        1,
    ]


untyped: Any = track_request
"""The decorator as somebody without a type checker uses it."""


@pytest.mark.parametrize(
    ("decorate", "message", "remedy"),
    [
        (lambda: untyped(DEPLOY)(lambda: 1), "label 'strategy' and nothing says", "argument(Strategy"),
        (lambda: untyped("deploy"), "no catalogue is in use", "use(CATALOGUE)"),
        (
            lambda: untyped(DEPLOY, labels=[argument(Strategy, "deploymnt")])(lambda deployment: 1),
            "no parameter 'deploymnt'",
            "did you mean 'deployment'?",
        ),
        (lambda: untyped(WORK, labels=[Strategy.SSH]), "has no label 'strategy'", "its labels: component"),
        (lambda: untyped(CALL, labels=[Strategy.SSH]), "was given the adapter 'call'", "give it the request"),
        (lambda: untyped(WORK, labels=[argument(Component, "c")]), "is always 'deployer'", "leave it out"),
        (lambda: untyped(WORK, labels={"component": "other"}), "is always 'deployer'", "leave it out"),
        (lambda: untyped(DEPLOY, labels={"strategy": "shh"}), "has no value 'shh'", "did you mean 'ssh'?"),
        (lambda: untyped(7), "was given 7", "give it the request"),
        (
            lambda: untyped(BUILD, labels=[result(Strategy)])(lambda: "ssh"),
            "in progress by 'strategy', which is known only when a call has ended",
            "declare the gauge without 'strategy'",
        ),
        (lambda: untyped(SHIP, labels=[argument(Target, "to")])(dict), "is a class", "decorate its method"),
    ],
)
def test_a_mistake_in_a_decorator_is_refused_at_its_line(
    decorate: Callable[[], object], message: str, remedy: str
) -> None:
    with pytest.raises(SignalproofError) as caught:
        decorate()
    assert message in str(caught.value)
    assert remedy in caught.value.help
    assert caught.value.where is not None
    assert caught.value.where.file == __file__
