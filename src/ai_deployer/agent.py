"""The deployment agent: takes deployments from the queue and sees them through, several targets at a time."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ai_deployer.config import DeployerSettings
from ai_deployer.database_adapter import DatabaseAdapter, Outcome
from ai_deployer.deployer import DeploymentOrchestrator, kind_of_failure
from hive.application.command_line import one_line
from hive.application.logs import correlated
from hive.application.shutdown import AsyncDrain
from hive.catalogue.deployer import DEPLOYER_LOOP, HANDLE_TASK, PROCESS_QUEUE
from hive.storage import Deployment, DeploymentStatus, Heartbeat, LostClaimError
from signalproof.instrument import iteration, track_loop, track_request

_LOG: Any = structlog.get_logger(__name__)


class DeploymentAgent:
    """Works through the deployment queue.

    Args:
        adapter: The queue.
        orchestrator: Carries out each deployment.
        heartbeat: Keeps the leases of what is held.
        settings: What the deployer was told.

    Attributes:
        outcomes: How many deployments ended in each status.
    """

    def __init__(
        self,
        adapter: DatabaseAdapter,
        orchestrator: DeploymentOrchestrator,
        heartbeat: Heartbeat,
        settings: DeployerSettings,
    ) -> None:
        self._adapter = adapter
        self._orchestrator = orchestrator
        self._heartbeat = heartbeat
        self._settings = settings
        self.outcomes: dict[DeploymentStatus, int] = {}

    @track_loop(DEPLOYER_LOOP)
    async def run(self, drain: AsyncDrain, *, once: bool = False) -> None:
        """Work until asked to stop; with *once*, until nothing is left to take.

        An error of the database does not end it: the next turn tries again. With *once* it does.
        """
        while not drain.requested:
            taken = 0
            try:
                with iteration(DEPLOYER_LOOP):
                    taken = await self.process_deployment_queue()
            except SQLAlchemyError as error:
                if once:
                    raise
                _LOG.error("the queue does not answer", error=one_line(error))
            if once and not taken:
                return
            if not taken:
                await drain.wait(self._settings.poll_seconds)

    @track_request(PROCESS_QUEUE)
    async def process_deployment_queue(self) -> int:
        """Take a batch of deployments, see all of them through, and return how many they were."""
        batch = await self._adapter.get_pending_deployments(self._settings.concurrency)
        done = await asyncio.gather(*map(self.handle_deployment_task, batch), return_exceptions=True)
        for deployment, outcome in zip(batch, done, strict=True):
            if isinstance(outcome, LostClaimError):
                _LOG.warning("another worker took the deployment", deployment=deployment.id)
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                self.outcomes[outcome.status] = self.outcomes.get(outcome.status, 0) + 1
        return len(batch)

    @track_request(HANDLE_TASK, failure=kind_of_failure)
    async def handle_deployment_task(self, deployment: Deployment) -> Outcome:
        """See a claimed deployment through and store how it ended.

        When it is cancelled, because the deployer has to go, another worker goes on where it is.

        Raises:
            LostClaimError: Another worker has taken it.
        """
        request = deployment.request
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None

        def give_up() -> None:
            loop.call_soon_threadsafe(task.cancel)

        with (
            correlated(
                deployment.correlation_id,
                deployment=deployment.id,
                strategy=request.strategy,
                target=request.target,
            ),
            self._heartbeat.hold(deployment, give_up) as hold,
        ):
            _LOG.info("deployment taken up", release=request.release, attempt=deployment.attempt)
            try:
                outcome = await self._orchestrator.execute_deployment(deployment)
                await self._adapter.store_deployment_result(deployment, outcome)
            except asyncio.CancelledError:
                if hold.lost.is_set():
                    raise LostClaimError("deployments", deployment.id, deployment.attempt) from None
                await self._adapter.give_back(deployment)
                _LOG.warning("deployment given back")
                raise
            _LOG.info("deployment ended", status=outcome.status, error=outcome.error)
        return outcome
