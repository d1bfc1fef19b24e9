"""Row: Claude planning – does it plan quickly and reliably?."""

from __future__ import annotations

from hive.catalogue.labels import Direction, Model
from hive.catalogue.planner import (
    ASYNC_CLAUDE_PLANNING,
    CLAUDE_COST,
    CLAUDE_PLANNING,
    CLAUDE_TOKENS,
)
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import (
    Axis,
    Legend,
    Link,
    Row,
    Stat,
    Target,
    Threshold,
    TimeSeries,
)
from signalproof.promql.build import chosen, increase, occupancy, promql, quantile, rate

from ._settings import (
    AXIS,
    DRAWN,
    DRAWN_2,
    LEGEND,
    LEGEND_2,
    RAW_2,
    THRESHOLDS,
    THRESHOLDS_3,
    TOOLTIP,
    TOOLTIP_2,
)

ROW = Row(
    "Claude planning – does it plan quickly and reliably?",
    (
        TimeSeries(
            "Claude planning latency (P95)",
            (
                Target(
                    quantile(
                        0.5,
                        CLAUDE_PLANNING.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p50"),
                    interval="2m",
                ),
                Target(
                    quantile(
                        0.95,
                        CLAUDE_PLANNING.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p95"),
                    interval="2m",
                ),
                Target(
                    quantile(
                        0.99,
                        CLAUDE_PLANNING.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p99"),
                    interval="2m",
                ),
            ),
            "How long a plan takes, retries included. The red line is the promise that p95 must keep; p50 rising with it means a slower model, p99 alone means retries.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=THRESHOLDS_3,
            drawn=DRAWN,
            axis=AXIS,
            legend=LEGEND,
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Async Claude speed-up",
            Target(
                (
                    (
                        (
                            occupancy(
                                CLAUDE_PLANNING.duration,
                                where=(chosen(Job), chosen(Instance)),
                            )
                            / rate(
                                CLAUDE_PLANNING.duration,
                                where=(chosen(Job), chosen(Instance)),
                            )
                        )
                        * rate(
                            ASYNC_CLAUDE_PLANNING.duration,
                            where=(chosen(Job), chosen(Instance)),
                        )
                    )
                    / occupancy(
                        ASYNC_CLAUDE_PLANNING.duration,
                        where=(chosen(Job), chosen(Instance)),
                    )
                ).named("sync ÷ async"),
                interval="2m",
            ),
            "Mean seconds of a sync call ÷ mean seconds of an async call. 1 is equal, above 1 an async call is faster, below 1 concurrency costs more per call than it gains.",
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
                calcs=("lastNotNull", "max"),
                width=259,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Planning error rate",
            (
                promql(
                    'sum by (error_type) (increase(adapter_claude_planning_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(4, sum by (error_type) (increase(adapter_claude_planning_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="sync {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(adapter_claude_planning_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(4, sum by (error_type) (increase(adapter_claude_planning_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="sync other",
                ),
                promql(
                    'sum by (error_type) (increase(adapter_async_claude_planning_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(4, sum by (error_type) (increase(adapter_async_claude_planning_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="async {{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(adapter_async_claude_planning_errors_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(4, sum by (error_type) (increase(adapter_async_claude_planning_errors_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="async other",
                ),
            ),
            "Failed calls in each interval by type of error. RateLimitError and OverloadedError pass by themselves, AuthenticationError does not.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:errors",
            drawn=DRAWN_2,
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("max",),
                width=278,
                sort_by="Max",
                sort_desc=True,
            ),
            tooltip=TOOLTIP_2,
            max_data_points=60,
            width=12,
            height=9,
        ),
        TimeSeries(
            "Planning throughput",
            (
                Target(
                    (
                        rate(
                            CLAUDE_PLANNING.calls,
                            where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        )
                        * 60
                    ).named("sync"),
                    interval="2m",
                ),
                Target(
                    (
                        rate(
                            ASYNC_CLAUDE_PLANNING.calls,
                            where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        )
                        * 60
                    ).named("async"),
                    interval="1m",
                ),
            ),
            "Plans per minute. Zero with tasks waiting is an outage; zero without is a quiet day: see the queue above.",
            no_value="no data",
            min=0,
            unit="suffix:plans/min",
            legend=Legend(
                show=True,
                mode="table",
                placement="right",
                calcs=("lastNotNull", "max"),
                width=278,
            ),
            tooltip=TOOLTIP,
            links=(
                Link(
                    "Agent orchestration – do the loops turn, and does work pass through?",
                    "/d/hive-ai-apps?viewPanel=682102536&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=12,
            height=9,
        ),
        TimeSeries(
            "Async Claude planning latency",
            (
                Target(
                    quantile(
                        0.5,
                        ASYNC_CLAUDE_PLANNING.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p50"),
                    interval="1m",
                ),
                Target(
                    quantile(
                        0.95,
                        ASYNC_CLAUDE_PLANNING.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p95"),
                    interval="1m",
                ),
                Target(
                    quantile(
                        0.99,
                        ASYNC_CLAUDE_PLANNING.duration,
                        where=(chosen(Job), chosen(Instance)),
                    ).named("p99"),
                    interval="1m",
                ),
            ),
            "The same for the async planner. It shares Claude's rate limit with the sync one: if only this one is slow, the concurrency is set too high.",
            no_value="no data",
            min=0,
            unit="s",
            thresholds=THRESHOLDS_3,
            drawn=DRAWN,
            axis=AXIS,
            legend=LEGEND,
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        TimeSeries(
            "Planning success ratio",
            (
                Target(
                    (
                        rate(
                            CLAUDE_PLANNING.calls,
                            where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        )
                        / rate(
                            CLAUDE_PLANNING.calls,
                            where=(
                                Status.SUCCESS,
                                Status.FAILURE,
                                chosen(Job),
                                chosen(Instance),
                            ),
                        )
                    ).named("sync"),
                    interval="2m",
                ),
                Target(
                    (
                        rate(
                            ASYNC_CLAUDE_PLANNING.calls,
                            where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        )
                        / rate(
                            ASYNC_CLAUDE_PLANNING.calls,
                            where=(
                                Status.SUCCESS,
                                Status.FAILURE,
                                chosen(Job),
                                chosen(Instance),
                            ),
                        )
                    ).named("async"),
                    interval="1m",
                ),
            ),
            "Share of ended calls that brought a plan; cancelled calls do not count. Below the line the error budget burns.",
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
                width=217,
            ),
            tooltip=TOOLTIP,
            width=12,
            height=8,
        ),
        Stat(
            "Last plan",
            (
                promql(
                    'time() - (max(adapter_claude_planning_last_ended_timestamp_seconds{status="success",job=~"$job",instance=~"$instance"}) > 0)',
                    name="sync",
                ),
                promql(
                    'time() - (max(adapter_async_claude_planning_last_ended_timestamp_seconds{status="success",job=~"$job",instance=~"$instance"}) > 0)',
                    name="async",
                ),
            ),
            "Seconds since a call of Claude last brought a plan, in any process.",
            no_value="no data",
            unit="s",
            thresholds=THRESHOLDS,
            width=4,
            height=9,
            raw=RAW_2,
        ),
        TimeSeries(
            "Fallback plans",
            (
                promql(
                    'sum by (error_type) (increase(planner_fallback_plans_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0 and on (error_type) topk(8, sum by (error_type) (increase(planner_fallback_plans_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))',
                    name="{{error_type}}",
                ),
                promql(
                    'sum(sum by (error_type) (increase(planner_fallback_plans_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) unless on (error_type) topk(8, sum by (error_type) (increase(planner_fallback_plans_total{job=~"$job",instance=~"$instance"}[$__range] @ end())))) > 0',
                    name="other",
                ),
            ),
            "Plans that were made without Claude, by reason. They are marked as such, in the plan too; more than a few mean that Claude was away.",
            no_value="none in the shown time",
            min=0,
            unit="suffix:plans",
            drawn=DRAWN_2,
            legend=LEGEND_2,
            tooltip=TOOLTIP_2,
            max_data_points=60,
            width=8,
            height=9,
        ),
        TimeSeries(
            "Tokens",
            rate(
                CLAUDE_TOKENS,
                where=(chosen(Job), chosen(Instance)),
                by=(Direction, Model),
            ).named("{{direction}} {{model}}"),
            "Tokens per second by direction and model. Input rising without more plans means longer prompts.",
            no_value="no data",
            min=0,
            unit="suffix:tokens/s",
            legend=LEGEND_2,
            tooltip=TOOLTIP,
            width=6,
            height=9,
        ),
        TimeSeries(
            "Price per hour",
            increase(
                CLAUDE_COST,
                where=(chosen(Job), chosen(Instance)),
                by=Model,
                window="1h",
            ).named("{{model}}"),
            "What the tokens of the last hour cost at list price, by model.",
            no_value="no data",
            min=0,
            unit="currencyUSD",
            legend=LEGEND_2,
            tooltip=TOOLTIP,
            width=6,
            height=9,
        ),
    ),
)
