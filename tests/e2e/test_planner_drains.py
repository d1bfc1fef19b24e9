"""Both planners as they are run end well: what is in progress is finished, and nothing else is begun."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

from tests.e2e.planners import MINUTE, both_planners, until
from tests.messages_api.control import LocalClaude

from hive.storage import PlanningQueue, open_database


def has_planned(log: Path) -> bool:
    """Return whether a planner's log tells of a plan."""
    return '"planned"' in log.read_text(encoding="utf-8")


def test_sigterm_drains_both_planners(sqlite_url: str, claude: LocalClaude, tmp_path: Path) -> None:
    claude.told(seconds=0.5)
    with open_database(sqlite_url) as database:
        queue = PlanningQueue(database)
        for number in range(100):  # more than they can plan while the slower one starts
            queue.submit(f"task {number}")
        with both_planners(tmp_path, sqlite_url, claude, HIVE_PLANNER_CONCURRENCY="2") as (processes, _):
            for name in processes:
                until(partial(has_planned, tmp_path / f"{name}.log"), f"{name} plans")
            for process in processes.values():  # each has just begun its next plan
                process.send_signal(signal.SIGTERM)
            codes = {name: process.wait(timeout=MINUTE) for name, process in processes.items()}
        taken = [task for task in queue.latest(100) if task.attempt]
    ends = {(task.status, task.attempt) for task in taken}
    assert (codes, ends, len(taken) < 100) == ({"run": 0, "run-async": 0}, {("planned", 1)}, True)
