"""What wakes whoever runs ai_planner."""

from __future__ import annotations

from hive.catalogue.labels import Queue
from hive.catalogue.planner import (
    ASYNC_CLAUDE_PLANNING,
    ASYNC_PLAN_GENERATION,
    ASYNC_PLANNER_LOOP,
    ASYNC_PROCESS_QUEUE,
    CLAUDE_COST,
    CLAUDE_PLANNING,
    CLAUDE_TOKENS,
    FALLBACK_PLANS,
    PLANNER_LOOP,
    PLANNING_QUEUE_POLL,
    PROCESS_TASK,
    SAVE_PLAN,
)
from hive.catalogue.queues import QUEUE_OLDEST, QUEUE_WAITING
from signalproof.catalogue.instrumentation import FAULTS, Stage, Tracked
from signalproof.catalogue.labels import Job
from signalproof.rules.duty import Duty
from signalproof.rules.jobs import instrumentation_group, job_group
from signalproof.rules.loops import loop_group, running_group
from signalproof.rules.objectives import error_budget
from signalproof.rules.queues import poll_group, stuck_group
from signalproof.rules.rates import rate_group
from signalproof.rules.waiting import waiting_group

PLANNER = Duty(Job("ai_planner"), owner="planning", runbook="src/hive/rules/README.md", file="planner")

GROUPS = (
    job_group(PLANNER),
    running_group((PLANNER_LOOP, ASYNC_PLANNER_LOOP), PLANNER),
    # One turn holds a call of Claude, which the buckets follow up to 10 minutes.
    loop_group(PLANNER_LOOP, PLANNER, limit="15m"),
    loop_group(ASYNC_PLANNER_LOOP, PLANNER, limit="15m"),
    poll_group(PLANNING_QUEUE_POLL, PLANNER_LOOP, PLANNER, limit="15m"),
    stuck_group(PROCESS_TASK, PLANNER, window="30m", poll=PLANNING_QUEUE_POLL),
    stuck_group(ASYNC_PLAN_GENERATION, PLANNER, window="30m"),
    waiting_group(
        QUEUE_WAITING,
        QUEUE_OLDEST,
        Queue.PLANNING,
        (PROCESS_TASK, ASYNC_PLAN_GENERATION),
        PLANNER,
        window="30m",
        limit="30m",
    ),
    error_budget(CLAUDE_PLANNING, PLANNER),
    error_budget(ASYNC_CLAUDE_PLANNING, PLANNER),
    error_budget(PLANNING_QUEUE_POLL, PLANNER),
    error_budget(SAVE_PLAN, PLANNER),
    instrumentation_group(FAULTS, PLANNER, Tracked("adapter_claude_planning"), Stage.RECORD),
)

RATES = rate_group(
    PLANNER,
    CLAUDE_PLANNING,
    ASYNC_CLAUDE_PLANNING,
    PLANNER_LOOP,
    ASYNC_PLANNER_LOOP,
    PROCESS_TASK,
    ASYNC_PROCESS_QUEUE,
    ASYNC_PLAN_GENERATION,
    PLANNING_QUEUE_POLL,
    SAVE_PLAN,
    FALLBACK_PLANS,
    CLAUDE_TOKENS,
    CLAUDE_COST,
)
"""What all instances do together, for a fleet: add it to `GROUPS`, and the dashboards ask it instead of each process."""
