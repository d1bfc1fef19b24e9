"""Hive / AI apps: how ai_planner and ai_deployer run."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYMENT_EXECUTION, ROLLBACK
from hive.catalogue.labels import Strategy
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Annotation, Dashboard, DashboardLink
from signalproof.promql.operations import calls

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
    tags=("hive", "ai"),
    annotations=(
        Annotation(
            "Deployments",
            calls(DEPLOYMENT_EXECUTION, where=Status.SUCCESS, by=Strategy) > 0,
            "green",
            text="deployed by {{strategy}}",
        ),
        Annotation("Rollbacks", calls(ROLLBACK, by=Status) > 0, "red", text="rollback: {{status}}"),
    ),
    links=(DashboardLink(("hive",), "Hive"),),
)
