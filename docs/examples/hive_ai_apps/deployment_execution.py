"""Row: Deployment execution – do deployments arrive, and how fast?."""

from __future__ import annotations

from hive.catalogue.deployer import (
    BUILD_IMAGE,
    DEPLOYMENT_EXECUTION,
    DOCKER_DEPLOYMENT,
    HEALTH_CHECK,
    KUBERNETES_DEPLOYMENT,
    ROLLBACK,
    SSH_DEPLOYMENT,
    VALIDATE_CONNECTION,
)
from hive.catalogue.labels import Strategy
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import (
    Axis,
    Heatmap,
    Legend,
    Override,
    Row,
    Stat,
    Table,
    Target,
    Threshold,
    TimeSeries,
    Tooltip,
    Transformation,
)
from signalproof.promql.build import (
    RANGE,
    chosen,
    distribution,
    increase,
    promql,
    quantile,
    rate,
)

from ._settings import (
    AXIS,
    DRAWN,
    DRAWN_2,
    LEGEND,
    LEGEND_2,
    OVERRIDES,
    RAW_4,
    THRESHOLDS,
    THRESHOLDS_3,
    TOOLTIP,
    TOOLTIP_2,
)

ROW = Row(
    "Deployment execution – do deployments arrive, and how fast?",
    (
        TimeSeries(
            "Deployment duration by strategy",
            Target(
                quantile(
                    0.95,
                    DEPLOYMENT_EXECUTION.duration,
                    where=(chosen(Job), chosen(Instance)),
                    by=Strategy,
                ).named("p95 {{strategy}}"),
                interval="15m",
            ),
            "The slowest twentieth of each strategy. Compare a strategy with its own past: a Kubernetes rollout waits for pods, an SSH release only for a symlink.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "transparent"), Threshold(300, "red")),
            drawn=DRAWN,
            axis=Axis(soft_max=330),
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=279,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Deployment success rate",
            Target(
                (
                    rate(
                        DEPLOYMENT_EXECUTION.calls,
                        where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        by=Strategy,
                    )
                    / rate(
                        DEPLOYMENT_EXECUTION.calls,
                        where=(
                            Status.SUCCESS,
                            Status.FAILURE,
                            chosen(Job),
                            chosen(Instance),
                        ),
                        by=Strategy,
                    )
                ).named("{{strategy}}"),
                interval="15m",
            ),
            "Share of ended deployments that arrived, by strategy; cancelled ones do not count. One strategy falling alone points at its target, all together at the release.",
            no_value="no data",
            max=1,
            decimals=1,
            unit="percentunit",
            thresholds=(Threshold(None, "transparent"), Threshold(0.95, "red")),
            drawn=DRAWN,
            axis=Axis(soft_min=0.7),
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=247,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Health check latency",
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
            "How long a fresh release takes to answer, retries included. Near the limit, healthy releases are rolled back.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=THRESHOLDS_3,
            drawn=DRAWN,
            axis=AXIS,
            legend=LEGEND,
            tooltip=TOOLTIP,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Rollback frequency",
            (
                increase(
                    ROLLBACK.calls,
                    where=(chosen(Job), chosen(Instance)),
                    by=Status,
                )
                > 0
            ).named("{{status}}"),
            "Rollbacks, each where it ended. A failed one leaves a broken release in front of users.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:rollbacks",
            drawn=DRAWN_2,
            legend=LEGEND_2,
            tooltip=TOOLTIP_2,
            overrides=OVERRIDES,
            max_data_points=60,
            width=8,
            height=9,
        ),
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
            "Returns to the last good release in the shown time, by how they ended. A failed one needs a person at once.",
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
            width=4,
            height=9,
            raw=RAW_4,
        ),
        Table(
            "Last deployments",
            Target(
                promql(
                    'time() - topk(10, max by (instance, strategy, status) (deployment_execution_last_ended_timestamp_seconds{job=~"$job",instance=~"$instance"}) > 0)',
                    name="ended ago",
                ),
                instant=True,
                format="table",
            ),
            "Of each process, strategy and outcome, how long ago the last one ended. A click leads to what such a deployment did.",
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
                "fieldConfig": {
                    "defaults": {
                        "custom": {"minWidth": 80},
                        "links": [
                            {
                                "targetBlank": False,
                                "title": "Its steps, rollback and log",
                                "url": "/d/hive-one-deployment?${__url_time_range}&${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&var-strategy=${__data.fields.strategy}",
                            },
                        ],
                    },
                },
                "options": {
                    "cellHeight": "sm",
                    "showHeader": True,
                    "sortBy": [{"desc": False, "displayName": "ended ago"}],
                },
            },
        ),
        TimeSeries(
            "Deployments by outcome",
            (
                increase(
                    DEPLOYMENT_EXECUTION.calls,
                    where=(chosen(Job), chosen(Instance)),
                    by=Status,
                )
                > 0
            ).named("{{status}}"),
            "Deployments, each where it ended.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:deployments",
            drawn=DRAWN_2,
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("max",),
                width=219,
                sort_by="Max",
                sort_desc=True,
            ),
            tooltip=TOOLTIP_2,
            overrides=OVERRIDES,
            max_data_points=60,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Deployment duration",
            (
                Target(
                    quantile(
                        0.5,
                        DEPLOYMENT_EXECUTION.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p50"),
                    interval="15m",
                ),
                Target(
                    quantile(
                        0.95,
                        DEPLOYMENT_EXECUTION.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p95"),
                    interval="15m",
                ),
                Target(
                    quantile(
                        0.99,
                        DEPLOYMENT_EXECUTION.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p99"),
                    interval="15m",
                ),
            ),
            "From taken up to healthy or rolled back, all strategies. The red line is the promise that p95 must keep.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "transparent"), Threshold(300, "red")),
            drawn=DRAWN,
            axis=Axis(soft_max=330),
            legend=LEGEND,
            tooltip=TOOLTIP,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Deployment errors",
            (
                promql(
                    'sum by (error_type) (increase(deployment_execution_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(2, sum by (error_type) (increase(deployment_execution_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="deployment {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(deployment_execution_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(2, sum by (error_type) (increase(deployment_execution_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="deployment other",
                ),
                promql(
                    'sum by (error_type) (increase(deployment_health_check_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(2, sum by (error_type) (increase(deployment_health_check_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="health check {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(deployment_health_check_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(2, sum by (error_type) (increase(deployment_health_check_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="health check other",
                ),
                promql(
                    'sum by (error_type) (increase(deployment_rollback_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(2, sum by (error_type) (increase(deployment_rollback_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="rollback {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(deployment_rollback_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(2, sum by (error_type) (increase(deployment_rollback_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="rollback other",
                ),
            ),
            "Failures in each interval by type of error: of deployments, of their health checks, and of rollbacks.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN_2,
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("max",),
                width=298,
                sort_by="Max",
                sort_desc=True,
            ),
            tooltip=TOOLTIP_2,
            max_data_points=60,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Step duration",
            (
                Target(
                    quantile(
                        0.95,
                        SSH_DEPLOYMENT.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("ssh p95"),
                    interval="30m",
                ),
                Target(
                    quantile(
                        0.95,
                        VALIDATE_CONNECTION.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("ssh connection p95"),
                    interval="30m",
                ),
                Target(
                    quantile(
                        0.95,
                        DOCKER_DEPLOYMENT.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("docker p95"),
                    interval="1h",
                ),
                Target(
                    quantile(
                        0.95,
                        BUILD_IMAGE.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("docker build p95"),
                    interval="1h",
                ),
                Target(
                    quantile(
                        0.95,
                        KUBERNETES_DEPLOYMENT.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("kubernetes p95"),
                    interval="1h",
                ),
            ),
            "The slowest twentieth of each step of the strategies. A deployment that got slow did so in one of these.",
            no_value="no data",
            unit="s",
            axis=Axis(scale="log", log_base=10),
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=303,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Step errors",
            (
                (
                    increase(
                        SSH_DEPLOYMENT.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("ssh"),
                (
                    increase(
                        VALIDATE_CONNECTION.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("ssh connection"),
                (
                    increase(
                        DOCKER_DEPLOYMENT.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("docker"),
                (
                    increase(
                        BUILD_IMAGE.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("docker build"),
                (
                    increase(
                        KUBERNETES_DEPLOYMENT.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("kubernetes"),
            ),
            "Failed steps in each interval: where in a strategy it breaks.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN_2,
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("max",),
                width=213,
                sort_by="Max",
                sort_desc=True,
            ),
            tooltip=TOOLTIP_2,
            max_data_points=60,
            width=12,
            height=9,
        ),
        Table(
            "Steps by outcome",
            (
                Target(
                    promql(
                        'label_replace(sum(increase(ssh_deployment_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "step", "ssh", "", "") or label_replace(sum(increase(ssh_validate_connection_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "step", "ssh connection", "", "") or label_replace(sum(increase(docker_deployment_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "step", "docker", "", "") or label_replace(sum(increase(docker_build_image_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "step", "docker build", "", "") or label_replace(sum(increase(kubernetes_deployment_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "step", "kubernetes", "", "")',
                        name="success",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'label_replace(sum(increase(ssh_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "ssh", "", "") or label_replace(sum(increase(ssh_validate_connection_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "ssh connection", "", "") or label_replace(sum(increase(docker_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "docker", "", "") or label_replace(sum(increase(docker_build_image_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "docker build", "", "") or label_replace(sum(increase(kubernetes_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "kubernetes", "", "")',
                        name="failure",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'label_replace(sum(increase(ssh_deployment_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "step", "ssh", "", "") or label_replace(sum(increase(ssh_validate_connection_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "step", "ssh connection", "", "") or label_replace(sum(increase(docker_deployment_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "step", "docker", "", "") or label_replace(sum(increase(docker_build_image_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "step", "docker build", "", "") or label_replace(sum(increase(kubernetes_deployment_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "step", "kubernetes", "", "")',
                        name="cancelled",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'label_replace(sum(rate(ssh_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(ssh_deployment_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "ssh", "", "") or label_replace(sum(rate(ssh_validate_connection_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(ssh_validate_connection_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "ssh connection", "", "") or label_replace(sum(rate(docker_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(docker_deployment_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "docker", "", "") or label_replace(sum(rate(docker_build_image_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(docker_build_image_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "docker build", "", "") or label_replace(sum(rate(kubernetes_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(kubernetes_deployment_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "step", "kubernetes", "", "")',
                        name="failed share",
                    ),
                    instant=True,
                    format="table",
                ),
            ),
            "How many steps ended how, in the shown time.",
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
            height=12,
            raw={
                "fieldConfig": {"defaults": {"custom": {"minWidth": 80}}},
                "options": {
                    "cellHeight": "sm",
                    "showHeader": True,
                    "sortBy": [{"desc": True, "displayName": "success"}],
                },
            },
        ),
        Heatmap(
            "Deployment duration distribution",
            Target(
                distribution(
                    DEPLOYMENT_EXECUTION.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("{{le}}"),
                interval="15m",
                format="heatmap",
            ),
            "Every deployment by how long it took. Two bands are two kinds of deployment; a band that climbs is one of them getting slower while the quantiles still look well.",
            no_value="no data",
            tooltip=Tooltip(mode="single"),
            width=12,
            height=12,
            raw={
                "options": {
                    "calculate": False,
                    "cellGap": 1,
                    "cellValues": {"unit": "suffix:deployments"},
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
    ),
)
