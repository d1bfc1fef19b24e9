"""What is derived for each kind of panel: unit, ends, thresholds, colours, options."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import orjson
import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, Job, TargetLabel, labels
from signalproof.catalogue.metric import Counter, Histogram
from signalproof.catalogue.metric import Gauge as GaugeMetric
from signalproof.catalogue.operation import Objective, Request, Status
from signalproof.catalogue.units import BYTES, COUNT
from signalproof.dashboard import (
    Annotation,
    BarGauge,
    CustomVariable,
    Dashboard,
    DatasourceVariable,
    Drilldown,
    Events,
    Gauge,
    Heatmap,
    IntervalVariable,
    Link,
    Panel,
    QueryVariable,
    Row,
    RowLink,
    Stat,
    State,
    StateTimeline,
    StatusHistory,
    Table,
    TargetVariable,
    Text,
    TextVariable,
    TimeSeries,
)
from signalproof.dashboard.pixels import text_width
from signalproof.errors import SignalproofError
from signalproof.promql.build import RANGE, distribution, rate, value
from signalproof.promql.expr import Expr
from signalproof.promql.operations import calls, ended, latency, mean_duration, success_ratio, throughput
from signalproof.promql.overview import errors, pace
from signalproof.render.grafana import dashboard_json

Json: TypeAlias = dict[str, Any]


class Strategy(ClosedLabel):
    SSH = "ssh"
    DOCKER = "docker"


class Route(BoundedLabel, at_most=10):
    """A path."""


class Region(TargetLabel):
    """A label that no scrape of these tests adds."""


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


def request(name: str, objective: Objective | None) -> Request[Strategy, Failure]:
    return Request(
        name, "one", labels(Strategy), Failure, owner="app.run", buckets="deployment", objective=objective
    )


DEPLOY = request("deploy", Objective(latency=60.0, success=0.995))
CHECK = request("check", Objective(latency=5.0))
PLAIN = request("plain", None)
RARE = Request("rare", "a rare thing", labels(), Failure, owner="a.b", noun="things", per_hour=10)
RUNNING = GaugeMetric("workers_running", "Workers running.", labels(Strategy), COUNT, low=0)
MEMORY = GaugeMetric("cache_bytes", "Bytes in the cache.", labels(), BYTES, low=0)
SIZE = Histogram("answer_bytes", "Bytes per answer.", labels(Route), BYTES)
SERVED = Counter("served_total", "Answers.", labels(Route))
EXPOSITION = Catalogue.of_entries([DEPLOY, CHECK, PLAIN, RARE, RUNNING, MEMORY, SIZE, SERVED]).exposition()

ON_OFF = (State(0, "off", "grey"), State(1, "on", "green"))


def render(dashboard: Dashboard) -> Json:
    model: Json = orjson.loads(dashboard_json(dashboard, EXPOSITION))
    return model


def shown(panel: Panel, **options: Any) -> Json:
    found: Json = render(Dashboard("x", "X", (Row("R", (panel,)),), **options))["panels"][1]
    return found


def field(panel: Panel) -> Json:
    found: Json = shown(panel)["fieldConfig"]["defaults"]
    return found


def overrides(panel: Panel) -> dict[tuple[str, str], Json]:
    return {
        (one["matcher"]["id"], one["matcher"]["options"]): {
            each["id"]: each["value"] for each in one["properties"]
        }
        for one in shown(panel)["fieldConfig"]["overrides"]
    }


def series(*exprs: Expr, **options: Any) -> TimeSeries:
    return TimeSeries("x", exprs, "why", **options)


def named(name: str, exprs: tuple[Expr, ...]) -> tuple[Expr, ...]:
    return tuple(one.named(f"{name} {one.name}") for one in exprs)


# --- unit and scale


def test_a_latency_is_in_seconds_from_zero() -> None:
    made = field(series(*latency(PLAIN)))
    assert (made["unit"], made["min"]) == ("s", 0)
    assert "max" not in made


def test_a_ratio_is_in_percent_between_both_ends() -> None:
    made = field(series(success_ratio(PLAIN)))
    assert (made["unit"], made["min"], made["max"]) == ("percentunit", 0, 1)


def test_a_rate_of_events_is_in_operations_per_second() -> None:
    assert field(series(throughput(PLAIN)))["unit"] == "ops"


def test_bytes_are_bytes() -> None:
    assert field(Stat("x", value(MEMORY), "why"))["unit"] == "bytes"


def test_an_axis_that_fits_its_data_has_no_ends() -> None:
    made = field(series(success_ratio(DEPLOY), fit=True))
    assert not {"min", "max", "custom"} & set(made) - {"custom"}
    assert "axisSoftMax" not in made.get("custom", {})


def test_given_ends_are_taken() -> None:
    made = field(series(throughput(PLAIN), min=-1.5, max=10.0))
    assert (made["min"], made["max"]) == (-1.5, 10)


def test_a_logarithmic_axis_does_not_begin_at_zero() -> None:
    made = field(series(*latency(PLAIN), log=True))
    assert "min" not in made
    assert made["custom"]["scaleDistribution"] == {"type": "log", "log": 10}


def test_ratios_that_are_stacked_may_add_up_to_more_than_one() -> None:
    assert "max" not in field(series(success_ratio(PLAIN, by=Strategy), stacked=True))


def test_a_query_of_another_unit_has_an_axis_of_its_own() -> None:
    panel = series(throughput(PLAIN).named("calls"), mean_duration(PLAIN))
    assert field(panel)["unit"] == "ops"
    assert overrides(panel)["byFrameRefID", "B"]["unit"] == "s"


def test_a_trend_line_is_not_flattened_by_the_ends_of_a_ratio() -> None:
    assert not {"min", "max"} & set(field(Stat("x", success_ratio(PLAIN), "why")))


@pytest.mark.parametrize(("success", "digits"), [(0.9, 1), (0.99, 1), (0.995, 2), (0.9999, 3)])
def test_a_share_has_enough_digits_to_tell_kept_from_broken(success: float, digits: int) -> None:
    assert field(Stat("x", success_ratio(PLAIN).limited(success, "below"), "why"))["decimals"] == digits


def test_a_count_is_a_whole_number() -> None:
    assert field(Stat("x", calls(PLAIN, window=RANGE), "why"))["decimals"] == 0


def test_the_axis_of_counts_is_left_to_grafana() -> None:
    assert "decimals" not in field(series(calls(PLAIN)))


def test_given_digits_are_taken() -> None:
    assert field(Stat("x", value(MEMORY), "why", decimals=3))["decimals"] == 3


def test_no_data_is_said_in_the_given_words() -> None:
    assert field(series(throughput(PLAIN), no_value="no call yet"))["noValue"] == "no call yet"


# --- legends and queries


def test_quantiles_are_called_by_their_names() -> None:
    legends = [target["legendFormat"] for target in shown(series(*latency(PLAIN)))["targets"]]
    assert legends == ["p50", "p95", "p99"]


def test_series_are_called_by_their_labels() -> None:
    assert shown(series(throughput(PLAIN, by=Strategy)))["targets"][0]["legendFormat"] == "{{strategy}}"


def test_two_queries_that_would_be_called_the_same_are_refused() -> None:
    with pytest.raises(SignalproofError, match=r"two queries of panel 'x' have the legend 'p95'") as caught:
        shown(series(*latency(PLAIN, 0.95), *latency(CHECK, 0.95)))
    assert ".named(" in caught.value.help


def test_the_twenty_seventh_query_is_called_aa() -> None:
    panel = series(*(throughput(PLAIN).named(f"n{index}") for index in range(28)))
    assert [target["refId"] for target in shown(panel)["targets"]][24:] == ["Y", "Z", "AA", "AB"]


def test_every_query_is_filtered_by_job_and_instance() -> None:
    (target,) = shown(series(throughput(PLAIN)))["targets"]
    assert 'plain_calls_total{job=~"$job",instance=~"$instance"}' in target["expr"]


def test_a_dashboard_without_filters_asks_as_written() -> None:
    (target,) = shown(series(throughput(PLAIN)), filters=())["targets"]
    assert target["expr"] == "sum(rate(plain_calls_total[$__rate_interval]))"


def test_a_number_over_the_range_is_asked_once() -> None:
    panel = shown(Stat("x", calls(PLAIN, window=RANGE), "why"))
    assert (panel["targets"][0]["instant"], panel["options"]["graphMode"]) == (True, "none")


def test_a_number_with_a_trend_is_asked_over_time() -> None:
    panel = shown(Stat("x", throughput(PLAIN), "why"))
    assert "instant" not in panel["targets"][0]
    assert panel["options"]["graphMode"] == "area"


def test_a_number_made_of_a_whole_course_is_asked_over_time() -> None:
    panel = shown(Stat("x", value(MEMORY), "why", trend=False, reduce="max"))
    assert "instant" not in panel["targets"][0]
    assert panel["options"]["reduceOptions"]["calcs"] == ["max"]


@pytest.mark.parametrize("kind", [Gauge, BarGauge])
def test_a_gauge_of_the_last_value_is_asked_once(kind: Callable[..., Panel]) -> None:
    assert shown(kind("x", success_ratio(PLAIN), "why"))["targets"][0]["instant"] is True


# --- promises


def test_a_promise_is_a_dashed_line() -> None:
    made = field(series(*latency(DEPLOY)))
    assert made["custom"]["thresholdsStyle"] == {"mode": "dashed"}
    assert made["thresholds"]["steps"] == [
        {"color": "transparent", "value": None},
        {"color": "red", "value": 60},
    ]


def test_a_promise_from_below_is_a_red_line_too() -> None:
    made = field(series(success_ratio(DEPLOY)))
    assert made["thresholds"]["steps"] == [
        {"color": "transparent", "value": None},
        {"color": "red", "value": 0.995},
    ]


def test_a_mark_that_nobody_promised_is_an_amber_line() -> None:
    (_, line) = field(series(throughput(PLAIN).limited(3)))["thresholds"]["steps"]
    assert line == {"color": "orange", "value": 3}


def test_the_axis_of_a_promised_share_shows_the_promise_and_a_few_budgets() -> None:
    made = field(series(success_ratio(DEPLOY)))
    assert "min" not in made
    assert (made["max"], made["custom"]["axisSoftMin"]) == (1, 0.97)


def test_the_axis_reaches_the_line_of_the_promise() -> None:
    assert field(series(*latency(DEPLOY)))["custom"]["axisSoftMax"] == 66


def test_nothing_is_drawn_where_nothing_is_promised() -> None:
    assert not {"thresholds", "custom"} & set(field(series(*latency(PLAIN))))


def test_different_promises_are_lines_of_one_colour() -> None:
    panel = series(*named("deploy", latency(DEPLOY, 0.95)), *named("check", latency(CHECK, 0.95)))
    steps = field(panel)["thresholds"]["steps"]
    assert [(step["value"], step["color"]) for step in steps] == [
        (None, "transparent"),
        (5, "red"),
        (60, "red"),
    ]
    assert not overrides(panel)


def test_different_promises_of_many_series_are_red_lines() -> None:
    panel = series(
        *named("deploy", latency(DEPLOY, 0.95, by=Strategy)),
        *named("check", latency(CHECK, 0.95, by=Strategy)),
    )
    assert [step["color"] for step in field(panel)["thresholds"]["steps"]] == ["transparent", "red", "red"]
    assert not overrides(panel)


def test_a_promise_of_every_number_colours_the_panel() -> None:
    made = field(Stat("x", success_ratio(DEPLOY), "why"))
    assert made["color"] == {"mode": "thresholds"}
    assert [step["value"] for step in made["thresholds"]["steps"]] == [None, 0.995]


def test_a_promise_of_one_number_colours_only_that() -> None:
    panel = Stat("x", latency(DEPLOY, 0.5, 0.95), "why")
    assert field(panel)["color"] == {"mode": "fixed", "fixedColor": "text"}
    own = overrides(panel)["byFrameRefID", "B"]
    assert own["color"] == {"mode": "thresholds"}
    assert own["thresholds"]["steps"] == [{"color": "green", "value": None}, {"color": "red", "value": 60}]


def test_a_number_without_a_promise_is_neither_good_nor_bad() -> None:
    assert field(Stat("x", throughput(PLAIN), "why"))["color"] == {"mode": "fixed", "fixedColor": "text"}


# --- colours by meaning


def test_a_failure_is_red_and_a_cancelled_call_grey() -> None:
    own = overrides(series(throughput(PLAIN, by=Status)))
    colours = {name: properties["color"]["fixedColor"] for (_, name), properties in own.items()}
    assert colours == {"cancelled": "#808080", "failure": "red", "success": "green"}


def test_a_colour_is_given_by_the_whole_name_of_a_series() -> None:
    own = overrides(series(throughput(PLAIN, by=Status).named("deploy")))
    assert all(name.replace("deploy", "").strip() in ("cancelled", "failure", "success") for _, name in own)


def test_a_query_that_is_called_failed_is_red() -> None:
    own = overrides(series(throughput(PLAIN, where=Status.FAILURE).named("failed")))
    assert own["byName", "failed"]["color"] == {"mode": "fixed", "fixedColor": "red"}


def test_no_failure_is_no_reason_for_red() -> None:
    own = overrides(Stat("x", calls(PLAIN, by=Status, window=RANGE), "why"))
    assert own["byName", "failure"]["thresholds"]["steps"] == [
        {"color": "text", "value": None},
        {"color": "red", "value": 0.5},
    ]


def test_several_failures_are_different_reds() -> None:
    own = overrides(
        series(throughput(PLAIN, by=Status).named("plain"), throughput(CHECK, by=Status).named("check"))
    )
    reds = [own["byName", f"{name} failure"]["color"]["fixedColor"] for name in ("plain", "check")]
    assert reds == ["red", "dark-red"]


def test_labels_without_a_meaning_have_no_colour() -> None:
    assert not overrides(series(throughput(PLAIN, by=Strategy)))


# --- the kinds


def test_counts_are_filled_and_latencies_are_lines() -> None:
    assert field(series(throughput(PLAIN)))["custom"]["fillOpacity"] == 20
    assert "custom" not in field(series(*latency(PLAIN)))


def test_bars_are_opaque() -> None:
    made = field(series(calls(PLAIN), style="bars"))["custom"]
    assert (made["drawStyle"], made["fillOpacity"]) == ("bars", 100)


def test_stacked_series_add_up() -> None:
    made = field(series(throughput(PLAIN, by=Status), stacked=True))["custom"]
    assert made["stacking"] == {"mode": "normal", "group": "A"}


def test_a_wide_panel_has_a_legend_with_figures() -> None:
    made = shown(series(throughput(PLAIN), width=12))["options"]["legend"]
    assert made == {
        "showLegend": True,
        "displayMode": "table",
        "placement": "right",
        "calcs": ["lastNotNull", "max"],
        "width": 267,
    }


def test_a_legend_on_the_right_is_as_wide_as_its_longest_name() -> None:
    narrow = shown(series(throughput(PLAIN).named("a"), width=12))["options"]["legend"]["width"]
    wide = shown(series(throughput(PLAIN).named("a long name"), width=12))["options"]["legend"]["width"]
    assert wide - narrow == pytest.approx(text_width("a long name") - text_width("a"), abs=1)


def test_figures_go_where_they_would_cut_the_names() -> None:
    long = throughput(PLAIN).named("a name that is longer than names should be")
    made = shown(series(long, width=12))["options"]["legend"]
    assert (made.get("calcs"), made["displayMode"]) == (None, "table")


def test_a_panel_is_as_high_as_its_legend() -> None:
    many = [throughput(PLAIN).named(f"number {place}") for place in range(11)]
    assert shown(series(*many, width=12))["gridPos"]["h"] == 10


def test_bars_are_about_sixty_and_only_of_what_happened() -> None:
    made = shown(Events("Errors", errors(PLAIN, by=PLAIN.errors), "why"))
    assert made["maxDataPoints"] == 60
    assert made["options"]["tooltip"]["hideZeros"] is True
    assert made["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"
    assert all(target["expr"].endswith("> 0") for target in made["targets"])


def test_points_lie_so_far_apart_that_a_window_holds_ten_events() -> None:
    (target,) = shown(series(*latency(RARE, 0.95)))["targets"]
    assert target["interval"] == "15m"


def test_what_is_counted_is_called_by_its_name() -> None:
    assert field(series(pace(RARE)))["unit"] == "suffix:things/h"


def test_states_are_coloured_by_their_mappings() -> None:
    states = (State(0, "stopped", "red"), State(1, "running", "green"))
    made = field(StateTimeline("x", value(RUNNING), "why", states=states))
    assert made["color"] == {"mode": "palette-classic"}
    assert "thresholds" not in made


def test_a_narrow_panel_has_a_legend_without_figures() -> None:
    assert shown(series(throughput(PLAIN), width=6))["options"]["legend"] == {"showLegend": True}


def test_a_legend_can_be_hidden() -> None:
    assert shown(series(throughput(PLAIN), legend="hidden"))["options"]["legend"] == {"showLegend": False}


def test_every_series_is_in_the_tooltip() -> None:
    assert shown(series(throughput(PLAIN)))["options"]["tooltip"] == {"mode": "multi", "sort": "desc"}


def test_a_gauge_has_current_options() -> None:
    panel = shown(Gauge("x", success_ratio(PLAIN), "why"))
    assert panel["options"]["reduceOptions"] == {"calcs": ["lastNotNull"], "fields": "", "values": False}
    assert panel["options"]["showThresholdMarkers"] is False


def test_a_gauge_without_a_promise_is_not_red_from_80_upwards() -> None:
    steps = field(Gauge("x", success_ratio(PLAIN), "why"))["thresholds"]["steps"]
    assert steps == [{"color": "blue", "value": None}]


def test_a_gauge_without_an_upper_end_is_refused() -> None:
    with pytest.raises(SignalproofError, match="gauge 'x' has no upper end") as caught:
        shown(Gauge("x", value(MEMORY), "why"))
    assert "max=" in caught.value.help


def test_a_gauge_with_a_given_end_is_fine() -> None:
    assert field(Gauge("x", value(MEMORY), "why", max=2**30))["max"] == 2**30


def test_ends_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(SignalproofError, match="goes from 2 to 1"):
        shown(series(throughput(PLAIN), min=2, max=1))


def test_bars_have_a_common_beginning() -> None:
    assert field(BarGauge("x", mean_duration(PLAIN, by=Strategy), "why"))["min"] == 0


@pytest.mark.parametrize(("vertical", "orientation"), [(False, "horizontal"), (True, "vertical")])
def test_bars_lie_or_stand(vertical: bool, orientation: str) -> None:
    panel = BarGauge("x", mean_duration(PLAIN, by=Strategy), "why", vertical=vertical)
    assert shown(panel)["options"]["orientation"] == orientation


def test_a_heatmap_reads_buckets_that_are_counted_already() -> None:
    panel = shown(Heatmap("x", distribution(PLAIN.duration), "why"))
    assert panel["options"]["calculate"] is False
    assert (panel["targets"][0]["format"], panel["targets"][0]["legendFormat"]) == ("heatmap", "{{le}}")


@pytest.mark.parametrize(("metric", "unit"), [(PLAIN.duration, "s"), (SIZE, "bytes")])
def test_the_axis_of_a_heatmap_has_the_unit_of_what_is_sorted(metric: Histogram[Any], unit: str) -> None:
    panel = shown(Heatmap("x", distribution(metric), "why"))
    assert panel["options"]["yAxis"]["unit"] == unit
    assert panel["options"]["cellValues"]["unit"] == "short"


def test_a_heatmap_without_buckets_is_refused() -> None:
    with pytest.raises(SignalproofError, match="its query has no buckets"):
        shown(Heatmap("x", throughput(PLAIN), "why"))


def test_a_heatmap_of_two_queries_is_refused() -> None:
    with pytest.raises(SignalproofError, match="a heatmap of 2 queries"):
        shown(Heatmap("x", (distribution(PLAIN.duration), distribution(CHECK.duration)), "why"))


def test_a_table_is_one_line_per_label_set() -> None:
    exprs = (calls(PLAIN, by=Strategy).named("calls"), mean_duration(PLAIN, by=Strategy))
    panel = shown(Table("x", exprs, "why"))
    assert [target["format"] for target in panel["targets"]] == ["table", "table"]
    assert [one["id"] for one in panel["transformations"]] == ["merge", "organize"]
    assert panel["transformations"][1]["options"] == {
        "excludeByName": {"Time": True},
        "indexByName": {"strategy": 0, "Value #A": 1, "Value #B": 2},
        "renameByName": {"Value #A": "calls", "Value #B": "mean"},
    }


def test_each_column_of_a_table_has_its_own_unit() -> None:
    exprs = (calls(PLAIN, by=Strategy).named("calls"), mean_duration(PLAIN, by=Strategy))
    panel = Table("x", exprs, "why")
    assert field(panel)["unit"] == "locale"
    assert overrides(panel)["byName", "mean"]["unit"] == "s"


def test_a_table_of_one_query_is_called_by_its_title() -> None:
    panel = shown(Table("Errors", throughput(PLAIN, by=Strategy), "why"))
    (organize,) = panel["transformations"]
    assert organize["options"]["renameByName"] == {"Value": "Errors"}
    assert panel["options"]["sortBy"] == [{"displayName": "Errors", "desc": True}]


def test_a_column_without_a_name_is_refused() -> None:
    with pytest.raises(SignalproofError, match="a column of table 'x' has no name"):
        shown(Table("x", (throughput(PLAIN), throughput(CHECK)), "why"))


def test_sorting_by_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(SignalproofError, match="table 'x' has no column 'meen'") as caught:
        shown(
            Table("x", (throughput(PLAIN).named("mean"), throughput(CHECK).named("b")), "why", sort_by="meen")
        )
    assert "'mean'" in caught.value.help


def test_a_broken_promise_shows_in_its_column() -> None:
    exprs = (calls(PLAIN, by=Strategy).named("calls"), mean_duration(PLAIN, by=Strategy).limited(30))
    own = overrides(Table("x", exprs, "why"))["byName", "mean"]
    assert own["custom.cellOptions"] == {"type": "color-text"}
    assert own["thresholds"]["steps"][1] == {"color": "red", "value": 30}


def test_label_values_with_a_meaning_are_coloured_in_a_table() -> None:
    own = overrides(Table("x", throughput(PLAIN, by=Status), "why"))["byName", "status"]
    assert own["mappings"][0]["options"]["failure"] == {"color": "red"}


@pytest.mark.parametrize("kind", [StateTimeline, StatusHistory])
def test_states_are_called_and_coloured(kind: Callable[..., Panel]) -> None:
    made = field(kind("x", value(RUNNING, by=Strategy), "why", states=ON_OFF))
    assert made["mappings"] == [
        {
            "type": "value",
            "options": {
                "0": {"text": "off", "color": "#808080", "index": 0},
                "1": {"text": "on", "color": "green", "index": 1},
            },
        }
    ]


@pytest.mark.parametrize("kind", [StateTimeline, StatusHistory])
def test_states_without_a_meaning_are_refused(kind: Callable[..., Panel]) -> None:
    with pytest.raises(SignalproofError, match="shows states but names none"):
        shown(kind("x", value(RUNNING), "why"))


def test_a_status_history_has_as_many_points_as_fit() -> None:
    assert shown(StatusHistory("x", value(RUNNING), "why", states=ON_OFF))["maxDataPoints"] == 60


def test_words_ask_nothing() -> None:
    panel = shown(Text("x", "**Read** this."))
    assert panel["options"] == {"content": "**Read** this.", "mode": "markdown"}
    assert not {"datasource", "targets", "fieldConfig"} & set(panel)


def test_two_texts_say_two_things() -> None:
    model = render(Dashboard("x", "X", (Row("R", (Text("a", "one"), Text("b", "two"))),)))
    assert [panel["options"]["content"] for panel in model["panels"][1:]] == ["one", "two"]


# --- links


def test_a_panel_links_to_its_place_in_the_runbook() -> None:
    panel = shown(series(throughput(PLAIN), key="calls"), runbook="https://runbook.test/{row}#{panel}")
    assert panel["links"] == [
        {"title": "Runbook", "url": "https://runbook.test/r#calls", "targetBlank": True}
    ]


def test_a_link_to_a_row_leads_to_its_first_panel_with_time_and_variables() -> None:
    panel = series(throughput(PLAIN), links=(RowLink("more"),))
    other = Row("More?", (Text("First", "x"),), key="more")
    model = render(Dashboard("x", "X", (Row("R", (panel,)), other)))
    first = model["panels"][3]["id"]
    (link,) = model["panels"][1]["links"]
    assert link == {
        "title": "More?",
        "url": f"/d/x?viewPanel={first}&${{__url_time_range}}&${{__all_variables}}",
    }


def test_a_data_point_can_be_clicked() -> None:
    made = field(series(throughput(PLAIN), data_links=(Link("Logs", "/logs?t=${__value.time}"),)))
    assert made["links"] == [{"title": "Logs", "url": "/logs?t=${__value.time}", "targetBlank": True}]


def test_a_data_point_leads_to_another_dashboard_about_its_labels_with_time_and_variables() -> None:
    deeper = Drilldown("one-run", "This run", by=(Strategy,))
    made = field(series(throughput(DEPLOY, by=Strategy), data_links=(deeper,)))
    assert made["links"] == [
        {
            "title": "This run",
            "url": "/d/one-run?${__url_time_range}&${datasource:queryparam}&${job:queryparam}&${instance:queryparam}"
            "&var-strategy=${__field.labels.strategy}",
            "targetBlank": False,
        }
    ]


def test_in_a_table_the_labels_of_a_line_are_its_fields() -> None:
    deeper = Drilldown("one-run", "This run", by=(Strategy,))
    made = field(Table("T", throughput(DEPLOY, by=Strategy), "Why.", data_links=(deeper,)))
    assert made["links"][0]["url"].endswith("&var-strategy=${__data.fields.strategy}")


def test_what_a_point_says_of_a_label_replaces_what_was_chosen() -> None:
    chosen = QueryVariable("strategy", DEPLOY.calls, Strategy)
    panel = series(
        throughput(DEPLOY, by=Strategy), data_links=(Drilldown("one-run", "This run", by=(Strategy,)),)
    )
    model = render(Dashboard("x", "X", (Row("R", (panel,)),), variables=(chosen,)))
    (link,) = model["panels"][1]["fieldConfig"]["defaults"]["links"]
    assert link["url"].count("strategy") == 2
    assert "${strategy:queryparam}" not in link["url"]


# --- variables and annotations


def test_a_text_is_typed() -> None:
    (one,) = variables(TextVariable("run", default="7"), filters=())[1:]
    assert one == {
        "name": "run",
        "label": "Run",
        "type": "textbox",
        "query": "7",
        "current": {"selected": True, "text": "7", "value": "7"},
    }


def variables(*given: Any, **options: Any) -> list[Json]:
    found: list[Json] = render(Dashboard("x", "X", variables=given, **options))["templating"]["list"]
    return found


def test_the_datasource_and_the_filters_come_first() -> None:
    names = [one["name"] for one in variables(CustomVariable("zone", ("a",)))]
    assert names == ["datasource", "job", "instance", "zone"]


def test_each_filter_narrows_the_next_one() -> None:
    texts = [one["query"] for one in variables()]
    assert texts == ["prometheus", "label_values(up, job)", 'label_values(up{job=~"$job"}, instance)']


def test_a_filter_offers_all_of_its_values_and_begins_with_them() -> None:
    job = variables()[1]
    assert (job["multi"], job["includeAll"], job["allValue"]) == (True, True, ".*")
    assert job["current"] == {"selected": True, "text": ["All"], "value": ["$__all"]}


def test_a_filter_can_offer_only_some_values() -> None:
    job = variables(TargetVariable(Job, matching="ai-.*"))[1]
    assert job["query"] == 'label_values(up{job=~"ai-.*"}, job)'
    assert "allValue" not in job


def test_a_filter_can_look_at_the_targets_of_one_metric() -> None:
    job = variables(TargetVariable(Job, source=PLAIN.duration))[1]
    assert job["query"] == "label_values(plain_duration_seconds_count, job)"


def test_a_filter_that_takes_one_value_does_not_offer_all() -> None:
    job = variables(TargetVariable(Job, multi=False))[1]
    assert not {"multi", "includeAll", "allValue"} & set(job)


def test_a_filter_that_the_scrape_does_not_add_is_refused() -> None:
    with pytest.raises(SignalproofError, match="the scrape adds no label 'region'") as caught:
        variables(filters=(Region,))
    assert "target_labels" in caught.value.help


def test_a_query_variable_lists_the_values_of_a_label_below_the_filters() -> None:
    one = variables(QueryVariable("strategy", PLAIN.calls, Strategy))[3]
    assert one["query"] == ('label_values(plain_calls_total{job=~"$job",instance=~"$instance"}, strategy)')


def test_a_query_variable_over_a_computed_expression_is_refused() -> None:
    with pytest.raises(SignalproofError, match=re.escape("$route looks through a computed expression")):
        variables(QueryVariable("route", rate(SERVED), Route))


def test_a_variable_called_like_a_filter_is_refused() -> None:
    with pytest.raises(SignalproofError, match=re.escape("two variables are called $job")):
        variables(CustomVariable("job", ("a",)))


def test_an_interval_begins_with_its_first_choice() -> None:
    one = variables(IntervalVariable("window", ("5m", "1h")))[3]
    assert one["query"] == "5m,1h"
    assert one["current"] == {"selected": True, "text": "5m", "value": "5m"}


def test_a_custom_variable_of_several_values_begins_with_all() -> None:
    one = variables(CustomVariable("zone", ("a", "b"), multi=True))[3]
    assert one["current"] == {"selected": True, "text": ["All"], "value": ["$__all"]}
    assert [option["value"] for option in one["options"]] == ["a", "b"]


def test_a_hidden_variable_is_hidden() -> None:
    assert variables(CustomVariable("zone", ("a",), hidden=True))[3]["hide"] == 2


def test_the_datasources_on_offer_can_be_narrowed() -> None:
    assert variables(DatasourceVariable(matching="prod-.*"))[0]["regex"] == "prod-.*"


def test_an_annotation_of_instants_marks_each_where_it_lies_and_in_its_rows() -> None:
    done = Request("done", "one", labels(), Failure, owner="a.b", last_ended=True)
    exposition = Catalogue.of_entries([done]).exposition()
    row = Row("R", (TimeSeries("x", throughput(done), "why"),))
    dashboard = Dashboard(
        "x", "X", (row,), annotations=(Annotation("Ends", ended(done), rows=("r",), shown=False),)
    )
    model = orjson.loads(dashboard_json(dashboard, exposition))
    (one,) = model["annotations"]["list"]
    assert (one["useValueForTime"], one["enable"]) == (True, False)
    assert one["target"]["expr"].endswith("* 1000")
    assert one["filter"] == {"exclude": False, "ids": [model["panels"][1]["id"]]}


def test_an_annotation_in_a_row_that_is_none_is_refused() -> None:
    with pytest.raises(SignalproofError, match="no row with the key 'rr'"):
        Dashboard(
            "x", "X", (Row("R", ()),), annotations=(Annotation("Ends", throughput(PLAIN), rows=("rr",)),)
        )


def test_an_annotation_marks_what_its_query_finds() -> None:
    annotation = Annotation("Deployments", calls(DEPLOY, by=Strategy) > 0, "green", text="{{strategy}}")
    (one,) = render(Dashboard("x", "X", annotations=(annotation,)))["annotations"]["list"]
    assert one == {
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "enable": True,
        "iconColor": "green",
        "name": "Deployments",
        "target": {
            "expr": "sum by (strategy) "
            '(increase(deploy_calls_total{job=~"$job",instance=~"$instance"}[$__rate_interval])) > 0',
            "refId": "Anno",
        },
        "textFormat": "{{strategy}}",
        "titleFormat": "Deployments",
    }
