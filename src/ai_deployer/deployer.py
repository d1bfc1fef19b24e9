"""Carrying out one deployment: deploy, verify, and roll back whatever did not become healthy.

Every step may be cut off by the end of the process and is then repeated by the next one; the journal and the status
say where it stood. So a deployment ends as done or as rolled back, however often its deployer was killed; or, when the
rollback does not succeed either, as one that needs a person, and its target is left alone until one was there.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ai_deployer.approval import NotApprovedError, check_approval, check_unchanged
from ai_deployer.config import DeployerSettings
from ai_deployer.database_adapter import DatabaseAdapter, Outcome
from ai_deployer.errors import OwnedError, RolloutError
from ai_deployer.health import until_healthy
from ai_deployer.journal import Journal
from ai_deployer.specification import Specification
from ai_deployer.strategies import Strategies
from ai_deployer.strategy import TOUCHING, DeploymentStrategy
from hive.application.command_line import one_line
from hive.catalogue.deployer import DEPLOYMENT_EXECUTION, HEALTH_CHECK, ROLLBACK
from hive.catalogue.labels import DeploymentError, Strategy
from hive.storage import Deployment, DeploymentStatus, LostClaimError
from signalproof.errors import SignalproofError
from signalproof.instrument import argument, track_request

_LOG: Any = structlog.get_logger(__name__)
_CAUSE = "rollback_cause"
_MOST_DEATHS = 5
"""Deployers that may end in the middle of one rollback before it is not tried again."""
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 10.0


def _strategy_of(deployment: Deployment) -> str:
    return deployment.request.strategy


def kind_of_failure(outcome: Outcome) -> DeploymentError | None:
    """Return as what an *outcome* that is no success is counted; None for a success."""
    return None if outcome.status is DeploymentStatus.SUCCEEDED else outcome.error_type


class DeploymentOrchestrator:
    """Carries out deployments, each by its strategy.

    Args:
        adapter: The queue.
        strategies: The strategies.
        settings: What the deployer was told.
    """

    def __init__(self, adapter: DatabaseAdapter, strategies: Strategies, settings: DeployerSettings) -> None:
        self._adapter = adapter
        self._strategies = strategies
        self._settings = settings

    @track_request(
        DEPLOYMENT_EXECUTION,
        labels=[argument(Strategy, "deployment", _strategy_of)],
        failure=kind_of_failure,
    )
    async def execute_deployment(self, deployment: Deployment) -> Outcome:
        """Bring a deployment to its end, from wherever it stands.

        Raises:
            LostClaimError: Another worker has taken it.
        """
        journal = await self._adapter.journal(deployment)
        touched = journal.found(TOUCHING) is not None
        try:
            check_approval(deployment, unapproved=self._settings.unapproved, begun=touched)
            strategy = self._strategies.find(deployment.request.strategy)
            spec: Specification = strategy.read(deployment)
        except (SignalproofError, ValueError, NotApprovedError) as error:
            undone = {"rolled_back": False} if touched else {}
            status = DeploymentStatus.NEEDS_PERSON if touched else DeploymentStatus.FAILED
            return self._adapter.failed(status, error, result=undone)
        cause = journal.found(_CAUSE)
        if cause is not None:
            _LOG.info("rollback resumed", attempt=deployment.attempt)
            return await self._return_to_good(deployment, strategy, journal)
        try:
            if deployment.attempt > deployment.max_attempts:
                raise RolloutError(f"not done after {deployment.max_attempts} attempts")
            async with asyncio.timeout(spec.timeout_seconds):
                result = await strategy.deploy(deployment, journal)
                await self._adapter.update_deployment_status(deployment, DeploymentStatus.VERIFYING)
                await self.verify_deployment_health(deployment, strategy, spec)
        except LostClaimError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the target must not be left half way
            return await self._failed(deployment, strategy, journal, error)
        await self._settle(deployment, strategy, result)
        return Outcome(DeploymentStatus.SUCCEEDED, result)

    @track_request(HEALTH_CHECK)
    async def verify_deployment_health(
        self, deployment: Deployment, strategy: DeploymentStrategy, spec: Specification
    ) -> int:
        """Return after how many tries the release was found healthy; 0 when nothing is to be checked.

        Raises:
            UnhealthyError: It never was.
        """
        if spec.health is None:
            return 0

        async def execute(command: Any) -> int:
            return await strategy.execute(deployment, command)

        return await until_healthy(spec.health, execute, self._settings.health_ca)

    @track_request(ROLLBACK)
    async def rollback_deployment(
        self, deployment: Deployment, strategy: DeploymentStrategy, journal: Journal
    ) -> str | None:
        """Bring the target back to the last good release; return what is in service now, None for nothing.

        It is tried again and again, with growing pauses, as long as there is time for it.

        Raises:
            OwnedError: What is to be brought back belongs to another target by now.
            TimeoutError: The target could not be brought back within that time.
            NotApprovedError: The last good release was changed in the queue since it was deployed.
        """
        good = await self._adapter.last_good(deployment)
        if good is not None:
            check_unchanged(good)
        pause = _FIRST_PAUSE_SECONDS
        last = "it takes too long"
        try:
            async with asyncio.timeout(self._settings.rollback_seconds):
                while True:
                    try:
                        return await strategy.roll_back(deployment, good, journal)
                    except OwnedError:
                        raise
                    except (OSError, RolloutError) as error:
                        last = one_line(error)
                        _LOG.warning("rollback failed, tried again", error=last, pause=pause)
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        except TimeoutError as error:
            raise TimeoutError(
                f"not rolled back within {self._settings.rollback_seconds:g} s: {last}"
            ) from error

    async def _failed(
        self, deployment: Deployment, strategy: DeploymentStrategy, journal: Journal, error: Exception
    ) -> Outcome:
        """Return the outcome of a deployment that failed; whatever it changed on the target is undone first."""
        outcome = self._adapter.failed(DeploymentStatus.FAILED, error)
        _LOG.warning("deployment failed", error_type=outcome.error_name, error=outcome.error)
        if journal.found(TOUCHING) is None:
            if isinstance(error, ConnectionError | TimeoutError) and not deployment.last_attempt:
                wait = self._settings.retry_seconds * 2.0 ** (deployment.attempt - 1)
                return self._adapter.failed(DeploymentStatus.PENDING, error, retry_in=wait)
            return outcome
        await journal.note(
            _CAUSE,
            {"error": outcome.error, "error_name": outcome.error_name, "error_type": outcome.error_type},
        )
        return await self._return_to_good(deployment, strategy, journal)

    async def _return_to_good(
        self, deployment: Deployment, strategy: DeploymentStrategy, journal: Journal
    ) -> Outcome:
        cause = journal.found(_CAUSE)
        assert cause is not None
        kind = DeploymentError(str(cause["error_type"]))
        name, why = str(cause["error_name"]), str(cause["error"])
        try:
            deaths = journal.died_in(DeploymentStatus.ROLLING_BACK)
            if deaths >= _MOST_DEATHS:
                raise RolloutError(f"not rolled back: {deaths} deployers have ended in the middle of it")
            await self._adapter.update_deployment_status(deployment, DeploymentStatus.ROLLING_BACK)
            serving = await self.rollback_deployment(deployment, strategy, journal)
        except (LostClaimError, SQLAlchemyError):  # whoever takes it next goes on with the rollback
            raise
        except Exception as error:  # noqa: BLE001  # the outcome says that the target needs a person
            rollback = self._adapter.failed(DeploymentStatus.NEEDS_PERSON, error)
            _LOG.error("not rolled back", error_type=rollback.error_name, error=rollback.error)
            return Outcome(
                DeploymentStatus.NEEDS_PERSON,
                {"rolled_back": False},
                error=f"{why}; then: {rollback.error}",
                error_type=kind,
                error_name=name,
            )
        _LOG.info("rolled back", serving=serving)
        return Outcome(
            DeploymentStatus.ROLLED_BACK,
            {"rolled_back": True, "serving": serving},
            error=why,
            error_type=kind,
            error_name=name,
        )

    async def _settle(
        self, deployment: Deployment, strategy: DeploymentStrategy, result: dict[str, Any]
    ) -> None:
        try:
            async with asyncio.timeout(self._settings.rollback_seconds):
                await strategy.settle(deployment, result)
        except Exception as error:  # noqa: BLE001  # the release is good; what is left over goes with the next one
            _LOG.warning("old releases not removed", error=one_line(error))
