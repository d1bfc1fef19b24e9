"""Said."""

from __future__ import annotations

from signalproof.dashboard import (
    AlertList,
    Axis,
    BarChart,
    CustomVariable,
    Dashboard,
    DashboardList,
    DatasourceVariable,
    Drawn,
    Histogram,
    Legend,
    Override,
    PieChart,
    QueryVariable,
    RawPanel,
    RawVariable,
    Row,
    Target,
    TextVariable,
    Threshold,
    TimeSeries,
    Tooltip,
    Transformation,
)
from signalproof.promql.build import promql

from ._settings import THRESHOLDS

DASHBOARD = Dashboard(
    "said",
    "Said",
    (
        Row(
            "As said",
            (
                TimeSeries(
                    "Said",
                    (
                        Target(
                            promql(
                                'sum(rate(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                                name="{{job}} said",
                            ),
                            exemplar=True,
                            interval="1m",
                            ref="X",
                        ),
                        Target(
                            promql(
                                'sum(rate(check_calls_total{job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                                name="check",
                            ),
                            hide=True,
                            interval_factor=2,
                        ),
                    ),
                    "Everything overruled.",
                    transparent=True,
                    repeat="strategy",
                    repeat_direction="h",
                    max_per_row=4,
                    no_value="no data",
                    min=0,
                    decimals=2,
                    unit="reqps",
                    display_name="said",
                    thresholds=(
                        Threshold(None, "green"),
                        Threshold(5, "yellow"),
                        Threshold(9, "red"),
                    ),
                    drawn=Drawn(
                        width=2,
                        fill=30,
                        points="never",
                        span_nulls=True,
                        thresholds="area",
                    ),
                    axis=Axis(
                        placement="right",
                        label="calls",
                        soft_min=0,
                        centered_zero=False,
                    ),
                    legend=Legend(
                        show=True,
                        mode="table",
                        placement="bottom",
                        calcs=("mean",),
                    ),
                    tooltip=Tooltip(mode="single", sort="none"),
                    overrides=(
                        Override(
                            "byName",
                            "check",
                            properties={"unit": "ms", "custom.axisPlacement": "left"},
                        ),
                    ),
                    transformations=(
                        Transformation("sortBy", options={"sort": [{"field": "said"}]}),
                    ),
                    interval="30s",
                    max_data_points=100,
                    time_from="1h",
                    time_shift="1w",
                    width=8,
                    height=8,
                    raw={"hideTimeOverride": True},
                ),
                BarChart(
                    "Bars",
                    Target(
                        promql(
                            'sum by (strategy) (increase(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__range]))',
                            name="{{strategy}}",
                        ),
                        instant=True,
                        format="table",
                    ),
                    "Beside each other.",
                    no_value="no data",
                    unit="short",
                    thresholds=THRESHOLDS,
                    legend=Legend(show=True),
                    orientation="auto",
                    stacking="none",
                    x_field="strategy",
                    show_value="auto",
                    width=16,
                    height=8,
                    raw={
                        "fieldConfig": {
                            "defaults": {
                                "color": {"fixedColor": "text", "mode": "fixed"},
                            },
                        },
                    },
                ),
                PieChart(
                    "Parts",
                    Target(
                        promql(
                            'sum by (strategy) (increase(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__range]))',
                            name="{{strategy}}",
                        ),
                        instant=True,
                    ),
                    "Of a whole.",
                    no_value="no data",
                    unit="short",
                    thresholds=THRESHOLDS,
                    legend=Legend(show=True, placement="right"),
                    shape="donut",
                    labels=("percent",),
                    width=8,
                    height=8,
                    raw={
                        "fieldConfig": {
                            "defaults": {
                                "color": {"fixedColor": "text", "mode": "fixed"},
                            },
                        },
                        "options": {
                            "legend": {"values": ["value"]},
                            "reduceOptions": {
                                "calcs": ["lastNotNull"],
                                "values": False,
                            },
                        },
                    },
                ),
                Histogram(
                    "Values",
                    promql(
                        'sum(rate(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                        name="deploy calls",
                    ),
                    "How often which.",
                    no_value="no data",
                    unit="ops",
                    thresholds=THRESHOLDS,
                    legend=Legend(show=True),
                    bucket_count=10,
                    combine=True,
                    width=16,
                    height=8,
                    raw={
                        "fieldConfig": {
                            "defaults": {
                                "color": {"fixedColor": "text", "mode": "fixed"},
                            },
                        },
                    },
                ),
                AlertList("Firing", most=5, of_dashboard=True, width=9, height=8),
                DashboardList(
                    "Others",
                    tags=("test",),
                    search=True,
                    starred=False,
                    width=9,
                    height=8,
                ),
                RawPanel(
                    "Map",
                    json={
                        "options": {"view": {"id": "zero"}},
                        "targets": [
                            {
                                "refId": "A",
                                "expr": 'sum(deploy_calls_total{job=~"$job",instance=~"$instance"})',
                                "instant": True,
                            },
                        ],
                        "type": "geomap",
                    },
                    width=6,
                    height=8,
                ),
            ),
            repeat="zone",
        ),
    ),
    plain=True,
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
        CustomVariable(
            "zone",
            ("a", "b"),
            label="Zone",
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
        TextVariable(
            "search",
            default="x",
            label="Search",
            raw={
                "current": {"selected": True, "text": "x", "value": "x"},
                "description": "What is looked for.",
            },
        ),
        RawVariable("fixed", {"hide": 2, "query": "7", "type": "constant"}),
    ),
    filters=(),
    time_from="now-6h",
    time_to="now",
    refresh="30s",
    timezone="utc",
    editable=True,
    cursor="line",
    week_start="monday",
)
