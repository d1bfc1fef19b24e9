"""Whatever is derived can be overruled; what has no type is carried as it is, and its queries are checked all the same."""

from __future__ import annotations

from typing import Any, TypeAlias

import orjson
import pytest
from tests.render.conftest import DEPLOY, EXPOSITION, Strategy

from signalproof.catalogue.operation import Status
from signalproof.dashboard import (
    Axis,
    Dashboard,
    Drawn,
    Legend,
    Logs,
    Override,
    Panel,
    RawPanel,
    RawTarget,
    RawVariable,
    Row,
    Stat,
    Table,
    Target,
    Threshold,
    TimeSeries,
    Transformation,
)
from signalproof.dashboard.queries import queries
from signalproof.errors import SignalproofError
from signalproof.promql.build import RANGE, promql
from signalproof.promql.operations import calls, latency, throughput
from signalproof.render.grafana import dashboard_json

Json: TypeAlias = dict[str, Any]


def render(*panels: Panel, row: Json | None = None, **options: Any) -> Json:
    model: Json = orjson.loads(
        dashboard_json(Dashboard("x", "X", (Row("R", panels, **(row or {})),), **options), EXPOSITION)
    )
    return model


def shown(panel: Panel, **options: Any) -> Json:
    found: Json = render(panel, **options)["panels"][1]
    return found


def series(**said: Any) -> TimeSeries:
    return TimeSeries("T", latency(DEPLOY, 0.95), "Why.", **said)


def test_a_unit_that_is_said_is_that_of_every_query() -> None:
    panel = TimeSeries("T", (*latency(DEPLOY, 0.95), throughput(DEPLOY).named("calls")), "Why.", unit="short")
    assert shown(panel)["fieldConfig"]["defaults"]["unit"] == "short"
    assert "unit" not in str(shown(panel)["fieldConfig"]["overrides"])


def test_thresholds_that_are_said_replace_the_promise() -> None:
    found = shown(series(thresholds=(Threshold(None, "green"), Threshold(9, "red"))))
    assert found["fieldConfig"]["defaults"]["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "red", "value": 9},
    ]


def test_what_is_said_of_the_drawing_leaves_the_rest_as_it_is_derived() -> None:
    derived = shown(series())["fieldConfig"]["defaults"]["custom"]
    said = shown(series(drawn=Drawn(width=3), axis=Axis(label="s")))["fieldConfig"]["defaults"]["custom"]
    assert said == {**derived, "lineWidth": 3, "axisLabel": "s"}


def test_a_legend_can_be_said_by_its_parts() -> None:
    found = shown(series(legend=Legend(placement="bottom", calcs=("mean",))))["options"]["legend"]
    assert (found["placement"], found["calcs"]) == ("bottom", ["mean"])


def test_overrides_that_are_said_come_after_those_that_are_derived() -> None:
    panel = TimeSeries(
        "T", calls(DEPLOY, by=Status), "Why.", overrides=(Override.by_name("x", {"unit": "s"}),)
    )
    derived = shown(TimeSeries("T", calls(DEPLOY, by=Status), "Why."))["fieldConfig"]["overrides"]
    own = {"matcher": {"id": "byName", "options": "x"}, "properties": [{"id": "unit", "value": "s"}]}
    assert derived
    assert shown(panel)["fieldConfig"]["overrides"] == [*derived, own]


def test_transformations_that_are_said_come_after_those_of_the_table() -> None:
    steps = (Transformation("limit", {"limitField": 5}),)
    panel = Table("T", calls(DEPLOY, by=Strategy, window=RANGE), "Why.", transformations=steps)
    assert [one["id"] for one in shown(panel)["transformations"]] == ["organize", "limit"]


def test_a_template_is_the_legend() -> None:
    panel = TimeSeries("T", throughput(DEPLOY, by=Strategy).named("by {{strategy}} alone"), "Why.")
    assert shown(panel)["targets"][0]["legendFormat"] == "by {{strategy}} alone"


def test_a_query_can_be_told_more() -> None:
    panel = TimeSeries("T", Target(throughput(DEPLOY), ref="Q", hide=True, exemplar=True), "Why.")
    (target,) = shown(panel)["targets"]
    assert (target["refId"], target["hide"], target["exemplar"]) == ("Q", True, True)


def test_queries_may_be_listed_at_any_depth() -> None:
    panel = TimeSeries("T", [latency(DEPLOY, 0.5), [Target(throughput(DEPLOY).named("calls"))]], "Why.")
    assert [one["refId"] for one in shown(panel)["targets"]] == ["A", "B"]


def test_a_text_where_a_query_is_asked_for_is_refused_with_what_to_write() -> None:
    with pytest.raises(SignalproofError) as caught:
        TimeSeries("T", "rate(x[5m])", "Why.")  # type: ignore[arg-type]  # that is what is tested
    assert caught.value.help == 'write promql("…"), or a call of the builder'


LOKI = {"datasource": {"type": "loki", "uid": "logs"}, "expr": '{app="x"}'}


def test_a_query_to_another_source_stands_where_it_was_put_and_is_not_checked() -> None:
    panel = TimeSeries("T", (throughput(DEPLOY), RawTarget(LOKI, ref="L")), "Why.")
    assert shown(panel)["targets"][1] == {**LOKI, "refId": "L"}
    dashboard = Dashboard("x", "X", (Row("R", (panel,)),))
    assert [one.target for one in queries(dashboard, EXPOSITION) if one.panel == "T"] == ["A"]


def test_a_panel_may_ask_other_sources_only() -> None:
    assert shown(Logs("L", RawTarget({**LOKI, "refId": "A"}), "Why.", datasource="-- Mixed --"))[
        "datasource"
    ] == {
        "type": "datasource",
        "uid": "-- Mixed --",
    }


RAW = {
    "type": "geomap",
    "targets": [
        {"refId": "A", "expr": "sum(deploy_calls_total)", "instant": True},
        {"refId": "B", "datasource": {"type": "loki", "uid": "logs"}, "expr": '{app="x"}'},
    ],
    "options": {"view": {"id": "zero"}},
}


def test_a_raw_panel_keeps_everything_and_has_its_queries_filtered() -> None:
    found = shown(RawPanel("Map", RAW, width=6))
    assert found["options"] == RAW["options"]
    assert found["targets"][0]["expr"] == 'sum(deploy_calls_total{job=~"$job",instance=~"$instance"})'
    assert found["targets"][1] == RAW["targets"][1]  # type: ignore[index]  # it is a list


def test_the_queries_of_a_raw_panel_are_linted() -> None:
    dashboard = Dashboard("x", "X", (Row("R", (RawPanel("Map", RAW),)),))
    found = [(one.panel_type, one.target) for one in queries(dashboard, EXPOSITION) if one.panel == "Map"]
    assert found == [("geomap", "A")]


def test_a_raw_panel_that_does_not_parse_is_refused_at_its_line() -> None:
    with pytest.raises(SignalproofError) as caught:
        RawPanel("Map", {"type": "geomap", "targets": [{"expr": "sum("}]})
    assert "test_said.py" in str(caught.value.where)


def test_json_without_a_type_is_no_panel() -> None:
    with pytest.raises(SignalproofError, match="the JSON of panel 'Map' has no type"):
        RawPanel("Map", {"targets": []})


def test_raw_keys_are_laid_over_what_is_rendered_and_none_removes() -> None:
    found = shown(series(raw={"options": {"tooltip": None, "extra": 1}, "hideTimeOverride": True}))
    assert "tooltip" not in found["options"]
    assert found["options"]["extra"] == 1
    assert found["hideTimeOverride"] is True


def test_a_panel_can_be_put_at_a_place() -> None:
    assert shown(series(at=(6, 3), width=5, height=4))["gridPos"] == {"x": 6, "y": 4, "w": 5, "h": 4}


def test_a_row_can_be_repeated() -> None:
    assert render(series(), row={"repeat": "strategy"})["panels"][0]["repeat"] == "strategy"


def test_a_variable_without_a_type_of_ours_is_kept() -> None:
    model = render(series(), variables=(RawVariable("filters", {"type": "adhoc", "filters": []}),))
    assert {"type": "adhoc", "name": "filters", "filters": []} in model["templating"]["list"]


def test_of_a_plain_dashboard_nothing_is_derived() -> None:
    model = render(
        TimeSeries("T", promql("sum(deploy_calls_total)", name="all"), at=(0, 0), width=3, height=2),
        Stat("S", promql("up"), unit="none"),
        plain=True,
        filters=(),
        refresh="",
    )
    assert model["templating"]["list"] == []
    assert model["panels"][1] == {
        "type": "timeseries",
        "title": "T",
        "id": model["panels"][1]["id"],
        "gridPos": {"x": 0, "y": 1, "w": 3, "h": 2},
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "targets": [
            {
                "refId": "A",
                "datasource": {"type": "prometheus", "uid": "${datasource}"},
                "expr": "sum(deploy_calls_total)",
                "legendFormat": "all",
            }
        ],
    }
    assert model["panels"][2]["fieldConfig"] == {"defaults": {"unit": "none"}}
