"""Row: How fast?."""

from __future__ import annotations

from signalproof.dashboard import (
    Axis,
    Drawn,
    Legend,
    Link,
    Override,
    Row,
    Threshold,
    TimeSeries,
    Tooltip,
)
from signalproof.promql.build import promql

from ._settings import DRAWN, LEGEND, LEGEND_2, TOOLTIP

ROW = Row(
    "How fast?",
    (
        TimeSeries(
            "Latency",
            (
                promql(
                    'histogram_quantile(0.5, sum by (le) (rate(deploy_duration_seconds_bucket{job=~"$job",instance=~"$instance"}[$__rate_interval])))',
                    name="p50",
                ),
                promql(
                    'histogram_quantile(0.95, sum by (le) (rate(deploy_duration_seconds_bucket{job=~"$job",instance=~"$instance"}[$__rate_interval])))',
                    name="p95",
                ),
                promql(
                    'histogram_quantile(0.99, sum by (le) (rate(deploy_duration_seconds_bucket{job=~"$job",instance=~"$instance"}[$__rate_interval])))',
                    name="p99",
                ),
            ),
            "How long it takes.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "transparent"), Threshold(60, "red")),
            drawn=DRAWN,
            axis=Axis(soft_max=66),
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=211,
            ),
            tooltip=TOOLTIP,
            links=(
                Link(
                    "How much?",
                    "/d/everything?viewPanel=1165647762&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
                Link("Row page", "https://docs.test/speed/latency"),
                Link("Runbook", "https://runbook.test#latency"),
            ),
            width=16,
            height=8,
        ),
        TimeSeries(
            "By strategy",
            promql(
                'histogram_quantile(0.95, sum by (strategy, le) (rate(deploy_duration_seconds_bucket{job=~"$job",instance=~"$instance"}[$__rate_interval])))',
                name="p95 {{strategy}}",
            ),
            "Which is slow.",
            no_value="no data",
            unit="s",
            thresholds=(Threshold(None, "transparent"), Threshold(60, "red")),
            drawn=DRAWN,
            axis=Axis(scale="log", log_base=10, soft_min=54, soft_max=66),
            legend=LEGEND,
            tooltip=TOOLTIP,
            links=(
                Link("Row page", "https://docs.test/speed/by-strategy"),
                Link("Runbook", "https://runbook.test#by-strategy"),
            ),
            width=8,
            height=8,
        ),
        TimeSeries(
            "Calls",
            promql(
                'sum by (status) (rate(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                name="{{status}}",
            ),
            "How many.",
            no_value="no data",
            min=0,
            unit="ops",
            drawn=Drawn(fill=80, stack="normal", stack_group="A"),
            legend=LEGEND,
            tooltip=Tooltip(mode="multi", sort="desc", hide_zeros=True),
            overrides=(
                Override(
                    "byName",
                    "cancelled",
                    properties={"color": {"fixedColor": "#808080", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "failure",
                    properties={"color": {"fixedColor": "red", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "success",
                    properties={"color": {"fixedColor": "green", "mode": "fixed"}},
                ),
            ),
            links=(
                Link("Row page", "https://docs.test/speed/calls"),
                Link("Runbook", "https://runbook.test#calls"),
            ),
            width=6,
            height=8,
        ),
        TimeSeries(
            "Both",
            (
                promql(
                    'histogram_quantile(0.95, sum by (le) (rate(deploy_duration_seconds_bucket{job=~"$job",instance=~"$instance"}[$__rate_interval])))',
                    name="deploy p95",
                ),
                promql(
                    'histogram_quantile(0.95, sum by (le) (rate(check_duration_seconds_bucket{job=~"$job",instance=~"$instance"}[$__rate_interval])))',
                    name="check p95",
                ),
            ),
            "Two promises.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(
                Threshold(None, "transparent"),
                Threshold(5, "red"),
                Threshold(60, "red"),
            ),
            drawn=DRAWN,
            axis=Axis(soft_max=66),
            legend=LEGEND,
            tooltip=TOOLTIP,
            links=(
                Link("Row page", "https://docs.test/speed/both"),
                Link("Runbook", "https://runbook.test#both"),
            ),
            width=6,
            height=8,
        ),
        TimeSeries(
            "Success",
            promql(
                'sum(rate(deploy_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__rate_interval])) / sum(rate(deploy_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                name="deploy calls",
            ),
            "The budget.",
            no_value="no data",
            max=1,
            decimals=2,
            unit="percentunit",
            thresholds=(Threshold(None, "transparent"), Threshold(0.995, "red")),
            drawn=DRAWN,
            axis=Axis(soft_min=0.97),
            legend=LEGEND_2,
            tooltip=TOOLTIP,
            links=(
                Link("Row page", "https://docs.test/speed/success"),
                Link("Runbook", "https://runbook.test#success"),
            ),
            width=6,
            height=8,
        ),
        TimeSeries(
            "Errors",
            promql(
                'sum by (status) (increase(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__rate_interval]))',
                name="{{status}}",
            ),
            "Events.",
            no_value="no data",
            min=0,
            unit="short",
            drawn=Drawn(style="bars", fill=100),
            legend=LEGEND,
            tooltip=Tooltip(mode="multi", sort="desc", hide_zeros=True),
            overrides=(
                Override(
                    "byName",
                    "cancelled",
                    properties={"color": {"fixedColor": "#808080", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "failure",
                    properties={"color": {"fixedColor": "red", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "success",
                    properties={"color": {"fixedColor": "green", "mode": "fixed"}},
                ),
            ),
            max_data_points=60,
            links=(
                Link("Row page", "https://docs.test/speed/errors"),
                Link("Runbook", "https://runbook.test#errors"),
            ),
            width=6,
            height=8,
        ),
    ),
)
