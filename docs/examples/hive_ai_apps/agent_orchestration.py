"""Row: Agent orchestration – do the loops turn, and does work pass through?."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYER_LOOP, HANDLE_TASK, PROCESS_QUEUE
from hive.catalogue.labels import Queue
from hive.catalogue.planner import (
    ASYNC_PLANNER_LOOP,
    ASYNC_PROCESS_QUEUE,
    PLANNER_LOOP,
    PROCESS_TASK,
)
from hive.catalogue.queues import QUEUE_OLDEST, QUEUE_WAITING
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import (
    Axis,
    Drawn,
    Legend,
    Override,
    Row,
    StateTimeline,
    Table,
    Target,
    Threshold,
    TimeSeries,
    Tooltip,
    Transformation,
)
from signalproof.promql.build import chosen, increase, promql, quantile, rate, value

from ._settings import DRAWN, DRAWN_2, LEGEND, LEGEND_3, TOOLTIP, TOOLTIP_2

ROW = Row(
    "Agent orchestration – do the loops turn, and does work pass through?",
    (
        TimeSeries(
            "Planner loop latency",
            (
                quantile(
                    0.5,
                    PLANNER_LOOP.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("p50"),
                quantile(
                    0.95,
                    PLANNER_LOOP.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("p95"),
                quantile(
                    0.5,
                    ASYNC_PLANNER_LOOP.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("async p50"),
                quantile(
                    0.95,
                    ASYNC_PLANNER_LOOP.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("async p95"),
            ),
            "Seconds of one turn, from poll to poll. A turn that found a task lasts as long as its plan.",
            no_value="no data",
            min=0,
            unit="s",
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=249,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Deployer loop latency",
            (
                quantile(
                    0.5,
                    DEPLOYER_LOOP.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("p50"),
                quantile(
                    0.95,
                    DEPLOYER_LOOP.duration,
                    where=(chosen(Job), chosen(Instance)),
                ).named("p95"),
            ),
            "Seconds of one turn. One with deployments in progress lasts until the first of them ends.",
            no_value="no data",
            min=0,
            unit="s",
            legend=LEGEND,
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Queue processing rate",
            (
                Target(
                    (
                        rate(
                            PROCESS_TASK.calls,
                            where=(chosen(Job), chosen(Instance)),
                            by=Status,
                        )
                        * 3600
                    ).named("planning {{status}}"),
                    interval="2m",
                ),
                Target(
                    (
                        rate(
                            PROCESS_QUEUE.calls,
                            where=(chosen(Job), chosen(Instance)),
                            by=Status,
                        )
                        * 3600
                    ).named("batches {{status}}"),
                    interval="15m",
                ),
                Target(
                    (
                        rate(
                            HANDLE_TASK.calls,
                            where=(chosen(Job), chosen(Instance)),
                            by=Status,
                        )
                        * 3600
                    ).named("deployments {{status}}"),
                    interval="15m",
                ),
            ),
            "Work that left the queues per hour, by how it ended. Polls without work are in the database row.",
            no_value="no data",
            min=0,
            unit="suffix:/h",
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull",),
                width=254,
            ),
            tooltip=TOOLTIP,
            overrides=(
                Override(
                    "byName",
                    "planning cancelled",
                    properties={"color": {"fixedColor": "#808080", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "planning failure",
                    properties={"color": {"fixedColor": "red", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "planning success",
                    properties={"color": {"fixedColor": "green", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "batches cancelled",
                    properties={"color": {"fixedColor": "#595959", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "batches failure",
                    properties={"color": {"fixedColor": "dark-red", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "batches success",
                    properties={"color": {"fixedColor": "dark-green", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "deployments cancelled",
                    properties={"color": {"fixedColor": "#a6a6a6", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "deployments failure",
                    properties={"color": {"fixedColor": "light-red", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "deployments success",
                    properties={
                        "color": {"fixedColor": "light-green", "mode": "fixed"},
                    },
                ),
            ),
            width=12,
            height=9,
        ),
        TimeSeries(
            "End-to-end latency",
            (
                Target(
                    quantile(
                        0.5,
                        PROCESS_TASK.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("planning p50"),
                    interval="2m",
                ),
                Target(
                    quantile(
                        0.95,
                        PROCESS_TASK.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("planning p95"),
                    interval="2m",
                ),
                Target(
                    quantile(
                        0.5,
                        HANDLE_TASK.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("deployment p50"),
                    interval="15m",
                ),
                Target(
                    quantile(
                        0.95,
                        HANDLE_TASK.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("deployment p95"),
                    interval="15m",
                ),
            ),
            "From claimed to stored, for a planning task and for a deployment task.",
            no_value="no data",
            unit="s",
            thresholds=(
                Threshold(None, "transparent"),
                Threshold(90, "red"),
                Threshold(600, "red"),
            ),
            drawn=DRAWN,
            axis=Axis(scale="log", log_base=10, soft_min=81, soft_max=660),
            legend=LEGEND_3,
            tooltip=TOOLTIP,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Batch latency",
            (
                Target(
                    quantile(
                        0.5,
                        ASYNC_PROCESS_QUEUE.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("planning p50"),
                    interval="2m",
                ),
                Target(
                    quantile(
                        0.95,
                        ASYNC_PROCESS_QUEUE.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("planning p95"),
                    interval="2m",
                ),
                Target(
                    quantile(
                        0.5,
                        PROCESS_QUEUE.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("deployment p50"),
                    interval="15m",
                ),
                Target(
                    quantile(
                        0.95,
                        PROCESS_QUEUE.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("deployment p95"),
                    interval="15m",
                ),
            ),
            "How long a batch keeps its loop busy. One of deployments ends with the first of them that does.",
            no_value="no data",
            min=0,
            unit="s",
            legend=LEGEND_3,
            tooltip=TOOLTIP,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Turns",
            (
                (
                    rate(
                        PLANNER_LOOP.calls,
                        where=(chosen(Job), chosen(Instance)),
                        by=Status,
                    )
                    * 60
                ).named("planner {{status}}"),
                (
                    rate(
                        ASYNC_PLANNER_LOOP.calls,
                        where=(chosen(Job), chosen(Instance)),
                        by=Status,
                    )
                    * 60
                ).named("async planner {{status}}"),
                (
                    rate(
                        DEPLOYER_LOOP.calls,
                        where=(chosen(Job), chosen(Instance)),
                        by=Status,
                    )
                    * 60
                ).named("deployer {{status}}"),
            ),
            "Turns of the loops per minute, by how they ended. An idle loop turns at the pace of its poll.",
            no_value="no data",
            min=0,
            unit="suffix:turns/min",
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull",),
                width=286,
            ),
            tooltip=TOOLTIP,
            overrides=(
                Override(
                    "byName",
                    "planner cancelled",
                    properties={"color": {"fixedColor": "#808080", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "planner failure",
                    properties={"color": {"fixedColor": "red", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "planner success",
                    properties={"color": {"fixedColor": "green", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "async planner cancelled",
                    properties={"color": {"fixedColor": "#595959", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "async planner failure",
                    properties={"color": {"fixedColor": "dark-red", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "async planner success",
                    properties={"color": {"fixedColor": "dark-green", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "deployer cancelled",
                    properties={"color": {"fixedColor": "#a6a6a6", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "deployer failure",
                    properties={"color": {"fixedColor": "light-red", "mode": "fixed"}},
                ),
                Override(
                    "byName",
                    "deployer success",
                    properties={
                        "color": {"fixedColor": "light-green", "mode": "fixed"},
                    },
                ),
            ),
            width=12,
            height=9,
        ),
        TimeSeries(
            "Errors",
            (
                (
                    increase(
                        PLANNER_LOOP.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("planner"),
                (
                    increase(
                        ASYNC_PLANNER_LOOP.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("async planner"),
                (
                    increase(
                        DEPLOYER_LOOP.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("deployer"),
                promql(
                    'sum by (error_type) (increase(planning_process_task_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(2, sum by (error_type) (increase(planning_process_task_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="planning task {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(planning_process_task_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(2, sum by (error_type) (increase(planning_process_task_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="planning task other",
                ),
                (
                    increase(
                        ASYNC_PROCESS_QUEUE.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("planning batch"),
                (
                    increase(
                        PROCESS_QUEUE.failures,
                        where=(chosen(Job), chosen(Instance)),
                    )
                    > 0
                ).named("deployment batch"),
                promql(
                    'sum by (error_type) (increase(handle_deployment_task_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(2, sum by (error_type) (increase(handle_deployment_task_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="deployment task {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(handle_deployment_task_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(2, sum by (error_type) (increase(handle_deployment_task_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="deployment task other",
                ),
            ),
            "Failures in each interval, from a whole turn down to a task: the innermost one that fails is the place to look.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN_2,
            legend=Legend(show=True, mode="table", placement="right", width=244),
            tooltip=TOOLTIP_2,
            max_data_points=60,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Tasks that wait",
            value(
                QUEUE_WAITING,
                "max",
                where=(chosen(Job), chosen(Instance)),
                by=Queue,
            ).named("{{queue}}"),
            "Tasks in each queue. A line that climbs while the processing rate stays is more work than there are hands; one that climbs while the rate is zero is an outage.",
            no_value="no data",
            min=0,
            unit="none",
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=250,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Age of the oldest task",
            value(
                QUEUE_OLDEST,
                "max",
                where=(chosen(Job), chosen(Instance)),
                by=Queue,
            ).named("{{queue}}"),
            "How long the oldest task of each queue has been waiting: a slope of one second a second is a queue that nobody looks into.",
            no_value="no data",
            min=0,
            unit="s",
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=257,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=13,
        ),
        TimeSeries(
            "Seconds since the last turn",
            (
                promql(
                    'time() - (max by (instance) (planner_agent_loop_last_iteration_timestamp_seconds{job=~"$job",instance=~"$instance"}) > 0) and on (instance) bottomk(5, max by (instance) (planner_agent_loop_last_iteration_timestamp_seconds{job=~"$job",instance=~"$instance"} @ end()) > 0)',
                    name="planner {{instance}}",
                ),
                promql(
                    'time() - (max by (instance) (async_planner_loop_last_iteration_timestamp_seconds{job=~"$job",instance=~"$instance"}) > 0) and on (instance) bottomk(5, max by (instance) (async_planner_loop_last_iteration_timestamp_seconds{job=~"$job",instance=~"$instance"} @ end()) > 0)',
                    name="async planner {{instance}}",
                ),
                promql(
                    'time() - (max by (instance) (deployer_agent_loop_last_iteration_timestamp_seconds{job=~"$job",instance=~"$instance"}) > 0) and on (instance) bottomk(5, max by (instance) (deployer_agent_loop_last_iteration_timestamp_seconds{job=~"$job",instance=~"$instance"} @ end()) > 0)',
                    name="deployer {{instance}}",
                ),
            ),
            "A saw-tooth is a loop that turns; a line that climbs is one that hangs. The five processes that are last at the end of the shown time.",
            no_value="no data",
            unit="s",
            legend=Legend(show=True, mode="table", placement="right"),
            tooltip=TOOLTIP,
            width=12,
            height=13,
        ),
        Table(
            "What runs",
            (
                Target(
                    promql(
                        'count by (job, version, revision, python_version) (ai_planner_build_info{job=~"$job",instance=~"$instance"})',
                        name="planners",
                    ),
                    instant=True,
                    format="table",
                ),
                Target(
                    promql(
                        'count by (job, version, revision, python_version) (ai_deployer_build_info{job=~"$job",instance=~"$instance"})',
                        name="deployers",
                    ),
                    instant=True,
                    format="table",
                ),
            ),
            "Processes by version and revision. Two revisions of one application are a rolling upgrade, or a process that was forgotten.",
            no_value="–",
            decimals=0,
            unit="locale",
            transformations=(
                Transformation("merge", options={}),
                Transformation(
                    "organize",
                    options={
                        "excludeByName": {"Time": True},
                        "indexByName": {
                            "Value #A": 4,
                            "Value #B": 5,
                            "job": 0,
                            "python_version": 3,
                            "revision": 2,
                            "version": 1,
                        },
                        "renameByName": {
                            "Value #A": "planners",
                            "Value #B": "deployers",
                        },
                    },
                ),
            ),
            width=12,
            height=8,
            raw={
                "fieldConfig": {"defaults": {"custom": {"minWidth": 80}}},
                "options": {
                    "cellHeight": "sm",
                    "showHeader": True,
                    "sortBy": [{"desc": True, "displayName": "planners"}],
                },
            },
        ),
        StateTimeline(
            "Loops running",
            (
                value(
                    PLANNER_LOOP.running,
                    "max",
                    where=(chosen(Job), chosen(Instance)),
                    by=Instance,
                ).named("planner {{instance}}"),
                value(
                    ASYNC_PLANNER_LOOP.running,
                    "max",
                    where=(chosen(Job), chosen(Instance)),
                    by=Instance,
                ).named("async planner {{instance}}"),
                value(
                    DEPLOYER_LOOP.running,
                    "max",
                    where=(chosen(Job), chosen(Instance)),
                    by=Instance,
                ).named("deployer {{instance}}"),
            ),
            "Which loop ran when, by process. A gap is a process that did not answer the scrape.",
            no_value="no data",
            drawn=Drawn(width=0, fill=70),
            legend=Legend(show=False),
            tooltip=Tooltip(mode="single", sort="none"),
            width=12,
            height=8,
            raw={
                "fieldConfig": {
                    "defaults": {
                        "color": {"mode": "palette-classic"},
                        "mappings": [
                            {
                                "options": {
                                    "0": {
                                        "color": "red",
                                        "index": 0,
                                        "text": "stopped",
                                    },
                                    "1": {
                                        "color": "green",
                                        "index": 1,
                                        "text": "running",
                                    },
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
    ),
    collapsed=True,
)
