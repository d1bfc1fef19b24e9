"""The planners' loops: what stops them, what does not, and what they leave behind."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from tests.messages_api.control import LocalClaude
from tests.planner.conftest import (
    STOPS,
    Configure,
    Kind,
    Metrics,
    async_planner,
    let_leases_run_out,
    opened,
    plan_all,
    sync_planner,
    until,
)

from ai_planner.agent import AIPlanner
from ai_planner.config import PlannerSettings
from hive.application.logs import set_up_logs
from hive.application.redaction import Redactor
from hive.application.shutdown import AsyncDrain, CutOff, Drain
from hive.storage import NewPlan, PlanningQueue, StoredPlan, TaskStatus
from hive.storage.queue import Held

both = pytest.mark.parametrize("kind", ["sync", "async"])


@pytest.fixture
def settings(configure: Configure) -> PlannerSettings:
    return configure()


@pytest.fixture
def queue(settings: PlannerSettings) -> Iterator[PlanningQueue]:
    with opened(settings) as found:
        yield found


class AwayError(Exception):
    """What the driver says while the database is away."""


def broken(times: int, method: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let a *method* of the queue fail so many *times*; return what counts the calls."""
    calls: list[int] = []
    real = getattr(PlanningQueue, method)

    def flaky(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) <= times:
            raise OperationalError("SELECT 1", None, AwayError("the server closed the connection"))
        return real(*args, **kwargs)

    monkeypatch.setattr(PlanningQueue, method, flaky)
    return calls


@both
def test_an_empty_queue_ends_a_single_run(
    kind: Kind, settings: PlannerSettings, queue: PlanningQueue
) -> None:
    plan_all(kind, settings, queue)
    assert queue.counts() == {}


@both
def test_every_task_of_the_queue_is_planned(
    kind: Kind, settings: PlannerSettings, queue: PlanningQueue
) -> None:
    for number in range(12):
        queue.submit(f"task {number}")
    plan_all(kind, settings, queue)
    assert queue.counts() == {"planned": 12}


@both
def test_a_task_that_fails_does_not_stop_the_others(
    kind: Kind, settings: PlannerSettings, queue: PlanningQueue, claude: LocalClaude
) -> None:
    claude.next({"do": "refuse"})
    for number in range(4):
        queue.submit(f"task {number}")
    plan_all(kind, settings, queue)
    assert queue.counts() == {"planned": 3, "failed": 1}


@both
def test_a_plan_is_saved_again_while_the_database_is_away_for_a_moment(
    kind: Kind,
    settings: PlannerSettings,
    queue: PlanningQueue,
    claude: LocalClaude,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = broken(2, "complete", monkeypatch)
    queue.submit("one")
    plan_all(kind, settings, queue)
    assert (queue.counts(), len(calls), len(claude.calls)) == ({"planned": 1}, 3, 1)


@both
def test_a_single_run_reports_a_database_that_does_not_answer(
    kind: Kind, settings: PlannerSettings, queue: PlanningQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(1, "claim", monkeypatch)
    with pytest.raises(OperationalError):
        plan_all(kind, settings, queue)


@both
def test_the_loop_outlives_a_database_that_does_not_answer(
    kind: Kind,
    settings: PlannerSettings,
    queue: PlanningQueue,
    metrics: Metrics,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken(2, "claim", monkeypatch)
    queue.submit("one")
    with stopped_when(lambda: queue.counts() == {"planned": 1}):
        run_until_stopped(kind, settings, queue)
    poll = metrics.outcome("adapter_database_planning_queue_poll")
    assert (queue.counts(), poll[1]) == ({"planned": 1}, {"OperationalError": 2.0})


@both
def test_a_failure_that_cannot_be_stored_leaves_the_task_to_the_next_worker(
    kind: Kind,
    settings: PlannerSettings,
    queue: PlanningQueue,
    claude: LocalClaude,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claude.next({"do": "refuse"})
    broken(1, "fail", monkeypatch)
    number = queue.submit("one").id
    plan_all(kind, settings, queue)
    assert queue.task(number).status is TaskStatus.PLANNING
    let_leases_run_out(queue)
    plan_all(kind, settings, queue)
    assert queue.task(number).status is TaskStatus.PLANNED


@both
def test_a_worker_that_lost_its_task_leaves_the_other_one_s_plan_alone(
    kind: Kind,
    settings: PlannerSettings,
    queue: PlanningQueue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = queue.submit("one").id
    real = PlanningQueue.complete
    stored: list[StoredPlan] = []

    def overtaken(self: PlanningQueue, held: Held, plan: NewPlan) -> StoredPlan:
        if not stored:
            let_leases_run_out(self)
            (other,) = self.claim("faster", lease=60)
            stored.append(real(self, other, plan))
        return real(self, held, plan)

    monkeypatch.setattr(PlanningQueue, "complete", overtaken)
    plan_all(kind, settings, queue)
    assert (queue.plan(number), queue.task(number).status) == (stored[0], TaskStatus.PLANNED)


class stopped_when:  # noqa: N801  # reads as what it does
    """Sends signals to this process, from a thread, as soon as something holds."""

    def __init__(self, found: Any, *signals: signal.Signals) -> None:
        self._found = found
        self._signals = signals or (signal.SIGTERM,)
        self._thread = threading.Thread(target=self._wait)

    def _wait(self) -> None:
        until(self._found, "what the signal waits for")
        for number in self._signals:
            os.kill(os.getpid(), number)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def run_until_stopped(kind: Kind, settings: PlannerSettings, queue: PlanningQueue) -> bool:
    """Run a planner until a signal ends it; return whether work in progress was cut off."""
    if kind == "sync":
        try:
            with sync_planner(settings, queue) as planner, Drain(STOPS, settings.drain_seconds) as drain:
                planner.run(drain)
        except CutOff:
            return True
        return False

    async def run() -> bool:
        async with async_planner(settings, queue) as planner:
            drain = AsyncDrain(STOPS, settings.drain_seconds)
            try:
                async with drain:
                    await planner.run_forever_async(drain)
            except asyncio.CancelledError:
                pass
            return drain.cut_off

    return asyncio.run(run())


@both
def test_a_signal_lets_work_in_progress_end_and_takes_no_more(
    kind: Kind, configure: Configure, queue: PlanningQueue, claude: LocalClaude
) -> None:
    settings = configure(HIVE_PLANNER_CONCURRENCY=2)
    places = 1 if kind == "sync" else 2
    claude.told(seconds=0.3)
    for number in range(6):
        queue.submit(f"task {number}")
    with stopped_when(lambda: len(claude.calls) == places):
        cut_off = run_until_stopped(kind, settings, queue)
    assert (cut_off, queue.counts()) == (False, {"planned": places, "queued": 6 - places})


@both
def test_the_deadline_cuts_off_what_does_not_end_and_puts_it_back(
    kind: Kind, configure: Configure, queue: PlanningQueue, claude: LocalClaude, metrics: Metrics
) -> None:
    settings = configure(HIVE_DRAIN_SECONDS=0.2, HIVE_PLANNER_CONCURRENCY=2)
    claude.told(seconds=30)
    for number in range(3):
        queue.submit(f"task {number}", max_attempts=1)
    with stopped_when(lambda: len(claude.calls) == (1 if kind == "sync" else 2)):
        cut_off = run_until_stopped(kind, settings, queue)
    operation = "planning_process_task" if kind == "sync" else "async_plan_generation"
    assert (cut_off, queue.counts()) == (True, {"queued": 3})
    assert metrics.outcome(operation) == ({"cancelled": 1.0 if kind == "sync" else 2.0}, {})


@both
def test_a_second_signal_cuts_off_at_once(
    kind: Kind, settings: PlannerSettings, queue: PlanningQueue, claude: LocalClaude
) -> None:
    claude.told(seconds=30)
    queue.submit("one")
    with stopped_when(lambda: len(claude.calls) == 1, signal.SIGTERM, signal.SIGINT):
        cut_off = run_until_stopped(kind, settings, queue)
    assert (cut_off, queue.counts()) == (True, {"queued": 1})


@both
def test_an_idle_planner_ends_at_once(kind: Kind, configure: Configure, queue: PlanningQueue) -> None:
    settings = configure(HIVE_POLL_SECONDS=600)
    polled = threading.Event()
    real = AIPlanner.get_next_task

    def noticed(self: AIPlanner) -> Any:
        try:
            return real(self)
        finally:
            polled.set()

    with pytest.MonkeyPatch.context() as patch, stopped_when(polled.is_set):
        patch.setattr(AIPlanner, "get_next_task", noticed)
        assert run_until_stopped(kind, settings, queue) is False


def test_each_task_is_logged_with_its_own_correlation_id(
    settings: PlannerSettings, queue: PlanningQueue, logs_restored: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("info", "json", Redactor())
    for number in range(3):
        queue.submit(f"task {number}", correlation_id=f"c-{number}")
    plan_all("sync", settings, queue)
    planned = [line for line in capsys.readouterr().err.splitlines() if '"event": "planned"' in line]
    assert [f'"correlation_id": "c-{number}"' in line for number, line in enumerate(planned)] == [True] * 3


@both
def test_the_queue_and_the_last_plan_are_told(
    kind: Kind, settings: PlannerSettings, queue: PlanningQueue, claude: LocalClaude, metrics: Metrics
) -> None:
    queue.submit("one")
    plan_all(kind, settings, queue)
    assert metrics.value("hive_queue_waiting_tasks", queue="planning") == 0
    assert metrics.value("hive_queue_oldest_waiting_seconds", queue="planning") == 0
    name = "adapter_async_claude_planning" if kind == "async" else "adapter_claude_planning"
    assert metrics.value(f"{name}_last_ended_timestamp_seconds", status="success") > 1.7e9
    assert metrics.value("ai_planner_build_info") == 1


@both
def test_nothing_is_told_of_the_queue_while_the_database_is_away(
    kind: Kind,
    settings: PlannerSettings,
    queue: PlanningQueue,
    metrics: Metrics,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan_all(kind, settings, queue)
    broken(1, "claim", monkeypatch)
    with pytest.raises(OperationalError):
        plan_all(kind, settings, queue)
    names = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    assert "hive_queue_waiting_tasks" not in names
