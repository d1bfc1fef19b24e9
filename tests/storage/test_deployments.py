"""The deployment queue, on SQLite and on PostgreSQL: hand-off, one deployment of a target at a time, its journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from hive.storage import (
    Database,
    Deployment,
    DeploymentQueue,
    DeploymentRequest,
    DeploymentStatus,
    LostClaimError,
    NewPlan,
    PlanningQueue,
    PlanSource,
    UnstorableError,
    open_database,
)
from hive.storage.schema import deployments
from signalproof.errors import SignalproofError

if TYPE_CHECKING:
    from tests.storage.databases import PostgreSQL

WEB = DeploymentRequest("ssh", "web", "1.0", {"host": "web-1"})
PLAN = NewPlan(PlanSource.CLAUDE, {"summary": "one step"}, "claude-sonnet-5-5", 10, 20)
FALLBACK = NewPlan(PlanSource.FALLBACK, {"summary": "general"})


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with open_database(database_url) as opened:
        yield opened


@pytest.fixture
def tasks(database: Database) -> PlanningQueue:
    return PlanningQueue(database)


@pytest.fixture
def queue(database: Database) -> DeploymentQueue:
    return DeploymentQueue(database)


def release(number: str, target: str = "web") -> DeploymentRequest:
    return DeploymentRequest("ssh", target, number, {})


def let_leases_run_out(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            update(deployments).where(deployments.c.lease_owner.is_not(None)).values(lease_expires_at=0)
        )


def planned(tasks: PlanningQueue, plan: NewPlan, approved_by: str | None) -> int:
    """Return the number of a task with a *plan*, for the deployment of WEB."""
    tasks.submit("one", deployment=WEB, approved_by=approved_by, correlation_id="c-9", priority=3)
    (task,) = tasks.claim("w", lease=60)
    tasks.complete(task, plan)
    return task.id


def test_a_plan_that_was_approved_in_advance_goes_to_the_deployer(
    tasks: PlanningQueue, queue: DeploymentQueue
) -> None:
    number = planned(tasks, PLAN, "ann")
    (deployment,) = queue.claim("d", lease=60)
    plan = tasks.plan(number)
    assert plan is not None
    assert (deployment.request, deployment.plan_id, deployment.correlation_id, deployment.priority) == (
        WEB, plan.id, "c-9", 3,
    )  # fmt: skip


def test_a_fallback_plan_waits_for_a_person_whatever_was_approved_in_advance(
    tasks: PlanningQueue, queue: DeploymentQueue
) -> None:
    planned(tasks, FALLBACK, "ann")
    assert queue.claim("d", lease=60) == []


def test_an_approved_plan_goes_to_the_deployer_once(tasks: PlanningQueue, queue: DeploymentQueue) -> None:
    number = planned(tasks, FALLBACK, None)
    assert tasks.approve(number, "ann") == tasks.approve(number, "bob")
    plan = tasks.plan(number)
    assert plan is not None
    assert (queue.counts(), plan.approved_by) == ({"pending": 1}, "ann")


def test_a_task_without_a_plan_cannot_be_approved(tasks: PlanningQueue) -> None:
    number = tasks.submit("one", deployment=WEB).id
    with pytest.raises(SignalproofError, match="has no plan"):
        tasks.approve(number, "ann")


def test_an_approved_plan_without_a_deployment_is_approved_all_the_same(tasks: PlanningQueue) -> None:
    number = tasks.submit("one").id
    (task,) = tasks.claim("w", lease=60)
    tasks.complete(task, PLAN)
    assert tasks.approve(number, "ann") is None


def test_a_strategy_that_there_is_not_is_refused(queue: DeploymentQueue) -> None:
    with pytest.raises(SignalproofError, match="'docke'") as refused:
        queue.submit(DeploymentRequest("docke", "web", "1.0"))
    assert refused.value.help == "did you mean 'docker'?"


@pytest.mark.parametrize("request_", [release(" "), release("1.0", ""), release("x" * 201)])
def test_a_deployment_without_a_name_for_what_or_where_is_refused(
    queue: DeploymentQueue, request_: DeploymentRequest
) -> None:
    with pytest.raises(SignalproofError, match="name"):
        queue.submit(request_)


def test_one_target_has_one_deployment_at_a_time_and_in_order(queue: DeploymentQueue) -> None:
    for number in ("1.0", "1.1"):
        queue.submit(release(number))
    (first,) = queue.claim("a", lease=60, limit=5)
    assert (first.request.release, queue.claim("b", lease=60)) == ("1.0", [])
    queue.finish(first, DeploymentStatus.SUCCEEDED)
    assert [one.request.release for one in queue.claim("b", lease=60)] == ["1.1"]


def test_different_targets_are_deployed_to_side_by_side(queue: DeploymentQueue) -> None:
    queue.submit(release("1.0", "web"))
    queue.submit(release("1.0", "api"))
    assert len(queue.claim("a", lease=60, limit=5)) == 2


def test_the_database_itself_refuses_a_second_deployment_in_progress_of_a_target(
    database: Database, queue: DeploymentQueue
) -> None:
    for number in ("1.0", "1.1"):
        queue.submit(release(number))
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(update(deployments).values(status=DeploymentStatus.DEPLOYING))


def test_a_deployment_whose_worker_died_is_handed_out_as_it_was_left(
    database: Database, queue: DeploymentQueue
) -> None:
    queue.submit(WEB)
    (first,) = queue.claim("dead", lease=60)
    queue.note(first, "switched", {"from": "0.9"})
    queue.move(first, DeploymentStatus.VERIFYING)
    let_leases_run_out(database)
    (second,) = queue.claim("alive", lease=60)
    kinds = [event.kind for event in queue.events(second.id)]
    assert (second.status, second.attempt, kinds) == (
        DeploymentStatus.VERIFYING,
        2,
        ["switched", "verifying"],
    )


def test_a_deployment_is_handed_out_until_it_is_done_however_often_its_worker_dies(
    database: Database, queue: DeploymentQueue
) -> None:
    queue.submit(WEB, max_attempts=1)
    for _ in range(3):
        assert queue.claim("dead", lease=60)
        let_leases_run_out(database)
    (last,) = queue.claim("alive", lease=60)
    assert (last.attempt, last.last_attempt) == (4, True)


WRITES: dict[str, Callable[[DeploymentQueue, Deployment], None]] = {
    "note": lambda queue, one: queue.note(one, "switched"),
    "move": lambda queue, one: queue.move(one, DeploymentStatus.ROLLING_BACK),
    "finish": lambda queue, one: queue.finish(one, DeploymentStatus.SUCCEEDED),
    "again": lambda queue, one: queue.again(one, "ConnectionError", "refused", retry_in=0),
    "release": lambda queue, one: queue.release(one),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=list(WRITES))
def test_a_worker_that_lost_its_claim_writes_nothing(
    database: Database, queue: DeploymentQueue, write: Callable[[DeploymentQueue, Deployment], None]
) -> None:
    queue.submit(WEB)
    (old,) = queue.claim("slow", lease=60)
    let_leases_run_out(database)
    queue.claim("fast", lease=60)
    with pytest.raises(LostClaimError):
        write(queue, old)
    assert queue.events(old.id) == []


def test_finishing_twice_does_no_harm(queue: DeploymentQueue) -> None:
    queue.submit(WEB)
    (one,) = queue.claim("d", lease=60)
    for _ in range(2):
        queue.finish(one, DeploymentStatus.SUCCEEDED, {"seconds": 2})
    assert [event.kind for event in queue.events(one.id)] == ["succeeded"]


def test_a_deployment_does_not_end_in_the_middle(queue: DeploymentQueue) -> None:
    queue.submit(WEB)
    (one,) = queue.claim("d", lease=60)
    with pytest.raises(ValueError, match="does not end verifying"):
        queue.finish(one, DeploymentStatus.VERIFYING)


def test_the_last_good_release_is_the_last_that_succeeded_on_that_target(queue: DeploymentQueue) -> None:
    ends = {
        "1.0": DeploymentStatus.SUCCEEDED,
        "1.1": DeploymentStatus.SUCCEEDED,
        "1.2": DeploymentStatus.ROLLED_BACK,
    }
    for number, status in ends.items():
        queue.submit(release(number))
        (one,) = queue.claim("d", lease=60)
        queue.finish(one, status, {"release": number})
    queue.submit(release("9.9", "api"))
    last = queue.last_good("web")
    assert last is not None
    before = queue.last_good("web", before=last.id)
    assert before is not None
    assert (last.request.release, before.request.release, queue.last_good("api")) == ("1.1", "1.0", None)


def test_a_deployment_that_changed_nothing_yet_can_wait_and_be_tried_again(queue: DeploymentQueue) -> None:
    queue.submit(WEB)
    (one,) = queue.claim("d", lease=60)
    queue.again(one, "ConnectionError", "refused", retry_in=0)
    (two,) = queue.claim("d", lease=60)
    assert (two.attempt, two.error_type) == (2, "ConnectionError")


def test_a_deployment_submitted_twice_under_one_key_is_there_once(queue: DeploymentQueue) -> None:
    assert queue.submit(WEB, key="build-7").id == queue.submit(WEB, key="build-7").id


def needs_person(queue: DeploymentQueue) -> Deployment:
    """Return a deployment to WEB's target that could not be rolled back."""
    queue.submit(WEB)
    (one,) = queue.claim("d", lease=60)
    queue.finish(one, DeploymentStatus.NEEDS_PERSON, error_type="RolloutError", error="restart ended with 3")
    return one


def test_a_deployment_that_needs_a_person_blocks_its_target_and_says_why(queue: DeploymentQueue) -> None:
    one = needs_person(queue)
    (block,) = queue.blocked()
    assert (block.target, block.deployment_id, block.reason) == ("web", one.id, "restart ended with 3")


def test_nothing_is_deployed_to_a_blocked_target_and_other_targets_go_on(queue: DeploymentQueue) -> None:
    needs_person(queue)
    queue.submit(release("1.1"))
    queue.submit(release("1.0", "api"))
    assert [one.request.target for one in queue.claim("d", lease=60, limit=5)] == ["api"]


def test_a_target_is_open_again_once_a_person_says_so_whose_name_is_noted(queue: DeploymentQueue) -> None:
    one = needs_person(queue)
    later = queue.submit(release("1.1"))
    assert queue.unblock("web", "ann").deployment_id == one.id
    assert [taken.id for taken in queue.claim("d", lease=60)] == [later.id]
    last = queue.events(one.id)[-1]
    assert (last.kind, last.detail, queue.blocked()) == ("unblocked", {"by": "ann"}, [])


def test_a_target_that_is_not_blocked_cannot_be_unblocked(queue: DeploymentQueue) -> None:
    with pytest.raises(SignalproofError, match="the target 'web' is not blocked"):
        queue.unblock("web", "ann")


def test_what_waits_for_a_blocked_target_costs_no_write(database: Database, queue: DeploymentQueue) -> None:
    needs_person(queue)
    queue.submit(release("1.1"))
    with database.write():  # on SQLite a second writer would wait for this one
        assert queue.claim("d", lease=60) == []


def test_a_deployment_that_is_given_back_says_so(queue: DeploymentQueue) -> None:
    queue.submit(WEB)
    (one,) = queue.claim("d", lease=60)
    queue.release(one)
    assert [event.kind for event in queue.events(one.id)] == ["given_back"]


MISFITS: dict[str, tuple[Callable[[DeploymentQueue], object], str]] = {
    "key": (
        lambda queue: queue.submit(WEB, key="k" * 201),
        "the key has 201 characters, of which 200 can be",
    ),
    "correlation id": (
        lambda queue: queue.submit(WEB, correlation_id="c" * 65),
        "the correlation id has 65 characters, of which 64 can be stored",
    ),
    "priority": (lambda queue: queue.submit(WEB, priority=2**31), "the priority 2147483648 is out of range"),
    "number": (lambda queue: queue.deployment(10**30), f"there is no deployment {10**30}"),
    "number of no entry": (lambda queue: queue.deployment(2**63), f"there is no deployment {2**63}"),
}


@pytest.mark.parametrize(("ask", "said"), MISFITS.values(), ids=list(MISFITS))
def test_a_value_that_does_not_fit_is_a_mistake_that_names_it(
    queue: DeploymentQueue, ask: Callable[[DeploymentQueue], object], said: str
) -> None:
    with pytest.raises(SignalproofError, match=said):
        ask(queue)


MENDED: dict[str, Callable[[DeploymentQueue, Deployment], object]] = {
    "NUL in a text": lambda queue, one: queue.again(one, "E", "a\0b", retry_in=0),
    "NUL in JSON": lambda queue, one: queue.note(one, "said", {"a": "\0"}),
    "half a character": lambda queue, one: queue.again(one, "E", "\ud800", retry_in=0),
    "an overlong kind of event": lambda queue, one: queue.note(one, "k" * 61),
    "no number": lambda queue, one: queue.note(one, "said", {"a": float("nan")}),
}


@pytest.mark.parametrize("write", MENDED.values(), ids=list(MENDED))
def test_what_a_target_says_and_postgresql_cannot_hold_is_kept_as_far_as_it_can_be(
    postgresql: PostgreSQL, write: Callable[[DeploymentQueue, Deployment], object]
) -> None:
    with open_database(postgresql.hive()) as opened:
        queue = DeploymentQueue(opened)
        queue.submit(WEB)
        (one,) = queue.claim("d", lease=60)
        before = len(queue.events(one.id))
        write(queue, one)
        assert len(queue.events(one.id)) + bool(queue.deployment(one.id).error) > before


def test_a_number_that_sqlite_cannot_hold_is_an_error_about_the_number(sqlite_url: str) -> None:
    with open_database(sqlite_url) as opened, pytest.raises(UnstorableError, match="cannot hold a number"):
        PlanningQueue(opened).plan(10**30)
