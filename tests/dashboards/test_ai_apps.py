"""The AI apps dashboard against the plan of Project Signal: every intent has its panel, and what it shows is derived."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from signalproof.cli.project import load_project
from signalproof.lint.project import lint

Json: TypeAlias = dict[str, Any]

# row key → the plan's four intents: title of the panel, unit that the inference derives
PLAN = {
    "Does Claude plan quickly and reliably?": {
        "Claude planning latency": "s",
        "Async Claude speed-up": "none",
        "Planning error rate": "ops",
        "Planning throughput": "ops",
    },
    "Do deployments arrive, and how fast?": {
        "Deployment duration by strategy": "s",
        "Deployment success rate": "percentunit",
        "Health check latency": "s",
        "Rollback frequency": "short",
    },
    "Do the agents' loops turn, and does work pass through?": {
        "Planner loop latency": "s",
        "Deployer loop latency": "s",
        "Queue processing rate": "ops",
        "End-to-end latency": "s",
    },
    "Does the database keep up?": {
        "Poll latency by operation": "s",
        "Write latency": "s",
        "Error rate": "ops",
        "Throughput": "ops",
    },
    "Is the async planner worth having?": {
        "Async speed-up factor": "none",
        "Concurrent planning": "none",
        "Async queue processing rate": "ops",
        "Async error rate": "ops",
    },
}
INTENTS = [(row, panel, unit) for row, panels in PLAN.items() for panel, unit in panels.items()]


@pytest.fixture
def dashboard(checkout: Path) -> Json:
    found: Json = json.loads((checkout / "provisioning/grafana/dashboards/hive/ai-apps.json").read_bytes())
    return found


@pytest.fixture
def rows(dashboard: Json) -> dict[str, dict[str, Json]]:
    """Row title → panel title → panel."""
    found: dict[str, dict[str, Json]] = {}
    below: dict[str, Json] = {}
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            below = found.setdefault(panel["title"], {})
        else:
            below[panel["title"]] = panel
    return found


def test_the_five_rows_stand_in_the_order_of_the_plan(rows: dict[str, dict[str, Json]]) -> None:
    assert list(rows) == list(PLAN)


@pytest.mark.parametrize(("row", "panel", "unit"), INTENTS, ids=[panel for _, panel, _ in INTENTS])
def test_an_intent_of_the_plan_has_its_panel_in_the_unit_of_its_query(
    row: str, panel: str, unit: str, rows: dict[str, dict[str, Json]]
) -> None:
    assert rows[row][panel]["fieldConfig"]["defaults"]["unit"] == unit


def test_the_uid_is_the_one_that_links_point_at(dashboard: Json) -> None:
    assert dashboard["uid"] == "hive-ai-apps"


def test_every_panel_says_how_to_read_it(rows: dict[str, dict[str, Json]]) -> None:
    assert [
        title for panels in rows.values() for title, panel in panels.items() if not panel["description"]
    ] == []


def test_the_promised_latency_is_drawn_where_it_is_promised(rows: dict[str, dict[str, Json]]) -> None:
    panel = rows["Does Claude plan quickly and reliably?"]["Claude planning latency"]
    assert [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]] == [None, 60]


def test_a_success_ratio_is_divided_after_it_was_summed(rows: dict[str, dict[str, Json]]) -> None:
    (target,) = rows["Do deployments arrive, and how fast?"]["Deployment success rate"]["targets"]
    matchers = 'job=~"$job",instance=~"$instance"'
    assert target["expr"] == (
        f'sum by (strategy) (rate(deployment_execution_calls_total{{status="success",{matchers}}}[$__rate_interval]))'
        " / "
        f'sum by (strategy) (rate(deployment_execution_calls_total{{status=~"success|failure",{matchers}}}[$__rate_interval]))'
    )


def test_the_speed_up_is_the_sync_mean_over_the_async_mean(rows: dict[str, dict[str, Json]]) -> None:
    (target,) = rows["Does Claude plan quickly and reliably?"]["Async Claude speed-up"]["targets"]
    above, below = target["expr"].split(" / (") if " / (" in target["expr"] else ("", "")
    assert "adapter_claude_planning_duration_seconds_sum" in above
    assert "adapter_async_claude_planning_duration_seconds_sum" in below


def test_every_query_of_every_panel_follows_job_and_instance(rows: dict[str, dict[str, Json]]) -> None:
    targets = [one for panels in rows.values() for panel in panels.values() for one in panel["targets"]]
    assert [
        one["expr"] for one in targets if one["expr"].count('job=~"$job",instance=~"$instance"') == 0
    ] == []


def test_every_line_of_panels_fills_the_width(dashboard: Json) -> None:
    widths: dict[int, int] = {}
    for panel in dashboard["panels"]:
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
