"""Row 1: Claude planning."""

from __future__ import annotations

from hive.catalogue.labels import Direction, Model, PlanningError
from hive.catalogue.planner import (
    ASYNC_CLAUDE_PLANNING,
    CLAUDE_COST,
    CLAUDE_PLANNING,
    CLAUDE_TOKENS,
    FALLBACK_PLANS,
)
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Events, Row, RowLink, Stat, TimeSeries
from signalproof.promql.build import increase, occupancy, rate
from signalproof.promql.events import most_often
from signalproof.promql.operations import latency, mean_duration, since_ended, success_ratio
from signalproof.promql.overview import errors, pace

ROW = Row(
    "Claude planning – does it plan quickly and reliably?",
    (
        TimeSeries(
            "Claude planning latency (P95)",
            latency(CLAUDE_PLANNING),
            "How long a plan takes, retries included. The red line is the promise that p95 must keep; p50 rising with it "
            "means a slower model, p99 alone means retries.",
            key="claude-planning-latency",
            width=12,
        ),
        TimeSeries(
            "Async Claude speed-up",
            (
                mean_duration(CLAUDE_PLANNING)
                * rate(ASYNC_CLAUDE_PLANNING.duration)
                / occupancy(ASYNC_CLAUDE_PLANNING.duration)
            )
            .named("sync ÷ async")
            .limited(1, "below"),
            "Mean seconds of a sync call ÷ mean seconds of an async call. 1 is equal, above 1 an async call is faster, below 1 "
            "concurrency costs more per call than it gains.",
            width=12,
        ),
        Events(
            "Planning error rate",
            (
                *errors(CLAUDE_PLANNING, by=PlanningError, name="sync", most=4),
                *errors(ASYNC_CLAUDE_PLANNING, by=PlanningError, name="async", most=4),
            ),
            "Failed calls in each interval by type of error. RateLimitError and OverloadedError pass by themselves, "
            "AuthenticationError does not.",
        ),
        TimeSeries(
            "Planning throughput",
            (
                pace(CLAUDE_PLANNING, where=Status.SUCCESS).named("sync"),
                pace(ASYNC_CLAUDE_PLANNING, where=Status.SUCCESS).named("async"),
            ),
            "Plans per minute. Zero with tasks waiting is an outage; zero without is a quiet day: see the queue above.",
            links=(RowLink("orchestration"),),
            width=12,
        ),
        TimeSeries(
            "Async Claude planning latency",
            latency(ASYNC_CLAUDE_PLANNING),
            "The same for the async planner. It shares Claude's rate limit with the sync one: if only this one is slow, the "
            "concurrency is set too high.",
        ),
        TimeSeries(
            "Planning success ratio",
            (
                success_ratio(CLAUDE_PLANNING).named("sync"),
                success_ratio(ASYNC_CLAUDE_PLANNING).named("async"),
            ),
            "Share of ended calls that brought a plan; cancelled calls do not count. Below the line the error budget burns.",
            width=12,
        ),
        Stat(
            "Last plan",
            (
                since_ended(CLAUDE_PLANNING, where=Status.SUCCESS).named("sync"),
                since_ended(ASYNC_CLAUDE_PLANNING, where=Status.SUCCESS).named("async"),
            ),
            "Seconds since a call of Claude last brought a plan, in any process.",
            width=4,
            height=9,
        ),
        Events(
            "Fallback plans",
            most_often(8, FALLBACK_PLANS, by=PlanningError),
            "Plans that were made without Claude, by reason. They are marked as such, in the plan too; more than a few mean that "
            "Claude was away.",
            width=8,
        ),
        TimeSeries(
            "Tokens",
            rate(CLAUDE_TOKENS, by=(Direction, Model)),
            "Tokens per second by direction and model. Input rising without more plans means longer prompts.",
            width=6,
        ),
        TimeSeries(
            "Price per hour",
            increase(CLAUDE_COST, by=Model, window="1h"),
            "What the tokens of the last hour cost at list price, by model.",
            width=6,
        ),
    ),
    key="claude-planning",
)
