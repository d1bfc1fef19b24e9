"""Approving a plan: what a person reviewed, by its digest, is what is handed to the deployer."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from hive.storage.clock import now
from hive.storage.records import DeploymentRequest
from hive.storage.rows import AnyRow
from hive.storage.schema import execution_plans, planning_tasks
from hive.storage.submission import PLAN_KEY, insert_deployment
from signalproof.errors import SignalproofError


def approve_plan(connection: Connection, number: int, by: str, reviewed: str | None) -> int | None:
    """Approve the plan of task *number* within a transaction; see `PlanningQueue.approve`."""
    columns = execution_plans.c
    task = connection.execute(
        select(planning_tasks).where(planning_tasks.c.id == number).with_for_update()
    ).one_or_none()
    plan = connection.execute(select(execution_plans).where(columns.task_id == number)).one_or_none()
    if task is None or plan is None:
        raise SignalproofError(
            f"task {number} has no plan" if task is not None else f"there is no task {number}",
            "look at the queue: python -m ai_planner show",
        )
    stored = None if task.deployment is None else DeploymentRequest(**task.deployment).digest
    _check_digest(task, plan, stored, reviewed)
    if plan.approved_at is None:
        plan = connection.execute(
            update(execution_plans)
            .where(columns.id == plan.id)
            .values(approved_by=by, approved_at=now(), approved_digest=stored)
            .returning(*columns)
        ).one()
    return None if task.deployment is None else hand_over(connection, task, plan)


def hand_over(connection: Connection, task: AnyRow, plan: AnyRow) -> int:
    """Hand what an approved *plan* deploys to the deployer, once, and return the deployment's number."""
    return insert_deployment(
        connection,
        DeploymentRequest(**task.deployment),
        key=f"{PLAN_KEY}{plan.id}",
        plan_id=plan.id,
        correlation_id=task.correlation_id,
        priority=task.priority,
        approved_by=plan.approved_by,
        approved_digest=plan.approved_digest,
    )


def _check_digest(task: AnyRow, plan: AnyRow, stored: str | None, reviewed: str | None) -> None:
    """Raise unless what a *task* deploys is what was *reviewed*, and what was approved if it was already."""
    look = f"review it: python -m ai_planner show {task.id}"
    if reviewed is not None and stored is None:
        raise SignalproofError(f"task {task.id} deploys nothing: there is no digest to approve", look)
    if reviewed is not None and reviewed != stored:
        raise SignalproofError(
            f"what task {task.id} deploys is not what was reviewed: its digest is {stored}", look
        )
    if plan.approved_at is not None and plan.approved_digest != stored:
        raise SignalproofError(
            f"what task {task.id} deploys was changed after it was approved: its digest is {stored}, "
            f"approved was {plan.approved_digest}",
            "submit it as a new task",
        )
