"""What a poll tells of its queue: what waits and for how long, and nothing where nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from hive.application.polls import polled
from hive.catalogue import queues
from hive.catalogue.labels import Queue
from hive.catalogue.queues import QUEUE_OLDEST, QUEUE_WAITING
from hive.storage import DeploymentQueue, DeploymentRequest, PlanningQueue, open_database
from signalproof.catalogue.catalogue import Catalogue
from signalproof.testing import Recorded, record


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    with record(Catalogue.of(queues)) as found:
        yield found


@pytest.fixture
def queue(sqlite_url: str) -> Iterator[PlanningQueue]:
    with open_database(sqlite_url) as database:
        yield PlanningQueue(database)


def told(recorded: Recorded) -> list[str]:
    return [line for line in recorded.text().splitlines() if not line.startswith("#") and "hive_" in line]


def poll(queue: PlanningQueue) -> int:
    return len(polled(queue, Queue.PLANNING, lambda: queue.claim("w", lease=60)))


def break_down(queue: PlanningQueue) -> None:
    with queue.database.write() as connection:
        connection.execute(text("ALTER TABLE planning_tasks RENAME TO away"))


def test_before_the_first_poll_nothing_is_told(recorded: Recorded) -> None:
    assert told(recorded) == []


def test_an_empty_queue_is_told(queue: PlanningQueue, recorded: Recorded) -> None:
    poll(queue)
    assert told(recorded) == [
        'hive_queue_waiting_tasks{queue="planning"} 0.0',
        'hive_queue_oldest_waiting_seconds{queue="planning"} 0.0',
    ]


def test_what_is_left_after_a_claim_is_told(queue: PlanningQueue, recorded: Recorded) -> None:
    for number in range(3):
        queue.submit(f"task {number}")
    with queue.database.write() as connection:
        connection.execute(text("UPDATE planning_tasks SET available_at = available_at - 100 * id"))
    assert poll(queue) == 1
    assert recorded.value(QUEUE_WAITING, Queue.PLANNING) == 2.0
    assert 300.0 <= recorded.value(QUEUE_OLDEST, Queue.PLANNING) < 400.0


def test_when_the_database_is_away_nothing_is_told(queue: PlanningQueue, recorded: Recorded) -> None:
    poll(queue)
    break_down(queue)
    with pytest.raises(Exception, match="no such table"):
        poll(queue)
    assert told(recorded) == []


def test_what_was_taken_is_kept_when_the_look_after_it_fails(
    queue: PlanningQueue, recorded: Recorded
) -> None:
    queue.submit("one")
    poll(queue)

    def claim() -> str:
        break_down(queue)
        return "taken"

    assert polled(queue, Queue.PLANNING, claim) == "taken"
    assert told(recorded) == []


def test_a_deployment_that_waits_for_another_on_its_target_is_told(
    sqlite_url: str, recorded: Recorded
) -> None:
    with open_database(sqlite_url) as database:
        queue = DeploymentQueue(database)
        for release in ("1", "2"):
            queue.submit(DeploymentRequest("ssh", "web", release, {}))
        polled(queue, Queue.DEPLOYMENT, lambda: queue.claim("w", lease=60, limit=2))
    assert recorded.value(QUEUE_WAITING, Queue.DEPLOYMENT) == 1.0
