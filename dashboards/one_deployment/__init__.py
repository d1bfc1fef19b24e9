"""Hive / AI apps – one deployment: what a failed deployment did, step by step, and what to read next."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYMENT_EXECUTION, ROLLBACK
from hive.catalogue.labels import Strategy
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Annotation, Dashboard, DashboardLink, QueryVariable
from signalproof.promql.build import chosen
from signalproof.promql.operations import ended

from . import outcome, record, rollback, steps

DASHBOARD = Dashboard(
    "hive-one-deployment",
    "Hive / AI apps – one deployment",
    (outcome.ROW, steps.ROW, rollback.ROW, record.ROW),
    description="From a deployment that failed to its steps, its rollback, and its lines in the log.",
    folder="hive",
    tags=("hive", "ai"),
    variables=(QueryVariable("strategy", DEPLOYMENT_EXECUTION.calls, Strategy),),
    annotations=(
        Annotation(
            "Failed deployments",
            ended(DEPLOYMENT_EXECUTION, where=(chosen(Strategy), Status.FAILURE), by=Strategy),
            "orange",
            text="a deployment by {{strategy}} failed",
        ),
        Annotation(
            "Failed rollbacks",
            ended(ROLLBACK, where=Status.FAILURE),
            "red",
            text="a rollback failed: a person is needed",
        ),
    ),
    links=(DashboardLink(("hive",), "Hive"),),
    time_from="now-1h",
)
