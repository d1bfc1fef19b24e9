"""What ai_planner emits: planning with Claude, its queue, its loops."""

from __future__ import annotations

from hive.catalogue.labels import Component, DatabaseError, Direction, Model, PlanningError
from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.labels import labels
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.operation import Adapter, Loop, Objective, Priority, Request
from signalproof.catalogue.units import COUNT, US_DOLLARS

CLAUDE_PLANNING = Adapter(
    "claude_planning",
    "an execution plan asked of Claude, retries included",
    labels(),
    PlanningError,
    owner="ai_planner.claude_bridge.RobustClaudePlannerBridge.generate_execution_plan",
    noun="plans",
    per_hour=120,
    priority=Priority.P0,
    buckets="llm",
    objective=Objective(latency=60.0, success=0.95),
    last_ended=True,
)
ASYNC_CLAUDE_PLANNING = Adapter(
    "async_claude_planning",
    "an execution plan asked of Claude by the async planner, retries included",
    labels(),
    PlanningError,
    owner="ai_planner.async_agent.AsyncClaudeService.generate_execution_plan_async",
    noun="plans",
    per_hour=240,
    priority=Priority.P0,
    buckets="llm",
    objective=Objective(latency=60.0, success=0.95),
    last_ended=True,
)
PLANNING_QUEUE_POLL = Adapter(
    "database_planning_queue_poll",
    "a look into the planning queue for the next task",
    labels(),
    DatabaseError,
    owner="ai_planner.agent.AIPlanner.get_next_task",
    noun="polls",
    per_hour=3600,
    priority=Priority.P0,
    buckets="database",
    objective=Objective(latency=0.1, quantile=0.99, success=0.999),
)
SAVE_PLAN = Adapter(
    "database_save_plan",
    "an execution plan written to the database",
    labels(),
    DatabaseError,
    owner="ai_planner.agent.AIPlanner.save_execution_plan",
    noun="plans",
    per_hour=360,
    priority=Priority.P0,
    buckets="database",
    objective=Objective(latency=0.25, quantile=0.99, success=0.999),
)
PLANNER_LOOP = Loop(
    "planner_agent_loop",
    "one turn of the planner's loop, from poll to poll",
    labels(Component.AI_PLANNER),
    PlanningError,
    owner="ai_planner.agent.AIPlanner.run",
    noun="turns",
    per_hour=1200,
)
PROCESS_TASK = Request(
    "planning_process_task",
    "a planning task, from claimed to saved",
    labels(Component.AI_PLANNER),
    PlanningError,
    owner="ai_planner.agent.AIPlanner.process_task",
    noun="tasks",
    per_hour=120,
    buckets="llm",
    objective=Objective(latency=90.0),
)
CONCURRENT_PLANS = Gauge(
    "async_planner_concurrent_plans",
    "Plans being generated at this moment by the async planner.",
    labels(Component.ASYNC_AI_PLANNER),
    COUNT,
    low=0,
)
ASYNC_PLAN_GENERATION = Request(
    "async_plan_generation",
    "a planning task of the async planner, from claimed to saved",
    labels(Component.ASYNC_AI_PLANNER),
    PlanningError,
    owner="ai_planner.async_agent.AsyncAIPlanner.generate_plan_async",
    noun="plans",
    per_hour=240,
    buckets="llm",
    objective=Objective(latency=90.0),
    in_flight=CONCURRENT_PLANS,
)
ASYNC_PLANNER_LOOP = Loop(
    "async_planner_loop",
    "one turn of the async planner's loop, from poll to poll",
    labels(Component.ASYNC_AI_PLANNER),
    PlanningError,
    owner="ai_planner.async_agent.AsyncAIPlanner.run_forever_async",
    noun="turns",
    per_hour=1200,
)
ASYNC_PROCESS_QUEUE = Request(
    "async_process_queue",
    "a batch claimed from the planning queue and planned concurrently",
    labels(Component.ASYNC_AI_PLANNER),
    PlanningError,
    owner="ai_planner.async_agent.AsyncAIPlanner.process_planning_queue_async",
    noun="batches",
    per_hour=120,
    buckets="llm",
)

FALLBACK_PLANS = Counter(
    "planner_fallback_plans_total",
    "Plans made without Claude, by why it did not make them.",
    labels(PlanningError),
    noun="plans",
    per_hour=1,
)
CLAUDE_TOKENS = Counter(
    "claude_tokens_total",
    "Tokens that Claude read and wrote.",
    labels(Direction, Model),
    noun="tokens",
    per_hour=1_500_000,
)
CLAUDE_COST = Counter(
    "claude_cost_dollars_total",
    "Price of those tokens, by the list price of the model.",
    labels(Direction, Model),
    US_DOLLARS,
    per_hour=12,
)
PLANNER_BUILD = BuildInfo("ai_planner", package="signalproof", revision="HIVE_REVISION")
