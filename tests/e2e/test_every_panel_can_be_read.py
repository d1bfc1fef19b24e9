"""The provisioned dashboards as a person would see them: what their queries return on a real Prometheus, laid out in pixels."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.dashboards.readable import (
    SHARE,
    WINDOWS,
    Json,
    buried,
    crowded,
    cut_legends,
    cut_titles,
    graphs,
    regions,
    sources_without_default,
    states_without_words,
)

from signalproof.dashboard.foreign import read_dashboard
from signalproof.live.variables import Moment, replaced, values_for
from signalproof.promql.query import Query, Use

if TYPE_CHECKING:
    from tests.conftest import History

PROVISIONED = sorted((Path(__file__).parents[2] / "provisioning/grafana/dashboards").glob("**/*.json"))
STEP = 60.0

every_dashboard = pytest.mark.parametrize("file", PROVISIONED, ids=lambda file: file.stem)


def rendered(file: Path) -> Json:
    found: Json = json.loads(file.read_text())
    return found


def drawn(history: History, query: Query) -> list[dict[str, Any]]:
    """Return every series of *query* over the history, as Grafana would ask for it."""
    moment = Moment(history.end, span=history.end - history.start, step=STEP)
    step = moment.step_of(query)
    status, answer = history.prometheus.get(
        "/api/v1/query_range",
        query=replaced(query.text, values_for(query, moment, {})),
        start=str(history.start),
        end=str(max(history.end, time.time())),
        step=str(step),
    )
    assert status == 200, (query.where, answer)
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


def called(query: Query, labels: dict[str, str]) -> str:
    """Return what stands in the legend for a series."""
    if query.legend in ("", "__auto"):
        return str(labels)
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: labels.get(found[1], ""), query.legend)


def shown(history: History, file: Path) -> dict[str, list[str]]:
    """Return the names of the series of each panel."""
    found: dict[str, list[str]] = defaultdict(list)
    for query in read_dashboard(file):
        if query.use is Use.PANEL and query.panel_type in ("timeseries", "state-timeline", "status-history"):
            found[query.panel] += [called(query, one["metric"]) for one in drawn(history, query)]
    return found


@every_dashboard
@pytest.mark.parametrize("window", WINDOWS)
def test_no_legend_is_cut(hive_history: History, file: Path, window: int) -> None:
    assert cut_legends(rendered(file), shown(hive_history, file), window) == []


@every_dashboard
@pytest.mark.parametrize("window", WINDOWS)
def test_plots_have_most_of_their_panels(hive_history: History, file: Path, window: int) -> None:
    seen = graphs(rendered(file), shown(hive_history, file), window)
    assert statistics.median(one.share for one in seen.values()) >= SHARE


@every_dashboard
def test_no_title_is_cut(file: Path) -> None:
    assert cut_titles(rendered(file), min(WINDOWS)) == []


@every_dashboard
def test_no_panel_draws_more_lines_than_can_be_told_apart(hive_history: History, file: Path) -> None:
    assert crowded(rendered(file), shown(hive_history, file)) == []


@every_dashboard
def test_no_graph_is_buried_under_marks(hive_history: History, file: Path) -> None:
    dashboard = rendered(file)
    queries = {one.panel: one for one in read_dashboard(file) if one.use is Use.ANNOTATION}
    marks = {}
    for one in dashboard["annotations"]["list"]:
        if (query := queries.get(one["name"])) is not None:
            points = [
                [(at * 1000, float(value)) for at, value in series["values"]]
                for series in drawn(hive_history, query)
            ]
            marks[query.panel] = regions(
                points, value_is_time=bool(one.get("useValueForTime")), step=STEP * 1000
            )
    assert marks, "the annotations have queries"
    assert buried(dashboard, marks) == []


@every_dashboard
def test_states_are_drawn_as_words(file: Path) -> None:
    assert states_without_words(rendered(file)) == []


@every_dashboard
def test_a_second_data_source_leaves_the_default_one_chosen(file: Path) -> None:
    assert sources_without_default(rendered(file)) == []
