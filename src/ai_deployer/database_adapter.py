"""The deployer's side of the deployment queue: every look into it and every write, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ai_deployer.errors import error_type
from ai_deployer.journal import Journal
from hive.application.command_line import one_line
from hive.application.polls import polled
from hive.application.redaction import Redactor
from hive.catalogue.deployer import DEPLOYMENT_QUEUE_POLL, STORE_RESULT, UPDATE_STATUS
from hive.catalogue.labels import DeploymentError, Queue
from hive.storage import Deployment, DeploymentQueue, DeploymentStatus
from signalproof.instrument import track_adapter_request


@dataclass(frozen=True)
class Outcome:
    """How a deployment ended.

    Attributes:
        status: ``succeeded``, ``rolled_back``, ``failed`` or ``needs_person``; or ``pending`` when it is to be tried again.
        result: What identifies the release on its target, or what is in service now.
        error: Why it did not succeed, in one line without secrets.
        error_type: The same as the catalogue counts it.
        error_name: The class name of the error.
        retry_in: Seconds until it is tried again.
    """

    status: DeploymentStatus
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    error_type: DeploymentError | None = None
    error_name: str | None = None
    retry_in: float = 0.0


class DatabaseAdapter:
    """Talks to the queue for a deployer.

    Args:
        queue: The queue.
        worker: Name under which deployments are claimed.
        lease: Seconds a claim lasts unless it is renewed.
        redact: Takes secrets out of what is stored.
    """

    def __init__(self, queue: DeploymentQueue, *, worker: str, lease: float, redact: Redactor) -> None:
        self.queue = queue
        self._worker = worker
        self._lease = lease
        self._redact = redact

    @track_adapter_request(DEPLOYMENT_QUEUE_POLL)
    async def get_pending_deployments(self, limit: int) -> list[Deployment]:
        """Claim up to *limit* deployments that wait, or whose worker died."""
        return await asyncio.to_thread(
            polled,
            self.queue,
            Queue.DEPLOYMENT,
            lambda: self.queue.claim(self._worker, lease=self._lease, limit=limit),
        )

    @track_adapter_request(UPDATE_STATUS)
    async def update_deployment_status(self, deployment: Deployment, status: DeploymentStatus) -> None:
        """Bring a deployment to another active *status*.

        Raises:
            LostClaimError: Another worker has it.
        """
        await asyncio.to_thread(self.queue.move, deployment, status)

    @track_adapter_request(STORE_RESULT)
    async def store_deployment_result(self, deployment: Deployment, outcome: Outcome) -> None:
        """Store how a deployment ended, once; or put it back to be tried again.

        Raises:
            LostClaimError: Another worker has it.
        """
        if outcome.status is DeploymentStatus.PENDING:
            await asyncio.to_thread(
                self.queue.again,
                deployment,
                str(outcome.error_name),
                str(outcome.error),
                retry_in=outcome.retry_in,
            )
            return
        await asyncio.to_thread(
            self.queue.finish,
            deployment,
            outcome.status,
            outcome.result,
            error_type=outcome.error_name,
            error=outcome.error,
        )

    async def give_back(self, deployment: Deployment) -> None:
        """Leave a deployment to another worker, who goes on where it is.

        Raises:
            LostClaimError: Another worker has it already.
        """
        await asyncio.to_thread(self.queue.release, deployment)

    async def last_good(self, deployment: Deployment) -> Deployment | None:
        """Return the last deployment to the same target that succeeded before *deployment*."""
        return await asyncio.to_thread(self.queue.last_good, deployment.request.target, before=deployment.id)

    async def journal(self, deployment: Deployment) -> Journal:
        """Return the journal of a deployment, with what earlier attempts wrote."""
        events = await asyncio.to_thread(self.queue.events, deployment.id)
        return Journal(self.queue, deployment, events)

    def failed(self, status: DeploymentStatus, error: BaseException, **more: Any) -> Outcome:
        """Return the outcome of a deployment that an *error* ended."""
        return Outcome(
            status,
            error=one_line(error, self._redact),
            error_type=error_type(error),
            error_name=type(error).__name__,
            **more,
        )
