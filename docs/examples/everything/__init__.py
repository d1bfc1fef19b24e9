"""Everything."""

from __future__ import annotations

from signalproof.dashboard import (
    CustomVariable,
    Dashboard,
    DatasourceVariable,
    IntervalVariable,
    QueryVariable,
)
from signalproof.promql.build import promql

from . import how_fast, how_much, the_end

DASHBOARD = Dashboard(
    "everything",
    "Everything",
    (how_fast.ROW, how_much.ROW, the_end.ROW),
    plain=True,
    description="One of each.",
    tags=("test", "all"),
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
            promql('deploy_calls_total{job=~"$job",instance=~"$instance"}'),
            "strategy",
            label="Strategy",
            raw={
                "allValue": ".*",
                "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
                "definition": 'label_values(deploy_calls_total{job=~"$job",instance=~"$instance"}, strategy)',
                "includeAll": True,
                "multi": True,
                "refresh": 2,
                "sort": 1,
            },
        ),
        IntervalVariable(
            "window",
            ("5m", "1h"),
            label="Window",
            raw={"current": {"selected": True, "text": "5m", "value": "5m"}},
        ),
        CustomVariable(
            "share",
            ("0.5", "0.95"),
            label="Share",
            raw={
                "current": {"selected": True, "text": "0.5", "value": "0.5"},
                "options": [
                    {"selected": False, "text": "0.5", "value": "0.5"},
                    {"selected": False, "text": "0.95", "value": "0.95"},
                ],
            },
        ),
        CustomVariable(
            "zone",
            ("a", "b"),
            label="Zone",
            hidden=True,
            multi=True,
            raw={
                "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
                "includeAll": True,
                "multi": True,
                "options": [
                    {"selected": False, "text": "a", "value": "a"},
                    {"selected": False, "text": "b", "value": "b"},
                ],
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
                    "enable": True,
                    "iconColor": "green",
                    "name": "Deployments",
                    "target": {
                        "expr": 'sum by (strategy) (increase(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0',
                        "refId": "Anno",
                    },
                    "textFormat": "{{strategy}}",
                    "titleFormat": "Deployments",
                },
                {
                    "datasource": {"type": "prometheus", "uid": "${datasource}"},
                    "enable": True,
                    "iconColor": "red",
                    "name": "Failures",
                    "target": {
                        "expr": 'sum(increase(deploy_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0',
                        "refId": "Anno",
                    },
                    "titleFormat": "Failures",
                },
            ],
        },
        "links": [
            {
                "asDropdown": True,
                "includeVars": True,
                "keepTime": True,
                "tags": ["test"],
                "title": "Others",
                "type": "dashboards",
            },
            {
                "icon": "external link",
                "targetBlank": True,
                "title": "Home",
                "type": "link",
                "url": "https://home.test",
            },
        ],
    },
)
