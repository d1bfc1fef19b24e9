"""The async planner: many tasks at a time, bounded in number and in pace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ai_planner.agent import AIPlanner
from ai_planner.claude import Claude, Planned, why_not_claude
from ai_planner.config import PlannerSettings
from ai_planner.pace import Pace
from hive.application.command_line import one_line
from hive.application.redaction import Redactor
from hive.application.shutdown import AsyncDrain
from hive.catalogue.planner import (
    ASYNC_CLAUDE_PLANNING,
    ASYNC_PLAN_GENERATION,
    ASYNC_PLANNER_LOOP,
    ASYNC_PROCESS_QUEUE,
)
from hive.storage import PlanningTask, StoredPlan
from signalproof.instrument import iteration, track_adapter_request, track_loop, track_request

_LOG: Any = structlog.get_logger(__name__)
_BATCH = 4
"""Plans of one batch, for each that may be made at the same time: a turn of the loop then ends in good time."""
_THREADS = 4

R = TypeVar("R")


class AsyncClaudeService:
    """Claude for many tasks at the same time, bounded by a semaphore and a pace.

    Args:
        settings: Concurrency and pace, and how Claude is asked.
    """

    def __init__(self, settings: PlannerSettings) -> None:
        self._places = asyncio.Semaphore(settings.concurrency)
        self._pace = Pace(settings.requests_per_minute)
        self._claude = Claude(settings, self._pace)

    async def plan(self, task: PlanningTask) -> Planned:
        """Return a plan for *task* as soon as there is a place and the pace allows it."""
        async with self._places:
            await self._pace.turn()
            return await self.generate_execution_plan_async(task)

    @track_adapter_request(ASYNC_CLAUDE_PLANNING, failure=why_not_claude)
    async def generate_execution_plan_async(self, task: PlanningTask) -> Planned:
        """Return a plan for *task*; a fallback counts as a failed call of Claude.

        Raises:
            InvalidPlanError: Claude answered with something else.
            anthropic.APIStatusError: Claude does not take the request, and would not if it were asked again.
            Exception: Claude cannot be reached, and the fallback is switched off.
        """
        return await self._claude.plan(task)

    async def close(self) -> None:
        """Close the connections."""
        await self._claude.close()


class AsyncAIPlanner:
    """Plans what is in the queue, several tasks at a time.

    Args:
        planner: Takes tasks and saves plans, in threads, as the sync planner does.
        service: Who plans.
        settings: Concurrency and pauses.
    """

    def __init__(self, planner: AIPlanner, service: AsyncClaudeService, settings: PlannerSettings) -> None:
        self._planner = planner
        self._service = service
        self._settings = settings
        self._redact = Redactor(settings.secrets())
        self._running: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="hive-database")

    @track_loop(ASYNC_PLANNER_LOOP)
    async def run_forever_async(self, drain: AsyncDrain, *, once: bool = False) -> None:
        """Plan one batch after the other until asked to stop.

        Args:
            drain: Who asks; plans in progress are then finished, unless its deadline cancels them.
            once: Whether to end as soon as the queue is empty.

        Raises:
            SQLAlchemyError: With *once*: the database does not answer. Otherwise it is asked again after a pause.
        """
        _LOG.info(
            "async planner starts", worker=self._settings.worker, concurrency=self._settings.concurrency
        )
        try:
            while not drain.requested:
                try:
                    with iteration(ASYNC_PLANNER_LOOP):
                        first = await self._next()
                        if first is not None or self._running:
                            await self.process_planning_queue_async(first, drain)
                        elif once:
                            break
                        else:
                            await drain.wait(self._settings.poll_seconds)
                except SQLAlchemyError as error:
                    _LOG.error("the database does not answer", error=one_line(error, self._redact))
                    if once:
                        raise
                    await drain.wait(self._settings.poll_seconds)
        except asyncio.CancelledError:
            for one in self._running:
                one.cancel()
            raise
        finally:
            await self._ended()
        _LOG.info("async planner ends", worker=self._settings.worker)

    @track_request(ASYNC_PROCESS_QUEUE)
    async def process_planning_queue_async(self, first: PlanningTask | None, drain: AsyncDrain) -> int:
        """Plan *first*, and what the queue holds, a new task in each place that becomes free, until a batch has ended.

        A plan that takes long holds up nothing but its own place: what is still in progress after a batch goes on in the
        next. Once asked to stop, no task is taken any more, and the batch ends with the last plan in progress.

        Returns:
            How many plans ended; those that could not be made are among them.

        Raises:
            SQLAlchemyError: The queue does not answer; what was taken before goes on.
        """
        if first is not None:
            self._start(first)
        places, ended = self._settings.concurrency, 0
        while self._running and (drain.requested or ended < places * _BATCH):
            while len(self._running) < places and not drain.requested:
                task = await self._next()
                if task is None:
                    break
                self._start(task)
            done, _ = await asyncio.wait(
                self._running,
                timeout=self._settings.poll_seconds if len(self._running) < places else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            self._running -= done
            ended += len(done)
        return ended

    @track_request(ASYNC_PLAN_GENERATION)
    async def generate_plan_async(self, task: PlanningTask) -> StoredPlan:
        """Plan a *task* that was claimed, and store the plan or why there is none."""
        with self._planner.working_on(task):
            try:
                planned = await self._service.plan(task)
                return await self._in_thread(self._planner.saved, task, planned)
            except Exception as error:
                await self._in_thread(self._planner.store_failure, task, error)
                raise
            except BaseException:
                await self._in_thread(self._planner.put_back, task)
                raise

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    def _start(self, task: PlanningTask) -> None:
        self._running.add(asyncio.create_task(self._quietly(task), name=f"plan-{task.id}"))

    async def _ended(self) -> None:
        """Wait until nothing is in progress any more; whoever cancels this cancels that."""
        try:
            while self._running:
                done, _ = await asyncio.wait(self._running)
                self._running -= done
        finally:
            for one in self._running:
                one.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            self._running.clear()

    async def _quietly(self, task: PlanningTask) -> None:
        with suppress(Exception):  # logged and stored with the task, which is not the end of the others
            await self.generate_plan_async(task)

    async def _next(self) -> PlanningTask | None:
        return await self._in_thread(self._planner.get_next_task)

    async def _in_thread(self, function: Callable[..., R], *args: Any) -> R:
        context = copy_context()  # the correlation id goes with it
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: context.run(function, *args)
        )
