"""Row 2: the steps of a deployment, in the order in which it takes them."""

from __future__ import annotations

from hive.catalogue.deployer import (
    BUILD_IMAGE,
    DOCKER_DEPLOYMENT,
    HEALTH_CHECK,
    KUBERNETES_DEPLOYMENT,
    SSH_DEPLOYMENT,
    STORE_RESULT,
    UPDATE_STATUS,
    VALIDATE_CONNECTION,
)
from hive.catalogue.labels import DeploymentError, Strategy
from signalproof.dashboard import BarGauge, Events, Row, Table, TimeSeries
from signalproof.promql.build import RANGE, chosen
from signalproof.promql.events import happened, one_of
from signalproof.promql.operations import latency, mean_duration, success_ratio
from signalproof.promql.overview import errors, outcomes

OF_STRATEGIES = {
    "1 ssh connection": VALIDATE_CONNECTION,
    "1 docker build": BUILD_IMAGE,
    "2 ssh": SSH_DEPLOYMENT,
    "2 docker": DOCKER_DEPLOYMENT,
    "2 kubernetes": KUBERNETES_DEPLOYMENT,
}
"""What each strategy does, by its place."""
WRITES = {"status": UPDATE_STATUS, "result": STORE_RESULT}

ROW = Row(
    "Steps – where did it break?",
    (
        Table(
            "Steps by outcome",
            outcomes(OF_STRATEGIES, "step", where=chosen(Strategy)),
            "How the steps of the chosen strategy ended in the shown time. The first that failed is where to look.",
            width=12,
            height=9,
            sort_by="failed share",
        ),
        Events(
            "Failed steps",
            one_of(
                "step",
                {
                    name: happened(step.failures, where=chosen(Strategy), by=DeploymentError)
                    for name, step in OF_STRATEGIES.items()
                },
            ),
            "Steps that failed, by type of error, each where it ended.",
        ),
        BarGauge(
            "Mean time of each step",
            one_of(
                "step",
                {
                    name: mean_duration(step, where=chosen(Strategy), window=RANGE)
                    for name, step in OF_STRATEGIES.items()
                },
            ),
            "Where the time of the shown deployments went.",
            width=12,
        ),
        Events(
            "Failed writes",
            tuple(happened(one.failures).named(name) for name, one in WRITES.items()),
            "Writes of status and result that failed. A deployment whose result is not stored is taken up again.",
        ),
        TimeSeries(
            "Health check",
            latency(HEALTH_CHECK, 0.5, 0.95),
            "Seconds that fresh releases take to answer, retries included, of every strategy. Near the limit they are rolled back.",
            width=8,
        ),
        TimeSeries(
            "Health check success",
            success_ratio(HEALTH_CHECK).named("success"),
            "Share of the health checks that ended well, of every strategy. Falling with one strategy chosen, compare with another.",
            width=8,
        ),
        Events(
            "Failed health checks",
            errors(HEALTH_CHECK, by=DeploymentError),
            "A release that arrived and did not answer. HealthCheckError without another failure is the release itself.",
            width=8,
        ),
    ),
    key="steps",
)
