"""Hive / AI apps."""

from __future__ import annotations

from signalproof.dashboard import Dashboard, DatasourceVariable, QueryVariable
from signalproof.promql.build import promql

from . import (
    agent_orchestration,
    async_validation,
    claude_planning,
    database_performance,
    deployment_execution,
    is_it_well,
)

DASHBOARD = Dashboard(
    "hive-ai-apps",
    "Hive / AI apps",
    (
        is_it_well.ROW,
        claude_planning.ROW,
        deployment_execution.ROW,
        agent_orchestration.ROW,
        database_performance.ROW,
        async_validation.ROW,
    ),
    plain=True,
    description="How the planner and the deployer of the Hive run: planning with Claude, deployments, loops, database, async.",
    tags=("hive", "ai"),
    variables=(
        DatasourceVariable(
            name="datasource",
            label="Data source",
            raw={"current": {"text": "default", "value": "default"}, "refresh": 1},
        ),
        QueryVariable(
            "job",
            promql("up"),
            "job",
            label="Job",
            raw={
                "allValue": ".*",
                "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
                "definition": "label_values(up, job)",
                "includeAll": True,
                "multi": True,
                "refresh": 2,
                "sort": 1,
            },
        ),
        QueryVariable(
            "instance",
            promql('up{job=~"$job"}'),
            "instance",
            label="Instance",
            raw={
                "allValue": ".*",
                "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
                "definition": 'label_values(up{job=~"$job"}, instance)',
                "includeAll": True,
                "multi": True,
                "refresh": 2,
                "sort": 1,
            },
        ),
    ),
    filters=(),
    time_from="now-6h",
    time_to="now",
    refresh="30s",
    timezone="browser",
    editable=True,
    cursor="line",
    raw={
        "annotations": {
            "list": [
                {
                    "datasource": {"type": "prometheus", "uid": "${datasource}"},
                    "enable": False,
                    "filter": {
                        "exclude": False,
                        "ids": [
                            2050324370,
                            908968834,
                            808400764,
                            404060028,
                            1035595151,
                            1570641017,
                            1079739484,
                            1619032831,
                            253383654,
                        ],
                    },
                    "iconColor": "green",
                    "name": "Deployments",
                    "target": {
                        "expr": '(max by (strategy) (deployment_execution_last_ended_timestamp_seconds{status="success",job=~"$job",instance=~"$instance"}) > 0) * 1000',
                        "refId": "Anno",
                    },
                    "textFormat": "deployed by {{strategy}}",
                    "titleFormat": "Deployments",
                    "useValueForTime": True,
                },
                {
                    "datasource": {"type": "prometheus", "uid": "${datasource}"},
                    "enable": True,
                    "filter": {
                        "exclude": False,
                        "ids": [
                            2050324370,
                            908968834,
                            808400764,
                            404060028,
                            1035595151,
                            1570641017,
                            1079739484,
                            1619032831,
                            253383654,
                        ],
                    },
                    "iconColor": "orange",
                    "name": "Failed deployments",
                    "target": {
                        "expr": '(max by (strategy) (deployment_execution_last_ended_timestamp_seconds{status="failure",job=~"$job",instance=~"$instance"}) > 0) * 1000',
                        "refId": "Anno",
                    },
                    "textFormat": "a deployment by {{strategy}} failed",
                    "titleFormat": "Failed deployments",
                    "useValueForTime": True,
                },
                {
                    "datasource": {"type": "prometheus", "uid": "${datasource}"},
                    "enable": True,
                    "iconColor": "red",
                    "name": "Failed rollbacks",
                    "target": {
                        "expr": '(max(deployment_rollback_last_ended_timestamp_seconds{status="failure",job=~"$job",instance=~"$instance"}) > 0) * 1000',
                        "refId": "Anno",
                    },
                    "textFormat": "a rollback failed: a person is needed",
                    "titleFormat": "Failed rollbacks",
                    "useValueForTime": True,
                },
            ],
        },
        "links": [
            {
                "asDropdown": True,
                "includeVars": True,
                "keepTime": True,
                "tags": ["hive"],
                "title": "Hive",
                "type": "dashboards",
            },
        ],
    },
)
