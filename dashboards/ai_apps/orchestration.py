"""Row 3: agent orchestration."""

from __future__ import annotations

from typing import Any

from hive.catalogue.deployer import DEPLOYER_LOOP, HANDLE_TASK, PROCESS_QUEUE
from hive.catalogue.labels import Component, DeploymentError, PlanningError
from hive.catalogue.planner import ASYNC_PLANNER_LOOP, ASYNC_PROCESS_QUEUE, PLANNER_LOOP, PROCESS_TASK
from signalproof.catalogue.labels import Instance
from signalproof.catalogue.operation import Loop, Status
from signalproof.dashboard import Row, State, StateTimeline, TimeSeries
from signalproof.promql.build import value
from signalproof.promql.operations import error_rate, idle_seconds, latency, throughput

PLANNERS = {"planner": PLANNER_LOOP, "async planner": ASYNC_PLANNER_LOOP}
LOOPS: dict[str, Loop[Component, Any]] = {**PLANNERS, "deployer": DEPLOYER_LOOP}

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
            "Seconds of one turn. One with deployments in progress lasts until the first of them ends.",
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
            "Batch latency",
            (
                *(one.named(f"planning {one.name}") for one in latency(ASYNC_PROCESS_QUEUE, 0.5, 0.95)),
                *(one.named(f"deployment {one.name}") for one in latency(PROCESS_QUEUE, 0.5, 0.95)),
            ),
            "How long a batch keeps its loop busy. One of deployments ends with the first of them that does.",
            width=12,
        ),
        TimeSeries(
            "Turns",
            tuple(throughput(loop, by=Status).named(name) for name, loop in LOOPS.items()),
            "Turns of the loops per second, by how they ended. An idle loop turns at the pace of its poll.",
            width=12,
        ),
        TimeSeries(
            "Errors",
            (
                *(error_rate(loop, by=PlanningError).named(name) for name, loop in PLANNERS.items()),
                error_rate(PROCESS_TASK, by=PlanningError).named("planning task"),
                error_rate(ASYNC_PROCESS_QUEUE, by=PlanningError).named("planning batch"),
                error_rate(DEPLOYER_LOOP, by=DeploymentError).named("deployer"),
                error_rate(PROCESS_QUEUE, by=DeploymentError).named("deployment batch"),
                error_rate(HANDLE_TASK, by=DeploymentError).named("deployment task"),
            ),
            "Failures per second by type of error, from a whole turn down to a task: the innermost one that fails is the place "
            "to look.",
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
            width=12,
            states=(State(0, "stopped", "red"), State(1, "running", "green")),
        ),
    ),
    key="orchestration",
)
