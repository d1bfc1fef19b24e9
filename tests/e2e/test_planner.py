"""Both planners as they are run, scraped by a real Prometheus: every panel of theirs fills while they work."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.e2e.planners import MINUTE, Process, both_planners, until
from tests.messages_api.control import LocalClaude, local_claude

from hive.catalogue import deployer, planner
from hive.storage import PlanningQueue, open_database
from signalproof.catalogue.catalogue import Catalogue
from signalproof.cli.project import Project
from signalproof.live.table import place, reason
from signalproof.live.verify import Status, verify
from signalproof.promql.query import Query, Use

if TYPE_CHECKING:
    from tests.conftest import Prometheus, StartPrometheus
    from tests.storage.databases import PostgreSQL

ROWS = ("claude_planning", "orchestration", "database", "async_validation")

DEPLOYERS = re.compile(rf"\b({'|'.join(Catalogue.of(deployer).metrics)})(_bucket|_sum|_count)?\b")
PLANNERS = re.compile(rf"\b({'|'.join(Catalogue.of(planner).metrics)})(_bucket|_sum|_count)?\b")


@dataclass(frozen=True)
class Running:
    """Both planners at work.

    Attributes:
        prometheus: What scrapes them.
        processes: Command → process.
        claude: What they ask.
        start: Unix time when Prometheus began to scrape.
    """

    prometheus: Prometheus
    processes: dict[str, Process]
    claude: LocalClaude
    start: float


@contextmanager
def kept_filled(queue: PlanningQueue) -> Iterator[None]:
    """Submit tasks within the block, so that twenty are always waiting."""
    stop = threading.Event()

    def feed() -> None:
        while not stop.wait(0.2):
            for _ in range(20 - queue.counts().get("queued", 0)):
                queue.submit("Bring the service to the new cluster")

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        yield
    finally:
        stop.set()
        feeder.join()


@pytest.fixture(scope="module")
def running(
    postgresql: PostgreSQL, start_prometheus: StartPrometheus, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Both planners on one queue that is kept filled, scraped every second."""
    folder = tmp_path_factory.mktemp("planners")
    url = postgresql.hive()
    with (
        open_database(url) as database,
        local_claude(folder) as claude,
        kept_filled(queue := PlanningQueue(database)),
        both_planners(folder, url, claude) as (processes, ports),
    ):
        claude.told(seconds=0.3)
        until(lambda: queue.counts().get("planned", 0) >= 2, "the first plans")
        targets = ", ".join(f"'127.0.0.1:{port}'" for port in ports.values())
        prometheus = start_prometheus(
            "global: {scrape_interval: 1s}\n"
            f"scrape_configs: [{{job_name: ai_planner, static_configs: [{{targets: [{targets}]}}]}}]\n"
        )
        yield Running(prometheus, processes, claude, time.time())


@pytest.fixture(scope="module")
def planner_queries(hive: Project) -> list[Query]:
    """Every query of rows 1, 3, 4 and 5 that asks for something of the planner's."""
    return [
        query
        for query in hive.queries()
        if query.use is Use.PANEL
        and Path(query.where.file).stem in ROWS
        and PLANNERS.search(query.text)
        and not DEPLOYERS.search(query.text)
    ]


def test_the_planner_s_queries_are_found_in_all_four_rows(planner_queries: list[Query]) -> None:
    assert {Path(query.where.file).stem for query in planner_queries} == set(ROWS)
    assert len(planner_queries) >= 40


def test_every_query_returns_data_within_a_minute_while_both_planners_go_on(
    running: Running, planner_queries: list[Query]
) -> None:
    left = planner_queries
    while left:
        now = time.time()
        results = verify(
            running.prometheus.url,
            left,
            now=now,
            span=max(5.0, now - running.start),
            step=1,
            scrape_interval=1,
        )
        dead = [one for one in results if one.status is not Status.ALIVE]
        assert not dead or time.time() - running.start < MINUTE, [
            f"{place(one)}: {reason(one)}" for one in dead
        ]
        left = [one.query for one in dead]
        if left:
            threading.Event().wait(0.5)
    seconds = time.time() - running.start
    sys.stdout.write(f"\n{len(planner_queries)} queries alive {seconds:.1f} s after Prometheus started\n")
    assert {name: process.poll() for name, process in running.processes.items()} == {
        "run": None,
        "run-async": None,
    }


@pytest.mark.parametrize("loop", ["planner_agent_loop", "async_planner_loop"])
def test_a_loop_shows_that_it_runs_and_counts_turns_while_it_does(running: Running, loop: str) -> None:
    turns = f"sum({loop}_duration_seconds_count) > 2"
    until(partial(answered, running, turns), turns)
    assert running.prometheus.number(f"max({loop}_running)", time.time()) == 1


def test_a_fallback_is_seen_as_a_failure_of_claude(running: Running) -> None:
    calls = '{__name__=~"adapter_(async_)?claude_planning_calls_total", status="failure"}'
    running.claude.told(always={"do": "error", "status": 529, "headers": {"x-should-retry": "false"}})
    until(partial(answered, running, "sum(planner_fallback_plans_total) > 0"), "a fallback")
    running.claude.told(always={})
    until(
        partial(answered, running, f"sum(planner_fallback_plans_total) == sum({calls})"), "as many failures"
    )
    assert running.prometheus.number(f"sum({calls})", time.time()) > 0


def answered(running: Running, expr: str) -> bool:
    """Return whether Prometheus has an answer to *expr* now."""
    return bool(running.prometheus.ask(expr, time.time()))
