"""A dashboard in which everything that can be said is said, and every kind is there that the others have not."""

from __future__ import annotations

from tests.render.conftest import CHECK, DEPLOY, Strategy

from signalproof.dashboard import (
    AlertList,
    Axis,
    BarChart,
    CustomVariable,
    Dashboard,
    DashboardList,
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
from signalproof.promql.build import RANGE
from signalproof.promql.operations import calls, throughput

ROW = Row(
    "As said",
    (
        TimeSeries(
            "Said",
            (
                Target(
                    throughput(DEPLOY),
                    ref="X",
                    exemplar=True,
                    interval="1m",
                    legend="{{job}} said",
                ),
                Target(throughput(CHECK).named("check"), hide=True, raw={"intervalFactor": 2}),
            ),
            "Everything overruled.",
            unit="reqps",
            decimals=2,
            display_name="said",
            thresholds=(Threshold(None, "green"), Threshold(5, "yellow"), Threshold(9, "red")),
            drawn=Drawn(fill=30, width=2, points="never", span_nulls=True, thresholds="area"),
            axis=Axis(placement="right", label="calls", soft_min=0, centered_zero=False),
            legend=Legend(show=True, mode="table", placement="bottom", calcs=("mean",)),
            tooltip=Tooltip(mode="single", sort="none"),
            overrides=(Override.by_name("check", {"unit": "ms", "custom.axisPlacement": "left"}),),
            transformations=(Transformation("sortBy", {"sort": [{"field": "said"}]}),),
            interval="30s",
            max_data_points=100,
            time_from="1h",
            time_shift="1w",
            transparent=True,
            repeat="strategy",
            repeat_direction="h",
            max_per_row=4,
            raw={"hideTimeOverride": True},
        ),
        BarChart(
            "Bars",
            calls(DEPLOY, by=Strategy, window=RANGE),
            "Beside each other.",
            x_field="strategy",
        ),
        PieChart("Parts", calls(DEPLOY, by=Strategy, window=RANGE), "Of a whole.", shape="donut"),
        Histogram("Values", throughput(DEPLOY), "How often which.", bucket_count=10, combine=True),
        AlertList("Firing", most=5, of_dashboard=True),
        DashboardList("Others", tags=("test",), search=True, starred=False),
        RawPanel(
            "Map",
            {
                "type": "geomap",
                "targets": [{"refId": "A", "expr": "sum(deploy_calls_total)", "instant": True}],
                "options": {"view": {"id": "zero"}},
            },
            width=6,
        ),
    ),
    key="said",
    repeat="zone",
)

SAID = Dashboard(
    "said",
    "Said",
    (ROW,),
    variables=(
        QueryVariable("strategy", DEPLOY.calls, Strategy),
        CustomVariable("zone", ("a", "b"), multi=True),
        TextVariable("search", default="x", raw={"description": "What is looked for."}),
        RawVariable("fixed", {"type": "constant", "query": "7", "hide": 2}),
    ),
    raw={"timezone": "utc", "weekStart": "monday"},
)
