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
from hive.storage import Deployment, DeploymentStatus, Heartbeat, LostClaimError, UnstorableError
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
        self._running: set[asyncio.Task[Outcome]] = set()
        self.outcomes: dict[DeploymentStatus, int] = {}

    @track_loop(DEPLOYER_LOOP)
    async def run(self, drain: AsyncDrain, *, once: bool = False) -> None:
        """Work, one batch after the other, until asked to stop; with *once*, until nothing is left to take.

        Once asked to stop, nothing new is taken, and what is in progress ends, unless *drain* cuts it off. An error of the
        database does not end the work: the next turn tries again. With *once* it does.
        """
        try:
            while not drain.requested:
                ended = 0
                try:
                    with iteration(DEPLOYER_LOOP):
                        ended = await self.process_deployment_queue(drain)
                except SQLAlchemyError as error:
                    if once:
                        raise
                    _complain(error)
                if once and not ended:
                    return
                if not ended:
                    await drain.wait(self._settings.poll_seconds)
        except asyncio.CancelledError:
            for one in self._running:
                one.cancel()
            raise
        finally:
            await self._last_ended()

    @track_request(PROCESS_QUEUE)
    async def process_deployment_queue(self, drain: AsyncDrain) -> int:
        """Handle a batch: fill the free places from the queue, again and again, until a deployment in progress ends.

        A deployment that takes long holds up nothing but its own place: what is still in progress after a batch goes on
        in the next ones. So a batch lasts as long as the deployment that ends first, and one that finds nothing to do
        ends at once. While all places are taken the queue is looked into all the same.

        Returns:
            How many deployments ended.

        Raises:
            SQLAlchemyError: The queue does not answer; what was taken before goes on.
        """
        while not drain.requested:
            free = self._settings.concurrency - len(self._running)
            for deployment in await self._adapter.get_pending_deployments(free):
                name = f"deployment-{deployment.id}"
                self._running.add(asyncio.create_task(self.handle_deployment_task(deployment), name=name))
            if not self._running:
                break
            done, self._running = await asyncio.wait(
                self._running, timeout=self._settings.poll_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if done:
                return self._counted(done)
        return 0

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

    def _counted(self, done: set[asyncio.Task[Outcome]]) -> int:
        """Count how the tasks that are *done* ended and return how many they are; raise what ended one unexpectedly."""
        faults: list[BaseException] = []
        for task in done:
            fault = asyncio.CancelledError() if task.cancelled() else task.exception()
            if isinstance(fault, LostClaimError):
                _LOG.warning("another worker took the deployment", deployment=fault.number)
            elif fault is not None:
                faults.append(fault)
            else:
                status = task.result().status
                self.outcomes[status] = self.outcomes.get(status, 0) + 1
        if faults:
            raise faults[0]
        return len(done)

    async def _last_ended(self) -> None:
        """Wait until nothing is in progress any more; whoever cancels this cancels that."""
        try:
            while self._running:
                done, self._running = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                try:
                    self._counted(done)
                except SQLAlchemyError as error:
                    _complain(error)
        finally:
            for one in self._running:
                one.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            self._running.clear()


def _complain(error: SQLAlchemyError) -> None:
    what = "a value cannot be stored" if isinstance(error, UnstorableError) else "the queue does not answer"
    _LOG.error(what, error=one_line(error))
