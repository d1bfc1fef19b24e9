"""Hive / AI apps: how ai_planner and ai_deployer run."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYMENT_EXECUTION, ROLLBACK
from hive.catalogue.labels import Strategy
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Annotation, Dashboard, DashboardLink
from signalproof.promql.operations import ended

from . import async_validation, claude_planning, database, deployment_execution, orchestration, well

DASHBOARD = Dashboard(
    "hive-ai-apps",
    "Hive / AI apps",
    (
        well.ROW,
        claude_planning.ROW,
        deployment_execution.ROW,
        orchestration.ROW,
        database.ROW,
        async_validation.ROW,
    ),
    description="How the planner and the deployer of the Hive run: planning with Claude, deployments, loops, database, async.",
    folder="hive",
    tags=("hive", "ai"),
    annotations=(
        Annotation(
            "Deployments",
            ended(DEPLOYMENT_EXECUTION, where=Status.SUCCESS, by=Strategy),
            "green",
            text="deployed by {{strategy}}",
            rows=("deployment-execution",),
            shown=False,
        ),
        Annotation(
            "Failed deployments",
            ended(DEPLOYMENT_EXECUTION, where=Status.FAILURE, by=Strategy),
            "orange",
            text="a deployment by {{strategy}} failed",
            rows=("deployment-execution",),
        ),
        Annotation(
            "Failed rollbacks",
            ended(ROLLBACK, where=Status.FAILURE),
            "red",
            text="a rollback failed: a person is needed",
        ),
    ),
    links=(DashboardLink(("hive",), "Hive"),),
)
