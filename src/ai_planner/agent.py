"""The sync planner: one task at a time, from the queue to a saved plan."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from ai_planner.claude import Planned
from ai_planner.claude_bridge import RobustClaudePlannerBridge
from ai_planner.config import PlannerSettings
from ai_planner.errors import RefusedError
from ai_planner.plan import as_json
from hive.application.command_line import one_line
from hive.application.logs import correlated
from hive.application.polls import polled
from hive.application.redaction import Redactor
from hive.application.shutdown import Drain
from hive.catalogue.labels import Queue
from hive.catalogue.planner import PLANNER_LOOP, PLANNING_QUEUE_POLL, PROCESS_TASK, SAVE_PLAN
from hive.storage import Heartbeat, LostClaimError, NewPlan, PlanningQueue, PlanningTask, StoredPlan
from signalproof.instrument import iteration, track_adapter_request, track_loop, track_request

_LOG: Any = structlog.get_logger(__name__)
_SAVE_PAUSES = (0.1, 0.4, 1.6)
_LONGEST_PAUSE_SECONDS = 600.0


class AIPlanner:
    """Plans what is in the queue.

    Args:
        queue: The planning queue.
        bridge: Who plans; None for whoever only takes tasks and saves plans.
        heartbeat: Keeps the leases of what is being planned.
        settings: Worker, lease, pauses.
    """

    def __init__(
        self,
        queue: PlanningQueue,
        bridge: RobustClaudePlannerBridge | None,
        heartbeat: Heartbeat,
        settings: PlannerSettings,
    ) -> None:
        self._queue = queue
        self._bridge = bridge
        self._heartbeat = heartbeat
        self._settings = settings
        self._redact = Redactor(settings.secrets())

    @track_loop(PLANNER_LOOP)
    def run(self, drain: Drain, *, once: bool = False) -> None:
        """Plan one task after the other until asked to stop.

        Args:
            drain: Who asks.
            once: Whether to end as soon as the queue is empty.

        Raises:
            SQLAlchemyError: With *once*: the database does not answer. Otherwise it is asked again after a pause.
        """
        _LOG.info("planner starts", worker=self._settings.worker, model=self._settings.model)
        while not drain.requested:
            try:
                with iteration(PLANNER_LOOP):
                    task = self.get_next_task()
                    if task is not None:
                        self.process_task(task)
                    elif once:
                        break
                    else:
                        drain.wait(self._settings.poll_seconds)
            except SQLAlchemyError as error:
                _LOG.error("the database does not answer", error=one_line(error, self._redact))
                if once:
                    raise
                drain.wait(self._settings.poll_seconds)
            except Exception:  # noqa: BLE001, S110  # logged and stored with the task, which is not the end of the others
                pass
        _LOG.info("planner ends", worker=self._settings.worker)

    @track_adapter_request(PLANNING_QUEUE_POLL)
    def get_next_task(self) -> PlanningTask | None:
        """Claim the next task and return it; None when nothing is to be planned."""
        claimed = polled(
            self._queue,
            Queue.PLANNING,
            lambda: self._queue.claim(self._settings.worker, lease=self._settings.lease_seconds),
        )
        return claimed[0] if claimed else None

    @track_request(PROCESS_TASK)
    def process_task(self, task: PlanningTask) -> StoredPlan:
        """Plan a *task* that was claimed, and store the plan or why there is none."""
        assert self._bridge is not None, "a planner without a bridge does not plan"
        with self.working_on(task):
            try:
                return self.saved(task, self._bridge.generate_execution_plan(task))
            except Exception as error:
                self.store_failure(task, error)
                raise
            except BaseException:
                self.put_back(task)
                raise

    @track_adapter_request(SAVE_PLAN)
    def save_execution_plan(self, task: PlanningTask, planned: Planned) -> StoredPlan:
        """Store the plan of a *task*; one approved in advance goes to the deployer.

        Raises:
            LostClaimError: Another worker holds the task or has planned it.
        """
        plan = planned.plan
        return self._queue.complete(
            task,
            NewPlan(plan.source, as_json(plan), plan.model, planned.usage.read, planned.usage.written),
        )

    @contextmanager
    def working_on(self, task: PlanningTask) -> Iterator[None]:
        """Keep the lease of a *task*, and name it in the logs, within the ``with`` block."""
        with (
            correlated(task.correlation_id, task=task.id, attempt=task.attempt),
            self._heartbeat.hold(task),
        ):
            yield

    def saved(self, task: PlanningTask, planned: Planned) -> StoredPlan:
        """Save a plan, again if the database is away for a moment: it has been paid for."""
        for pause in (*_SAVE_PAUSES, None):
            try:
                stored = self.save_execution_plan(task, planned)
            except OperationalError as error:
                if pause is None:
                    raise
                _LOG.warning("plan not saved yet", error=one_line(error, self._redact))
                time.sleep(pause)
            else:
                _LOG.info(
                    "planned",
                    source=stored.source,
                    subtasks=len(planned.plan.subtasks),
                    tokens=planned.usage.written,
                )
                return stored
        raise AssertionError("the last attempt returns or raises")

    def store_failure(self, task: PlanningTask, error: Exception) -> None:
        """Store why a *task* has no plan; it is tried again after a pause unless that is known not to help."""
        pause = min(self._settings.retry_seconds * 2 ** (task.attempt - 1), _LONGEST_PAUSE_SECONDS)
        kind, said = type(error).__name__, one_line(error, self._redact)
        if isinstance(error, LostClaimError):
            _LOG.warning("another worker has the task", error=said)
            return
        try:
            status = self._queue.fail(
                task, kind, said, retry_in=None if isinstance(error, RefusedError) else pause
            )
        except (LostClaimError, SQLAlchemyError) as other:
            _LOG.warning(
                "failure not stored: the task is claimed again", error_type=kind, error=one_line(other)
            )
        else:
            _LOG.warning("not planned", error_type=kind, error=said, status=status)

    def put_back(self, task: PlanningTask) -> None:
        """Give a *task* back to the queue that there was no time for."""
        try:
            self._queue.release(task)
        except (LostClaimError, SQLAlchemyError) as error:
            _LOG.warning("not put back: the lease has to run out", error=one_line(error, self._redact))
        else:
            _LOG.info("put back")
