"""The AI apps dashboard against the plan of Project Signal: every intent has its panel, and what it shows is derived."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from signalproof.cli.project import load_project
from signalproof.lint.project import lint

Json: TypeAlias = dict[str, Any]

# row of the plan → its four panels in its order: title, unit that the inference derives
PLAN = {
    "Claude planning": {
        "Claude planning latency (P95)": "s",
        "Async Claude speed-up": "none",
        "Planning error rate": "suffix:errors",
        "Planning throughput": "suffix:plans/min",
    },
    "Deployment execution": {
        "Deployment duration by strategy": "s",
        "Deployment success rate": "percentunit",
        "Health check latency": "s",
        "Rollback frequency": "suffix:rollbacks",
    },
    "Agent orchestration": {
        "Planner loop latency": "s",
        "Deployer loop latency": "s",
        "Queue processing rate": "suffix:/h",
        "End-to-end latency": "s",
    },
    "Database performance": {
        "Latency by operation": "s",
        "Write latency": "s",
        "Error rate": "suffix:errors",
        "Throughput": "suffix:/min",
    },
    "Async validation": {
        "Async speed-up factor": "none",
        "Concurrent planning peak": "none",
        "Async queue processing rate": "suffix:batches/min",
        "Async error rate": "suffix:errors",
    },
}
INTENTS = [(row, panel, unit) for row, panels in PLAN.items() for panel, unit in panels.items()]


@pytest.fixture
def dashboard(checkout: Path) -> Json:
    found: Json = json.loads((checkout / "provisioning/grafana/dashboards/hive/ai-apps.json").read_bytes())
    return found


@pytest.fixture
def rows(dashboard: Json) -> dict[str, dict[str, Json]]:
    """What stands before the dash in a row's title → panel title → panel."""
    found: dict[str, dict[str, Json]] = {}
    below: dict[str, Json] = {}
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            below = found.setdefault(panel["title"].partition(" – ")[0], {})
            below.update((one["title"], one) for one in panel["panels"])
        else:
            below[panel["title"]] = panel
    return found


def test_the_rows_of_the_plan_follow_the_summary_in_its_order(rows: dict[str, dict[str, Json]]) -> None:
    assert list(rows) == ["Is it well?", *PLAN]


@pytest.mark.parametrize("row", PLAN)
def test_the_four_panels_of_the_plan_stand_first_in_their_row(
    row: str, rows: dict[str, dict[str, Json]]
) -> None:
    assert list(rows[row])[:4] == list(PLAN[row])


def test_the_plan_is_the_one_that_was_written(checkout: Path) -> None:
    page = checkout.parent / "shared/design/mission.md"
    if not page.exists():
        pytest.skip("the plan lies beside a checkout of the developers only")
    lines = [
        line.split("|")[1:3] for line in page.read_text(encoding="utf-8").splitlines() if line.count("|") == 5
    ]
    panels = [panel.strip() for _, panel in lines if panel.strip() not in ("panel", "---", "the plan")]
    listed = [panel for panels in PLAN.values() for panel in panels]
    assert [one for one in listed if one not in panels] == []


@pytest.mark.parametrize(("row", "panel", "unit"), INTENTS, ids=[panel for _, panel, _ in INTENTS])
def test_an_intent_of_the_plan_has_its_panel_in_the_unit_of_its_query(
    row: str, panel: str, unit: str, rows: dict[str, dict[str, Json]]
) -> None:
    assert rows[row][panel]["fieldConfig"]["defaults"]["unit"] == unit


def test_rows_below_the_second_are_folded_until_someone_asks(dashboard: Json) -> None:
    folded = [panel["collapsed"] for panel in dashboard["panels"] if panel["type"] == "row"]
    assert folded == [False, False, False, True, True, True]


def test_the_uid_is_the_one_that_links_point_at(dashboard: Json) -> None:
    assert dashboard["uid"] == "hive-ai-apps"


def test_every_panel_says_how_to_read_it(rows: dict[str, dict[str, Json]]) -> None:
    assert [
        title for panels in rows.values() for title, panel in panels.items() if not panel["description"]
    ] == []


def test_the_promised_latency_is_drawn_where_it_is_promised(rows: dict[str, dict[str, Json]]) -> None:
    panel = rows["Claude planning"]["Claude planning latency (P95)"]
    assert [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]] == [None, 60]


def test_a_success_ratio_is_divided_after_it_was_summed(rows: dict[str, dict[str, Json]]) -> None:
    target, _ = rows["Claude planning"]["Planning success ratio"]["targets"]
    matchers = 'job=~"$job",instance=~"$instance",instance!~"$instance$instance"'
    assert target["expr"].partition(" or ")[2] == (
        f'sum(rate(adapter_claude_planning_calls_total{{status="success",{matchers}}}[$__rate_interval]))'
        " / "
        f'sum(rate(adapter_claude_planning_calls_total{{status=~"success|failure",{matchers}}}[$__rate_interval]))'
    )


def test_what_costs_much_is_asked_of_what_is_recorded_unless_instances_are_chosen(
    rows: dict[str, dict[str, Json]],
) -> None:
    (target,) = rows["Deployment execution"]["Deployment duration by strategy"]["targets"]
    series = "deployment_execution_duration_seconds_bucket"
    matchers = 'job=~"$job",instance=~"$instance"'
    assert target["expr"] == (
        "histogram_quantile(0.95, sum by (strategy, le) "
        f"(avg_over_time(job_component_strategy_le:{series}:rate6m{{{matchers}}}[$__rate_interval])))"
        " or "
        "histogram_quantile(0.95, sum by (strategy, le) "
        f'(rate({series}{{{matchers},instance!~"$instance$instance"}}[$__rate_interval])))'
    )


def test_the_speed_up_is_the_sync_mean_over_the_async_mean(rows: dict[str, dict[str, Json]]) -> None:
    (target,) = rows["Claude planning"]["Async Claude speed-up"]["targets"]
    names = re.findall(r"adapter_(\w+?)_duration_seconds_(sum|count)", target["expr"].split(" or ")[0])
    # sync seconds ÷ sync calls × async calls ÷ async seconds, without a quotient on the right
    assert names == [
        ("claude_planning", "sum"),
        ("claude_planning", "count"),
        ("async_claude_planning", "count"),
        ("async_claude_planning", "sum"),
    ]


def test_every_query_of_every_panel_follows_job_and_instance(rows: dict[str, dict[str, Json]]) -> None:
    targets = [one for panels in rows.values() for panel in panels.values() for one in panel["targets"]]
    free = [one["expr"] for one in targets if one["expr"].count('job=~"$job",instance=~"$instance"') == 0]
    assert [one for one in free if "ALERTS" not in one] == []


def test_every_line_of_panels_fills_the_width(dashboard: Json) -> None:
    widths: dict[int, int] = {}
    folded = [one for panel in dashboard["panels"] for one in panel.get("panels", ())]
    for panel in (*(one for one in dashboard["panels"] if one["type"] != "row"), *folded):
        widths[panel["gridPos"]["y"]] = widths.get(panel["gridPos"]["y"], 0) + panel["gridPos"]["w"]
    assert {y: width for y, width in widths.items() if width != 24} == {}


def test_every_metric_of_the_hive_is_shown_or_alerted_on(checkout: Path) -> None:
    project = load_project(checkout / "pyproject.toml")
    report = lint(
        project.queries(),
        project.exposition,
        select=("C001",),
        config=project.config,
        catalogue=project.catalogue,
    )
    assert [finding.culprit for finding in report.findings] == []
