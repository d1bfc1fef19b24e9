"""The circuit breaker and the pace."""

from __future__ import annotations

import asyncio

import pytest
from tests.messages_api.control import LocalClaude
from tests.planner.conftest import Configure, Kind, opened, plan_all

from ai_planner.breaker import CircuitBreaker
from ai_planner.pace import Pace


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(3, 30.0, clock)


def opened_by_failures(breaker: CircuitBreaker) -> list[bool]:
    return [breaker.failed() for _ in range(3)]


def test_it_opens_after_so_many_failures_in_a_row(breaker: CircuitBreaker) -> None:
    assert (opened_by_failures(breaker), breaker.admits()) == ([False, False, True], False)


def test_a_success_in_between_starts_the_count_again(breaker: CircuitBreaker) -> None:
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.admits()


def test_after_its_time_one_call_may_try_and_only_one(breaker: CircuitBreaker, clock: Clock) -> None:
    opened_by_failures(breaker)
    clock.now += 30
    assert [breaker.admits() for _ in range(3)] == [True, False, False]


def test_a_try_that_succeeds_closes_it(breaker: CircuitBreaker, clock: Clock) -> None:
    opened_by_failures(breaker)
    clock.now += 30
    breaker.admits()
    breaker.succeeded()
    assert [breaker.admits() for _ in range(3)] == [True, True, True]


def test_a_try_that_fails_keeps_it_open_for_as_long_again(breaker: CircuitBreaker, clock: Clock) -> None:
    opened_by_failures(breaker)
    clock.now += 30
    breaker.admits()
    assert breaker.failed() is False
    clock.now += 29
    assert (breaker.admits(), breaker.open) == (False, True)


def test_a_try_that_was_cancelled_leaves_the_next_one_to_another(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    opened_by_failures(breaker)
    clock.now += 30
    breaker.admits()
    breaker.given_up()
    assert breaker.admits()


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_claude_that_keeps_failing_is_left_alone_and_the_plans_say_so(
    kind: Kind, configure: Configure, claude: LocalClaude
) -> None:
    claude.told(always={"do": "error", "status": 529, "headers": {"x-should-retry": "false"}})
    settings = configure(HIVE_PLANNER_BREAKER_FAILURES=2, HIVE_PLANNER_CONCURRENCY=1)
    with opened(settings) as queue:
        numbers = [queue.submit(f"task {number}").id for number in range(5)]
        plan_all(kind, settings, queue)
        plans = [queue.plan(number) for number in numbers]
    reasons = [plan.plan["reason"] for plan in plans if plan is not None]
    assert (reasons, len(claude.calls)) == (["OverloadedError"] * 2 + ["CircuitOpenError"] * 3, 2)


def test_answers_that_are_no_plans_do_not_open_it(configure: Configure, claude: LocalClaude) -> None:
    claude.told(always={"plan": {"wrong": "cycle"}})
    settings = configure(HIVE_PLANNER_BREAKER_FAILURES=1)
    with opened(settings) as queue:
        for number in range(3):
            queue.submit(f"task {number}", max_attempts=1)
        plan_all("sync", settings, queue)
    assert len(claude.calls) == 3


def test_a_pace_spreads_the_calls_evenly() -> None:
    async def turns() -> list[float]:
        pace, loop = Pace(60 * 50), asyncio.get_running_loop()
        start = loop.time()
        times = []
        for _ in range(4):
            await pace.turn()
            times.append(loop.time() - start)
        return times

    times = asyncio.run(turns())
    assert all(time >= 0.02 * number - 0.001 for number, time in enumerate(times))


def test_without_a_pace_nobody_waits() -> None:
    async def waits() -> bool:
        turn = asyncio.ensure_future(Pace(0).turn())
        await asyncio.sleep(0)
        return not turn.done()

    assert asyncio.run(waits()) is False
