"""Async beats sync by its concurrency, the gauge follows it, and neither a slow plan nor a pace is in its way."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.conftest import CHECKOUT
from tests.messages_api.control import LocalClaude
from tests.planner.conftest import KEY, STOPS, Configure, Metrics, async_planner, opened, plan_all, until

from ai_planner.async_agent import _BATCH, AsyncClaudeService
from ai_planner.claude import Planned
from ai_planner.pace import Pace
from hive.application.shutdown import AsyncDrain
from hive.storage import PlanningQueue, PlanningTask, TaskStatus, migrate, open_database
from hive.storage.schema import planning_tasks

SECONDS, CONCURRENCY, LEAST = 0.2, 8, 6.0
GAUGE = "async_planner_concurrent_plans"
PACE, INTERVAL = 60 * 20, 0.05


@contextmanager
def at_work(command: str, folder: Path, claude: LocalClaude) -> Iterator[PlanningQueue]:
    """Run a planner as a person does, on a database of its own; give its queue."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'hive.db'}"
    environment = {
        "HIVE_DATABASE_URL": url,
        "HIVE_METRICS_PORT": "0",
        "HIVE_POLL_SECONDS": "0.05",
        "HIVE_PLANNER_CONCURRENCY": str(CONCURRENCY),
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": claude.url,
    }
    with open_database(url) as database, (folder / "log").open("wb") as log:
        migrate(database)
        process = subprocess.Popen(
            [sys.executable, "-m", "ai_planner", command],
            cwd=CHECKOUT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield PlanningQueue(database)
        finally:
            process.kill()
            process.wait()


def all_planned(queue: PlanningQueue) -> bool:
    """Return whether every task that was submitted is planned."""
    return set(queue.counts()) == {"planned"}


def plans_per_second(queue: PlanningQueue, places: int) -> float:
    """Return how many plans a planner makes in a second, once it has filled its *places*."""
    tasks = {queue.submit(f"task {number}").id for number in range(7 * places)}
    until(partial(all_planned, queue), "every task planned", every=0.05)
    columns = planning_tasks.c
    with queue.database.read() as connection:
        ends = sorted(connection.scalars(select(columns.finished_at).where(columns.id.in_(tasks))))
    seconds: float = ends[-1] - ends[places - 1]
    return (len(tasks) - places) / seconds


@pytest.mark.alone
def test_async_makes_at_least_six_times_the_plans_of_sync_at_a_concurrency_of_eight(
    claude: LocalClaude, tmp_path: Path
) -> None:
    found = []
    with (
        at_work("run", tmp_path / "sync", claude) as one_at_a_time,
        at_work("run-async", tmp_path / "async", claude) as side_by_side,
    ):
        for queue in (one_at_a_time, side_by_side):
            queue.submit("shows that it has started")
        for queue in (one_at_a_time, side_by_side):
            until(partial(all_planned, queue), "the first plan")
        claude.told(seconds=SECONDS)
        for _ in range(3):  # a machine that is busy with something else must not decide
            sync = plans_per_second(one_at_a_time, 1)
            found.append((plans_per_second(side_by_side, CONCURRENCY) / sync, sync))
            if found[-1][0] >= LEAST:
                break
    factor, sync = max(found)
    sys.stdout.write(
        f"\nClaude takes {SECONDS * 1000:.0f} ms: sync {sync:.2f} plans/s, "
        f"async ×{CONCURRENCY} {factor * sync:.1f} plans/s: {factor:.1f}×\n"
    )
    assert factor >= LEAST


def test_the_gauge_peaks_at_the_concurrency_and_claude_sees_no_more(
    configure: Configure, claude: LocalClaude, metrics: Metrics
) -> None:
    settings = configure(HIVE_PLANNER_CONCURRENCY=CONCURRENCY)
    claude.told(together=CONCURRENCY, seconds=0.05)
    seen: list[float] = []

    async def watch() -> None:
        while True:
            seen.append(metrics.value(GAUGE))
            await asyncio.sleep(0.005)

    async def run() -> None:
        async with async_planner(settings, queue) as planner, AsyncDrain(STOPS, 30) as drain:
            watching = asyncio.create_task(watch())
            await planner.run_forever_async(drain, once=True)
            watching.cancel()

    with opened(settings) as queue:
        for number in range(CONCURRENCY + 4):
            queue.submit(f"task {number}")
        asyncio.run(run())
    peaks = max(seen), claude.told()["peak"]
    assert (peaks, metrics.value(GAUGE)) == ((CONCURRENCY, CONCURRENCY), 0)


def test_a_plan_that_takes_long_holds_up_only_its_own_place(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = configure(HIVE_PLANNER_CONCURRENCY=2)
    others = 3 * 2 * _BATCH  # of three batches
    real, ended = AsyncClaudeService.plan, asyncio.Semaphore(0)

    async def plan(self: AsyncClaudeService, task: PlanningTask) -> Planned:
        if task.description == "takes long":
            async with asyncio.timeout(60):
                for _ in range(others):
                    await ended.acquire()
            return await real(self, task)
        try:
            return await real(self, task)
        finally:
            ended.release()

    monkeypatch.setattr(AsyncClaudeService, "plan", plan)
    with opened(settings) as queue:
        long = queue.submit("takes long", max_attempts=1).id
        for number in range(others):
            queue.submit(f"task {number}")
        plan_all("async", settings, queue)
        assert queue.task(long).status is TaskStatus.PLANNED


class Turns:
    """Notes when each turn of every pace was asked for and came."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[float] = []
        self.came: list[float] = []
        real = Pace.turn

        async def turn(pace: Pace) -> None:
            self.asked.append(time.monotonic())
            await real(pace)
            self.came.append(time.monotonic())

        monkeypatch.setattr(Pace, "turn", turn)


def test_a_pace_is_kept_whatever_the_concurrency(
    configure: Configure, claude: LocalClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = Turns(monkeypatch)
    settings = configure(HIVE_PLANNER_REQUESTS_PER_MINUTE=PACE)
    with opened(settings) as queue:
        for number in range(6):
            queue.submit(f"task {number}")
        plan_all("async", settings, queue)
    # when a request arrives says more of the machine: what is sure is when it was let go, counted from the first
    early = [
        number for number, at in enumerate(sorted(turns.came)) if at < min(turns.asked) + number * INTERVAL
    ]
    assert (len(claude.calls), len(turns.came), early) == (6, 6, [])


@pytest.mark.parametrize(
    "script",
    [
        [{"do": "error", "status": 529, "headers": {"retry-after-ms": "1"}}] * 2,
        [{"do": "drop"}] * 2,
        [{"do": "break"}, {"do": "cut"}],
    ],
    ids=["errors", "lost connections", "answers that break off"],
)
def test_a_request_that_is_repeated_waits_for_its_turn_too(
    script: list[dict[str, object]],
    configure: Configure,
    claude: LocalClaude,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = Turns(monkeypatch)
    claude.next(*script)
    settings = configure(HIVE_PLANNER_REQUESTS_PER_MINUTE=PACE)
    with opened(settings) as queue:
        queue.submit("one")
        plan_all("async", settings, queue)
    assert (len(claude.calls), len(turns.came)) == (3, 3)
