"""Claude for the sync planner: one call at a time, and nothing of the event loop inside it is seen."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import Self

from ai_planner.claude import Claude, Planned, why_not_claude
from hive.catalogue.planner import CLAUDE_PLANNING
from hive.storage import PlanningTask
from signalproof.instrument import track_adapter_request


class RobustClaudePlannerBridge:
    """Plans with Claude, or, when it cannot be reached, without.

    The call runs in an event loop of its own, because only there a deadline ends everything: a connection that is
    silent, an answer that trickles, the pauses between the SDK's retries.

    Args:
        claude: What is asked; used by no other event loop.
    """

    def __init__(self, claude: Claude) -> None:
        self._claude = claude
        self._runner = asyncio.Runner()

    @track_adapter_request(CLAUDE_PLANNING, failure=why_not_claude)
    def generate_execution_plan(self, task: PlanningTask) -> Planned:
        """Return a plan for *task*; a fallback counts as a failed call of Claude.

        Raises:
            InvalidPlanError: Claude answered with something else.
            anthropic.APIStatusError: Claude does not take the request, and would not if it were asked again.
            Exception: Claude cannot be reached, and the fallback is switched off.
        """
        context = copy_context()  # what is bound to the logs now, not when the loop was made
        return self._runner.run(self._claude.plan(task), context=context)

    def close(self) -> None:
        """End what still runs, and close the connections."""
        self._runner.run(self._claude.close())
        self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
