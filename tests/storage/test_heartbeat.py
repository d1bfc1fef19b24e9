"""The heartbeat that keeps leases."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from hive.storage import Database, Heartbeat, Hold, PlanningQueue, open_database
from hive.storage.schema import planning_tasks

LEASE = 0.15
DEADLINE = 20.0


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with open_database(database_url) as opened:
        yield opened


class Counting(PlanningQueue):
    """Counts the renewals, and lets a test wait for the next."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.renewed = threading.Semaphore(0)

    def renew(self, held: object, *, lease: float) -> frozenset[int]:
        try:
            return super().renew(held, lease=lease)  # type: ignore[arg-type]  # passed on as it came
        finally:
            self.renewed.release()


def test_what_is_held_is_not_claimed_by_another_for_longer_than_its_lease(database: Database) -> None:
    queue = Counting(database)
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    with Heartbeat(queue, lease=LEASE) as heartbeat, heartbeat.hold(task):
        assert all(queue.renewed.acquire(timeout=DEADLINE) for _ in range(6))
        # two whole leases later it is still held: beside a slow machine, so a lease that ran out would be seen
        assert queue.renew([task], lease=60) == {task.id}


def test_a_claim_that_another_took_is_reported_as_lost(database: Database) -> None:
    queue = PlanningQueue(database)
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    told = threading.Event()
    with database.write() as connection:
        connection.execute(update(planning_tasks).values(lease_expires_at=0))
    queue.claim("other", lease=60)
    with Heartbeat(queue, lease=LEASE) as heartbeat, heartbeat.hold(task, told.set) as hold:
        assert told.wait(DEADLINE)
        assert hold.lost.is_set()


def test_what_is_let_go_is_not_renewed(database: Database) -> None:
    queue = Counting(database)
    queue.submit("first")
    queue.submit("second")
    first, second = queue.claim("w", lease=60, limit=2)
    with Heartbeat(queue, lease=LEASE) as heartbeat, heartbeat.hold(second):
        with heartbeat.hold(first):
            pass
        assert list(heartbeat._holds) == [second.id]


def test_a_database_that_is_away_for_a_moment_loses_nothing(database: Database) -> None:
    queue = Counting(database)
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)

    class Flaky(Counting):
        broken = 2

        def renew(self, held: object, *, lease: float) -> frozenset[int]:
            if self.broken:
                self.broken -= 1
                raise ConnectionError("away")
            return super().renew(held, lease=lease)

    flaky = Flaky(database)
    with Heartbeat(flaky, lease=LEASE) as heartbeat, heartbeat.hold(task) as hold:
        assert flaky.renewed.acquire(timeout=DEADLINE)
        assert not hold.lost.is_set()


def test_a_hold_tells_once(database: Database) -> None:
    queue = PlanningQueue(database)
    task = queue.submit("one")
    told: list[int] = []
    hold = Hold(task, lambda: told.append(1))
    hold.lose()
    assert (told, hold.lost.is_set()) == ([1], True)
