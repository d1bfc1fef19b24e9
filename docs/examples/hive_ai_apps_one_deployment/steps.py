"""Row: Steps – where did it break?."""

from __future__ import annotations

from hive.catalogue.deployer import HEALTH_CHECK, STORE_RESULT, UPDATE_STATUS
from hive.catalogue.labels import DeploymentError
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import (
    Axis,
    BarGauge,
    Drawn,
    Legend,
    Override,
    Row,
    Table,
    Target,
    Threshold,
    TimeSeries,
    Tooltip,
    Transformation,
)
from signalproof.promql.build import chosen, increase, promql, quantile, rate

from ._settings import DRAWN, LEGEND, TOOLTIP

ROW = Row(
    "Steps – where did it break?",
    (
        Table(
            "Steps by outcome",
            (
                Target(
                    promql(
                        'label_replace(sum(increase(ssh_validate_connection_calls_total{status="success",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 ssh connection", "", "") or label_replace(sum(increase(docker_build_image_calls_total{status="success",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 docker build", "", "") or label_replace(sum(increase(ssh_deployment_calls_total{status="success",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 ssh", "", "") or label_replace(sum(increase(docker_deployment_calls_total{status="success",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 docker", "", "") or label_replace(sum(increase(kubernetes_deployment_calls_total{status="success",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 kubernetes", "", "")',
                        name="success",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'label_replace(sum(increase(ssh_validate_connection_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 ssh connection", "", "") or label_replace(sum(increase(docker_build_image_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 docker build", "", "") or label_replace(sum(increase(ssh_deployment_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 ssh", "", "") or label_replace(sum(increase(docker_deployment_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 docker", "", "") or label_replace(sum(increase(kubernetes_deployment_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 kubernetes", "", "")',
                        name="failure",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'label_replace(sum(increase(ssh_validate_connection_calls_total{status="cancelled",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 ssh connection", "", "") or label_replace(sum(increase(docker_build_image_calls_total{status="cancelled",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 docker build", "", "") or label_replace(sum(increase(ssh_deployment_calls_total{status="cancelled",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 ssh", "", "") or label_replace(sum(increase(docker_deployment_calls_total{status="cancelled",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 docker", "", "") or label_replace(sum(increase(kubernetes_deployment_calls_total{status="cancelled",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 kubernetes", "", "")',
                        name="cancelled",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'label_replace(sum(rate(ssh_validate_connection_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(ssh_validate_connection_calls_total{status=~"success|failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 ssh connection", "", "") or label_replace(sum(rate(docker_build_image_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(docker_build_image_calls_total{status=~"success|failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 docker build", "", "") or label_replace(sum(rate(ssh_deployment_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(ssh_deployment_calls_total{status=~"success|failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 ssh", "", "") or label_replace(sum(rate(docker_deployment_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(docker_deployment_calls_total{status=~"success|failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 docker", "", "") or label_replace(sum(rate(kubernetes_deployment_calls_total{status="failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(kubernetes_deployment_calls_total{status=~"success|failure",strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 kubernetes", "", "")',
                        name="failed share",
                    ),
                    instant=True,
                    format="table",
                ),
            ),
            "How the steps of the chosen strategy ended in the shown time. The first that failed is where to look.",
            no_value="–",
            unit="locale",
            overrides=(
                Override("byName", "success", properties={"decimals": 0}),
                Override("byName", "failure", properties={"decimals": 0}),
                Override("byName", "cancelled", properties={"decimals": 0}),
                Override("byName", "failed share", properties={"unit": "percentunit"}),
            ),
            transformations=(
                Transformation("merge", options={}),
                Transformation(
                    "organize",
                    options={
                        "excludeByName": {"Time": True},
                        "indexByName": {
                            "Value #A": 1,
                            "Value #B": 2,
                            "Value #C": 3,
                            "Value #D": 4,
                            "step": 0,
                        },
                        "renameByName": {
                            "Value #A": "success",
                            "Value #B": "failure",
                            "Value #C": "cancelled",
                            "Value #D": "failed share",
                        },
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
                    "sortBy": [{"desc": True, "displayName": "failed share"}],
                },
            },
        ),
        TimeSeries(
            "Failed steps",
            promql(
                'label_replace(sum by (error_type) (increase(ssh_validate_connection_errors_total{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0, "step", "1 ssh connection", "", "") or label_replace(sum by (error_type) (increase(docker_build_image_errors_total{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0, "step", "1 docker build", "", "") or label_replace(sum by (error_type) (increase(ssh_deployment_errors_total{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0, "step", "2 ssh", "", "") or label_replace(sum by (error_type) (increase(docker_deployment_errors_total{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0, "step", "2 docker", "", "") or label_replace(sum by (error_type) (increase(kubernetes_deployment_errors_total{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0, "step", "2 kubernetes", "", "")',
                name="{{error_type}} {{step}}",
            ),
            "Steps that failed, by type of error, each where it ended.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN,
            legend=Legend(show=True, mode="table", placement="right", width=243),
            tooltip=TOOLTIP,
            max_data_points=60,
            width=12,
            height=9,
        ),
        BarGauge(
            "Mean time of each step",
            Target(
                promql(
                    'label_replace(sum(rate(ssh_validate_connection_duration_seconds_sum{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(ssh_validate_connection_duration_seconds_count{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 ssh connection", "", "") or label_replace(sum(rate(docker_build_image_duration_seconds_sum{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(docker_build_image_duration_seconds_count{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "1 docker build", "", "") or label_replace(sum(rate(ssh_deployment_duration_seconds_sum{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(ssh_deployment_duration_seconds_count{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 ssh", "", "") or label_replace(sum(rate(docker_deployment_duration_seconds_sum{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(docker_deployment_duration_seconds_count{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 docker", "", "") or label_replace(sum(rate(kubernetes_deployment_duration_seconds_sum{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(kubernetes_deployment_duration_seconds_count{strategy=~"$strategy",job=~"$job",instance=~"$instance"}[$__range])), "step", "2 kubernetes", "", "")',
                    name="{{step}}",
                ),
                instant=True,
            ),
            "Where the time of the shown deployments went.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "blue"),),
            legend=Legend(show=False),
            width=12,
            height=9,
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
        TimeSeries(
            "Failed writes",
            (
                (
                    increase(
                        UPDATE_STATUS.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("status"),
                (
                    increase(
                        STORE_RESULT.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("result"),
            ),
            "Writes of status and result that failed. A deployment whose result is not stored is taken up again.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN,
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("max",),
                width=159,
                sort_by="Max",
                sort_desc=True,
            ),
            tooltip=TOOLTIP,
            max_data_points=60,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Health check",
            (
                Target(
                    quantile(
                        0.5,
                        HEALTH_CHECK.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p50"),
                    interval="15m",
                ),
                Target(
                    quantile(
                        0.95,
                        HEALTH_CHECK.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p95"),
                    interval="15m",
                ),
            ),
            "Seconds that fresh releases take to answer, retries included, of every strategy. Near the limit they are rolled back.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "transparent"), Threshold(60, "red")),
            drawn=Drawn(thresholds="dashed"),
            axis=Axis(soft_max=66),
            legend=LEGEND,
            tooltip=Tooltip(mode="multi", sort="desc"),
            width=8,
            height=9,
        ),
        TimeSeries(
            "Health check success",
            Target(
                (
                    rate(
                        HEALTH_CHECK.calls,
                        where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                    )
                    / rate(
                        HEALTH_CHECK.calls,
                        where=(
                            Status.SUCCESS,
                            Status.FAILURE,
                            chosen(Job),
                            chosen(Instance),
                        ),
                    )
                ).named("success"),
                interval="15m",
            ),
            "Share of the health checks that ended well, of every strategy. Falling with one strategy chosen, compare with another.",
            no_value="no data",
            max=1,
            decimals=1,
            unit="percentunit",
            thresholds=(Threshold(None, "transparent"), Threshold(0.95, "red")),
            drawn=Drawn(thresholds="dashed"),
            axis=Axis(soft_min=0.7),
            legend=LEGEND,
            tooltip=Tooltip(mode="multi", sort="desc"),
            overrides=(
                Override(
                    "byName",
                    "success",
                    properties={"color": {"fixedColor": "green", "mode": "fixed"}},
                ),
            ),
            width=8,
            height=9,
        ),
        TimeSeries(
            "Failed health checks",
            (
                increase(
                    HEALTH_CHECK.failures,
                    where=(chosen(Job), chosen(Instance)),
                    by=DeploymentError,
                )
                > 0
            ).named("{{error_type}}"),
            "A release that arrived and did not answer. HealthCheckError without another failure is the release itself.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN,
            legend=LEGEND,
            tooltip=TOOLTIP,
            max_data_points=60,
            width=8,
            height=9,
        ),
    ),
)
