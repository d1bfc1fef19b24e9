"""Row 2: deployment execution."""

from __future__ import annotations

from hive.catalogue.deployer import (
    BUILD_IMAGE,
    DEPLOYMENT_EXECUTION,
    DOCKER_DEPLOYMENT,
    HEALTH_CHECK,
    KUBERNETES_DEPLOYMENT,
    ROLLBACK,
    SSH_DEPLOYMENT,
    VALIDATE_CONNECTION,
)
from hive.catalogue.labels import DeploymentError, Strategy
from signalproof.catalogue.labels import Instance
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Drilldown, Events, Heatmap, Row, Stat, Table, TimeSeries
from signalproof.promql.build import RANGE, distribution
from signalproof.promql.events import happened
from signalproof.promql.operations import calls, latency, latest, success_ratio
from signalproof.promql.overview import errors, outcomes

STEPS = {
    "ssh": SSH_DEPLOYMENT,
    "ssh connection": VALIDATE_CONNECTION,
    "docker": DOCKER_DEPLOYMENT,
    "docker build": BUILD_IMAGE,
    "kubernetes": KUBERNETES_DEPLOYMENT,
}

ROW = Row(
    "Deployment execution – do deployments arrive, and how fast?",
    (
        TimeSeries(
            "Deployment duration by strategy",
            latency(DEPLOYMENT_EXECUTION, 0.95, by=Strategy),
            "The slowest twentieth of each strategy. Compare a strategy with its own past: a Kubernetes rollout waits for pods, "
            "an SSH release only for a symlink.",
            width=12,
        ),
        TimeSeries(
            "Deployment success rate",
            success_ratio(DEPLOYMENT_EXECUTION, by=Strategy),
            "Share of ended deployments that arrived, by strategy; cancelled ones do not count. One strategy falling alone points "
            "at its target, all together at the release.",
            width=12,
        ),
        TimeSeries(
            "Health check latency",
            latency(HEALTH_CHECK, 0.5, 0.95),
            "How long a fresh release takes to answer, retries included. Near the limit, healthy releases are rolled back.",
            width=12,
        ),
        Events(
            "Rollback frequency",
            happened(ROLLBACK.calls, by=Status),
            "Rollbacks, each where it ended. A failed one leaves a broken release in front of users.",
            width=8,
        ),
        Stat(
            "Rollbacks",
            calls(ROLLBACK, by=Status, window=RANGE),
            "Returns to the last good release in the shown time, by how they ended. A failed one needs a person at once.",
            height=9,
            width=4,
        ),
        Table(
            "Last deployments",
            latest(10, DEPLOYMENT_EXECUTION, by=(Instance, Strategy, Status)),
            "Of each process, strategy and outcome, how long ago the last one ended. A click leads to what such a deployment did.",
            width=12,
            ascending=True,
            data_links=(Drilldown("hive-one-deployment", "Its steps, rollback and log", by=(Strategy,)),),
        ),
        Events(
            "Deployments by outcome",
            happened(DEPLOYMENT_EXECUTION.calls, by=Status),
            "Deployments, each where it ended.",
        ),
        TimeSeries(
            "Deployment duration",
            latency(DEPLOYMENT_EXECUTION),
            "From taken up to healthy or rolled back, all strategies. The red line is the promise that p95 must keep.",
        ),
        Events(
            "Deployment errors",
            (
                *errors(DEPLOYMENT_EXECUTION, by=DeploymentError, name="deployment", most=2),
                *errors(HEALTH_CHECK, by=DeploymentError, name="health check", most=2),
                *errors(ROLLBACK, by=DeploymentError, name="rollback", most=2),
            ),
            "Failures in each interval by type of error: of deployments, of their health checks, and of rollbacks.",
        ),
        TimeSeries(
            "Step duration",
            tuple(
                one.named(f"{name} {one.name}") for name, step in STEPS.items() for one in latency(step, 0.95)
            ),
            "The slowest twentieth of each step of the strategies. A deployment that got slow did so in one of these.",
            width=12,
            log=True,
        ),
        Events(
            "Step errors",
            tuple(happened(step.failures).named(name) for name, step in STEPS.items()),
            "Failed steps in each interval: where in a strategy it breaks.",
        ),
        Table(
            "Steps by outcome",
            outcomes(STEPS, "step"),
            "How many steps ended how, in the shown time.",
            width=12,
            height=12,
        ),
        Heatmap(
            "Deployment duration distribution",
            distribution(DEPLOYMENT_EXECUTION.duration),
            "Every deployment by how long it took. Two bands are two kinds of deployment; a band that climbs is one of them "
            "getting slower while the quantiles still look well.",
        ),
    ),
    key="deployment-execution",
)
