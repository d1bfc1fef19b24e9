"""Each defect of grafanalib's output, shown on grafanalib itself, and what is made of it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from grafanalib import core as grafanalib_core

from signalproof.render import normalise

core: Any = grafanalib_core
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def look(panel: Any) -> dict[str, Any]:
    return normalise.look(panel.to_json_data())


def time_series(**options: Any) -> dict[str, Any]:
    return look(core.TimeSeries(title="x", dataSource=DATASOURCE, **options))


def nulls(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(nulls, value.values()))
    if isinstance(value, list):
        return sum(map(nulls, value))
    return value is None


def test_the_schema_is_the_last_classic_one() -> None:
    data = core.Dashboard(title="x").to_json_data()
    assert data["schemaVersion"] == 12
    assert normalise.dashboard(data)["schemaVersion"] == 42


def test_the_first_threshold_begins_at_null_and_not_at_the_word() -> None:
    steps = [core.Threshold("green", 0, 0.0), core.Threshold("red", 1, 80.0)]
    assert steps[0].to_json_data()["value"] == "null"
    assert time_series(thresholds=steps)["fieldConfig"]["defaults"]["thresholds"] == {
        "mode": "absolute",
        "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}],
    }


def test_a_fractional_threshold_stays_one() -> None:
    steps = [core.Threshold("green", 0, 0.0), core.Threshold("red", 1, 0.5)]
    made = time_series(thresholds=steps)["fieldConfig"]["defaults"]["thresholds"]
    assert made["steps"][1]["value"] == 0.5


def test_a_panel_without_thresholds_has_no_empty_list_of_them() -> None:
    assert "thresholds" not in time_series()["fieldConfig"]["defaults"]


def test_the_thresholds_of_an_override_are_put_right_too() -> None:
    override = {
        "matcher": {"id": "byFrameRefID", "options": "A"},
        "properties": [
            {"id": "thresholds", "value": {"mode": "absolute", "steps": [{"color": "red", "value": "null"}]}}
        ],
    }
    (made,) = time_series(overrides=[override])["fieldConfig"]["overrides"]
    assert made["properties"][0]["value"]["steps"] == [{"color": "red", "value": None}]


def test_a_stat_without_thresholds_has_no_empty_text_for_steps() -> None:
    stat = core.Stat(title="x", dataSource=DATASOURCE)
    assert stat.to_json_data()["fieldConfig"]["defaults"]["thresholds"]["steps"] == ""
    assert "thresholds" not in look(stat)["fieldConfig"]["defaults"]


def test_no_panel_is_limited_to_100_points() -> None:
    panel = core.TimeSeries(title="x", dataSource=DATASOURCE, maxDataPoints=None)
    assert core.TimeSeries(title="x").to_json_data()["maxDataPoints"] == 100
    assert "maxDataPoints" not in look(panel)


def test_a_legend_says_that_it_is_shown() -> None:
    assert "showLegend" not in core.TimeSeries(title="x").to_json_data()["options"]["legend"]
    assert time_series()["options"]["legend"] == {"showLegend": True}


def test_a_hidden_legend_is_hidden_the_present_way() -> None:
    assert time_series(legendDisplayMode="hidden")["options"]["legend"] == {"showLegend": False}


def test_a_legend_with_figures_keeps_them() -> None:
    made = time_series(legendDisplayMode="table", legendCalcs=["max"])["options"]["legend"]
    assert made == {"showLegend": True, "displayMode": "table", "calcs": ["max"]}


def test_nothing_of_a_time_series_is_null() -> None:
    panel = core.TimeSeries(title="x", dataSource=DATASOURCE)
    assert (
        nulls(orjson.loads(orjson.dumps(panel.to_json_data(), default=lambda one: one.to_json_data()))) > 10
    )
    assert nulls(look(panel)) == 0


@pytest.mark.parametrize(
    "key",
    ["cacheTimeout", "editable", "error", "height", "minSpan", "span", "hideTimeOverride"],
)
def test_a_key_of_old_panels_goes(key: str) -> None:
    assert key in core.TimeSeries(title="x").to_json_data()
    assert key not in time_series()


def test_what_grafana_assumes_anyway_is_not_written() -> None:
    assert "custom" not in time_series()["fieldConfig"]["defaults"]


def test_what_differs_from_what_grafana_assumes_is_written() -> None:
    made = time_series(lineWidth=2, fillOpacity=20, drawStyle="bars")["fieldConfig"]["defaults"]["custom"]
    assert made == {"lineWidth": 2, "fillOpacity": 20, "drawStyle": "bars"}


def test_a_query_keeps_only_what_prometheus_is_asked() -> None:
    query = core.Target(expr="up", refId="A", legendFormat="{{job}}", datasource=DATASOURCE)
    assert query.to_json_data()["intervalFactor"] == 2
    assert normalise.target(query.to_json_data()) == {
        "datasource": DATASOURCE,
        "expr": "up",
        "legendFormat": "{{job}}",
        "refId": "A",
    }


def test_a_query_for_one_moment_says_so() -> None:
    query = core.Target(expr="up", refId="A", instant=True, format="table")
    made = normalise.target(query.to_json_data())
    assert (made["instant"], made["format"]) == (True, "table")


def test_a_hidden_query_stays_hidden() -> None:
    assert normalise.target(core.Target(expr="up", refId="A", hide=True).to_json_data())["hide"] is True


@pytest.mark.parametrize(
    "key",
    ["__inputs", "gnetId", "hideControls", "id", "rows", "sharedCrosshair", "style", "version", "timepicker"],
)
def test_a_key_of_old_dashboards_goes(key: str) -> None:
    data = core.Dashboard(title="x").to_json_data()
    assert key in data
    assert key not in normalise.dashboard(data)


def test_the_shared_crosshair_is_kept_as_a_number() -> None:
    data = core.Dashboard(title="x", graphTooltip=1).to_json_data()
    assert normalise.dashboard(data)["graphTooltip"] == 1


def test_all_is_chosen_by_its_present_name() -> None:
    one = core.Template(name="job", query="q", default="All", includeAll=True, multi=True, allValue=".*")
    assert one.to_json_data()["current"]["value"] == "All"
    made = normalise.variable(one.to_json_data())
    assert made["current"] == {"selected": True, "text": ["All"], "value": ["$__all"]}


def test_a_query_variable_has_only_keys_of_its_type() -> None:
    one = core.Template(
        name="job", label="Job", query="label_values(up, job)", dataSource=DATASOURCE, default="All",
        includeAll=True, multi=True, allValue=".*", refresh=2,
    )  # fmt: skip
    assert normalise.variable(one.to_json_data()) == {
        "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "datasource": DATASOURCE,
        "definition": "label_values(up, job)",
        "includeAll": True,
        "label": "Job",
        "multi": True,
        "name": "job",
        "query": "label_values(up, job)",
        "refresh": 2,
        "sort": 1,
        "type": "query",
    }


def test_a_datasource_variable_chooses_the_default_data_source() -> None:
    one = core.Template(name="datasource", label="Data source", type="datasource", query="prometheus")
    assert None in one.to_json_data()["current"].values()
    assert normalise.variable(one.to_json_data()) == {
        "current": {"text": "default", "value": "default"},
        "label": "Data source",
        "name": "datasource",
        "query": "prometheus",
        "refresh": 1,
        "type": "datasource",
    }


def test_a_custom_variable_lists_its_options() -> None:
    one = core.Template(name="share", type="custom", query="a,b", default="a")
    made = normalise.variable(one.to_json_data())
    assert [option["value"] for option in made["options"]] == ["a", "b"]
    assert made["current"] == {"selected": True, "text": "a", "value": "a"}


def test_a_hidden_variable_stays_hidden() -> None:
    one = core.Template(name="w", type="interval", query="5m,1h", default="5m", hide=core.HIDE_VARIABLE)
    assert normalise.variable(one.to_json_data())["hide"] == 2


def test_a_row_keeps_only_what_rows_have() -> None:
    data = core.RowPanel(title="R", id=7).to_json_data()
    assert len(data) > 20
    assert normalise.row(data, []) == {"collapsed": False, "id": 7, "panels": [], "title": "R", "type": "row"}


def test_the_input_is_not_changed() -> None:
    data = core.TimeSeries(title="x", dataSource=DATASOURCE, legendDisplayMode="hidden").to_json_data()
    before = orjson.dumps(data, default=lambda one: one.to_json_data())
    normalise.look(data)
    assert orjson.dumps(data, default=lambda one: one.to_json_data()) == before


@pytest.mark.parametrize(
    ("given", "made"), [(30.0, 30), (0.5, 0.5), (1e20, 1e20), (7, 7), ("7", "7"), (-2.0, -2)]
)
def test_a_whole_number_is_written_as_one(given: object, made: object) -> None:
    assert repr(normalise.number(given)) == repr(made)
