"""What was approved, and by whom, with every deployment; what is there already counts as it stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from hive.storage.digest import digest_of

revision = "0004"
down_revision = "0003"

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")

_TASKS = sa.table(
    "planning_tasks",
    sa.column("id", sa.BigInteger),
    sa.column("deployment", _JSON),
    sa.column("approved_by", sa.String),
    sa.column("approved_digest", sa.String),
)
_PLANS = sa.table(
    "execution_plans",
    sa.column("id", sa.BigInteger),
    sa.column("task_id", sa.BigInteger),
    sa.column("approved_by", sa.String),
    sa.column("approved_at", sa.Float),
    sa.column("approved_digest", sa.String),
)
_DEPLOYMENTS = sa.table(
    "deployments",
    sa.column("id", sa.BigInteger),
    sa.column("plan_id", sa.BigInteger),
    *(sa.column(name, sa.String) for name in ("strategy", "target", "release")),
    sa.column("spec", _JSON),
    sa.column("digest", sa.String),
    sa.column("approved_by", sa.String),
    sa.column("approved_at", sa.Float),
)


def upgrade() -> None:
    """Add the columns, and fill them for what was approved before."""
    op.add_column("planning_tasks", sa.Column("approved_digest", sa.String(64)))
    op.add_column("execution_plans", sa.Column("approved_digest", sa.String(64)))
    op.add_column("deployments", sa.Column("digest", sa.String(64)))
    op.add_column("deployments", sa.Column("approved_by", sa.String(200)))
    op.add_column("deployments", sa.Column("approved_at", sa.Float))
    connection = op.get_bind()
    for task in connection.execute(sa.select(_TASKS).where(_TASKS.c.deployment.is_not(None))).all():
        if task.deployment is None:  # JSON's null, not the database's
            continue
        digest = digest_of(task.deployment)
        connection.execute(
            sa.update(_TASKS)
            .where(_TASKS.c.id == task.id, _TASKS.c.approved_by.is_not(None))
            .values(approved_digest=digest)
        )
        connection.execute(
            sa.update(_PLANS)
            .where(_PLANS.c.task_id == task.id, _PLANS.c.approved_at.is_not(None))
            .values(approved_digest=digest)
        )
    plans = {
        plan.id: plan
        for plan in connection.execute(sa.select(_PLANS).where(_PLANS.c.approved_at.is_not(None))).all()
    }
    for one in connection.execute(sa.select(_DEPLOYMENTS)).all():
        said = {name: getattr(one, name) for name in ("strategy", "target", "release", "spec")}
        plan = plans.get(one.plan_id)
        connection.execute(
            sa.update(_DEPLOYMENTS)
            .where(_DEPLOYMENTS.c.id == one.id)
            .values(
                digest=digest_of(said),
                approved_by=None if plan is None else plan.approved_by,
                approved_at=None if plan is None else plan.approved_at,
            )
        )
