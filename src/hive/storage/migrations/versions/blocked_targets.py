"""The state of a deployment that needs a person, and the targets that are blocked until one was there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATES = (
    "status IN ('deploying', 'failed', 'needs_person', 'pending', 'rolled_back', 'rolling_back', 'succeeded', "
    "'verifying')"
)


def upgrade() -> None:
    """Widen the states of a deployment, and make blocked_targets."""
    if op.get_bind().dialect.name == "sqlite":
        # SQLite changes a constraint only by making the table anew, and drops none whose rows others refer to
        op.execute("CREATE TEMPORARY TABLE kept_events AS SELECT * FROM deployment_events")
        op.execute("DELETE FROM deployment_events")
        _widen()
        op.execute("INSERT INTO deployment_events SELECT * FROM kept_events")
        op.execute("DROP TABLE kept_events")
    else:
        _widen()
    op.create_table(
        "blocked_targets",
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("deployment_id", _KEY, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("blocked_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("target", name="pk_blocked_targets"),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name="fk_blocked_targets_deployment_id"
        ),
    )


def _widen() -> None:
    name = op.f("ck_deployments_status")
    with op.batch_alter_table("deployments") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, sa.text(_STATES))
