"""A dashboard that cannot be read is told apart from one that can, without a Grafana."""

from __future__ import annotations

from typing import Any

from tests.dashboards.readable import (
    Json,
    buried,
    crowded,
    cut_legends,
    cut_titles,
    graphs,
    panels,
    regions,
    sources_without_default,
    states_without_words,
)

TABLE = {"showLegend": True, "displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"]}
SIDE = {**TABLE, "placement": "right"}


def a_panel(title: str = "Latency", w: int = 12, kind: str = "timeseries", **more: Any) -> Json:
    return {"id": 1, "type": kind, "title": title, "gridPos": {"x": 0, "y": 0, "w": w, "h": 8}, **more}


def a_dashboard(*shown: Json, **more: Any) -> Json:
    return {"panels": list(shown), **more}


def names(count: int) -> list[str]:
    return [f"series {at}" for at in range(count)]


def test_panels_of_collapsed_rows_are_looked_at() -> None:
    row = {"type": "row", "title": "Later", "collapsed": True, "panels": [a_panel("Within")]}
    assert [one["title"] for one in panels(a_dashboard(row, a_panel()))] == ["Within", "Latency"]


def test_a_table_of_three_lines_below_a_graph_is_cut() -> None:
    one = a_dashboard(a_panel(options={"legend": TABLE}))
    assert cut_legends(one, {"Latency": names(3)}, 1600) == ["Latency: 1 of 3"]


def test_the_same_table_beside_the_graph_is_whole() -> None:
    one = a_dashboard(a_panel(options={"legend": SIDE}))
    assert cut_legends(one, {"Latency": names(3)}, 1366) == []


def test_a_table_beside_a_narrow_graph_loses_its_figures() -> None:
    one = a_dashboard(a_panel(w=6, options={"legend": SIDE}))
    assert cut_legends(one, {"Latency": names(1)}, 1366) == ["Latency: 1 of 1"]


def test_a_list_of_many_long_names_is_cut() -> None:
    many = {"Latency": [f"async planner ai-planner-{at}:9100" for at in range(12)]}
    assert cut_legends(a_dashboard(a_panel(w=6)), many, 1600) == ["Latency: 9 of 12"]


def test_a_hidden_legend_is_never_cut() -> None:
    one = a_dashboard(a_panel(options={"legend": {"showLegend": False}}))
    assert cut_legends(one, {"Latency": names(50)}, 1366) == []


def test_series_that_the_legend_leaves_out_take_no_line_of_it() -> None:
    hide = [{"id": "custom.hideFrom", "value": {"legend": True, "tooltip": False, "viz": False}}]
    override = {"matcher": {"id": "byRegexp", "options": "series [1-9]"}, "properties": hide}
    one = a_dashboard(a_panel(options={"legend": TABLE}, fieldConfig={"overrides": [override]}))
    assert cut_legends(one, {"Latency": names(3)}, 1600) == []


def test_the_share_of_the_plot_is_of_the_height_of_the_panel() -> None:
    one = a_dashboard(
        a_panel("below", options={"legend": TABLE}), a_panel("beside", options={"legend": SIDE})
    )
    seen = graphs(one, {"below": names(3), "beside": names(3)}, 1600)
    assert {title: round(each.share, 2) for title, each in seen.items()} == {"below": 0.44, "beside": 0.73}


def test_a_long_title_is_cut_in_a_narrow_panel_alone() -> None:
    title = "Deployment duration by strategy and outcome"
    wide, narrow = a_dashboard(a_panel(title)), a_dashboard(a_panel(title, w=6))
    assert [cut_titles(one, 1366) for one in (wide, narrow)] == [[], [title]]


def test_a_description_takes_room_from_the_title() -> None:
    bare = a_panel("Deployment duration (p95)", w=6)
    assert cut_titles(a_dashboard(bare, {**bare, "description": "why", "links": [{}]}), 1366) == [
        bare["title"]
    ]


def test_forty_lines_can_be_drawn_and_no_more() -> None:
    one = a_dashboard(a_panel("few"), a_panel("many", kind="state-timeline"))
    assert crowded(one, {"few": names(40), "many": names(41)}) == ["many: 41"]


def states(mode: str, mappings: list[Json]) -> Json:
    defaults = {"color": {"mode": mode}, "mappings": mappings}
    return a_dashboard(a_panel("Loops", kind="state-timeline", fieldConfig={"defaults": defaults}))


def test_states_need_words_and_colours_by_value() -> None:
    words = [{"type": "value", "options": {"0": {"text": "stopped"}}}]
    wrong = [states("thresholds", words), states("palette-classic", [])]
    assert [states_without_words(one) for one in wrong] == [["Loops"], ["Loops"]]
    assert states_without_words(states("palette-classic", words)) == []


def test_a_data_source_variable_without_a_current_value_is_found() -> None:
    one: Json = {"type": "datasource", "name": "datasource"}
    good = {**one, "current": {"text": "default", "value": "default"}}
    found = [sources_without_default(a_dashboard(templating={"list": [each]})) for each in (one, good)]
    assert found == [["datasource"], []]


def test_marks_of_all_annotations_over_a_panel_are_counted_together() -> None:
    marks = [{"name": "up", "enable": True}, {"name": "down", "enable": True}]
    one = a_dashboard(a_panel(), annotations={"list": marks})
    assert buried(one, {"up": 20, "down": 11}) == ["Latency: 31"]


def test_marks_that_are_off_or_of_other_panels_bury_nothing() -> None:
    marks = [
        {"name": "off", "enable": False},
        {"name": "elsewhere", "enable": True, "filter": {"exclude": False, "ids": [2]}},
        {"name": "but here", "enable": True, "filter": {"exclude": True, "ids": [1]}},
    ]
    one = a_dashboard(a_panel(), annotations={"list": marks})
    assert buried(one, dict.fromkeys(("off", "elsewhere", "but here"), 99)) == []


def test_steps_that_follow_each_other_are_one_mark() -> None:
    series = [(at * 60e3, 1.0) for at in (0, 1, 2, 9)]
    assert regions([series, [(0, 0.0)]], value_is_time=False, step=60e3) == 2


def test_a_value_that_is_a_time_is_one_mark_however_often_it_is_seen() -> None:
    series = [(at * 60e3, 5e12 if at < 5 else 6e12) for at in range(9)]
    assert regions([series], value_is_time=True, step=60e3) == 2
