"""The planning queue and the plans that come of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make planning_tasks and execution_plans."""
    op.create_table(
        "planning_tasks",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(200)),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("status", sa.String(20), nullable=False, server_default="queued"),
        sa.Column("attempt", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("available_at", sa.Float, nullable=False),
        sa.Column("lease_owner", sa.String(200)),
        sa.Column("lease_expires_at", sa.Float),
        sa.Column("error_type", sa.String(200)),
        sa.Column("error", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("updated_at", sa.Float, nullable=False),
        sa.Column("finished_at", sa.Float),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("context", _JSON, nullable=False),
        sa.Column("deployment", _JSON),
        sa.Column("approved_by", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_planning_tasks"),
        sa.UniqueConstraint("key", name="uq_planning_tasks_key"),
        sa.CheckConstraint(
            "status IN ('failed', 'planned', 'planning', 'queued')", name=op.f("ck_planning_tasks_status")
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_expires_at IS NULL)", name=op.f("ck_planning_tasks_lease")
        ),
    )
    op.create_index("ix_planning_tasks_queue", "planning_tasks", ["status", "priority", "id"])
    op.create_table(
        "execution_plans",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("task_id", _KEY, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("model", sa.String(100)),
        sa.Column("plan", _JSON, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("output_tokens", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("approved_by", sa.String(200)),
        sa.Column("approved_at", sa.Float),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_execution_plans"),
        sa.ForeignKeyConstraint(["task_id"], ["planning_tasks.id"], name="fk_execution_plans_task_id"),
        sa.UniqueConstraint("task_id", name="uq_execution_plans_task_id"),
        sa.CheckConstraint("source IN ('claude', 'fallback')", name=op.f("ck_execution_plans_source")),
    )
