"""Row: Is it well?."""

from __future__ import annotations

from hive.catalogue.deployer import DEPLOYMENT_EXECUTION, ROLLBACK
from hive.catalogue.labels import Queue
from hive.catalogue.planner import ASYNC_CLAUDE_PLANNING, CLAUDE_PLANNING
from hive.catalogue.queues import QUEUE_OLDEST, QUEUE_WAITING
from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Link, Override, Row, Stat, Target, Threshold
from signalproof.promql.build import (
    RANGE,
    chosen,
    increase,
    promql,
    quantile,
    rate,
    value,
)

from ._settings import RAW, RAW_2, RAW_3, THRESHOLDS, THRESHOLDS_2

ROW = Row(
    "Is it well?",
    (
        Stat(
            "Plan success",
            (
                Target(
                    (
                        rate(
                            CLAUDE_PLANNING.calls,
                            where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                        / rate(
                            CLAUDE_PLANNING.calls,
                            where=(
                                Status.SUCCESS,
                                Status.FAILURE,
                                chosen(Job),
                                chosen(Instance),
                            ),
                            window=RANGE,
                        )
                    ).named("sync"),
                    instant=True,
                ),
                Target(
                    (
                        rate(
                            ASYNC_CLAUDE_PLANNING.calls,
                            where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                            window=RANGE,
                        )
                        / rate(
                            ASYNC_CLAUDE_PLANNING.calls,
                            where=(
                                Status.SUCCESS,
                                Status.FAILURE,
                                chosen(Job),
                                chosen(Instance),
                            ),
                            window=RANGE,
                        )
                    ).named("async"),
                    instant=True,
                ),
            ),
            "Share of the calls of Claude in the shown time that brought a plan, against the objective.",
            no_value="no data",
            decimals=1,
            unit="percentunit",
            thresholds=(Threshold(None, "red"), Threshold(0.95, "green")),
            links=(
                Link(
                    "Claude planning – does it plan quickly and reliably?",
                    "/d/hive-ai-apps?viewPanel=93221042&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW,
        ),
        Stat(
            "Plan budget left",
            (
                Target(
                    promql(
                        'clamp_min(1 - sum(rate(adapter_claude_planning_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(adapter_claude_planning_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])) / 0.05, 0)',
                        name="sync",
                    ),
                    instant=True,
                ),
                Target(
                    promql(
                        'clamp_min(1 - sum(rate(adapter_async_claude_planning_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(adapter_async_claude_planning_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])) / 0.05, 0)',
                        name="async",
                    ),
                    instant=True,
                ),
            ),
            "What the failures of the shown time leave of what the objective allows for it. At nothing, stop changing things.",
            no_value="no data",
            decimals=1,
            unit="percentunit",
            thresholds=(Threshold(None, "red"), Threshold(0.1, "green")),
            links=(
                Link(
                    "Claude planning – does it plan quickly and reliably?",
                    "/d/hive-ai-apps?viewPanel=93221042&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW,
        ),
        Stat(
            "Plan time (p95)",
            (
                Target(
                    quantile(
                        0.95,
                        CLAUDE_PLANNING.duration,
                        where=(chosen(Job), chosen(Instance)),
                        window=RANGE,
                    ).named("sync"),
                    instant=True,
                ),
                Target(
                    quantile(
                        0.95,
                        ASYNC_CLAUDE_PLANNING.duration,
                        where=(chosen(Job), chosen(Instance)),
                        window=RANGE,
                    ).named("async"),
                    instant=True,
                ),
            ),
            "Seconds within which 95 % of the plans of the shown time came, retries included.",
            no_value="no data",
            unit="s",
            thresholds=(Threshold(None, "green"), Threshold(60, "red")),
            links=(
                Link(
                    "Claude planning – does it plan quickly and reliably?",
                    "/d/hive-ai-apps?viewPanel=93221042&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW,
        ),
        Stat(
            "Deploy success",
            Target(
                (
                    rate(
                        DEPLOYMENT_EXECUTION.calls,
                        where=(Status.SUCCESS, chosen(Job), chosen(Instance)),
                        window=RANGE,
                    )
                    / rate(
                        DEPLOYMENT_EXECUTION.calls,
                        where=(
                            Status.SUCCESS,
                            Status.FAILURE,
                            chosen(Job),
                            chosen(Instance),
                        ),
                        window=RANGE,
                    )
                ).named("deployments"),
                instant=True,
            ),
            "Share of the deployments that ended in the shown time and arrived, against the objective.",
            no_value="no data",
            decimals=1,
            unit="percentunit",
            thresholds=(Threshold(None, "red"), Threshold(0.95, "green")),
            links=(
                Link(
                    "Deployment execution – do deployments arrive, and how fast?",
                    "/d/hive-ai-apps?viewPanel=2050324370&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW,
        ),
        Stat(
            "Deploy budget",
            Target(
                promql(
                    'clamp_min(1 - sum(rate(deployment_execution_calls_total{status="failure",job=~"$job",instance=~"$instance"}[$__range])) / sum(rate(deployment_execution_calls_total{status=~"success|failure",job=~"$job",instance=~"$instance"}[$__range])) / 0.05, 0)',
                    name="budget left",
                ),
                instant=True,
            ),
            "What the failures of the shown time leave of what the objective allows for it.",
            no_value="no data",
            decimals=1,
            unit="percentunit",
            thresholds=(Threshold(None, "red"), Threshold(0.1, "green")),
            links=(
                Link(
                    "Deployment execution – do deployments arrive, and how fast?",
                    "/d/hive-ai-apps?viewPanel=2050324370&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW,
        ),
        Stat(
            "Deploy time (p95)",
            Target(
                quantile(
                    0.95,
                    DEPLOYMENT_EXECUTION.duration,
                    where=(chosen(Job), chosen(Instance)),
                    window=RANGE,
                ).named("p95"),
                instant=True,
            ),
            "Seconds within which 95 % of the deployments of the shown time were healthy or rolled back.",
            no_value="no data",
            unit="s",
            thresholds=(Threshold(None, "green"), Threshold(300, "red")),
            links=(
                Link(
                    "Deployment execution – do deployments arrive, and how fast?",
                    "/d/hive-ai-apps?viewPanel=2050324370&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW,
        ),
        Stat(
            "Tasks waiting",
            value(
                QUEUE_WAITING,
                "max",
                where=(chosen(Job), chosen(Instance)),
                by=Queue,
            ).named("{{queue}}"),
            "Tasks in the queues, as the last poll found them.",
            no_value="no data",
            unit="none",
            thresholds=THRESHOLDS,
            links=(
                Link(
                    "Agent orchestration – do the loops turn, and does work pass through?",
                    "/d/hive-ai-apps?viewPanel=682102536&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW_2,
        ),
        Stat(
            "Oldest task",
            value(
                QUEUE_OLDEST,
                "max",
                where=(chosen(Job), chosen(Instance)),
                by=Queue,
            ).named("{{queue}}"),
            "Age of the oldest task of each queue. Older than half an hour, nobody takes tasks up: see whether the loops turn.",
            no_value="no data",
            unit="s",
            thresholds=(Threshold(None, "green"), Threshold(1800, "red")),
            links=(
                Link(
                    "Agent orchestration – do the loops turn, and does work pass through?",
                    "/d/hive-ai-apps?viewPanel=682102536&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW_3,
        ),
        Stat(
            "Failed rollbacks",
            Target(
                increase(
                    ROLLBACK.calls,
                    where=(Status.FAILURE, chosen(Job), chosen(Instance)),
                    window=RANGE,
                ).named("failed"),
                instant=True,
            ),
            "Each left a broken release in front of users: act at once.",
            no_value="no data",
            decimals=0,
            unit="suffix:rollbacks",
            thresholds=THRESHOLDS_2,
            overrides=(
                Override(
                    "byName",
                    "failed",
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
            ),
            links=(
                Link(
                    "Deployment execution – do deployments arrive, and how fast?",
                    "/d/hive-ai-apps?viewPanel=2050324370&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW,
        ),
        Stat(
            "Stalled loops",
            (
                promql(
                    'count(time() - (max by (instance) (planner_agent_loop_last_iteration_timestamp_seconds{job=~"$job",instance=~"$instance"}) > 0) > 900) or vector(0)',
                    name="planner",
                ),
                promql(
                    'count(time() - (max by (instance) (async_planner_loop_last_iteration_timestamp_seconds{job=~"$job",instance=~"$instance"}) > 0) > 900) or vector(0)',
                    name="async planner",
                ),
                promql(
                    'count(time() - (max by (instance) (deployer_agent_loop_last_iteration_timestamp_seconds{job=~"$job",instance=~"$instance"}) > 0) > 2700) or vector(0)',
                    name="deployer",
                ),
            ),
            "Processes whose loop turned once and has not for longer than a turn may take: they hang.",
            no_value="no data",
            decimals=0,
            unit="short",
            thresholds=THRESHOLDS_2,
            links=(
                Link(
                    "Agent orchestration – do the loops turn, and does work pass through?",
                    "/d/hive-ai-apps?viewPanel=682102536&${__url_time_range}&${__all_variables}",
                    new_tab=False,
                ),
            ),
            width=6,
            height=4,
            raw=RAW_3,
        ),
        Stat(
            "Alerts firing",
            promql(
                'count(ALERTS{alertstate="firing",alertname!=""}) or vector(0)',
                name="alerts",
            ),
            "Every alert that Prometheus has firing at the moment; Alerting in the menu lists them with their runbooks.",
            no_value="no data",
            decimals=0,
            unit="short",
            thresholds=THRESHOLDS_2,
            width=6,
            height=4,
            raw=RAW_3,
        ),
        Stat(
            "Applications up",
            promql(
                'sum by (job) (up{job=~"$job",instance=~"$instance"})',
                name="{{job}}",
            ),
            "Processes that answered the last scrape.",
            no_value="no application of the Hive is scraped here",
            unit="none",
            thresholds=THRESHOLDS,
            width=6,
            height=4,
            raw=RAW_2,
        ),
    ),
)
