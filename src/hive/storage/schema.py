"""The tables that planner and deployer share, as they are after the last migration.

All times are Unix seconds of the database's clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from hive.storage.gate import KeptJson, KeptLine, KeptText

REVISION = "0004"
"""The last migration: what `migrate` brings a database to."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Key = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows only of this type
_Json = KeptJson()


class TaskStatus(StrEnum):
    """Where a planning task stands."""

    QUEUED = "queued"
    PLANNING = "planning"
    PLANNED = "planned"
    FAILED = "failed"


class DeploymentStatus(StrEnum):
    """Where a deployment stands."""

    PENDING = "pending"
    DEPLOYING = "deploying"
    VERIFYING = "verifying"
    ROLLING_BACK = "rolling_back"
    SUCCEEDED = "succeeded"
    ROLLED_BACK = "rolled_back"
    FAILED = "failed"
    NEEDS_PERSON = "needs_person"


class PlanSource(StrEnum):
    """Who made a plan."""

    CLAUDE = "claude"
    FALLBACK = "fallback"


IN_PLANNING = frozenset({TaskStatus.PLANNING})
"""The states of a task that a worker holds."""
IN_DEPLOYMENT = frozenset(
    {DeploymentStatus.DEPLOYING, DeploymentStatus.VERIFYING, DeploymentStatus.ROLLING_BACK}
)
"""The states of a deployment that a worker holds."""


def one_of(column: str, values: Iterable[str]) -> str:
    """Return the SQL condition that *column* has one of these *values*."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in sorted(values))})"


def _queue(first: str, states: type[StrEnum]) -> tuple[Any, ...]:
    """Return the columns that make a table a queue: identity, order, attempts, lease and the last error."""
    return (
        Column("id", _Key, primary_key=True, autoincrement=True),
        Column("key", KeptLine(200), unique=True),  # set by whoever may submit twice and means it once
        Column("correlation_id", KeptLine(64), nullable=False),
        Column("priority", Integer, nullable=False, server_default=text("0")),
        Column("status", KeptLine(20), nullable=False, server_default=first),
        Column("attempt", Integer, nullable=False, server_default=text("0")),
        Column("max_attempts", Integer, nullable=False),
        Column("available_at", Float, nullable=False),
        Column("lease_owner", KeptLine(200)),
        Column("lease_expires_at", Float),
        Column("error_type", KeptLine(200)),
        Column("error", KeptText()),
        Column("created_at", Float, nullable=False),
        Column("updated_at", Float, nullable=False),
        Column("finished_at", Float),
        CheckConstraint(one_of("status", states), name="status"),
        CheckConstraint("(lease_owner IS NULL) = (lease_expires_at IS NULL)", name="lease"),
    )


planning_tasks = Table(
    "planning_tasks",
    metadata,
    *_queue(TaskStatus.QUEUED, TaskStatus),
    Column("description", KeptText(), nullable=False),
    Column("context", _Json, nullable=False),
    Column("deployment", _Json),  # what to deploy once the plan is approved
    Column("approved_by", KeptLine(200)),  # who approved a plan of Claude's in advance
    Column("approved_digest", KeptLine(64)),  # of the deployment as it was then
    Index("ix_planning_tasks_queue", "status", "priority", "id"),
)

execution_plans = Table(
    "execution_plans",
    metadata,
    Column("id", _Key, primary_key=True, autoincrement=True),
    Column("task_id", _Key, ForeignKey("planning_tasks.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("source", KeptLine(20), nullable=False),
    Column("model", KeptLine(100)),
    Column("plan", _Json, nullable=False),
    Column("input_tokens", Integer, nullable=False, server_default=text("0")),
    Column("output_tokens", Integer, nullable=False, server_default=text("0")),
    Column("approved_by", KeptLine(200)),
    Column("approved_at", Float),
    Column("approved_digest", KeptLine(64)),  # of the task's deployment as it was then
    Column("created_at", Float, nullable=False),
    UniqueConstraint("task_id"),
    CheckConstraint(one_of("source", PlanSource), name="source"),
)

deployments = Table(
    "deployments",
    metadata,
    *_queue(DeploymentStatus.PENDING, DeploymentStatus),
    Column("plan_id", _Key, ForeignKey("execution_plans.id")),
    Column("strategy", KeptLine(40), nullable=False),
    Column("target", KeptLine(200), nullable=False),
    Column("release", KeptLine(200), nullable=False),
    Column("spec", _Json, nullable=False),
    Column("result", _Json),
    Column("digest", KeptLine(64)),  # of strategy, target, release and spec, as they were approved
    Column("approved_by", KeptLine(200)),
    Column("approved_at", Float),
    Index("ix_deployments_queue", "status", "priority", "id"),
    Index("ix_deployments_target", "target", "status", "id"),
    Index(
        "uq_deployments_active_target",
        "target",
        unique=True,
        sqlite_where=text(one_of("status", IN_DEPLOYMENT)),
        postgresql_where=text(one_of("status", IN_DEPLOYMENT)),
    ),
)

blocked_targets = Table(
    "blocked_targets",
    metadata,
    Column("target", KeptLine(200), primary_key=True),
    Column(
        "deployment_id", _Key, ForeignKey("deployments.id"), nullable=False
    ),  # the one that needs a person
    Column("reason", KeptText(), nullable=False),
    Column("blocked_at", Float, nullable=False),
)

deployment_events = Table(
    "deployment_events",
    metadata,
    Column("id", _Key, primary_key=True, autoincrement=True),
    Column("deployment_id", _Key, ForeignKey("deployments.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("kind", KeptLine(60), nullable=False),
    Column("detail", _Json, nullable=False),
    Column("at", Float, nullable=False),
)
