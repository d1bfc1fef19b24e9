"""Row 3: agent orchestration."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYER_LOOP, HANDLE_TASK, PROCESS_QUEUE
from hive.catalogue.planner import ASYNC_PLANNER_LOOP, PLANNER_LOOP, PROCESS_TASK
from signalproof.catalogue.labels import Instance
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Row, State, StateTimeline, TimeSeries
from signalproof.promql.build import value
from signalproof.promql.operations import idle_seconds, latency, throughput

ROW = Row(
    "Do the agents' loops turn, and does work pass through?",
    (
        TimeSeries(
            "Planner loop latency",
            (
                *latency(PLANNER_LOOP, 0.5, 0.95),
                *(one.named(f"async {one.name}") for one in latency(ASYNC_PLANNER_LOOP, 0.5, 0.95)),
            ),
            "Seconds of one turn, from poll to poll. A turn that found a task lasts as long as its plan.",
            width=8,
        ),
        TimeSeries(
            "Deployer loop latency",
            latency(DEPLOYER_LOOP, 0.5, 0.95),
            "Seconds of one turn, from poll to poll. A turn that found deployments lasts as long as they do.",
            width=8,
        ),
        TimeSeries(
            "Seconds since the last turn",
            (
                idle_seconds(PLANNER_LOOP, by=Instance).named("planner"),
                idle_seconds(ASYNC_PLANNER_LOOP, by=Instance).named("async planner"),
                idle_seconds(DEPLOYER_LOOP, by=Instance).named("deployer"),
            ),
            "A saw-tooth is a loop that turns; a line that climbs is one that hangs.",
            width=8,
        ),
        TimeSeries(
            "Queue processing rate",
            (
                throughput(PROCESS_TASK, by=Status).named("planning tasks"),
                throughput(PROCESS_QUEUE, by=Status).named("deployment batches"),
                throughput(HANDLE_TASK, by=Status).named("deployment tasks"),
            ),
            "Work that left the queues per second, by how it ended. Polls without work are in the database row.",
            width=12,
        ),
        TimeSeries(
            "End-to-end latency",
            (
                *(one.named(f"planning {one.name}") for one in latency(PROCESS_TASK, 0.5, 0.95)),
                *(one.named(f"deployment {one.name}") for one in latency(HANDLE_TASK, 0.5, 0.95)),
            ),
            "From claimed to stored, for a planning task and for a deployment task.",
            width=12,
        ),
        StateTimeline(
            "Loops running",
            (
                value(PLANNER_LOOP.running, "max", by=Instance).named("planner"),
                value(ASYNC_PLANNER_LOOP.running, "max", by=Instance).named("async planner"),
                value(DEPLOYER_LOOP.running, "max", by=Instance).named("deployer"),
            ),
            "Which loop ran when, by process. A gap is a process that did not answer the scrape.",
            width=24,
            states=(State(0, "stopped", "red"), State(1, "running", "green")),
        ),
    ),
    key="orchestration",
)
