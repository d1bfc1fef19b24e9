"""What Claude may do to the planner, and what must come of it: the table in the planner's README is made of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

QUICK = {"retry-after-ms": "10"}
"""Keeps the SDK from waiting as long as it would with a real server."""


def error(status: int, **headers: str) -> dict[str, Any]:
    """Return the script entry of an answer with that *status*."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"do": "error", "status": status, "headers": named or QUICK}


@dataclass(frozen=True)
class Scenario:
    """What Claude does to one task, and what must come of it.

    Attributes:
        name: What Claude does.
        script: What the calls get, one entry each; the rest is answered as it should be.
        environment: Variables of the planner.
        status: Where the task stands then.
        source: Who made its plan; empty when there is none.
        task_error: Type of error that is stored with the task.
        call: Status under which the call of Claude is counted.
        error_type: Type of error under which it is counted.
        requests: How many requests arrived.
        tokens: Whether tokens were used, and so counted.
    """

    name: str
    script: tuple[Mapping[str, Any], ...] = ()
    environment: Mapping[str, object] = field(default_factory=dict)
    status: str = "planned"
    source: str = "claude"
    task_error: str = ""
    call: str = "success"
    error_type: str = ""
    requests: int = 1
    tokens: bool = True


def falls_back(
    name: str,
    script: tuple[Mapping[str, Any], ...],
    error_type: str,
    requests: int,
    *,
    tokens: bool = False,
    **environment: object,
) -> Scenario:
    """Return a scenario in which Claude cannot be reached and the fallback stands in, never as a success."""
    return Scenario(
        name, script, environment, "planned", "fallback", "", "failure", error_type, requests, tokens
    )


def fails(
    name: str,
    script: tuple[Mapping[str, Any], ...],
    task_error: str,
    error_type: str,
    *,
    tokens: bool = True,
    requests: int = 1,
    **environment: object,
) -> Scenario:
    """Return a scenario in which Claude answers, but with nothing that can be carried out."""
    return Scenario(
        name, script, environment, "failed", "", task_error, "failure", error_type, requests, tokens
    )


SCENARIOS = (
    Scenario("answers"),
    Scenario("429 with retry-after, then answers", (error(429, retry_after="1"),), requests=2),
    Scenario("500, then answers", (error(500),), requests=2),
    Scenario("529 twice, then answers", (error(529), error(529)), requests=3),
    Scenario("connection lost before the answer, then answers", ({"do": "drop"},), requests=2),
    Scenario("connection lost in the middle, then answers", ({"do": "cut"},), requests=2),
    Scenario("error in the middle of the stream, then answers", ({"do": "break"},), requests=2),
    falls_back("429 with a retry-after beyond the deadline", (error(429, retry_after="3600"),), "RateLimitError", 1),
    falls_back("429 for ever", (error(429),) * 3, "RateLimitError", 3),
    falls_back("500 for ever", (error(500),) * 3, "InternalServerError", 3),
    falls_back("529 for ever", (error(529),) * 3, "OverloadedError", 3),
    falls_back("error in the middle of the stream for ever", ({"do": "break"},) * 3, "OverloadedError", 3, tokens=True),
    falls_back("connection lost in the middle for ever", ({"do": "cut"},) * 3, "APIConnectionError", 3, tokens=True),
    falls_back(
        "no answer within the deadline", ({"seconds": 5.0},), "TimeoutError", 1, HIVE_PLANNER_PLAN_SECONDS=0.3,
    ),
    falls_back(
        "silent in the middle of the stream", ({"do": "stall", "stall": 5.0},), "TimeoutError", 1,
        tokens=True, HIVE_PLANNER_PLAN_SECONDS=0.3,
    ),
    falls_back(
        "connection refused", (), "APIConnectionError", 0,
        ANTHROPIC_BASE_URL="http://127.0.0.1:9", HIVE_PLANNER_RETRIES=0,
    ),
    falls_back("no key is set", (), "MissingKeyError", 0, ANTHROPIC_API_KEY=None),
    fails(
        "529 for ever, fallback switched off", (error(529),) * 3, "OverloadedError", "OverloadedError",
        tokens=False, requests=3, HIVE_PLANNER_FALLBACK="false",
    ),
    fails("truncated answer", ({"tokens": 40},), "TruncatedAnswerError", "InvalidPlanError"),
    fails("refusal", ({"do": "refuse"},), "RefusedError", "InvalidPlanError"),
    fails("plan with a cycle", ({"plan": {"wrong": "cycle"}},), "InvalidPlanError", "InvalidPlanError"),
    fails("plan with an unknown dependency", ({"plan": {"wrong": "unknown"}},), "InvalidPlanError", "InvalidPlanError"),
    fails("plan with an id twice", ({"plan": {"wrong": "twice"}},), "InvalidPlanError", "InvalidPlanError"),
    fails("plan without sub-tasks", ({"plan": {"wrong": "empty"}},), "InvalidPlanError", "InvalidPlanError"),
    fails("estimates out of order", ({"plan": {"wrong": "estimate"}},), "InvalidPlanError", "InvalidPlanError"),
    fails("another shape", ({"plan": {"wrong": "shape"}},), "InvalidPlanError", "InvalidPlanError"),
    fails("no JSON", ({"do": "say", "text": "Here is your plan!"},), "InvalidPlanError", "InvalidPlanError"),
    fails("wrong key", (error(401),), "AuthenticationError", "AuthenticationError", tokens=False),
    fails("unknown model", (), "NotFoundError", "other", tokens=False, HIVE_PLANNER_MODEL="gpt-6"),
)  # fmt: skip


def row(scenario: Scenario) -> str:
    """Return the row of a *scenario* in the table."""
    after = scenario.status + (
        f", plan by {scenario.source}" if scenario.source else f" ({scenario.task_error})"
    )
    return f"| {scenario.name} | {scenario.requests} | {scenario.call} | {scenario.error_type} | {after} |"


def table() -> str:
    """Return the table of all scenarios, as Markdown."""
    head = (
        "| Claude | requests | `calls_total{status}` | `errors_total{error_type}` | the task then |",
        "|---|---|---|---|---|",
    )
    return "\n".join([*head, *map(row, SCENARIOS)])
