"""Row 5: async validation."""

from __future__ import annotations

from hive.catalogue.labels import PlanningError
from hive.catalogue.planner import ASYNC_PLAN_GENERATION, ASYNC_PROCESS_QUEUE, CONCURRENT_PLANS, PROCESS_TASK
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Events, Row, Stat, TimeSeries
from signalproof.promql.build import RANGE, occupancy, peak
from signalproof.promql.operations import latency, mean_duration, success_ratio, throughput
from signalproof.promql.overview import errors, pace

ROW = Row(
    "Async validation – is the async planner worth having?",
    (
        TimeSeries(
            "Async speed-up factor",
            (throughput(ASYNC_PLAN_GENERATION, where=Status.SUCCESS) * mean_duration(PROCESS_TASK))
            .named("sync planners replaced")
            .limited(1, "below"),
            "How many sync planners the async planners shown replace at this moment: their plans per second × the mean seconds one "
            "sync plan takes. Above 1 it is worth having; an idle queue makes it fall.",
        ),
        TimeSeries(
            "Concurrent planning peak",
            (peak(CONCURRENT_PLANS), occupancy(ASYNC_PLAN_GENERATION.duration).named("mean")),
            "Plans being generated at the same time: the peak of the gauge, and the mean by Little's law (seconds spent per "
            "second). A mean at the peak is a planner at its limit.",
            key="concurrent-planning",
        ),
        TimeSeries(
            "Async queue processing rate",
            pace(ASYNC_PROCESS_QUEUE, by=Status),
            "Batches taken from the queue per minute, by how they ended.",
        ),
        Events(
            "Async error rate",
            errors(ASYNC_PLAN_GENERATION, by=PlanningError),
            "Failed plans in each interval by type of error.",
        ),
        TimeSeries(
            "Async plan latency",
            latency(ASYNC_PLAN_GENERATION),
            "From claimed to saved. Compare with the end-to-end latency of the sync planner in the orchestration row.",
        ),
        Stat(
            "Async success",
            success_ratio(ASYNC_PLAN_GENERATION, window=RANGE),
            "Share of ended plans that worked, over the shown time.",
            width=6,
            height=8,
        ),
        Stat(
            "Highest concurrency",
            peak(CONCURRENT_PLANS, window=RANGE),
            "The most plans that were generated at the same time, over the shown time.",
            width=6,
            height=8,
        ),
    ),
    key="async-validation",
    collapsed=True,
)
