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
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Heatmap, Row, Stat, Table, TimeSeries
from signalproof.promql.build import RANGE, distribution
from signalproof.promql.operations import calls, error_rate, latency, success_ratio

STEPS = {
    "ssh": SSH_DEPLOYMENT,
    "ssh connection": VALIDATE_CONNECTION,
    "docker": DOCKER_DEPLOYMENT,
    "docker build": BUILD_IMAGE,
    "kubernetes": KUBERNETES_DEPLOYMENT,
}

ROW = Row(
    "Do deployments arrive, and how fast?",
    (
        TimeSeries(
            "Deployment duration",
            latency(DEPLOYMENT_EXECUTION),
            "From taken up to healthy or rolled back, all strategies. The dashed line is the promise that p95 must keep.",
        ),
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
        ),
        TimeSeries(
            "Health check latency",
            latency(HEALTH_CHECK, 0.5, 0.95),
            "How long a fresh release takes to answer, retries included. Near the limit, healthy releases are rolled back.",
        ),
        Stat(
            "Rollbacks",
            calls(ROLLBACK, by=Status, window=RANGE),
            "Returns to the last good release in the shown time, by how they ended. A failed one needs a person at once.",
            height=8,
            width=4,
        ),
        TimeSeries(
            "Rollback frequency",
            calls(ROLLBACK, by=Status, window="1h").named("per hour"),
            "Rollbacks in the hour before each moment. They are rare: a rate per second could not be read.",
            width=12,
            style="bars",
        ),
        TimeSeries(
            "Deployment errors",
            (
                error_rate(DEPLOYMENT_EXECUTION, by=(Strategy, DeploymentError)),
                error_rate(HEALTH_CHECK, by=DeploymentError).named("health check"),
                error_rate(ROLLBACK, by=DeploymentError).named("rollback"),
            ),
            "Failures per second by type of error: of deployments by strategy, of their health checks, and of rollbacks.",
            width=12,
        ),
        TimeSeries(
            "Step duration",
            tuple(
                one.named(f"{name} {one.name}") for name, step in STEPS.items() for one in latency(step, 0.95)
            ),
            "The slowest twentieth of each step of the strategies. A deployment that got slow did so in one of these.",
            width=12,
        ),
        TimeSeries(
            "Step errors",
            tuple(error_rate(step, by=DeploymentError).named(name) for name, step in STEPS.items()),
            "Failed steps per second by type of error: where in a strategy it breaks.",
            width=12,
        ),
        Table(
            "Steps by outcome",
            tuple(calls(step, by=Status, window=RANGE).named(name) for name, step in STEPS.items()),
            "How many steps ended how, in the shown time.",
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
