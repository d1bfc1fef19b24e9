"""Row 0: everything at a glance. Red means that somebody has to act."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYER_LOOP, DEPLOYMENT_EXECUTION, ROLLBACK
from hive.catalogue.labels import Queue
from hive.catalogue.planner import ASYNC_CLAUDE_PLANNING, ASYNC_PLANNER_LOOP, CLAUDE_PLANNING, PLANNER_LOOP
from hive.catalogue.queues import QUEUE_OLDEST, QUEUE_WAITING
from signalproof.catalogue.labels import Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Row, RowLink, Stat
from signalproof.promql.build import RANGE, promql, up, value
from signalproof.promql.operations import calls, latency, success_ratio
from signalproof.promql.overview import budget_left, standing_still

PLANNERS = {"sync": CLAUDE_PLANNING, "async": ASYNC_CLAUDE_PLANNING}
TURN = 15 * 60.0
"""Seconds that a turn of a planner may take, as its alert has it."""
DEPLOYMENT_TURN = 45 * 60.0
"""Seconds that a turn of the deployer may take."""

ROW = Row(
    "Is it well?",
    (
        Stat(
            "Plan success",
            tuple(success_ratio(one, window=RANGE).named(name) for name, one in PLANNERS.items()),
            "Share of the calls of Claude in the shown time that brought a plan, against the objective.",
            links=(RowLink("claude-planning"),),
            width=6,
        ),
        Stat(
            "Plan budget left",
            tuple(budget_left(one).named(name) for name, one in PLANNERS.items()),
            "What the failures of the shown time leave of what the objective allows for it. At nothing, stop changing things.",
            links=(RowLink("claude-planning"),),
            width=6,
        ),
        Stat(
            "Plan time (p95)",
            tuple(
                expr.named(name)
                for name, one in PLANNERS.items()
                for expr in latency(one, 0.95, window=RANGE)
            ),
            "Seconds within which 95 % of the plans of the shown time came, retries included.",
            links=(RowLink("claude-planning"),),
            width=6,
        ),
        Stat(
            "Deploy success",
            success_ratio(DEPLOYMENT_EXECUTION, window=RANGE).named("deployments"),
            "Share of the deployments that ended in the shown time and arrived, against the objective.",
            links=(RowLink("deployment-execution"),),
            width=6,
        ),
        Stat(
            "Deploy budget",
            budget_left(DEPLOYMENT_EXECUTION),
            "What the failures of the shown time leave of what the objective allows for it.",
            links=(RowLink("deployment-execution"),),
            width=6,
        ),
        Stat(
            "Deploy time (p95)",
            latency(DEPLOYMENT_EXECUTION, 0.95, window=RANGE),
            "Seconds within which 95 % of the deployments of the shown time were healthy or rolled back.",
            links=(RowLink("deployment-execution"),),
            width=6,
        ),
        Stat(
            "Tasks waiting",
            value(QUEUE_WAITING, "max", by=Queue),
            "Tasks in the queues, as the last poll found them.",
            links=(RowLink("orchestration"),),
            width=6,
        ),
        Stat(
            "Oldest task",
            value(QUEUE_OLDEST, "max", by=Queue).limited(30 * 60),
            "Age of the oldest task of each queue. Older than half an hour, nobody takes tasks up: see whether the loops turn.",
            links=(RowLink("orchestration"),),
            width=6,
        ),
        Stat(
            "Failed rollbacks",
            calls(ROLLBACK, where=Status.FAILURE, window=RANGE).named("failed").limited(0.5),
            "Each left a broken release in front of users: act at once.",
            links=(RowLink("deployment-execution"),),
            width=6,
        ),
        Stat(
            "Stalled loops",
            (
                standing_still(PLANNER_LOOP, TURN).named("planner").limited(0.5),
                standing_still(ASYNC_PLANNER_LOOP, TURN).named("async planner").limited(0.5),
                standing_still(DEPLOYER_LOOP, DEPLOYMENT_TURN).named("deployer").limited(0.5),
            ),
            "Processes whose loop turned once and has not for longer than a turn may take: they hang.",
            links=(RowLink("orchestration"),),
            trend=False,
            width=6,
        ),
        Stat(
            "Alerts firing",
            promql('count(ALERTS{alertstate="firing",alertname!=""}) or vector(0)', name="alerts").limited(
                0.5
            ),
            "Every alert that Prometheus has firing at the moment; Alerting in the menu lists them with their runbooks.",
            width=6,
        ),
        Stat(
            "Applications up",
            up(by=Job),
            "Processes that answered the last scrape.",
            no_value="no application of the Hive is scraped here",
            width=6,
        ),
    ),
    key="well",
)
