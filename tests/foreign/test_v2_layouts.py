"""Layouts of v2 dashboards: what lies in them is read in its order, and what is wrong with them is said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeAlias

import pytest

from signalproof.dashboard.foreign import dashboards, panels_of, queries_of
from signalproof.documents import Table, read_json
from signalproof.errors import SignalproofError

Json: TypeAlias = dict[str, Any]


def element(expr: str) -> Json:
    query = {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": expr}}
    queries = [{"kind": "PanelQuery", "spec": {"refId": "A", "query": query}}]
    data = {"kind": "QueryGroup", "spec": {"queries": queries}}
    return {"kind": "Panel", "spec": {"title": expr, "data": data}}


def item(name: str, **said: Any) -> Json:
    return {"kind": "GridLayoutItem", "spec": {"element": {"kind": "ElementReference", "name": name}, **said}}


def grid(*items: Json, kind: str = "GridLayout") -> Json:
    return {"kind": kind, "spec": {"items": list(items)}}


def rows(*layouts: Json, repeat: str = "") -> Json:
    return _holder("RowsLayout", "rows", layouts, repeat)


def tabs(*layouts: Json, repeat: str = "") -> Json:
    return _holder("TabsLayout", "tabs", layouts, repeat)


def _holder(kind: str, key: str, layouts: Sequence[Json], repeat: str) -> Json:
    said = {"repeat": {"mode": "variable", "value": repeat}} if repeat else {}
    return {"kind": kind, "spec": {key: [{"spec": {"title": "T", "layout": one, **said}} for one in layouts]}}


def read(layout: Json, *names: str, variables: Sequence[str] = ()) -> Any:
    """Return the dashboard with *layout* of elements that are called as the metrics they show."""
    spec = {
        "title": "D",
        "layout": layout,
        "elements": {one: element(one) for one in names},
        "variables": [
            {"kind": "CustomVariable", "spec": {"name": one, "multi": True, "query": "a,b"}}
            for one in variables
        ],
    }
    tree = {"apiVersion": "dashboard.grafana.app/v2", "metadata": {"name": "d"}, "spec": spec}
    [found] = dashboards([read_json(json.dumps(tree, indent=1), "d.json")], "d.json")
    return found


def texts(found: Any) -> list[str]:
    return [str(one.text) for one in queries_of(found)]


@pytest.mark.parametrize(
    "layout",
    [
        grid(item("b"), item("a")),
        grid(item("b"), item("a"), kind="AutoGridLayout"),
        rows(grid(item("b")), grid(item("a"))),
        tabs(grid(item("b")), grid(item("a"))),
        tabs(rows(grid(item("b"))), grid(item("a"))),
        grid(item("b")),
        {},
    ],
    ids=["grid", "auto grid", "rows", "tabs", "rows in tabs", "one not shown", "none"],
)
def test_every_panel_is_read_in_the_order_in_which_it_is_shown(layout: Json) -> None:
    assert texts(read(layout, "b", "a")) == ["b", "a"]


def test_a_panel_that_is_shown_twice_is_read_once() -> None:
    assert texts(read(tabs(grid(item("a")), grid(item("a"))), "a")) == ["a"]


def test_a_panel_lies_where_the_grid_says() -> None:
    found = read(grid(item("a", x=1, y=2, width=3, height=4)), "a")
    [panel] = panels_of(found.spec)
    assert panel.table("gridPos") == {"x": 1, "y": 2, "w": 3, "h": 4}


@pytest.mark.parametrize("holder", [rows, tabs])
def test_a_panel_sees_one_value_of_what_its_row_repeats_for(holder: Any) -> None:
    [query] = queries_of(read(holder(grid(item("a")), repeat="v"), "a", variables=["v"]))
    assert query.variables["v"].multi is False


def test_a_panel_sees_every_value_of_what_another_panel_repeats_for() -> None:
    repeated = item("a", repeat={"mode": "variable", "value": "v"})
    found = read(grid(repeated, item("b")), "a", "b", variables=["v"])
    assert [one.variables["v"].multi for one in queries_of(found)] == [False, True]


def test_a_panel_sees_one_value_of_all_that_is_repeated_around_it() -> None:
    inner = rows(grid(item("a", repeat={"mode": "variable", "value": "c"})), repeat="b")
    [query] = queries_of(read(tabs(inner, repeat="a"), "a", variables=["a", "b", "c"]))
    assert [one.multi for one in query.variables.values()] == [False, False, False]


@pytest.mark.parametrize(
    ("layout", "message", "remedy", "line"),
    [
        (
            grid(item("a"), kind="GridLayuot"),
            "no layout is called 'GridLayuot'",
            "did you mean 'GridLayout'?",
            '"kind": "GridLayuot",',
        ),
        (
            rows({"kind": "Canvas"}),
            "no layout is called 'Canvas'",
            "known are GridLayout, AutoGridLayout, RowsLayout, TabsLayout",
            '"kind": "Canvas"',
        ),
        (
            grid(item("aa")),
            "the layout shows 'aa', and no element is called so",
            "take it out of the layout, or put it among the elements",
            '"name": "aa"',
        ),
    ],
    ids=["a slip", "no such kind", "no such element"],
)
def test_a_layout_that_cannot_be_read_is_an_error_at_its_line(
    layout: Json, message: str, remedy: str, line: str
) -> None:
    spec = {"title": "D", "layout": layout, "elements": {"b": element("b")}}
    text = json.dumps(spec, indent=1)
    with pytest.raises(SignalproofError) as caught:
        list(dashboards([read_json(text, "d.json")], "d.json"))
    assert (str(caught.value), caught.value.help) == (message, remedy)
    where = caught.value.where
    assert where is not None
    assert text.splitlines()[where.line - 1].strip() == line


def test_a_text_variable_is_a_text_box() -> None:
    variable = {"kind": "TextVariable", "spec": {"name": "v", "query": "a"}}
    tree = {"title": "D", "layout": grid(), "elements": {}, "variables": [variable]}
    [found] = dashboards([read_json(json.dumps(tree), "d.json")], "d.json")
    [one] = found.spec.table("templating").tables("list")
    assert isinstance(one, Table)
    assert one["type"] == "textbox"
