"""The queues, on SQLite and on PostgreSQL: who holds what, and what becomes of work whose worker died."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from hive.storage import (
    Database,
    LostClaimError,
    NewPlan,
    PlanningQueue,
    PlanSource,
    TaskStatus,
    Waiting,
    open_database,
)
from hive.storage.schema import planning_tasks

PLAN = NewPlan(PlanSource.CLAUDE, {"summary": "one step"}, "claude-sonnet-5-5", 10, 20)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with open_database(database_url) as opened:
        yield opened


@pytest.fixture
def queue(database: Database) -> PlanningQueue:
    return PlanningQueue(database)


def let_leases_run_out(database: Database) -> None:
    """Make every lease end in the past, instead of waiting for it."""
    with database.write() as connection:
        connection.execute(
            update(planning_tasks).where(planning_tasks.c.lease_owner.is_not(None)).values(lease_expires_at=0)
        )


def test_a_task_is_claimed_once(queue: PlanningQueue) -> None:
    queue.submit("one")
    assert [len(queue.claim(worker, lease=60)) for worker in ("first", "second")] == [1, 0]


def test_the_most_urgent_is_claimed_first_and_then_the_oldest(queue: PlanningQueue) -> None:
    for description, priority in (("old", 0), ("young", 0), ("urgent", 5)):
        queue.submit(description, priority=priority)
    assert [task.description for task in queue.claim("w", lease=60, limit=3)] == ["urgent", "old", "young"]


def test_many_workers_claim_every_task_exactly_once(database: Database, queue: PlanningQueue) -> None:
    for number in range(60):
        queue.submit(f"task {number}")
    claimed: list[int] = []

    def work(worker: str) -> None:
        while tasks := queue.claim(worker, lease=60, limit=2):
            claimed.extend(task.id for task in tasks)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(Counter(claimed).values()) == {1: 60}


def test_a_task_is_what_was_submitted(queue: PlanningQueue) -> None:
    submitted = queue.submit(
        "Plän »x«\n$(rm -rf /)", context={"ünit": [1, None, {"a": "'"}]}, correlation_id="c-1"
    )
    (task,) = queue.claim("w", lease=60)
    assert (task.id, task.description, task.context, task.correlation_id) == (
        submitted.id, "Plän »x«\n$(rm -rf /)", {"ünit": [1, None, {"a": "'"}]}, "c-1",
    )  # fmt: skip


def test_a_task_whose_lease_ran_out_is_claimed_under_the_next_attempt(
    database: Database, queue: PlanningQueue
) -> None:
    queue.submit("one")
    queue.claim("dead", lease=60)
    let_leases_run_out(database)
    (task,) = queue.claim("alive", lease=60)
    assert (task.attempt, task.lease_owner) == (2, "alive")


def test_a_worker_that_lost_its_claim_stores_no_plan(database: Database, queue: PlanningQueue) -> None:
    queue.submit("one")
    (old,) = queue.claim("slow", lease=60)
    let_leases_run_out(database)
    (new,) = queue.claim("fast", lease=60)
    with pytest.raises(LostClaimError):
        queue.complete(old, PLAN)
    assert queue.complete(new, PLAN).attempt == 2


def test_a_worker_whose_lease_ran_out_still_stores_its_plan_while_nobody_has_taken_the_task(
    database: Database, queue: PlanningQueue
) -> None:
    queue.submit("one")
    (task,) = queue.claim("slow", lease=60)
    let_leases_run_out(database)
    assert queue.complete(task, PLAN).task_id == task.id


def test_a_plan_is_stored_once_however_often_it_is_sent(queue: PlanningQueue) -> None:
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    first = queue.complete(task, PLAN)
    other = NewPlan(PlanSource.FALLBACK, {"summary": "another"})
    assert queue.complete(task, other) == first == queue.plan(task.id)


def test_a_planned_task_is_not_claimed_again(database: Database, queue: PlanningQueue) -> None:
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    queue.complete(task, PLAN)
    let_leases_run_out(database)
    assert queue.claim("w", lease=60) == []


def test_renewing_keeps_what_is_held_and_tells_what_is_lost(database: Database, queue: PlanningQueue) -> None:
    queue.submit("kept")
    queue.submit("lost")
    kept, lost = queue.claim("w", lease=60, limit=2)
    with database.write() as connection:
        connection.execute(
            update(planning_tasks).where(planning_tasks.c.id == lost.id).values(lease_expires_at=0)
        )
    queue.claim("other", lease=60)
    assert queue.renew([kept, lost], lease=60) == {kept.id}


def test_a_renewed_lease_does_not_run_out(database: Database, queue: PlanningQueue) -> None:
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    let_leases_run_out(database)
    queue.renew([task], lease=60)
    assert queue.claim("other", lease=60) == []


def test_a_failed_attempt_is_tried_again_after_its_pause(queue: PlanningQueue) -> None:
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    assert queue.fail(task, "InvalidPlanError", "a cycle", retry_in=0) is TaskStatus.QUEUED
    (again,) = queue.claim("w", lease=60)
    assert (again.attempt, again.error_type, again.error) == (2, "InvalidPlanError", "a cycle")


def test_a_failed_attempt_is_not_tried_before_its_pause(queue: PlanningQueue) -> None:
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    queue.fail(task, "InvalidPlanError", "a cycle", retry_in=3600)
    assert queue.claim("w", lease=60) == []


def test_the_last_attempt_that_fails_fails_the_task(queue: PlanningQueue) -> None:
    number = queue.submit("one", max_attempts=2).id
    for _ in range(2):
        (task,) = queue.claim("w", lease=60)
        queue.fail(task, "InvalidPlanError", "a cycle", retry_in=0)
    assert queue.task(number).status is TaskStatus.FAILED


def test_a_failure_that_no_attempt_helps_fails_the_task_at_once(queue: PlanningQueue) -> None:
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    assert queue.fail(task, "RefusedError", "declined") is TaskStatus.FAILED


def test_storing_a_failure_twice_does_no_harm(queue: PlanningQueue) -> None:
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    assert {queue.fail(task, "RefusedError", "declined") for _ in range(2)} == {TaskStatus.FAILED}


def test_a_worker_that_lost_its_claim_stores_no_failure(database: Database, queue: PlanningQueue) -> None:
    queue.submit("one")
    (old,) = queue.claim("slow", lease=60)
    let_leases_run_out(database)
    queue.claim("fast", lease=60)
    with pytest.raises(LostClaimError):
        queue.fail(old, "InvalidPlanError", "a cycle", retry_in=0)


def test_a_task_that_was_given_back_waits_at_once_and_loses_no_attempt(queue: PlanningQueue) -> None:
    queue.submit("one", max_attempts=1)
    (task,) = queue.claim("w", lease=60)
    queue.release(task)
    (again,) = queue.claim("w", lease=60)
    assert (again.attempt, again.last_attempt) == (2, True)


def test_a_task_that_kills_its_workers_fails_instead_of_killing_for_ever(
    database: Database, queue: PlanningQueue
) -> None:
    number = queue.submit("poison", max_attempts=2).id
    for _ in range(2):
        assert queue.claim("w", lease=60)
        let_leases_run_out(database)
    assert queue.claim("w", lease=60) == []
    assert (queue.task(number).status, queue.task(number).error_type) == (TaskStatus.FAILED, "LeaseExpired")


def test_a_failed_task_can_be_put_back_by_a_person(queue: PlanningQueue) -> None:
    number = queue.submit("one", max_attempts=1).id
    (task,) = queue.claim("w", lease=60)
    queue.fail(task, "RefusedError", "declined")
    queue.retry(number)
    assert [again.id for again in queue.claim("w", lease=60)] == [number]


def test_a_task_submitted_twice_under_one_key_is_there_once(queue: PlanningQueue) -> None:
    first, second = (queue.submit("one", key="ticket-7") for _ in range(2))
    assert (second.id, queue.counts()) == (first.id, {"queued": 1})


def test_tasks_without_a_key_are_never_the_same(queue: PlanningQueue) -> None:
    assert queue.submit("one").id != queue.submit("one").id


def let_wait(database: Database, seconds: float, number: int) -> None:
    """Let a task have waited for so long, instead of waiting."""
    columns = planning_tasks.c
    with database.write() as connection:
        connection.execute(
            update(planning_tasks)
            .where(columns.id == number)
            .values(available_at=columns.available_at - seconds)
        )


def test_nothing_waits_in_an_empty_queue(queue: PlanningQueue) -> None:
    assert queue.waiting() == Waiting(0, 0.0)


def test_what_waits_is_counted_and_the_oldest_says_how_long(database: Database, queue: PlanningQueue) -> None:
    for number in (1, 2, 3):
        queue.submit(f"task {number}")
    let_wait(database, 300.0, 2)
    found = queue.waiting()
    assert found.tasks == 3
    assert 300.0 <= found.seconds < 330.0


def test_what_a_worker_holds_does_not_wait(database: Database, queue: PlanningQueue) -> None:
    for number in (1, 2):
        queue.submit(f"task {number}")
    let_wait(database, 300.0, 1)
    queue.claim("w", lease=60)
    found = queue.waiting()
    assert found.tasks == 1
    assert found.seconds < 100.0


def test_what_is_to_be_tried_again_later_does_not_wait_for_a_worker(queue: PlanningQueue) -> None:
    queue.submit("one")
    (task,) = queue.claim("w", lease=60)
    queue.fail(task, "TimeoutError", "too late", retry_in=600.0)
    assert queue.waiting() == Waiting(0, 0.0)


def test_what_was_put_back_by_hand_waits_from_then_on(database: Database, queue: PlanningQueue) -> None:
    queue.submit("one")
    let_wait(database, 86_400.0, 1)
    (task,) = queue.claim("w", lease=60)
    queue.fail(task, "ValueError", "no")
    queue.retry(task.id)
    assert queue.waiting().seconds < 100.0
