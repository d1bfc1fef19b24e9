"""Row 4: database."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYMENT_QUEUE_POLL, STORE_RESULT, UPDATE_STATUS
from hive.catalogue.labels import DatabaseError
from hive.catalogue.planner import PLANNING_QUEUE_POLL, SAVE_PLAN
from signalproof.catalogue.operation import Status
from signalproof.dashboard import BarGauge, Events, Row, Table, TimeSeries
from signalproof.promql.build import RANGE
from signalproof.promql.operations import latency, mean_duration
from signalproof.promql.overview import errors, outcomes, pace

POLLS = {"planning": PLANNING_QUEUE_POLL, "deployment": DEPLOYMENT_QUEUE_POLL}
WRITES = {"plan": SAVE_PLAN, "status": UPDATE_STATUS, "result": STORE_RESULT}
ALL = {f"poll {name}": one for name, one in POLLS.items()} | {
    f"write {name}": one for name, one in WRITES.items()
}

ROW = Row(
    "Database performance – does it keep up?",
    (
        TimeSeries(
            "Latency by operation",
            tuple(
                one.named(f"{name} {one.name}")
                for name, poll in POLLS.items()
                for one in latency(poll, 0.5, 0.99)
            ),
            "Seconds that a look into each queue takes. Both rising is the database; one alone is its table or its index.",
            key="poll-latency-by-operation",
            width=12,
        ),
        TimeSeries(
            "Write latency",
            tuple(
                one.named(f"{name} {one.name}")
                for name, write in WRITES.items()
                for one in latency(write, 0.5, 0.99)
            ),
            "Seconds that each write takes. Writes wait for locks: p99 far above p50 is contention.",
            width=12,
        ),
        Events(
            "Error rate",
            tuple(
                one
                for name, operation in ALL.items()
                for one in errors(operation, by=DatabaseError, name=name, most=1)
            ),
            "Failed calls in each interval, by operation and type of error. OperationalError on all of them is a database that is "
            "away.",
        ),
        TimeSeries(
            "Throughput",
            tuple(
                pace(operation, where=Status.SUCCESS, per="minute").named(name)
                for name, operation in ALL.items()
            ),
            "Successful calls per minute. Polls are the heartbeat of the loops: a flat zero is a loop that does not run.",
            width=12,
            height=9,
            log=True,
        ),
        Table(
            "Calls by outcome",
            outcomes(ALL, "call"),
            "How many calls ended how, in the shown time.",
            width=14,
        ),
        BarGauge(
            "Mean latency",
            tuple(mean_duration(operation, window=RANGE).named(name) for name, operation in ALL.items()),
            "Mean seconds of a call over the shown time, to see at a glance which operation costs most.",
            width=10,
        ),
    ),
    key="database",
    collapsed=True,
)
