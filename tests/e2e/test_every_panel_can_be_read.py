"""The provisioned dashboards as a person would see them: what their queries return on a real Prometheus, laid out in pixels."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.dashboards.readable import (
    SHARE,
    WINDOWS,
    buried,
    crowded,
    cut_legends,
    cut_titles,
    graphs,
    sources_without_default,
    states_without_words,
)
from tests.e2e.drawn import PROVISIONED, marks, rendered, shown

if TYPE_CHECKING:
    from tests.conftest import History

every_dashboard = pytest.mark.parametrize("file", PROVISIONED, ids=lambda file: file.stem)


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
    found = marks(hive_history, file)
    assert found, "the annotations have queries"
    assert buried(rendered(file), found) == []


@every_dashboard
def test_states_are_drawn_as_words(file: Path) -> None:
    assert states_without_words(rendered(file)) == []


@every_dashboard
def test_a_second_data_source_leaves_the_default_one_chosen(file: Path) -> None:
    assert sources_without_default(rendered(file)) == []
