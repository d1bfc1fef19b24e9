"""Hive / AI apps – one deployment."""

from __future__ import annotations

from signalproof.dashboard import Dashboard, DatasourceVariable, QueryVariable
from signalproof.promql.build import promql

from . import outcome, record, rollback, steps

DASHBOARD = Dashboard(
    "hive-one-deployment",
    "Hive / AI apps – one deployment",
    (outcome.ROW, steps.ROW, rollback.ROW, record.ROW),
    plain=True,
    description="From a deployment that failed to its steps, its rollback, and its lines in the log.",
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
        QueryVariable(
            "strategy",
            promql(
                'deployment_execution_calls_total{job=~"$job",instance=~"$instance"}',
            ),
            "strategy",
            label="Strategy",
            raw={
                "allValue": ".*",
                "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
                "definition": 'label_values(deployment_execution_calls_total{job=~"$job",instance=~"$instance"}, strategy)',
                "includeAll": True,
                "multi": True,
                "refresh": 2,
                "sort": 1,
            },
        ),
    ),
    filters=(),
    time_from="now-1h",
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
                    "enable": True,
                    "iconColor": "orange",
                    "name": "Failed deployments",
                    "target": {
                        "expr": '(max by (strategy) (deployment_execution_last_ended_timestamp_seconds{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}) > 0) * 1000',
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
