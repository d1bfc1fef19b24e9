"""A classic dashboard in schema v2, read as a person who knows Grafana would read it."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard import Dashboard
from signalproof.documents import Table, read_json
from signalproof.errors import Location, SignalproofError
from signalproof.render.grafana import dashboard_json
from signalproof.render.v2.resource import resource

Json: TypeAlias = dict[str, Any]

PROMETHEUS = {"type": "prometheus", "uid": "main"}


def panel(number: int, y: int, **said: Any) -> Json:
    place = {"h": 8, "w": 12, "x": 0, "y": y}
    return {"id": number, "type": "timeseries", "title": f"Panel {number}", "gridPos": place, **said}


def row(title: str, y: int, *panels: Json, **said: Any) -> Json:
    place = {"h": 1, "w": 24, "x": 0, "y": y}
    return {"id": 900 + y, "type": "row", "title": title, "gridPos": place, "panels": list(panels), **said}


def converted(*panels: Json, **said: Any) -> Json:
    """Return the body of a classic dashboard in v2."""
    found = resource({"uid": "d", "title": "D", "panels": list(panels), **said}, Location("d.json"))
    spec: Json = found["spec"]
    return spec


def element(**said: Any) -> Json:
    """Return the only panel of a dashboard."""
    found: Json = converted(panel(7, 0, **said))["elements"]["panel-7"]["spec"]
    return found


def variable(**said: Any) -> Json:
    found: list[Json] = converted(templating={"list": [{"name": "v", **said}]})["variables"]
    return found[0]


def shape(layout: Json) -> Any:
    """Return rows as title → what lies in it, and panels as name → y."""
    inner = layout["spec"]
    if layout["kind"] == "GridLayout":
        return {one["spec"]["element"]["name"]: one["spec"]["y"] for one in inner["items"]}
    return [
        ("" if one["spec"].get("hideHeader") else one["spec"]["title"], shape(one["spec"]["layout"]))
        for one in inner["rows"]
    ]


def test_the_file_is_a_resource_of_the_api_under_the_uid(
    everything: Dashboard, exposition: Exposition
) -> None:
    found = json.loads(dashboard_json(everything, exposition, form="v2"))
    assert {key: found[key] for key in ("apiVersion", "kind", "metadata")} == {
        "apiVersion": "dashboard.grafana.app/v2",
        "kind": "Dashboard",
        "metadata": {"name": "everything"},
    }


def test_a_place_in_the_grid_stands_on_one_line(everything: Dashboard, exposition: Exposition) -> None:
    text = dashboard_json(everything, exposition, form="v2").decode()
    assert '{"kind":"GridLayoutItem","spec":{"element":{"kind":"ElementReference","name":"panel-' in text


def test_the_classic_dashboard_is_not_changed() -> None:
    model = {"uid": "d", "title": "D", "panels": [row("A", 0, panel(1, 1)), panel(2, 9)], "tags": ["a"]}
    before = json.dumps(model)
    resource(model, Location("d.json"))
    assert json.dumps(model) == before


def test_panels_without_rows_lie_in_one_grid() -> None:
    assert shape(converted(panel(1, 0), panel(2, 8))["layout"]) == {"panel-1": 0, "panel-2": 8}


def test_panels_of_rows_lie_in_a_grid_that_begins_below_the_header() -> None:
    panels = (row("A", 0), panel(1, 1), row("B", 9), panel(2, 10), panel(3, 18))
    assert shape(converted(*panels)["layout"]) == [
        ("A", {"panel-1": 0}),
        ("B", {"panel-2": 0, "panel-3": 8}),
    ]


def test_panels_of_a_folded_row_lie_in_it() -> None:
    [folded] = converted(row("A", 4, panel(1, 5), collapsed=True))["layout"]["spec"]["rows"]
    assert (folded["spec"]["collapse"], shape(folded["spec"]["layout"])) == (True, {"panel-1": 0})


def test_panels_above_the_first_row_lie_in_a_row_without_a_header() -> None:
    assert shape(converted(panel(1, 0), row("A", 8), panel(2, 9))["layout"]) == [
        ("", {"panel-1": 0}),
        ("A", {"panel-2": 0}),
    ]


def test_panels_below_a_folded_row_are_not_folded_with_it() -> None:
    panels = (row("A", 0, panel(1, 1), collapsed=True), panel(2, 1))
    assert shape(converted(*panels)["layout"]) == [("A", {"panel-1": 0}), ("", {"panel-2": 0})]


def test_a_row_is_repeated_as_before() -> None:
    [found] = converted(row("A", 0, repeat="v"))["layout"]["spec"]["rows"]
    assert found["spec"]["repeat"] == {"mode": "variable", "value": "v"}


def test_a_panel_is_repeated_as_before() -> None:
    repeated = panel(1, 0, repeat="v", repeatDirection="h", maxPerRow=4)
    [item] = converted(repeated)["layout"]["spec"]["items"]
    assert item["spec"]["repeat"] == {"mode": "variable", "value": "v", "direction": "h", "maxPerRow": 4}


def test_a_panel_without_an_id_gets_one_that_is_free() -> None:
    nameless = {key: value for key, value in panel(0, 0).items() if key != "id"}
    assert list(converted(panel(1, 0), nameless, panel(2, 16))["elements"]) == [
        "panel-1",
        "panel-3",
        "panel-2",
    ]


def test_a_panel_of_the_library_is_named() -> None:
    kept = panel(7, 0, libraryPanel={"uid": "u", "name": "Shared"}, options={"copied": True})
    assert converted(kept)["elements"] == {
        "panel-7": {
            "kind": "LibraryPanel",
            "spec": {"id": 7, "title": "Panel 7", "libraryPanel": {"uid": "u", "name": "Shared"}},
        }
    }


def test_a_query_is_asked_of_its_data_source() -> None:
    target = {"refId": "A", "expr": "up", "hide": True, "datasource": PROMETHEUS}
    [query] = element(targets=[target])["data"]["spec"]["queries"]
    asked = {"kind": "DataQuery", "version": "v0", "group": "prometheus", "datasource": {"name": "main"}}
    assert query["spec"] == {"refId": "A", "hidden": True, "query": {**asked, "spec": {"expr": "up"}}}


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        (PROMETHEUS, {"group": "prometheus", "datasource": {"name": "main"}}),
        ({"uid": "${source}"}, {"group": "loki", "datasource": {"name": "${source}"}}),
        ("$source", {"group": "loki", "datasource": {"name": "$source"}}),
        ("-- Grafana --", {"group": "datasource", "datasource": {"name": "grafana"}}),
        ({"uid": "-- Grafana --"}, {"group": "grafana", "datasource": {"name": "-- Grafana --"}}),
        ("-- Mixed --", {"group": ""}),
        (None, {"group": ""}),
    ],
    ids=[
        "by uid",
        "by a variable",
        "by a variable in a text",
        "Grafana itself",
        "Grafana itself by uid",
        "several",
        "the default",
    ],
)
def test_a_query_without_a_data_source_is_asked_of_that_of_its_panel(source: Any, asked: Json) -> None:
    chosen = {"type": "datasource", "name": "source", "query": "loki"}
    spec = converted(panel(7, 0, datasource=source, targets=[{"expr": "up"}]), templating={"list": [chosen]})
    [query] = spec["elements"]["panel-7"]["spec"]["data"]["spec"]["queries"]
    found = query["spec"]["query"]
    assert {key: found[key] for key in ("group", "datasource") if key in found} == asked


def test_a_query_without_a_letter_gets_the_next_free_one() -> None:
    queries = element(targets=[{"expr": "a"}, {"refId": "A", "expr": "b"}, {"expr": "c"}])["data"]["spec"][
        "queries"
    ]
    assert [one["spec"]["refId"] for one in queries] == ["B", "A", "C"]


def test_a_transformation_is_a_group() -> None:
    step = {
        "id": "reduce",
        "disabled": True,
        "options": {"a": 1},
        "filter": {"id": "byRefId", "options": "A"},
    }
    [found] = element(transformations=[step])["data"]["spec"]["transformations"]
    spec = {"options": {"a": 1}, "disabled": True, "filter": {"id": "byRefId", "options": "A"}}
    assert found == {"kind": "Transformation", "group": "reduce", "spec": spec}


def test_options_of_the_queries_stand_beside_them() -> None:
    options = {
        "interval": "1m",
        "maxDataPoints": 100,
        "timeShift": "1h",
        "timeFrom": "2h",
        "hideTimeOverride": True,
    }
    assert element(**options)["data"]["spec"]["queryOptions"] == options


def test_the_first_threshold_begins_nowhere() -> None:
    steps = [{"color": "green"}, {"color": "red", "value": 80}]
    config = {"defaults": {"thresholds": {"steps": steps}}, "overrides": []}
    assert element(fieldConfig=config)["vizConfig"]["spec"]["fieldConfig"]["defaults"]["thresholds"] == {
        "mode": "absolute",
        "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}],
    }


@pytest.mark.parametrize(
    "mapping",
    [
        {"type": "value", "options": {"1": {"text": "on", "color": "green", "index": 0}}},
        {"type": "range", "options": {"from": 0, "to": None, "result": {"text": "some"}}},
        {"type": "regex", "options": {"pattern": "a.*", "result": {"text": "a"}}},
        {"type": "special", "options": {"match": "nan", "result": {"text": "none"}}},
    ],
    ids=lambda one: str(one["type"]),
)
def test_a_value_mapping_stays_what_it_is(mapping: Json) -> None:
    config = {"defaults": {"mappings": [mapping]}, "overrides": []}
    assert element(fieldConfig=config)["vizConfig"]["spec"]["fieldConfig"]["defaults"]["mappings"] == [
        mapping
    ]


CHOSEN = {"text": "a", "value": "a"}
SEVERAL = {"multi": False, "includeAll": False, "allowCustomValue": True, "options": []}
NOTHING = {"text": "", "value": ""}


@pytest.mark.parametrize(
    ("classic", "kind", "spec"),
    [
        (
            {
                "type": "query",
                "query": "label_values(up, job)",
                "datasource": PROMETHEUS,
                "refresh": 2,
                "sort": 1,
                "allValue": ".*",
            },
            "QueryVariable",
            {
                **SEVERAL,
                "current": NOTHING,
                "regex": "",
                "refresh": "onTimeRangeChanged",
                "sort": "alphabeticalAsc",
                "allValue": ".*",
                "query": {
                    "kind": "DataQuery",
                    "version": "v0",
                    "group": "prometheus",
                    "datasource": {"name": "main"},
                    "spec": {"__legacyStringValue": "label_values(up, job)"},
                },
            },
        ),
        (
            {"type": "custom", "query": "a,b", "current": CHOSEN, "multi": True},
            "CustomVariable",
            {**SEVERAL, "query": "a,b", "current": CHOSEN, "multi": True},
        ),
        (
            {"type": "datasource", "query": "prometheus", "regex": "main.*", "refresh": 1},
            "DatasourceVariable",
            {
                **SEVERAL,
                "pluginId": "prometheus",
                "regex": "main.*",
                "refresh": "onDashboardLoad",
                "current": NOTHING,
            },
        ),
        (
            {"type": "interval", "query": "1m,1h", "auto": True, "auto_min": "10s", "auto_count": 30},
            "IntervalVariable",
            {
                "query": "1m,1h",
                "auto": True,
                "auto_min": "10s",
                "auto_count": 30,
                "current": NOTHING,
                "options": [],
                "refresh": "onTimeRangeChanged",
            },
        ),
        ({"type": "textbox", "query": "a"}, "TextVariable", {"query": "a", "current": CHOSEN}),
        ({"type": "constant", "query": "a"}, "ConstantVariable", {"query": "a", "current": CHOSEN}),
        (
            {
                "type": "switch",
                "current": {"text": "0", "value": "0"},
                "options": [{"text": "1", "value": "1"}, {"text": "0", "value": "0"}],
            },
            "SwitchVariable",
            {"enabledValue": "1", "disabledValue": "0", "current": "0"},
        ),
    ],
    ids=lambda one: str(one["type"]) if isinstance(one, dict) and "type" in one else "",
)
def test_a_variable_of_every_kind_is_said(classic: Json, kind: str, spec: Json) -> None:
    common = {"name": "v", "hide": "dontHide", "skipUrlSync": False}
    assert variable(**classic) == {"kind": kind, "spec": {**common, **spec}}


@pytest.mark.parametrize(
    ("classic", "spec"),
    [
        (
            {
                "type": "adhoc",
                "filters": [{"key": "job", "operator": "=", "value": "a"}],
                "defaultKeys": ["job"],
            },
            {
                "baseFilters": [],
                "filters": [{"key": "job", "operator": "=", "value": "a"}],
                "defaultKeys": [{"text": "job", "value": "job"}],
                "allowCustomValue": True,
            },
        ),
        ({"type": "groupby"}, {"current": NOTHING, "options": [], "multi": True}),
    ],
    ids=["adhoc", "groupby"],
)
def test_a_variable_that_changes_every_query_names_its_data_source(classic: Json, spec: Json) -> None:
    found = variable(**classic, datasource=PROMETHEUS)
    assert (found["group"], found["datasource"]) == ("prometheus", {"name": "main"})
    assert {key: found["spec"][key] for key in spec} == spec


def test_the_query_of_a_variable_in_its_new_form_stays_what_it_is() -> None:
    query = {"qryType": 1, "query": "label_values(up, job)", "refId": "V"}
    assert variable(query=query)["spec"]["query"]["spec"] == query


def test_a_hidden_variable_says_so() -> None:
    assert variable(type="constant", query="a", hide=2)["spec"]["hide"] == "hideVariable"


def test_an_annotation_keeps_what_only_its_data_source_understands() -> None:
    said = {
        "name": "Deployments",
        "enable": True,
        "iconColor": "red",
        "filter": {"exclude": False, "ids": [1]},
    }
    own = {"useValueForTime": True, "titleFormat": "{{job}}"}
    asked = {"datasource": PROMETHEUS, "target": {"expr": "up", "refId": "Anno"}, "builtIn": 0}
    [found] = converted(annotations={"list": [{**said, **own, **asked}]})["annotations"]
    query = {"kind": "DataQuery", "version": "v0", "group": "prometheus", "datasource": {"name": "main"}}
    query["spec"] = {"expr": "up", "refId": "Anno"}
    spec = {**said, "hide": False, "builtIn": False, "query": query, "legacyOptions": own}
    assert found == {"kind": "AnnotationQuery", "spec": spec}


def test_times_stand_together() -> None:
    picker = {"refresh_intervals": ["1m"], "hidden": True, "nowDelay": "30s"}
    times = {"from": "now-1h", "to": "now"}
    spec = converted(time=times, timepicker=picker, refresh="1m", timezone="utc", weekStart="monday")
    assert spec["timeSettings"] == {
        "from": "now-1h", "to": "now", "autoRefresh": "1m", "autoRefreshIntervals": ["1m"], "hideTimepicker": True,
        "fiscalYearStartMonth": 0, "timezone": "utc", "nowDelay": "30s", "weekStart": "monday",
    }  # fmt: skip


@pytest.mark.parametrize(("number", "word"), [(0, "Off"), (1, "Crosshair"), (2, "Tooltip"), (None, "Off")])
def test_the_cursor_is_shared_as_before(number: int | None, word: str) -> None:
    assert converted(graphTooltip=number)["cursorSync"] == word


def test_a_link_says_everything() -> None:
    [found] = converted(links=[{"title": "Others", "type": "dashboards", "tags": ["a"], "keepTime": True}])[
        "links"
    ]
    assert found == {
        "title": "Others", "type": "dashboards", "tags": ["a"], "keepTime": True, "icon": "", "tooltip": "",
        "asDropdown": False, "targetBlank": False, "includeVars": False,
    }  # fmt: skip


def test_the_number_on_grafana_com_is_an_annotation_of_the_resource() -> None:
    found = resource({"uid": "d", "gnetId": 1860, "panels": []}, Location("d.json"))
    assert found["metadata"]["annotations"] == {"grafana.app/dashboard-gnet-id": "1860"}


REFUSED = {
    "a panel of before Grafana 7": (
        {"panels": [panel(1, 0, sparkline={})]},
        "panel 'Panel 1' has 'sparkline', which schema v2 cannot say",
    ),
    "rows of before Grafana 5": ({"rows": []}, "dashboard 'D' has 'rows', which schema v2 cannot say"),
    "inputs of an export": ({"__inputs": []}, "dashboard 'D' has '__inputs', which schema v2 cannot say"),
    "a data source by name": (
        {"panels": [panel(1, 0, targets=[{"datasource": "Main", "expr": "up"}])]},
        "a query of panel 'Panel 1' asks the data source 'Main' by its name",
    ),
    "two panels of one id": (
        {"panels": [panel(1, 0), panel(1, 8)]},
        "panel 'Panel 1' has the id 1, as another panel has",
    ),
    "a row in a row": (
        {"panels": [row("A", 0, row("B", 1), collapsed=True)]},
        "panel 'B' is a row in a row",
    ),
    "a variable of no kind": (
        {"templating": {"list": [{"name": "v", "type": "qery"}]}},
        "variable 'v' is of the type 'qery'",
    ),
    "a text for a number": (
        {"panels": [panel(1, 0, maxDataPoints="100")]},
        "panel 'Panel 1' has '100' as 'maxDataPoints'",
    ),
    "a number for a switch": (
        {"panels": [panel(1, 0, transparent=1)]},
        "panel 'Panel 1' has '1' as 'transparent'",
    ),
    "a number that is no word": ({"graphTooltip": 3}, "dashboard 'D' has '3' as 'graphTooltip'"),
    "a value mapping of before Grafana 8": (
        {"panels": [panel(1, 0, fieldConfig={"defaults": {"mappings": [{"type": 1, "value": "1"}]}})]},
        "a value mapping of defaults of fieldConfig of panel 'Panel 1' has '1' as 'type'",
    ),
    "a key beside the variables": (
        {"templating": {"list": [], "more": 1}},
        "templating of dashboard 'D' has 'more', which schema v2 cannot say",
    ),
    "no uid": ({"uid": ""}, "dashboard 'D' has no uid"),
}


@pytest.mark.parametrize(("said", "message"), REFUSED.values(), ids=REFUSED)
def test_what_v2_cannot_say_is_refused(said: Json, message: str) -> None:
    with pytest.raises(SignalproofError) as caught:
        resource({"uid": "d", "title": "D", "panels": [], **said}, Location("d.json"))
    assert str(caught.value).startswith(message)


def test_what_is_refused_is_refused_at_its_line() -> None:
    model = {"uid": "d", "panels": [panel(1, 0), panel(2, 8, sparkline={})]}
    tree = read_json(json.dumps(model, indent=1), "d.json")
    assert isinstance(tree, Table)
    with pytest.raises(SignalproofError) as caught:
        resource(tree, Location("d.json"))
    where = caught.value.where
    assert where is not None
    line = json.dumps(model, indent=1).splitlines()[where.line - 1 : where.line + 1]
    assert line == ["  {", '   "id": 2,']
