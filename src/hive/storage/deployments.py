"""The deployment queue: what the deployer takes, where each deployment stands, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, or_, select
from sqlalchemy.exc import IntegrityError

from hive.storage import blocked as blocks
from hive.storage.clock import now
from hive.storage.database import Database
from hive.storage.errors import LostClaimError
from hive.storage.fitting import is_number
from hive.storage.queue import Held, Queue
from hive.storage.records import BlockedTarget, Deployment, DeploymentEvent, DeploymentRequest
from hive.storage.rows import deployment_of
from hive.storage.schema import IN_DEPLOYMENT, DeploymentStatus, deployment_events, deployments
from hive.storage.submission import ATTEMPTS, PLAN_KEY, check_submission, insert_deployment
from signalproof.errors import SignalproofError

DONE = frozenset(set(DeploymentStatus) - IN_DEPLOYMENT - {DeploymentStatus.PENDING})
"""The states in which a deployment ends."""

GIVEN_BACK = "given_back"
"""The event of a deployment that its worker left to another one, in good order."""


class DeploymentQueue(Queue):
    """Deployments, at most one of each target at a time, in the order of their submission.

    A deployment whose worker died is handed out again however often that happens, because it must not be left half
    done: the deployer sees by `Deployment.last_attempt` and by its status and events what to do with it.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(
            database,
            deployments,
            waiting=DeploymentStatus.PENDING,
            active=IN_DEPLOYMENT,
            claimed=DeploymentStatus.DEPLOYING,
            abandoned=None,
        )

    def submit(
        self,
        request: DeploymentRequest,
        *,
        key: str | None = None,
        correlation_id: str | None = None,
        priority: int = 0,
        max_attempts: int = ATTEMPTS,
        approved_by: str | None = None,
    ) -> Deployment:
        """Put a deployment into the queue and return it; with a *key* that is there already, return that one instead.

        Args:
            request: What is to be deployed where.
            key: Name under which it is submitted once only.
            correlation_id: Common to all that belongs together; a new one when left out.
            priority: Higher is earlier.
            max_attempts: How often it is tried.
            approved_by: Who approves it; None for nobody, which a deployer only takes where it is told to.

        Raises:
            SignalproofError: There is no such strategy, the database cannot keep what is asked for as it is, or the *key* is
                one of the planner's.
        """
        check_submission(key, correlation_id, request)
        if key is not None and key.startswith(PLAN_KEY):  # it would stand in for what a plan deploys
            raise SignalproofError(f"keys that begin with {PLAN_KEY} are the planner's", "use another key")
        with self.database.write() as connection:
            number = insert_deployment(
                connection,
                request,
                key=key,
                correlation_id=correlation_id or uuid4().hex,
                priority=priority,
                max_attempts=max_attempts,
                approved_by=approved_by,
            )
        return self.deployment(number)

    def claim(self, worker: str, *, lease: float, limit: int = 1) -> list[Deployment]:
        """Claim up to *limit* deployments for *worker*, each for *lease* seconds.

        One that waits becomes ``deploying``; one whose worker died keeps the status in which that one left it.
        """
        try:
            return [deployment_of(row) for row in self.claim_rows(worker, lease=lease, limit=limit)]
        except IntegrityError:  # another worker began a deployment to the same target at this moment
            return []

    def move(self, held: Held, status: DeploymentStatus) -> None:
        """Bring a deployment to another active *status*, and note it as an event.

        Raises:
            LostClaimError: It is not held any more.
        """
        with self.database.write() as connection:
            self.change(connection, held, {"status": status})
            _note(connection, held, status, {})

    def note(self, held: Held, kind: str, detail: Mapping[str, Any] | None = None) -> None:
        """Note that something happened to a deployment; JSON values, no secret.

        Raises:
            LostClaimError: It is not held any more.
        """
        with self.database.write() as connection:
            self.change(connection, held, {})
            _note(connection, held, kind, detail or {})

    def release(self, held: Held) -> None:
        """Give a deployment back, and note it: another worker goes on where it is, and the attempt does not count.

        Raises:
            LostClaimError: It is not held any more.
        """
        with self.database.write() as connection:
            self.change(connection, held, self.released())
            _note(connection, held, GIVEN_BACK, {})

    def finish(
        self,
        held: Held,
        status: DeploymentStatus,
        result: Mapping[str, Any] | None = None,
        *,
        error_type: str | None = None,
        error: str | None = None,
    ) -> None:
        """End a deployment with its result, once: a second call for the same attempt and status does nothing.

        One that needs a person blocks its target, with the *error* as the reason.

        Raises:
            LostClaimError: It is not held any more.
            ValueError: The *status* is none in which a deployment ends.
        """
        if status not in DONE:
            raise ValueError(
                f"a deployment does not end {status}; it ends in one of: {', '.join(sorted(DONE))}"
            )
        with self.database.write() as connection:
            try:
                ended = {**self.finished(status, error_type, error), "result": dict(result or {})}
                self.change(connection, held, ended)
            except LostClaimError:
                mine = (deployments.c.id == held.id, deployments.c.attempt == held.attempt)
                if connection.execute(select(deployments.c.status).where(*mine)).scalar() != status:
                    raise
                return
            _note(connection, held, status, {} if error_type is None else {"error_type": error_type})
            if status is DeploymentStatus.NEEDS_PERSON:
                blocks.block(connection, held, error or "it could not be rolled back")

    def blocked(self) -> list[BlockedTarget]:
        """Return the targets that nothing is deployed to until a person was there, by name."""
        with self.database.read() as connection:
            return blocks.blocked(connection)

    def unblock(self, target: str, by: str) -> BlockedTarget:
        """Let deployments through to *target* again, note *by* whom, and return what it was blocked for.

        Raises:
            SignalproofError: It is not blocked.
        """
        with self.database.write() as connection:
            return blocks.unblock(connection, target, by)

    def again(self, held: Held, error_type: str, error: str, *, retry_in: float) -> None:
        """Put a deployment that failed before it changed anything back into the queue, for *retry_in* seconds from now.

        Raises:
            LostClaimError: It is not held any more.
        """
        with self.database.write() as connection:
            self.change(connection, held, self.later(retry_in, error_type, error))
            _note(connection, held, DeploymentStatus.PENDING, {"error_type": error_type})

    def deployment(self, number: int) -> Deployment:
        """Return a deployment.

        Raises:
            SignalproofError: There is none of that number.
        """
        found = self._find(deployments.c.id == number) if is_number(number) else None
        if found is None:
            raise SignalproofError(
                f"there is no deployment {number}", "look at the queue: python -m ai_deployer show"
            )
        return found

    def last_good(self, target: str, *, before: int | None = None) -> Deployment | None:
        """Return the last deployment to *target* that succeeded, if any.

        Args:
            target: Name of the target.
            before: Number of a deployment; only earlier ones count.
        """
        conditions = [deployments.c.target == target, deployments.c.status == DeploymentStatus.SUCCEEDED]
        if before is not None:
            conditions.append(deployments.c.id < before)
        return self._find(and_(*conditions))

    def latest(self, limit: int = 20, *, target: str | None = None) -> list[Deployment]:
        """Return the deployments that were submitted last, the newest first."""
        query = select(deployments).order_by(deployments.c.id.desc()).limit(limit)
        if target is not None:
            query = query.where(deployments.c.target == target)
        with self.database.read() as connection:
            return [deployment_of(row) for row in connection.execute(query).all()]

    def events(self, number: int) -> list[DeploymentEvent]:
        """Return what happened to a deployment, in order."""
        columns = deployment_events.c
        with self.database.read() as connection:
            rows = connection.execute(
                select(deployment_events).where(columns.deployment_id == number).order_by(columns.id)
            ).all()
        return [DeploymentEvent(*row) for row in rows]

    def _free(self) -> tuple[ColumnElement[bool], ...]:
        other = deployments.alias("other")
        ahead = or_(
            other.c.status.in_(sorted(IN_DEPLOYMENT)),
            and_(other.c.status == DeploymentStatus.PENDING, other.c.id < deployments.c.id),
        )
        return (
            ~exists().where(
                deployments.c.status == DeploymentStatus.PENDING,
                other.c.target == deployments.c.target,
                other.c.id != deployments.c.id,
                ahead,
            ),
            blocks.is_let_through(),
        )

    def _find(self, condition: ColumnElement[bool]) -> Deployment | None:
        with self.database.read() as connection:
            row = connection.execute(
                select(deployments).where(condition).order_by(deployments.c.id.desc()).limit(1)
            ).one_or_none()
        return None if row is None else deployment_of(row)


def _note(connection: Connection, held: Held, kind: str, detail: Mapping[str, Any]) -> None:
    connection.execute(
        insert(deployment_events).values(
            deployment_id=held.id, attempt=held.attempt, kind=str(kind), detail=dict(detail), at=now()
        )
    )
