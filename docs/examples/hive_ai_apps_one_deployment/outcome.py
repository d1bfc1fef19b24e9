"""Row: Outcome – how did it end, and when?."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYMENT_EXECUTION
from hive.catalogue.labels import DeploymentError, Strategy
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import (
    Legend,
    Override,
    Row,
    Stat,
    Table,
    Target,
    TimeSeries,
    Transformation,
)
from signalproof.promql.build import RANGE, chosen, increase, occupancy, promql, rate

from ._settings import DRAWN, OVERRIDES, RAW, THRESHOLDS, TOOLTIP

ROW = Row(
    "Outcome – how did it end, and when?",
    (
        Table(
            "Last deployments",
            Target(
                promql(
                    'time() - topk(10, max by (instance, strategy, status) (deployment_execution_last_ended_timestamp_seconds{strategy=~"$strategy",job=~"$job",instance=~"$instance"}) > 0)',
                    name="ended ago",
                ),
                instant=True,
                format="table",
            ),
            "Of each process, strategy and outcome, how long ago the last one ended. Set the time range to begin before it did.",
            no_value="–",
            unit="s",
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
            ),
            transformations=(
                Transformation(
                    "organize",
                    options={
                        "excludeByName": {"Time": True},
                        "indexByName": {
                            "Value": 3,
                            "instance": 0,
                            "status": 2,
                            "strategy": 1,
                        },
                        "renameByName": {"Value": "ended ago"},
                    },
                ),
            ),
            width=12,
            height=9,
            raw={
                "fieldConfig": {"defaults": {"custom": {"minWidth": 80}}},
                "options": {
                    "cellHeight": "sm",
                    "showHeader": True,
                    "sortBy": [{"desc": False, "displayName": "ended ago"}],
                },
            },
        ),
        Stat(
            "Ended",
            Target(
                increase(
                    DEPLOYMENT_EXECUTION.calls,
                    where=(chosen(Strategy), chosen(Job), chosen(Instance)),
                    by=Status,
                    window=RANGE,
                ).named("{{status}}"),
                instant=True,
            ),
            "How the deployments of the shown time ended.",
            no_value="no data",
            decimals=0,
            unit="suffix:deployments",
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
            width=6,
            height=9,
            raw=RAW,
        ),
        Stat(
            "Mean time",
            Target(
                (
                    occupancy(
                        DEPLOYMENT_EXECUTION.duration,
                        where=(chosen(Strategy), chosen(Job), chosen(Instance)),
                        by=Strategy,
                        window=RANGE,
                    )
                    / rate(
                        DEPLOYMENT_EXECUTION.duration,
                        where=(chosen(Strategy), chosen(Job), chosen(Instance)),
                        by=Strategy,
                        window=RANGE,
                    )
                ).named("mean {{strategy}}"),
                instant=True,
            ),
            "Seconds from taken up to healthy or rolled back, the mean of the shown time.",
            no_value="no data",
            unit="s",
            thresholds=THRESHOLDS,
            width=6,
            height=9,
            raw=RAW,
        ),
        TimeSeries(
            "Deployments by outcome",
            (
                increase(
                    DEPLOYMENT_EXECUTION.calls,
                    where=(chosen(Strategy), chosen(Job), chosen(Instance)),
                    by=Status,
                )
                > 0
            ).named("{{status}}"),
            "Deployments, each where it ended. The one that was looked for is one of these bars.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:deployments",
            drawn=DRAWN,
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("max",),
                width=219,
                sort_by="Max",
                sort_desc=True,
            ),
            tooltip=TOOLTIP,
            overrides=OVERRIDES,
            max_data_points=60,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Failures by type of error",
            (
                increase(
                    DEPLOYMENT_EXECUTION.failures,
                    where=(chosen(Strategy), chosen(Job), chosen(Instance)),
                    by=DeploymentError,
                )
                > 0
            ).named("{{error_type}}"),
            "Why deployments failed. The runbook of the strategy goes by these names, and so do the events of the log.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN,
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("max",),
                width=220,
                sort_by="Max",
                sort_desc=True,
            ),
            tooltip=TOOLTIP,
            max_data_points=60,
            width=12,
            height=9,
        ),
    ),
)
