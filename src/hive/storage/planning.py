"""The planning queue: tasks go in, each comes out with one plan, or failed with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, case, insert, select, update
from sqlalchemy.exc import IntegrityError

from hive.storage.approval import approve_plan, hand_over
from hive.storage.clock import now
from hive.storage.database import Database
from hive.storage.errors import LostClaimError
from hive.storage.fitting import fit, is_number
from hive.storage.queue import Held, Queue
from hive.storage.records import DeploymentRequest, NewPlan, PlanningTask, StoredPlan
from hive.storage.rows import AnyRow, plan_of, task_of
from hive.storage.schema import IN_PLANNING, PlanSource, TaskStatus, execution_plans, planning_tasks
from hive.storage.submission import check_submission
from signalproof.errors import SignalproofError

ATTEMPTS = 5
"""How often a task is tried unless its submitter says otherwise."""

_FINISH = (
    update(planning_tasks)
    .where(
        planning_tasks.c.id == bindparam("held"),
        planning_tasks.c.attempt == bindparam("under"),
        planning_tasks.c.status == TaskStatus.PLANNING,
    )
    .values(
        status=TaskStatus.PLANNED,
        error_type=None,
        error=None,
        lease_owner=None,
        lease_expires_at=None,
        finished_at=now(),
        updated_at=now(),
    )
    .returning(*planning_tasks.c)
)
_STORE = (
    insert(execution_plans)
    .values(
        {
            **{name: bindparam(name) for name in ("task_id", "attempt", "source", "model", "plan")},
            **{name: bindparam(name) for name in ("input_tokens", "output_tokens", "approved_by")},
            "approved_digest": bindparam("approved_digest"),
            "approved_at": case(
                (bindparam("approved_by", type_=execution_plans.c.approved_by.type).is_not(None), now()),
                else_=None,
            ),
            "created_at": now(),
        }
    )
    .returning(*execution_plans.c)
)


class PlanningQueue(Queue):
    """Planning tasks and their plans."""

    def __init__(self, database: Database) -> None:
        super().__init__(
            database,
            planning_tasks,
            waiting=TaskStatus.QUEUED,
            active=IN_PLANNING,
            claimed=TaskStatus.PLANNING,
            abandoned=TaskStatus.FAILED,
        )

    def submit(
        self,
        description: str,
        *,
        context: Mapping[str, Any] | None = None,
        priority: int = 0,
        key: str | None = None,
        correlation_id: str | None = None,
        max_attempts: int = ATTEMPTS,
        deployment: DeploymentRequest | None = None,
        approved_by: str | None = None,
    ) -> PlanningTask:
        """Put a task into the queue and return it; with a *key* that is there already, return that task instead.

        Args:
            description: What is to be planned.
            context: Facts for it; JSON values.
            priority: Higher is earlier.
            key: Name under which the task is submitted once only.
            correlation_id: Common to task, plan and deployment; a new one when left out.
            max_attempts: How often it is tried.
            deployment: What to deploy once it is approved.
            approved_by: Who approves a plan of Claude's in advance; a fallback plan always waits for a person.

        Raises:
            SignalproofError: The database cannot keep the key, the correlation id or the deployment as they are.
        """
        check_submission(key, correlation_id, deployment)
        values = {
            "description": description,
            "context": dict(context or {}),
            "priority": priority,
            "key": key,
            "correlation_id": correlation_id or uuid4().hex,
            "max_attempts": max_attempts,
            "deployment": None if deployment is None else deployment.as_json(),
            "approved_by": approved_by,
            "approved_digest": None if deployment is None or approved_by is None else deployment.digest,
            **dict.fromkeys(("available_at", "created_at", "updated_at"), now()),
        }
        fit(planning_tasks, values)
        try:
            with self.database.write() as connection:
                row = connection.execute(
                    insert(planning_tasks).values(values).returning(*planning_tasks.c)
                ).one()
        except IntegrityError:
            found = None if key is None else self._find(planning_tasks.c.key == key)
            if found is None:
                raise
            return found
        return task_of(row)

    def claim(self, worker: str, *, lease: float, limit: int = 1) -> list[PlanningTask]:
        """Claim up to *limit* tasks for *worker*, the most urgent first, each for *lease* seconds."""
        return [task_of(row) for row in self.claim_rows(worker, lease=lease, limit=limit)]

    def complete(self, held: Held, plan: NewPlan) -> StoredPlan:
        """Store the plan of a task, once: a second call for the same attempt returns what the first one stored.

        A plan that was approved in advance, if it is Claude's, is handed to the deployer in the same transaction.

        Raises:
            LostClaimError: Another worker holds the task or has planned it.
        """
        with self.database.write() as connection:
            task = connection.execute(_FINISH, {"held": held.id, "under": held.attempt}).one_or_none()
            if task is None:
                stored = connection.execute(
                    select(execution_plans).where(
                        execution_plans.c.task_id == held.id, execution_plans.c.attempt == held.attempt
                    )
                ).one_or_none()
                if stored is None:
                    raise LostClaimError(planning_tasks.name, held.id, held.attempt)
                return plan_of(stored)
            approved_by = task.approved_by if plan.source is PlanSource.CLAUDE else None
            row = connection.execute(
                _STORE,
                {
                    "task_id": held.id,
                    "attempt": held.attempt,
                    "source": plan.source,
                    "model": plan.model,
                    "plan": dict(plan.plan),
                    "input_tokens": plan.input_tokens,
                    "output_tokens": plan.output_tokens,
                    "approved_by": approved_by,
                    "approved_digest": None if approved_by is None else task.approved_digest,
                },
            ).one()
            if approved_by is not None and task.deployment is not None:
                hand_over(connection, task, row)
            return plan_of(row)

    def fail(self, held: Held, error_type: str, error: str, *, retry_in: float | None = None) -> TaskStatus:
        """Store why an attempt failed, and return where the task stands then.

        Args:
            held: The task.
            error_type: Class name of the error.
            error: What it said; without secrets.
            retry_in: Seconds after which it is tried again, if an attempt is left; None gives it up.

        Raises:
            LostClaimError: Another worker holds the task or has planned it.
        """
        with self.database.write() as connection:
            task = self._locked(connection, held)
            if task is None:
                row = connection.execute(
                    select(planning_tasks).where(
                        planning_tasks.c.id == held.id,
                        planning_tasks.c.attempt == held.attempt,
                        planning_tasks.c.error_type == error_type,
                    )
                ).one_or_none()
                if row is None:
                    raise LostClaimError(planning_tasks.name, held.id, held.attempt)
                return TaskStatus(row.status)
            again = retry_in is not None and task.attempt < task.max_attempts
            self.change(
                connection,
                held,
                self.later(retry_in, error_type, error)
                if again and retry_in is not None
                else self.finished(TaskStatus.FAILED, error_type, error),
            )
            return TaskStatus.QUEUED if again else TaskStatus.FAILED

    def retry(self, number: int, *, attempts: int = ATTEMPTS) -> PlanningTask:
        """Put a failed task back into the queue, to be tried that many times more.

        Raises:
            SignalproofError: There is no such task, or it has not failed.
        """
        columns = planning_tasks.c
        with self.database.write() as connection:
            row = connection.execute(
                update(planning_tasks)
                .where(columns.id == number, columns.status == TaskStatus.FAILED)
                .values(
                    status=TaskStatus.QUEUED,
                    max_attempts=columns.attempt + attempts,
                    available_at=now(),
                    updated_at=now(),
                    finished_at=None,
                )
                .returning(*columns)
            ).one_or_none()
        if row is not None:
            return task_of(row)
        raise SignalproofError(
            f"task {number} is {self.task(number).status}, not failed", "nothing is to be done"
        )

    def approve(self, number: int, by: str, digest: str | None = None) -> int | None:
        """Approve the plan of a task and hand it to the deployer, once; return the deployment's number, if it has one.

        Args:
            number: The task.
            by: Who approves it.
            digest: Of what was reviewed; None approves what is stored at this moment.

        Raises:
            SignalproofError: There is no such task, it has no plan yet, or what is to be deployed is not what was
                reviewed, or not what was approved before.
        """
        with self.database.write() as connection:
            return approve_plan(connection, number, by, digest)

    def task(self, number: int) -> PlanningTask:
        """Return a task.

        Raises:
            SignalproofError: There is none of that number.
        """
        found = self._find(planning_tasks.c.id == number) if is_number(number) else None
        if found is None:
            raise SignalproofError(
                f"there is no task {number}", "look at the queue: python -m ai_planner show"
            )
        return found

    def plan(self, number: int) -> StoredPlan | None:
        """Return the plan of a task, if it has one."""
        with self.database.read() as connection:
            row = connection.execute(
                select(execution_plans).where(execution_plans.c.task_id == number)
            ).one_or_none()
        return None if row is None else plan_of(row)

    def latest(self, limit: int = 20) -> list[PlanningTask]:
        """Return the tasks that were submitted last, the newest first."""
        newest = select(planning_tasks).order_by(planning_tasks.c.id.desc()).limit(limit)
        with self.database.read() as connection:
            return [task_of(row) for row in connection.execute(newest)]

    def _find(self, condition: Any) -> PlanningTask | None:
        with self.database.read() as connection:
            row = connection.execute(select(planning_tasks).where(condition)).one_or_none()
        return None if row is None else task_of(row)

    def _locked(self, connection: Connection, held: Held) -> AnyRow | None:
        return connection.execute(
            select(planning_tasks).where(self._is(held)).with_for_update()
        ).one_or_none()
