"""Row: How much?."""

from __future__ import annotations

from signalproof.dashboard import (
    BarGauge,
    Drawn,
    Gauge,
    Heatmap,
    Link,
    Override,
    Row,
    Stat,
    StateTimeline,
    StatusHistory,
    Table,
    Target,
    Text,
    Threshold,
    Tooltip,
    Transformation,
)
from signalproof.promql.build import promql

from ._settings import LEGEND_2, THRESHOLDS

ROW = Row(
    "How much?",
    (
        Stat(
            "Success now",
            promql(
                'sum(rate(deploy_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__rate_interval])) / sum(rate(deploy_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                name="deploy calls",
            ),
            "Share.",
            no_value="no data",
            decimals=2,
            unit="percentunit",
            thresholds=(Threshold(None, "red"), Threshold(0.995, "green")),
            links=(Link("Runbook", "https://runbook.test#success-now"),),
            width=5,
            height=8,
            raw={
                "fieldConfig": {"defaults": {"color": {"mode": "thresholds"}}},
                "options": {
                    "colorMode": "value",
                    "graphMode": "area",
                    "justifyMode": "auto",
                    "orientation": "auto",
                    "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
                    "textMode": "auto",
                },
            },
        ),
        Stat(
            "Deployments",
            Target(
                promql(
                    'sum by (status) (increase(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__range]))',
                    name="{{status}}",
                ),
                instant=True,
            ),
            "In the range.",
            no_value="no data",
            decimals=0,
            unit="short",
            thresholds=THRESHOLDS,
            overrides=(
                Override(
                    "byName",
                    "cancelled",
                    properties={"color": {"fixedColor": "#808080", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "failure",
                    properties={
                        "color": {"mode": "thresholds"},
                        "thresholds": {
                            "mode": "absolute",
                            "steps": [
                                {"color": "text", "value": None},
                                {"color": "red", "value": 0.5},
                            ],
                        },
                    },
                ),
                Override(
                    "byName",
                    "success",
                    properties={"color": {"fixedColor": "green", "mode": "fixed"}},
                ),
            ),
            links=(Link("Runbook", "https://runbook.test#deployments"),),
            width=5,
            height=8,
            raw={
                "fieldConfig": {
                    "defaults": {"color": {"fixedColor": "text", "mode": "fixed"}},
                },
                "options": {
                    "colorMode": "value",
                    "graphMode": "none",
                    "justifyMode": "auto",
                    "orientation": "auto",
                    "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
                    "textMode": "auto",
                },
            },
        ),
        Stat(
            "Memory",
            promql('sum(cache_bytes{job=~"$job",instance=~"$instance"})', name="cache"),
            "Bytes.",
            no_value="no data",
            unit="bytes",
            thresholds=THRESHOLDS,
            links=(Link("Runbook", "https://runbook.test#memory"),),
            width=5,
            height=8,
            raw={
                "fieldConfig": {
                    "defaults": {"color": {"fixedColor": "text", "mode": "fixed"}},
                },
                "options": {
                    "colorMode": "background",
                    "graphMode": "area",
                    "justifyMode": "auto",
                    "orientation": "auto",
                    "reduceOptions": {"calcs": ["max"], "values": False},
                    "textMode": "auto",
                },
            },
        ),
        Gauge(
            "Success over all",
            Target(
                promql(
                    'sum(rate(deploy_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(deploy_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range]))',
                    name="deploy calls",
                ),
                instant=True,
            ),
            "Share.",
            no_value="no data",
            min=0,
            max=1,
            decimals=2,
            unit="percentunit",
            thresholds=(Threshold(None, "red"), Threshold(0.995, "green")),
            links=(Link("Runbook", "https://runbook.test#success-over-all"),),
            width=5,
            height=8,
            raw={
                "fieldConfig": {"defaults": {"color": {"mode": "thresholds"}}},
                "options": {
                    "orientation": "auto",
                    "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
                    "showThresholdLabels": False,
                    "showThresholdMarkers": True,
                    "sizing": "auto",
                },
            },
        ),
        Gauge(
            "Cache",
            Target(
                promql(
                    'sum(cache_bytes{job=~"$job",instance=~"$instance"})',
                    name="cache",
                ),
                instant=True,
            ),
            "Of 1 GiB.",
            no_value="no data",
            min=0,
            max=1073741824,
            unit="bytes",
            thresholds=(Threshold(None, "blue"),),
            links=(Link("Runbook", "https://runbook.test#cache"),),
            width=4,
            height=8,
            raw={
                "fieldConfig": {
                    "defaults": {"color": {"fixedColor": "blue", "mode": "fixed"}},
                },
                "options": {
                    "orientation": "auto",
                    "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
                    "showThresholdLabels": False,
                    "showThresholdMarkers": False,
                    "sizing": "auto",
                },
            },
        ),
        BarGauge(
            "Mean by strategy",
            Target(
                promql(
                    'sum by (strategy) (rate(deploy_duration_seconds_sum{job=~"$job",instance=~"$instance"}[$__rate_interval])) / sum by (strategy) (rate(deploy_duration_seconds_count{job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                    name="mean {{strategy}}",
                ),
                instant=True,
            ),
            "Compare.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "blue"),),
            legend=LEGEND_2,
            links=(Link("Runbook", "https://runbook.test#mean-by-strategy"),),
            width=8,
            height=12,
            raw={
                "fieldConfig": {
                    "defaults": {"color": {"fixedColor": "blue", "mode": "fixed"}},
                },
                "options": {
                    "displayMode": "basic",
                    "namePlacement": "auto",
                    "orientation": "horizontal",
                    "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
                    "showUnfilled": True,
                    "sizing": "auto",
                    "valueMode": "color",
                },
            },
        ),
        Heatmap(
            "Spread",
            Target(
                promql(
                    'sum by (le) (increase(deploy_duration_seconds_bucket{job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                    name="{{le}}",
                ),
                format="heatmap",
            ),
            "All of them.",
            no_value="no data",
            tooltip=Tooltip(mode="single"),
            links=(Link("Runbook", "https://runbook.test#spread"),),
            width=16,
            height=12,
            raw={
                "options": {
                    "calculate": False,
                    "cellGap": 1,
                    "cellValues": {"unit": "short"},
                    "color": {
                        "exponent": 0.5,
                        "fill": "dark-orange",
                        "mode": "scheme",
                        "reverse": False,
                        "scale": "exponential",
                        "scheme": "Oranges",
                        "steps": 64,
                    },
                    "exemplars": {"color": "rgba(255,0,255,0.7)"},
                    "filterValues": {"le": 1e-09},
                    "legend": {"show": True},
                    "rowsFrame": {"layout": "auto"},
                    "showValue": "never",
                    "tooltip": {"showColorScale": True, "yHistogram": True},
                    "yAxis": {"axisPlacement": "left", "reverse": False, "unit": "s"},
                },
            },
        ),
        Table(
            "Outcomes",
            (
                Target(
                    promql(
                        'sum by (strategy, status) (increase(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__range]))',
                        name="calls",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'sum by (strategy) (rate(deploy_duration_seconds_sum{job=~"$job",instance=~"$instance"}[$__range])) / sum by (strategy) (rate(deploy_duration_seconds_count{job=~"$job",instance=~"$instance"}[$__range]))',
                        name="mean",
                    ),
                    instant=True,
                    format="table",
                ),
            ),
            "By strategy.",
            no_value="–",
            unit="locale",
            overrides=(
                Override(
                    "byName",
                    "status",
                    properties={
                        "mappings": [
                            {
                                "options": {
                                    "cancelled": {"color": "#808080"},
                                    "failure": {"color": "red"},
                                    "success": {"color": "green"},
                                },
                                "type": "value",
                            },
                        ],
                        "custom.cellOptions": {"type": "color-text"},
                    },
                ),
                Override("byName", "calls", properties={"decimals": 0}),
                Override(
                    "byName",
                    "mean",
                    properties={
                        "unit": "s",
                        "thresholds": {
                            "mode": "absolute",
                            "steps": [
                                {"color": "green", "value": None},
                                {"color": "red", "value": 30},
                            ],
                        },
                        "color": {"mode": "thresholds"},
                        "custom.cellOptions": {"type": "color-text"},
                    },
                ),
            ),
            transformations=(
                Transformation("merge", options={}),
                Transformation(
                    "organize",
                    options={
                        "excludeByName": {"Time": True},
                        "indexByName": {
                            "Value #A": 2,
                            "Value #B": 3,
                            "status": 1,
                            "strategy": 0,
                        },
                        "renameByName": {"Value #A": "calls", "Value #B": "mean"},
                    },
                ),
            ),
            links=(Link("Runbook", "https://runbook.test#outcomes"),),
            width=12,
            height=8,
            raw={
                "fieldConfig": {"defaults": {"custom": {"minWidth": 80}}},
                "options": {
                    "cellHeight": "sm",
                    "showHeader": True,
                    "sortBy": [{"desc": True, "displayName": "mean"}],
                },
            },
        ),
        Table(
            "Errors",
            Target(
                promql(
                    'sum by (error_type) (rate(deploy_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                    name="Errors",
                ),
                instant=True,
                format="table",
            ),
            "By type.",
            no_value="–",
            unit="suffix:errors/s",
            transformations=(
                Transformation(
                    "organize",
                    options={
                        "excludeByName": {"Time": True},
                        "indexByName": {"Value": 1, "error_type": 0},
                        "renameByName": {"Value": "Errors"},
                    },
                ),
            ),
            links=(Link("Runbook", "https://runbook.test#errors"),),
            width=12,
            height=8,
            raw={
                "fieldConfig": {"defaults": {"custom": {"minWidth": 80}}},
                "options": {
                    "cellHeight": "sm",
                    "showHeader": True,
                    "sortBy": [{"desc": False, "displayName": "Errors"}],
                },
            },
        ),
        StateTimeline(
            "Running",
            promql(
                'sum by (strategy) (workers_running{job=~"$job",instance=~"$instance"})',
                name="{{strategy}}",
            ),
            "On or off.",
            no_value="no data",
            drawn=Drawn(width=0, fill=70),
            legend=LEGEND_2,
            tooltip=Tooltip(mode="single", sort="none"),
            links=(Link("Runbook", "https://runbook.test#running"),),
            width=12,
            height=6,
            raw={
                "fieldConfig": {
                    "defaults": {
                        "color": {"mode": "palette-classic"},
                        "mappings": [
                            {
                                "options": {
                                    "0": {
                                        "color": "#808080",
                                        "index": 0,
                                        "text": "off",
                                    },
                                    "1": {"color": "green", "index": 1, "text": "on"},
                                },
                                "type": "value",
                            },
                        ],
                    },
                },
                "options": {
                    "alignValue": "left",
                    "mergeValues": True,
                    "rowHeight": 0.9,
                    "showValue": "auto",
                },
            },
        ),
        StatusHistory(
            "History",
            promql(
                'sum by (strategy) (workers_running{job=~"$job",instance=~"$instance"})',
                name="{{strategy}}",
            ),
            "On or off.",
            no_value="no data",
            drawn=Drawn(width=1, fill=70),
            legend=LEGEND_2,
            tooltip=Tooltip(mode="single", sort="none"),
            max_data_points=60,
            links=(Link("Runbook", "https://runbook.test#history"),),
            width=12,
            height=6,
            raw={
                "fieldConfig": {
                    "defaults": {
                        "color": {"mode": "palette-classic"},
                        "mappings": [
                            {
                                "options": {
                                    "0": {
                                        "color": "#808080",
                                        "index": 0,
                                        "text": "off",
                                    },
                                    "1": {"color": "green", "index": 1, "text": "on"},
                                },
                                "type": "value",
                            },
                        ],
                    },
                },
                "options": {"colWidth": 0.9, "rowHeight": 0.9, "showValue": "auto"},
            },
        ),
        Text(
            "Words",
            "**Read** this.",
            links=(Link("Runbook", "https://runbook.test#words"),),
            width=24,
            height=3,
            raw={"maxDataPoints": 100, "options": {"mode": "markdown"}},
        ),
    ),
    collapsed=True,
)
