"""Row: Async validation – is the async planner worth having?."""

from __future__ import annotations

from hive.catalogue.planner import (
    ASYNC_PLAN_GENERATION,
    ASYNC_PROCESS_QUEUE,
    PROCESS_TASK,
)
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Axis, Legend, Row, Stat, Target, Threshold, TimeSeries
from signalproof.promql.build import RANGE, chosen, occupancy, promql, quantile, rate

from ._settings import (
    DRAWN,
    DRAWN_2,
    LEGEND,
    LEGEND_2,
    OVERRIDES,
    RAW_4,
    THRESHOLDS,
    TOOLTIP,
    TOOLTIP_2,
)

ROW = Row(
    "Async validation – is the async planner worth having?",
    (
        TimeSeries(
            "Async speed-up factor",
            Target(
                (
                    rate(
                        ASYNC_PLAN_GENERATION.calls,
                        where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                    )
                    * (
                        occupancy(
                            PROCESS_TASK.duration,
                            where=(chosen(Job), chosen(Instance)),
                        )
                        / rate(
                            PROCESS_TASK.duration,
                            where=(chosen(Job), chosen(Instance)),
                        )
                    )
                ).named("sync planners replaced"),
                interval="2m",
            ),
            "How many sync planners the async planners shown replace at this moment: their plans per second × the mean seconds one sync plan takes. Above 1 it is worth having; an idle queue makes it fall.",
            no_value="no data",
            min=0,
            unit="none",
            thresholds=(Threshold(None, "transparent"), Threshold(1, "orange")),
            drawn=DRAWN,
            axis=Axis(soft_max=1.1),
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull",),
                width=256,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Concurrent planning peak",
            (
                promql(
                    'max_over_time(sum(async_planner_concurrent_plans{job=~"$job",instance=~"$instance"})[$__rate_interval:15s])',
                    name="peak",
                ),
                Target(
                    occupancy(
                        ASYNC_PLAN_GENERATION.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("mean"),
                    interval="1m",
                ),
            ),
            "Plans being generated at the same time: the peak of the gauge, and the mean by Little's law (seconds spent per second). A mean at the peak is a planner at its limit.",
            no_value="no data",
            min=0,
            unit="none",
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=214,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Async queue processing rate",
            Target(
                (
                    rate(
                        ASYNC_PROCESS_QUEUE.calls,
                        where=(chosen(Job), chosen(Instance)),
                        by=Status,
                    )
                    * 60
                ).named("{{status}}"),
                interval="2m",
            ),
            "Batches taken from the queue per minute, by how they ended.",
            no_value="no data",
            min=0,
            unit="suffix:batches/min",
            legend=LEGEND_2,
            tooltip=TOOLTIP,
            overrides=OVERRIDES,
            width=8,
            height=9,
        ),
        TimeSeries(
            "Async error rate",
            (
                promql(
                    'sum by (error_type) (increase(async_plan_generation_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(8, sum by (error_type) (increase(async_plan_generation_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="{{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(async_plan_generation_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(8, sum by (error_type) (increase(async_plan_generation_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="other",
                ),
            ),
            "Failed plans in each interval by type of error.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN_2,
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("max",),
                width=240,
                sort_by="Max",
                sort_desc=True,
            ),
            tooltip=TOOLTIP_2,
            max_data_points=60,
            width=16,
            height=9,
        ),
        TimeSeries(
            "Async plan latency",
            (
                Target(
                    quantile(
                        0.5,
                        ASYNC_PLAN_GENERATION.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p50"),
                    interval="1m",
                ),
                Target(
                    quantile(
                        0.95,
                        ASYNC_PLAN_GENERATION.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p95"),
                    interval="1m",
                ),
                Target(
                    quantile(
                        0.99,
                        ASYNC_PLAN_GENERATION.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p99"),
                    interval="1m",
                ),
            ),
            "From claimed to saved. Compare with the end-to-end latency of the sync planner in the orchestration row.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=(Threshold(None, "transparent"), Threshold(90, "red")),
            drawn=DRAWN,
            axis=Axis(soft_max=99),
            legend=LEGEND,
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        Stat(
            "Async success",
            Target(
                (
                    rate(
                        ASYNC_PLAN_GENERATION.calls,
                        where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        window=RANGE,
                    )
                    / rate(
                        ASYNC_PLAN_GENERATION.calls,
                        where=(
                            Status.SUCCESS,
                            Status.FAILURE,
                            chosen(Job),
                            chosen(Instance),
                        ),
                        window=RANGE,
                    )
                ).named("async plan generation calls"),
                instant=True,
            ),
            "Share of ended plans that worked, over the shown time.",
            no_value="no data",
            decimals=1,
            unit="percentunit",
            thresholds=THRESHOLDS,
            width=6,
            height=8,
            raw=RAW_4,
        ),
        Stat(
            "Highest concurrency",
            Target(
                promql(
                    'max_over_time(sum(async_planner_concurrent_plans{job=~"$job",instance=~"$instance"})[$__range:15s])',
                    name="peak",
                ),
                instant=True,
            ),
            "The most plans that were generated at the same time, over the shown time.",
            no_value="no data",
            unit="none",
            thresholds=THRESHOLDS,
            width=6,
            height=8,
            raw=RAW_4,
        ),
    ),
    collapsed=True,
)
