"""Asking Claude for a plan: one deadline over all retries, a circuit breaker, a marked fallback, and no usage lost."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from ai_planner.answer import Answer
from ai_planner.breaker import CircuitBreaker
from ai_planner.config import PlannerSettings
from ai_planner.errors import CircuitOpenError, MissingKeyError, TruncatedAnswerError
from ai_planner.fallback import fallback_plan
from ai_planner.pace import Pace
from ai_planner.plan import Draft, ExecutionPlan, draft_schema
from ai_planner.prompt import SYSTEM, question
from ai_planner.usage import Usage, count_usage
from hive.application.command_line import one_line
from hive.catalogue.labels import PlanningError
from hive.catalogue.planner import FALLBACK_PLANS
from hive.storage import PlanningTask, PlanSource
from signalproof.instrument import count

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic._middleware import AsyncCallNext  # the SDK has no public name for it

_LOG: Any = structlog.get_logger(__name__)
_MOST_TOKENS = 128_000
_PAUSE_SECONDS = 0.5

_until: ContextVar[float] = ContextVar("until")
"""When the plan that is being asked for has to be there, by the clock of the event loop."""


@dataclass(frozen=True)
class Planned:
    """A plan and what it took.

    Attributes:
        plan: The plan.
        usage: Tokens of every call that was made for it.
        failure: Why Claude did not make it; None when it did.
    """

    plan: ExecutionPlan
    usage: Usage
    failure: PlanningError | None = None


@dataclass
class _Spent:
    """What the calls for one plan have used so far."""

    usage: Usage = field(default_factory=Usage)

    def add(self, answer: Answer) -> None:
        self.usage += answer.usage
        count_usage(answer.usage, answer.model)


def why_not_claude(planned: Planned) -> PlanningError | None:
    """Return as what a call that brought a plan is counted as a failure: a fallback is never a success."""
    return planned.failure


class Claude:
    """Claude as the planner sees it: shared by all tasks of one event loop.

    Args:
        settings: Key, model, deadline, retries, breaker.
        pace: What a repeated request waits for; whoever asks for a plan has waited for the first one's turn.
    """

    def __init__(self, settings: PlannerSettings, pace: Pace | None = None) -> None:
        self._settings = settings
        self._breaker = CircuitBreaker(settings.breaker_failures, settings.breaker_seconds)
        self._pace = pace or Pace(0)
        self._client = _client(settings, self._pace)

    async def plan(self, task: PlanningTask) -> Planned:
        """Return a plan for *task*: Claude's, or, when it cannot be reached, the fallback.

        Raises:
            InvalidPlanError: Claude answered with something else.
            anthropic.APIStatusError: Claude does not take the request, and would not if it were asked again.
            Exception: Claude cannot be reached, and the fallback is switched off.
        """
        from ai_planner.failures import passes, planning_error

        spent = _Spent()
        try:
            draft, model = await self._guarded(task, spent)
        except Exception as error:
            if not self._settings.fallback or not passes(error):
                raise
            why = planning_error(error)
            count(FALLBACK_PLANS, why)
            _LOG.warning("planned without Claude", error_type=why.value, error=one_line(error))
            return Planned(fallback_plan(task, why.value), spent.usage, why)
        return Planned(ExecutionPlan(**dict(draft), source=PlanSource.CLAUDE, model=model), spent.usage)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _guarded(self, task: PlanningTask, spent: _Spent) -> tuple[Draft, str]:
        """Ask within the deadline, unless Claude is to be left alone, and tell the breaker how it went."""
        from ai_planner.failures import passes

        if self._client is None:
            raise MissingKeyError("no key is set: set ANTHROPIC_API_KEY")
        if not self._breaker.admits():
            raise CircuitOpenError("Claude failed several times in a row and is left alone for a while")
        seconds = self._settings.plan_seconds
        _until.set(asyncio.get_running_loop().time() + seconds)
        try:
            try:
                async with asyncio.timeout(seconds):
                    found = await self._asked(self._client, task, spent)
            except TimeoutError:
                raise TimeoutError(f"no plan within {seconds:g} s") from None
        except Exception as error:
            if not passes(error):
                self._breaker.succeeded()  # it does answer
            elif self._breaker.failed():
                _LOG.warning("Claude is left alone for a while", seconds=self._settings.breaker_seconds)
            raise
        except BaseException:
            self._breaker.given_up()
            raise
        self._breaker.succeeded()
        return found

    async def _asked(self, client: AsyncAnthropic, task: PlanningTask, spent: _Spent) -> tuple[Draft, str]:
        """Ask until an answer arrives in full: the SDK repeats calls that fail before it begins, this one the others."""
        from ai_planner.failures import as_sdk_error, passes

        for left in reversed(range(self._settings.retries + 1)):
            answer = Answer()
            try:
                await self._streamed(client, task, answer)
                return answer.draft(), answer.model
            except Exception as error:
                known = as_sdk_error(error)
                if not left or not answer.model or not passes(known):
                    if known is error:
                        raise
                    raise known from error
                _LOG.info("the answer broke off and is asked for again", error=str(known))
            finally:
                spent.add(answer)
            await asyncio.sleep(_PAUSE_SECONDS)
            await self._pace.turn()
        raise AssertionError("the last attempt returns or raises")

    async def _streamed(self, client: AsyncAnthropic, task: PlanningTask, answer: Answer) -> None:
        """Ask once and take the *answer* as it arrives; streaming keeps a connection alive while Claude thinks."""
        from anthropic import APIConnectionError

        settings = self._settings
        cut_off_before = task.error_type == TruncatedAnswerError.__name__
        room = min(settings.max_tokens * 2 ** (task.attempt - 1 if cut_off_before else 0), _MOST_TOKENS)
        stream = await client.messages.create(  # pyright: ignore[reportCallIssue]  # a computed dict is not seen as the SDK's TypedDict
            model=settings.model,
            max_tokens=room,
            system=SYSTEM,
            messages=[{"role": "user", "content": question(task)}],
            output_config={  # pyright: ignore[reportArgumentType]  # as above
                "format": {"type": "json_schema", "schema": draft_schema()},
                **({} if settings.effort is None else {"effort": settings.effort}),
            },
            stream=True,
            timeout=settings.plan_seconds,
        )
        async with stream:
            async for event in stream:
                answer.take(event)
        if not answer.complete:
            raise APIConnectionError(
                message="the answer ended before its end", request=stream.response.request
            )


def _client(settings: PlannerSettings, pace: Pace) -> AsyncAnthropic | None:
    if settings.api_key is None:
        return None
    from anthropic import AsyncAnthropic

    from ai_planner.bounds import bounded_client

    async def in_turn(request: Any, call_next: AsyncCallNext) -> Any:
        if request.retries_taken:
            await pace.turn()
        return await call_next(request)

    return AsyncAnthropic(
        api_key=settings.api_key.get_secret_value(),
        base_url=settings.base_url,
        max_retries=settings.retries,
        http_client=bounded_client(),
        middleware=[_no_wait_beyond_the_deadline, in_turn],
    )


async def _no_wait_beyond_the_deadline(request: Any, call_next: AsyncCallNext) -> Any:
    """Let the SDK raise at once where the API asks it to wait for longer than the plan may take."""
    answer = await call_next(request)
    try:
        wait = float(answer.headers.get("retry-after", ""))
    except ValueError:
        return answer
    if asyncio.get_running_loop().time() + wait > _until.get():
        answer.headers["x-should-retry"] = "false"
    return answer
