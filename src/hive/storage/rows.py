"""Rows of the tables as records."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from hive.storage.records import Deployment, DeploymentRequest, PlanningTask, StoredPlan
from hive.storage.schema import DeploymentStatus, PlanSource, TaskStatus

AnyRow = Row[*tuple[Any, ...]]
"""A row of any table."""


def task_of(row: AnyRow) -> PlanningTask:
    """Return a row of planning_tasks as a record."""
    values = _named(row, PlanningTask)
    values["status"] = TaskStatus(row.status)
    values["deployment"] = None if row.deployment is None else DeploymentRequest(**row.deployment)
    return PlanningTask(**values)


def plan_of(row: AnyRow) -> StoredPlan:
    """Return a row of execution_plans as a record."""
    return StoredPlan(**{**_named(row, StoredPlan), "source": PlanSource(row.source)})


def deployment_of(row: AnyRow) -> Deployment:
    """Return a row of deployments as a record."""
    values = _named(row, Deployment)
    values["status"] = DeploymentStatus(row.status)
    return Deployment(
        request=DeploymentRequest(row.strategy, row.target, row.release, row.spec),
        **values,
    )


def _named(row: AnyRow, record: type[PlanningTask | StoredPlan | Deployment]) -> dict[str, Any]:
    """Return the fields of a *record* that are columns of the *row*."""
    found = row._mapping  # noqa: SLF001  # SQLAlchemy's documented way to a row's names
    return {name: found[name] for name in record.__dataclass_fields__ if name in found}
