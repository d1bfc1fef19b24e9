"""Row 3: agent orchestration."""

from __future__ import annotations

from typing import Any

from hive.catalogue.deployer import DEPLOYER_BUILD, DEPLOYER_LOOP, HANDLE_TASK, PROCESS_QUEUE
from hive.catalogue.labels import Component, DeploymentError, PlanningError, Queue
from hive.catalogue.planner import (
    ASYNC_PLANNER_LOOP,
    ASYNC_PROCESS_QUEUE,
    PLANNER_BUILD,
    PLANNER_LOOP,
    PROCESS_TASK,
)
from hive.catalogue.queues import QUEUE_OLDEST, QUEUE_WAITING
from signalproof.catalogue.build import PythonVersion, Revision, Version
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Loop, Status
from signalproof.dashboard import Events, Row, State, StateTimeline, Table, TimeSeries
from signalproof.promql.build import value
from signalproof.promql.events import builds, happened, lowest
from signalproof.promql.operations import idle_seconds, latency
from signalproof.promql.overview import errors, pace

PLANNERS = {"planner": PLANNER_LOOP, "async planner": ASYNC_PLANNER_LOOP}
LOOPS: dict[str, Loop[Component, Any]] = {**PLANNERS, "deployer": DEPLOYER_LOOP}

ROW = Row(
    "Agent orchestration – do the loops turn, and does work pass through?",
    (
        TimeSeries(
            "Planner loop latency",
            (
                *latency(PLANNER_LOOP, 0.5, 0.95),
                *(one.named(f"async {one.name}") for one in latency(ASYNC_PLANNER_LOOP, 0.5, 0.95)),
            ),
            "Seconds of one turn, from poll to poll. A turn that found a task lasts as long as its plan.",
            width=12,
        ),
        TimeSeries(
            "Deployer loop latency",
            latency(DEPLOYER_LOOP, 0.5, 0.95),
            "Seconds of one turn. One with deployments in progress lasts until the first of them ends.",
            width=12,
        ),
        TimeSeries(
            "Queue processing rate",
            (
                pace(PROCESS_TASK, by=Status, per="hour").named("planning"),
                pace(PROCESS_QUEUE, by=Status, per="hour").named("batches"),
                pace(HANDLE_TASK, by=Status, per="hour").named("deployments"),
            ),
            "Work that left the queues per hour, by how it ended. Polls without work are in the database row.",
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
            log=True,
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
            tuple(pace(loop, by=Status, per="minute").named(name) for name, loop in LOOPS.items()),
            "Turns of the loops per minute, by how they ended. An idle loop turns at the pace of its poll.",
            width=12,
        ),
        Events(
            "Errors",
            (
                *(happened(loop.failures).named(name) for name, loop in LOOPS.items()),
                *errors(PROCESS_TASK, by=PlanningError, name="planning task", most=2),
                happened(ASYNC_PROCESS_QUEUE.failures).named("planning batch"),
                happened(PROCESS_QUEUE.failures).named("deployment batch"),
                *errors(HANDLE_TASK, by=DeploymentError, name="deployment task", most=2),
            ),
            "Failures in each interval, from a whole turn down to a task: the innermost one that fails is the place to look.",
        ),
        TimeSeries(
            "Tasks that wait",
            value(QUEUE_WAITING, "max", by=Queue),
            "Tasks in each queue. A line that climbs while the processing rate stays is more work than there are hands; one that "
            "climbs while the rate is zero is an outage.",
            width=12,
        ),
        TimeSeries(
            "Age of the oldest task",
            value(QUEUE_OLDEST, "max", by=Queue),
            "How long the oldest task of each queue has been waiting: a slope of one second a second is a queue that nobody "
            "looks into.",
            width=12,
        ),
        TimeSeries(
            "Seconds since the last turn",
            tuple(idle_seconds(loop, by=Instance, most=5).named(name) for name, loop in LOOPS.items()),
            "A saw-tooth is a loop that turns; a line that climbs is one that hangs. The five processes that are last at the end "
            "of the shown time.",
            width=12,
        ),
        Table(
            "What runs",
            (
                builds(PLANNER_BUILD, by=(Job, Version, Revision, PythonVersion)).named("planners"),
                builds(DEPLOYER_BUILD, by=(Job, Version, Revision, PythonVersion)).named("deployers"),
            ),
            "Processes by version and revision. Two revisions of one application are a rolling upgrade, or a process that was "
            "forgotten.",
            width=12,
        ),
        StateTimeline(
            "Loops running",
            (
                lowest(4, PLANNER_LOOP.running, by=Instance).named("planner"),
                lowest(4, ASYNC_PLANNER_LOOP.running, by=Instance).named("async planner"),
                lowest(4, DEPLOYER_LOOP.running, by=Instance).named("deployer"),
            ),
            "Which loop ran when, by process: of each loop the four that stood longest in the shown time. A gap is a process that did "
            "not answer the scrape.",
            width=12,
            states=(State(0, "stopped", "red"), State(1, "running", "green")),
        ),
    ),
    key="orchestration",
    collapsed=True,
)
