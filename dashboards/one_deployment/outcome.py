"""Row 1: how deployments of the chosen strategy ended, and when."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYMENT_EXECUTION
from hive.catalogue.labels import DeploymentError, Strategy
from signalproof.catalogue.labels import Instance
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Events, Row, Stat, Table
from signalproof.promql.build import RANGE, chosen
from signalproof.promql.events import happened
from signalproof.promql.operations import calls, latest, mean_duration
from signalproof.promql.overview import errors

ROW = Row(
    "Outcome – how did it end, and when?",
    (
        Table(
            "Last deployments",
            latest(10, DEPLOYMENT_EXECUTION, where=chosen(Strategy), by=(Instance, Strategy, Status)),
            "Of each process, strategy and outcome, how long ago the last one ended. Set the time range to begin before it did.",
            width=12,
            ascending=True,
        ),
        Stat(
            "Ended",
            calls(DEPLOYMENT_EXECUTION, where=chosen(Strategy), by=Status, window=RANGE),
            "How the deployments of the shown time ended.",
            width=6,
            height=9,
        ),
        Stat(
            "Mean time",
            mean_duration(DEPLOYMENT_EXECUTION, where=chosen(Strategy), by=Strategy, window=RANGE),
            "Seconds from taken up to healthy or rolled back, the mean of the shown time.",
            width=6,
            height=9,
        ),
        Events(
            "Deployments by outcome",
            happened(DEPLOYMENT_EXECUTION.calls, where=chosen(Strategy), by=Status),
            "Deployments, each where it ended. The one that was looked for is one of these bars.",
        ),
        Events(
            "Failures by type of error",
            errors(DEPLOYMENT_EXECUTION, where=chosen(Strategy), by=DeploymentError),
            "Why deployments failed. The runbook of the strategy goes by these names, and so do the events of the log.",
        ),
    ),
    key="outcome",
)
