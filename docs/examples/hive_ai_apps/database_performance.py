"""Row: Database performance – does it keep up?."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYMENT_QUEUE_POLL, STORE_RESULT, UPDATE_STATUS
from hive.catalogue.planner import PLANNING_QUEUE_POLL, SAVE_PLAN
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import (
    Axis,
    BarGauge,
    Legend,
    Override,
    Row,
    Table,
    Target,
    Threshold,
    TimeSeries,
    Transformation,
)
from signalproof.promql.build import RANGE, chosen, occupancy, promql, quantile, rate

from ._settings import DRAWN, DRAWN_2, LEGEND_3, TOOLTIP, TOOLTIP_2

ROW = Row(
    "Database performance – does it keep up?",
    (
        TimeSeries(
            "Latency by operation",
            (
                quantile(
                    0.5,
                    PLANNING_QUEUE_POLL.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("planning p50"),
                quantile(
                    0.99,
                    PLANNING_QUEUE_POLL.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("planning p99"),
                quantile(
                    0.5,
                    DEPLOYMENT_QUEUE_POLL.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("deployment p50"),
                quantile(
                    0.99,
                    DEPLOYMENT_QUEUE_POLL.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("deployment p99"),
            ),
            "Seconds that a look into each queue takes. Both rising is the database; one alone is its table or its index.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "transparent"), Threshold(0.1, "red")),
            drawn=DRAWN,
            axis=Axis(soft_max=0.11),
            legend=LEGEND_3,
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Write latency",
            (
                Target(
                    quantile(
                        0.5,
                        SAVE_PLAN.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("plan p50"),
                    interval="1m",
                ),
                Target(
                    quantile(
                        0.99,
                        SAVE_PLAN.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("plan p99"),
                    interval="1m",
                ),
                Target(
                    quantile(
                        0.5,
                        UPDATE_STATUS.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("status p50"),
                    interval="5m",
                ),
                Target(
                    quantile(
                        0.99,
                        UPDATE_STATUS.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("status p99"),
                    interval="5m",
                ),
                Target(
                    quantile(
                        0.5,
                        STORE_RESULT.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("result p50"),
                    interval="15m",
                ),
                Target(
                    quantile(
                        0.99,
                        STORE_RESULT.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("result p99"),
                    interval="15m",
                ),
            ),
            "Seconds that each write takes. Writes wait for locks: p99 far above p50 is contention.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "transparent"), Threshold(0.25, "red")),
            drawn=DRAWN,
            axis=Axis(soft_max=0.275),
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=250,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Error rate",
            (
                promql(
                    'sum by (error_type) (increase(adapter_database_planning_queue_poll_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(1, sum by (error_type) (increase(adapter_database_planning_queue_poll_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="poll planning {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(adapter_database_planning_queue_poll_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(1, sum by (error_type) (increase(adapter_database_planning_queue_poll_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="poll planning other",
                ),
                promql(
                    'sum by (error_type) (increase(adapter_database_deployment_queue_poll_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(1, sum by (error_type) (increase(adapter_database_deployment_queue_poll_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="poll deployment {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(adapter_database_deployment_queue_poll_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(1, sum by (error_type) (increase(adapter_database_deployment_queue_poll_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="poll deployment other",
                ),
                promql(
                    'sum by (error_type) (increase(adapter_database_save_plan_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(1, sum by (error_type) (increase(adapter_database_save_plan_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="write plan {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(adapter_database_save_plan_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(1, sum by (error_type) (increase(adapter_database_save_plan_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="write plan other",
                ),
                promql(
                    'sum by (error_type) (increase(adapter_database_update_deployment_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(1, sum by (error_type) (increase(adapter_database_update_deployment_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="write status {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(adapter_database_update_deployment_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(1, sum by (error_type) (increase(adapter_database_update_deployment_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="write status other",
                ),
                promql(
                    'sum by (error_type) (increase(adapter_database_store_deployment_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(1, sum by (error_type) (increase(adapter_database_store_deployment_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="write result {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(adapter_database_store_deployment_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(1, sum by (error_type) (increase(adapter_database_store_deployment_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="write result other",
                ),
            ),
            "Failed calls in each interval, by operation and type of error. OperationalError on all of them is a database that is away.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN_2,
            legend=Legend(show=True, mode="table", placement="right", width=241),
            tooltip=TOOLTIP_2,
            max_data_points=60,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Throughput",
            (
                (
                    rate(
                        PLANNING_QUEUE_POLL.calls,
                        where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                    )
                    * 60
                ).named("poll planning"),
                (
                    rate(
                        DEPLOYMENT_QUEUE_POLL.calls,
                        where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                    )
                    * 60
                ).named("poll deployment"),
                Target(
                    (
                        rate(
                            SAVE_PLAN.calls,
                            where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        )
                        * 60
                    ).named("write plan"),
                    interval="1m",
                ),
                Target(
                    (
                        rate(
                            UPDATE_STATUS.calls,
                            where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        )
                        * 60
                    ).named("write status"),
                    interval="5m",
                ),
                Target(
                    (
                        rate(
                            STORE_RESULT.calls,
                            where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        )
                        * 60
                    ).named("write result"),
                    interval="15m",
                ),
            ),
            "Successful calls per minute. Polls are the heartbeat of the loops: a flat zero is a loop that does not run.",
            no_value="no data",
            unit="suffix:/min",
            axis=Axis(scale="log", log_base=10),
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=279,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=9,
        ),
        Table(
            "Calls by outcome",
            (
                Target(
                    promql(
                        'label_replace(sum(increase(adapter_database_planning_queue_poll_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "call", "poll planning", "", "") or label_replace(sum(increase(adapter_database_deployment_queue_poll_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "call", "poll deployment", "", "") or label_replace(sum(increase(adapter_database_save_plan_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "call", "write plan", "", "") or label_replace(sum(increase(adapter_database_update_deployment_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "call", "write status", "", "") or label_replace(sum(increase(adapter_database_store_deployment_calls_total{status="success",job=~"$job",instance=~"$instance"}[$__range])), "call", "write result", "", "")',
                        name="success",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'label_replace(sum(increase(adapter_database_planning_queue_poll_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "poll planning", "", "") or label_replace(sum(increase(adapter_database_deployment_queue_poll_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "poll deployment", "", "") or label_replace(sum(increase(adapter_database_save_plan_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "write plan", "", "") or label_replace(sum(increase(adapter_database_update_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "write status", "", "") or label_replace(sum(increase(adapter_database_store_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "write result", "", "")',
                        name="failure",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'label_replace(sum(increase(adapter_database_planning_queue_poll_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "call", "poll planning", "", "") or label_replace(sum(increase(adapter_database_deployment_queue_poll_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "call", "poll deployment", "", "") or label_replace(sum(increase(adapter_database_save_plan_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "call", "write plan", "", "") or label_replace(sum(increase(adapter_database_update_deployment_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "call", "write status", "", "") or label_replace(sum(increase(adapter_database_store_deployment_calls_total{status="cancelled",job=~"$job",instance=~"$instance"}[$__range])), "call", "write result", "", "")',
                        name="cancelled",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'label_replace(sum(rate(adapter_database_planning_queue_poll_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(adapter_database_planning_queue_poll_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "poll planning", "", "") or label_replace(sum(rate(adapter_database_deployment_queue_poll_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(adapter_database_deployment_queue_poll_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "poll deployment", "", "") or label_replace(sum(rate(adapter_database_save_plan_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(adapter_database_save_plan_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "write plan", "", "") or label_replace(sum(rate(adapter_database_update_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(adapter_database_update_deployment_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "write status", "", "") or label_replace(sum(rate(adapter_database_store_deployment_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(adapter_database_store_deployment_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])), "call", "write result", "", "")',
                        name="failed share",
                    ),
                    instant=True,
                    format="table",
                ),
            ),
            "How many calls ended how, in the shown time.",
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
                            "call": 0,
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
            width=14,
            height=8,
            raw={
                "fieldConfig": {"defaults": {"custom": {"minWidth": 80}}},
                "options": {
                    "cellHeight": "sm",
                    "showHeader": True,
                    "sortBy": [{"desc": True, "displayName": "success"}],
                },
            },
        ),
        BarGauge(
            "Mean latency",
            (
                Target(
                    (
                        occupancy(
                            PLANNING_QUEUE_POLL.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                        / rate(
                            PLANNING_QUEUE_POLL.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                    ).named("poll planning"),
                    instant=True,
                ),
                Target(
                    (
                        occupancy(
                            DEPLOYMENT_QUEUE_POLL.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                        / rate(
                            DEPLOYMENT_QUEUE_POLL.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                    ).named("poll deployment"),
                    instant=True,
                ),
                Target(
                    (
                        occupancy(
                            SAVE_PLAN.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                        / rate(
                            SAVE_PLAN.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                    ).named("write plan"),
                    instant=True,
                ),
                Target(
                    (
                        occupancy(
                            UPDATE_STATUS.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                        / rate(
                            UPDATE_STATUS.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                    ).named("write status"),
                    instant=True,
                ),
                Target(
                    (
                        occupancy(
                            STORE_RESULT.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                        / rate(
                            STORE_RESULT.duration,
                            where=(chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                    ).named("write result"),
                    instant=True,
                ),
            ),
            "Mean seconds of a call over the shown time, to see at a glance which operation costs most.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "blue"),),
            legend=Legend(show=False),
            width=10,
            height=8,
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
    ),
    collapsed=True,
)
