"""What an operator sees who opens the dashboards: the declared pace, rare things that are rare, an incident an hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.dashboards.readable import WINDOWS, buried, crowded, cut_legends
from tests.e2e.drawn import PROVISIONED, marks, rendered, shown

from signalproof.cli.project import Project
from signalproof.dashboard.foreign import read_dashboard
from signalproof.live.table import place, reason
from signalproof.live.verify import Status, verify

if TYPE_CHECKING:
    from tests.conftest import History

every_dashboard = pytest.mark.parametrize("file", PROVISIONED, ids=lambda file: file.stem)


@every_dashboard
@pytest.mark.parametrize("hours", [1, 4])
def test_no_panel_is_empty(hive_morning: History, file: Path, hours: int) -> None:
    queries = list(read_dashboard(file))
    found = verify(hive_morning.prometheus.url, queries, now=hive_morning.end, span=hours * 3600)
    assert [f"{place(one)}: {reason(one)}" for one in found if one.status is not Status.ALIVE] == []


@every_dashboard
@pytest.mark.parametrize("window", WINDOWS)
def test_no_legend_is_cut(hive_morning: History, file: Path, window: int) -> None:
    assert cut_legends(rendered(file), shown(hive_morning, file), window) == []


@every_dashboard
def test_no_panel_draws_more_lines_than_can_be_told_apart(hive_morning: History, file: Path) -> None:
    assert crowded(rendered(file), shown(hive_morning, file)) == []


@every_dashboard
def test_no_graph_is_buried_under_marks(hive_morning: History, file: Path) -> None:
    assert buried(rendered(file), marks(hive_morning, file)) == []


def test_deployments_have_the_declared_pace(hive_morning: History, hive: Project) -> None:
    operation = hive.catalogue.operations["deployment_execution"]
    ended = f"sum(increase({operation.calls.name}[{hive_morning.window}])) / 4"
    assert hive_morning.prometheus.number(ended, hive_morning.end) == pytest.approx(
        operation.per_hour, rel=0.3
    )


def test_the_incidents_are_seen_in_the_failures_of_what_they_hit(
    hive_morning: History, hive: Project
) -> None:
    # of three kinds of dependency, the busiest is asked for its worst five minutes
    calls = hive.catalogue.operations["adapter_database_planning_queue_poll"].calls.name
    failed = f'sum(rate({calls}{{status="failure"}}[3m])) / sum(rate({calls}[3m]))'
    worst = f"max_over_time(({failed})[{hive_morning.window}:1m])"
    usual = f"quantile_over_time(0.5, ({failed})[{hive_morning.window}:1m])"
    assert hive_morning.prometheus.number(worst, hive_morning.end) > 0.2
    assert hive_morning.prometheus.number(usual, hive_morning.end) < 0.01
