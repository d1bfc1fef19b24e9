"""Planners that are killed: a host that forks workers, and kills one of them every so often.

    python -m tests.planner.workers --workers 4 --every 0.3

It imports everything once, so that a new worker is there at once; it keeps no connection to the database
open, because none survives a fork. It ends when its standard input does, and prints how many workers it killed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import select
import signal
import ssl
import sys
import tempfile
import time
from contextlib import suppress

from ai_planner.agent import AIPlanner
from ai_planner.async_agent import AsyncAIPlanner, AsyncClaudeService
from ai_planner.claude import Claude
from ai_planner.claude_bridge import RobustClaudePlannerBridge
from ai_planner.config import PlannerSettings
from hive.application.config import load
from hive.application.logs import set_up_logs
from hive.application.redaction import Redactor
from hive.application.shutdown import AsyncDrain, Drain
from hive.storage import Database, Heartbeat, PlanningQueue, migrate, open_database

_STOPS = (signal.SIGTERM,)


class Undone(Exception):  # noqa: N818  # it says what becomes of the transaction
    """Undoes a transaction."""


def work(kind: str, settings: PlannerSettings, database: Database) -> None:
    """Plan until killed, as ``run`` and ``run-async`` do."""
    queue = PlanningQueue(database)
    with Heartbeat(queue, lease=settings.lease_seconds) as heartbeat:
        if kind == "sync":
            with RobustClaudePlannerBridge(Claude(settings)) as bridge, Drain(_STOPS, 10) as drain:
                AIPlanner(queue, bridge, heartbeat, settings).run(drain)
        else:
            asyncio.run(_work_async(settings, queue, heartbeat))


async def _work_async(settings: PlannerSettings, queue: PlanningQueue, heartbeat: Heartbeat) -> None:
    service = AsyncClaudeService(settings)
    planner = AsyncAIPlanner(AIPlanner(queue, None, heartbeat, settings), service, settings)
    async with AsyncDrain(_STOPS, 10) as drain:
        await planner.run_forever_async(drain)


def warm_up() -> None:
    """Do once what every new worker would do again: imports, tables of types, the first plan."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/warm.db"
        settings = load(PlannerSettings, {"HIVE_DATABASE_URL": url, "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
            "ANTHROPIC_API_KEY": "warm", "HIVE_PLANNER_RETRIES": "0"})  # fmt: skip
        with open_database(url) as database:
            migrate(database)
            queue = PlanningQueue(database)
            queue.submit("warms up")
            with (
                Heartbeat(queue, lease=60) as heartbeat,
                RobustClaudePlannerBridge(Claude(settings)) as bridge,
                Drain(_STOPS, 10) as drain,
            ):
                AIPlanner(queue, bridge, heartbeat, settings).run(drain, once=True)


def known(settings: PlannerSettings) -> Database:
    """Return the database, its statements compiled and no connection open: none survives a fork."""
    database = open_database(settings.database_url.get_secret_value())
    queue = PlanningQueue(database)
    queue.renew([queue.latest(1)[0]], lease=1)  # held by nobody: nothing is renewed
    with suppress(Undone), database.write() as connection:
        connection.execute(queue._look)
        connection.execute(queue._claim, {"worker": "nobody", "lease": 1.0, "most": 1})
        raise Undone
    database.engine.dispose()
    return database


def need_no_certificates() -> None:
    """Skip what takes a new worker longest and the local Messages API, which speaks plain HTTP, never asks for."""
    ssl.SSLContext.load_verify_locations = lambda *_, **__: None  # type: ignore[method-assign]  # of this process only


def fork(kind: str, settings: PlannerSettings, database: Database) -> int:
    """Start a worker and return its process id."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        os.close(0)
        work(kind, settings, database)
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Keep the workers going, and kill them, until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--every", type=float, required=True)
    parser.add_argument(
        "--most", type=int, required=True, help="kills; on a busy machine the rest then ends in time"
    )
    told = parser.parse_args()
    set_up_logs("error", "json", Redactor())
    need_no_certificates()
    warm_up()
    settings = load(PlannerSettings)
    database = known(settings)
    kinds = ["sync" if number % 2 else "async" for number in range(told.workers)]
    workers = [fork(kind, settings, database) for kind in kinds]
    chance, killed = random.Random(1), 0
    due = time.monotonic() + told.every
    while not select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
        due = time.monotonic() + told.every
        if killed == told.most:
            continue
        victim = chance.randrange(told.workers)
        os.kill(workers[victim], signal.SIGKILL)
        os.waitpid(workers[victim], 0)
        killed += 1
        workers[victim] = fork(kinds[victim], settings, database)
    for process in workers:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main()
