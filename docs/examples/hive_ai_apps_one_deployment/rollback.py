"""Row: Rollback – does the good release serve again?."""

from __future__ import annotations

from hive.catalogue.deployer import ROLLBACK
from hive.catalogue.labels import DeploymentError
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Legend, Override, Row, Stat, Target, TimeSeries
from signalproof.promql.build import RANGE, chosen, increase, promql, quantile

from ._settings import DRAWN, OVERRIDES, RAW, THRESHOLDS, TOOLTIP

ROW = Row(
    "Rollback – does the good release serve again?",
    (
        Stat(
            "Rollbacks",
            Target(
                increase(
                    ROLLBACK.calls,
                    where=(chosen(Job), chosen(Instance)),
                    by=Status,
                    window=RANGE,
                ).named("{{status}}"),
                instant=True,
            ),
            "How the rollbacks of the shown time ended. A failed one leaves a broken release in front of users.",
            no_value="no data",
            decimals=0,
            unit="suffix:rollbacks",
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
            width=8,
            height=5,
            raw=RAW,
        ),
        Stat(
            "Last rollback",
            Target(
                promql(
                    'time() - (max by (status) (deployment_rollback_last_ended_timestamp_seconds{job=~"$job",instance=~"$instance"}) > 0)',
                    name="{{status}}",
                ),
                instant=True,
            ),
            "How long ago a rollback last ended, by how it did.",
            no_value="none yet",
            unit="s",
            thresholds=THRESHOLDS,
            overrides=OVERRIDES,
            width=8,
            height=5,
            raw=RAW,
        ),
        Stat(
            "Rollback time",
            (
                Target(
                    quantile(
                        0.5,
                        ROLLBACK.duration,
                        where=(chosen(Job), chosen(Instance)),
                        window=RANGE,
                    ).named("p50"),
                    instant=True,
                ),
                Target(
                    quantile(
                        0.95,
                        ROLLBACK.duration,
                        where=(chosen(Job), chosen(Instance)),
                        window=RANGE,
                    ).named("p95"),
                    instant=True,
                ),
            ),
            "Seconds until the good release served again, of the rollbacks of the shown time, against the promise for p95.",
            no_value="no data",
            unit="s",
            thresholds=THRESHOLDS,
            overrides=(
                Override(
                    "byFrameRefID",
                    "B",
                    properties={
                        "thresholds": {
                            "mode": "absolute",
                            "steps": [
                                {"color": "green", "value": None},
                                {"color": "red", "value": 120},
                            ],
                        },
                        "color": {"mode": "thresholds"},
                    },
                ),
            ),
            width=8,
            height=5,
            raw=RAW,
        ),
        TimeSeries(
            "Rollbacks by outcome",
            (
                increase(
                    ROLLBACK.calls,
                    where=(chosen(Job), chosen(Instance)),
                    by=Status,
                )
                > 0
            ).named("{{status}}"),
            "Rollbacks, each where it ended: a failed deployment without one beside it had touched nothing.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:rollbacks",
            drawn=DRAWN,
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("max",),
                width=197,
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
            "Failed rollbacks",
            (
                increase(
                    ROLLBACK.failures,
                    where=(chosen(Job), chosen(Instance)),
                    by=DeploymentError,
                )
                > 0
            ).named("{{error_type}}"),
            "Why there was no way back. Nothing more is deployed to that target until somebody has looked and unblocked it.",
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
