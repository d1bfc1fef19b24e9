"""Workers killed again and again lose nothing, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter

from sqlalchemy import func, select
from tests.conftest import CHECKOUT
from tests.messages_api.control import LocalClaude
from tests.planner.conftest import KEY, until

from hive.storage import PlanningQueue, open_database
from hive.storage.schema import execution_plans, planning_tasks

TASKS, WORKERS, EVERY, MOST = 200, 4, 0.3, 60
DEADLINE = 600.0


def test_two_hundred_tasks_are_each_planned_once_by_workers_that_are_killed(
    database_url: str, claude: LocalClaude
) -> None:
    claude.told(seconds=0.05)
    environment = {
        **os.environ,
        "HIVE_DATABASE_URL": database_url,
        "HIVE_LEASE_SECONDS": "1",
        "HIVE_POLL_SECONDS": "0.05",
        "HIVE_PLANNER_CONCURRENCY": "2",
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": claude.url,
    }
    with open_database(database_url) as database:
        queue = PlanningQueue(database)
        for number in range(TASKS):
            queue.submit(f"task {number}", max_attempts=50)
        start = time.monotonic()
        host = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.planner.workers"),
                *("--workers", str(WORKERS), "--every", str(EVERY), "--most", str(MOST)),
            ],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            until(lambda: queue.counts().get("planned") == TASKS, "every task planned", DEADLINE, 0.1)
        finally:
            killed = int(host.communicate(timeout=30)[0])
        seconds = time.monotonic() - start
        with database.read() as connection:
            plans = Counter(connection.scalars(select(execution_plans.c.task_id)))
            sources = set(connection.scalars(select(execution_plans.c.source)))
            attempts = connection.scalars(select(planning_tasks.c.attempt)).all()
            held = connection.scalar(select(func.count()).where(planning_tasks.c.lease_owner.is_not(None)))
        counts = queue.counts()
    again = sum(one > 1 for one in attempts)
    sys.stdout.write(
        f"\n{database_url.partition(':')[0]}: {TASKS} tasks, {WORKERS} workers, SIGKILL every {EVERY * 1000:.0f} ms: "
        f"{seconds:.1f} s, {killed} killed, {again} tasks taken over, at most {max(attempts)} attempts, "
        f"{len(claude.calls)} calls of Claude; {len(plans)} planned, {sum(plans.values()) - len(plans)} twice\n"
    )
    assert (len(plans), set(plans.values()), sources, held) == (TASKS, {1}, {"claude"}, 0)
    assert counts == {"planned": TASKS}
    assert killed >= 5, "too few were killed to show anything"
    assert again, "no killed worker held a task"
