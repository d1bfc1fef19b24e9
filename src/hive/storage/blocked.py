"""Targets that nothing is deployed to until a person was there, and who let deployments through again."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, literal, select

from hive.storage.clock import now
from hive.storage.queue import Held
from hive.storage.records import BlockedTarget
from hive.storage.schema import DeploymentStatus, blocked_targets, deployment_events, deployments
from signalproof.errors import SignalproofError

UNBLOCKED = "unblocked"
"""The event of a deployment whose target a person let deployments through to again."""


def block(connection: Connection, held: Held, reason: str) -> None:
    """Let no further deployment through to the target of the one that is *held*, within its transaction."""
    columns = deployments.c
    target = select(columns.target).where(columns.id == held.id).scalar_subquery()
    connection.execute(delete(blocked_targets).where(blocked_targets.c.target == target))
    connection.execute(
        insert(blocked_targets).from_select(
            ["target", "deployment_id", "reason", "blocked_at"],
            select(columns.target, columns.id, literal(reason), now()).where(columns.id == held.id),
        )
    )


def unblock(connection: Connection, target: str, by: str) -> BlockedTarget:
    """Let deployments through to *target* again, note who did so in the journal, and return what it was blocked for.

    Raises:
        SignalproofError: It is not blocked.
    """
    row = connection.execute(
        delete(blocked_targets).where(blocked_targets.c.target == target).returning(*blocked_targets.c)
    ).one_or_none()
    if row is None:
        raise SignalproofError(
            f"the target {target!r} is not blocked", "see which are: python -m ai_deployer show"
        )
    lifted = BlockedTarget(*row)
    columns = deployments.c
    attempt = select(columns.attempt).where(columns.id == lifted.deployment_id).scalar_subquery()
    connection.execute(
        insert(deployment_events).values(
            deployment_id=lifted.deployment_id, attempt=attempt, kind=UNBLOCKED, detail={"by": by}, at=now()
        )
    )
    return lifted


def blocked(connection: Connection) -> list[BlockedTarget]:
    """Return the targets that are blocked, by name."""
    rows = connection.execute(select(blocked_targets).order_by(blocked_targets.c.target)).all()
    return [BlockedTarget(*row) for row in rows]


def is_let_through() -> ColumnElement[bool]:
    """Return whether a deployment's target is open to it; one that has begun goes on whatever happens."""
    return ~exists().where(
        deployments.c.status == DeploymentStatus.PENDING, blocked_targets.c.target == deployments.c.target
    )
