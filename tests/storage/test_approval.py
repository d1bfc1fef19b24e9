"""Approvals, on SQLite and on PostgreSQL: what was reviewed, by its digest, is what the deployer is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from hive.storage import (
    Database,
    Deployment,
    DeploymentQueue,
    DeploymentRequest,
    NewPlan,
    PlanningQueue,
    PlanSource,
    migrate,
    open_database,
)
from hive.storage.digest import canonical, digest_of
from hive.storage.schema import deployments, planning_tasks
from signalproof.errors import SignalproofError

WEB = DeploymentRequest("ssh", "web", "1.0", {"host": "web-1"})
OTHER = {**WEB.as_json(), "spec": {"host": "evil-1"}}
PLAN = NewPlan(PlanSource.CLAUDE, {"summary": "one step"})


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


def planned(tasks: PlanningQueue, approved_by: str | None = None) -> int:
    """Return the number of a planned task for the deployment of WEB."""
    tasks.submit("one", deployment=WEB, approved_by=approved_by)
    (task,) = tasks.claim("w", lease=60)
    tasks.complete(task, PLAN)
    return task.id


def change_task(database: Database, number: int) -> None:
    with database.write() as connection:
        connection.execute(
            update(planning_tasks).where(planning_tasks.c.id == number).values(deployment=OTHER)
        )


def only(queue: DeploymentQueue) -> Deployment:
    (found,) = queue.latest()
    return found


def test_the_digest_of_a_specification_is_the_same_for_ever() -> None:
    assert WEB.digest == "9be96ada4e15d518604dc7062cfe10143a093c256a0f6ccf821e405946085620"


def test_the_order_of_the_fields_is_not_part_of_a_digest() -> None:
    assert digest_of({"a": 1, "b": {"c": 2, "d": 3}}) == digest_of({"b": {"d": 3, "c": 2}, "a": 1})


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (None, "null"), (1, "1"), ([], {}), ([1, 2], [2, 1]), ("a", "\u0430"), ("", None),
     ({"a": None}, {}), (["a", "b"], ["a,b"]), (2**53, 2**53 + 1), (1, 1.5)],
)  # fmt: skip
def test_what_is_not_the_same_has_another_digest(one: Any, other: Any) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("part", ["strategy", "target", "release", "spec"])
def test_every_part_of_a_deployment_is_in_its_digest(part: str) -> None:
    other = {"strategy": "docker", "target": "api", "release": "1.1", "spec": {"host": "web-2"}}
    assert DeploymentRequest(**{**WEB.as_json(), part: other[part]}).digest != WEB.digest


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc é"), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def test_a_digest_outlives_being_stored(database: Database, queue: DeploymentQueue) -> None:
    number = queue.submit(WEB).id

    @given(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3))
    def stored(spec: dict[str, Any]) -> None:
        with database.write() as connection:
            connection.execute(update(deployments).where(deployments.c.id == number).values(spec=spec))
        assert queue.deployment(number).request.digest == DeploymentRequest("ssh", "web", "1.0", spec).digest

    stored()


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_spec_with_what_is_no_number_is_refused(queue: DeploymentQueue, number: float) -> None:
    with pytest.raises(SignalproofError, match="holds what JSON has not"):
        queue.submit(DeploymentRequest("ssh", "web", "1.0", {"port": number}))


def test_an_approval_names_what_was_approved_and_by_whom(
    tasks: PlanningQueue, queue: DeploymentQueue
) -> None:
    number = planned(tasks)
    tasks.approve(number, "ann (uid 1000) on web-1")
    plan, found = tasks.plan(number), only(queue)
    assert plan is not None
    assert (plan.approved_by, plan.approved_digest) == ("ann (uid 1000) on web-1", WEB.digest)
    assert (found.approved_by, found.digest) == ("ann (uid 1000) on web-1", WEB.digest)


def test_an_approval_in_advance_names_them_too(tasks: PlanningQueue, queue: DeploymentQueue) -> None:
    number = planned(tasks, "ann (uid 1000) on web-1")
    found = only(queue)
    assert tasks.task(number).approved_digest == WEB.digest
    assert (found.approved_by, found.digest) == ("ann (uid 1000) on web-1", WEB.digest)


def test_what_was_reviewed_is_approved_by_its_digest(tasks: PlanningQueue, queue: DeploymentQueue) -> None:
    tasks.approve(planned(tasks), "ann", WEB.digest)
    assert only(queue).digest == WEB.digest


def test_what_was_changed_since_it_was_reviewed_is_not_approved(
    database: Database, tasks: PlanningQueue, queue: DeploymentQueue
) -> None:
    number = planned(tasks)
    change_task(database, number)
    with pytest.raises(SignalproofError, match="is not what was reviewed: its digest is"):
        tasks.approve(number, "ann", WEB.digest)
    plan = tasks.plan(number)
    assert plan is not None
    assert (plan.approved_by, queue.latest()) == (None, [])


def test_a_digest_approves_no_task_that_deploys_nothing(tasks: PlanningQueue) -> None:
    number = tasks.submit("one").id
    (task,) = tasks.claim("w", lease=60)
    tasks.complete(task, PLAN)
    with pytest.raises(SignalproofError, match="deploys nothing"):
        tasks.approve(number, "ann", WEB.digest)


def test_what_was_changed_after_it_was_approved_is_not_approved_again(
    database: Database, tasks: PlanningQueue
) -> None:
    number = planned(tasks)
    tasks.approve(number, "ann")
    change_task(database, number)
    with pytest.raises(SignalproofError, match="was changed after it was approved"):
        tasks.approve(number, "bob")


def test_what_was_changed_after_it_was_approved_in_advance_keeps_the_digest_of_the_approval(
    database: Database, tasks: PlanningQueue, queue: DeploymentQueue
) -> None:
    number = tasks.submit("one", deployment=WEB, approved_by="ann").id
    change_task(database, number)
    (task,) = tasks.claim("w", lease=60)
    tasks.complete(task, PLAN)
    found = only(queue)
    assert (found.digest, found.request.as_json()) == (WEB.digest, OTHER)


def test_what_nobody_approved_says_so(queue: DeploymentQueue) -> None:
    found = queue.submit(WEB)
    assert (found.approved_by, found.approved_at, found.digest) == (None, None, WEB.digest)


def test_a_key_of_the_planner_s_is_nobody_else_s(queue: DeploymentQueue) -> None:
    with pytest.raises(SignalproofError, match="are the planner's"):
        queue.submit(WEB, key="plan:1")


def test_what_was_approved_before_digests_were_kept_counts_as_it_stands(empty_url: str) -> None:
    old = {
        "max_attempts": 3,
        "available_at": 0.0,
        "created_at": 0.0,
        "updated_at": 0.0,
        "correlation_id": "c",
    }
    with open_database(empty_url) as database:
        migrate(database, "0002")
        with database.write() as connection:
            meta = {
                name: table_of(connection, name)
                for name in ("planning_tasks", "execution_plans", "deployments")
            }
            connection.execute(
                insert(meta["planning_tasks"]),
                [
                    {**old, "id": 1, "description": "x", "context": {}, "deployment": WEB.as_json(), "approved_by": "ann"},
                    {**old, "id": 2, "description": "x", "context": {}, "deployment": WEB.as_json(), "approved_by": None},
                ],
            )  # fmt: skip
            connection.execute(
                insert(meta["execution_plans"]).values(
                    id=1, task_id=1, attempt=1, source="claude", plan={}, approved_by="ann", approved_at=5.0,
                    created_at=0.0,
                )
            )  # fmt: skip
            connection.execute(
                insert(meta["deployments"]),
                [{**old, "id": 1, "plan_id": 1, **WEB.as_json()}, {**old, "id": 2, "plan_id": None, **OTHER}],
            )
        migrate(database)
        tasks, queue = PlanningQueue(database), DeploymentQueue(database)
        plan, approved, direct = tasks.plan(1), queue.deployment(1), queue.deployment(2)
        assert plan is not None
        assert [tasks.task(1).approved_digest, plan.approved_digest, tasks.task(2).approved_digest] == [
            WEB.digest, WEB.digest, None,
        ]  # fmt: skip
        assert (approved.digest, approved.approved_by, approved.approved_at) == (WEB.digest, "ann", 5.0)
        assert (direct.digest, direct.approved_by) == (DeploymentRequest(**OTHER).digest, None)
        with database.read() as connection:
            assert connection.scalar(select(planning_tasks.c.description).limit(1)) == "x"


def table_of(connection: Any, name: str) -> Any:
    """Return a table as it is in the database at this moment, with the types of JSON."""
    from sqlalchemy import MetaData, Table
    from sqlalchemy.types import JSON

    found = Table(name, MetaData(), autoload_with=connection)
    for column in found.columns:
        if column.name in {"context", "deployment", "plan", "spec", "result"} and not isinstance(
            column.type, JSON
        ):
            column.type = JSON()
    return found
