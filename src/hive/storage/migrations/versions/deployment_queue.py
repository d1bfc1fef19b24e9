"""The deployment queue and what happened to each deployment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_ACTIVE = sa.text("status IN ('deploying', 'rolling_back', 'verifying')")


def upgrade() -> None:
    """Make deployments and deployment_events."""
    op.create_table(
        "deployments",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(200)),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("status", sa.String(20), nullable=False, server_default="pending"),
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
        sa.Column("plan_id", _KEY),
        sa.Column("strategy", sa.String(40), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("release", sa.String(200), nullable=False),
        sa.Column("spec", _JSON, nullable=False),
        sa.Column("result", _JSON),
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        sa.ForeignKeyConstraint(["plan_id"], ["execution_plans.id"], name="fk_deployments_plan_id"),
        sa.UniqueConstraint("key", name="uq_deployments_key"),
        sa.CheckConstraint(
            "status IN ('deploying', 'failed', 'pending', 'rolled_back', 'rolling_back', 'succeeded', 'verifying')",
            name=op.f("ck_deployments_status"),
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_expires_at IS NULL)", name=op.f("ck_deployments_lease")
        ),
    )
    op.create_index("ix_deployments_queue", "deployments", ["status", "priority", "id"])
    op.create_index("ix_deployments_target", "deployments", ["target", "status", "id"])
    op.create_index(
        "uq_deployments_active_target",
        "deployments",
        ["target"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )
    op.create_table(
        "deployment_events",
        sa.Column("id", _KEY, primary_key=True, autoincrement=True),
        sa.Column("deployment_id", _KEY, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("detail", _JSON, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deployment_events"),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name="fk_deployment_events_deployment_id"
        ),
    )
    op.create_index("ix_deployment_events_deployment_id", "deployment_events", ["deployment_id"])
