"""Whatever stands in a classic dashboard: it is said in v2 as the schema wants it, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.render.comparison import errors, v2_schema

from signalproof.errors import Location, SignalproofError
from signalproof.render.v2.resource import resource

Json: TypeAlias = dict[str, Any]

SOURCE = {"type": "prometheus", "uid": "main"}
CHOSEN = {"text": "a", "value": "a"}
FIELD = {
    "unit": "s",
    "decimals": 1,
    "color": {"mode": "fixed", "fixedColor": "red", "seriesBy": "last"},
    "links": [{"title": "a", "url": "b"}],
    "thresholds": {
        "mode": "absolute",
        "steps": [{"color": "green", "value": None}, {"color": "red", "value": 1}],
    },
    "mappings": [
        {"type": "value", "options": {"1": {"text": "on", "index": 0}}},
        {"type": "range", "options": {"from": 0, "to": None, "result": {"text": "some"}}},
        {"type": "special", "options": {"match": "nan", "result": {"text": "none"}}},
    ],
}
OVERRIDE = {"matcher": {"id": "byName", "options": "a"}, "properties": [{"id": "unit", "value": "s"}]}
PANEL = {
    "id": 1,
    "type": "timeseries",
    "title": "Panel",
    "gridPos": {"h": 8, "w": 12, "x": 0, "y": 1},
    "datasource": SOURCE,
    "targets": [{"refId": "A", "expr": "up", "hide": False, "datasource": SOURCE}],
    "links": [{"title": "a", "url": "b", "targetBlank": True}],
    "transformations": [
        {"id": "reduce", "options": {}, "filter": {"id": "byRefId", "options": "A"}, "topic": "series"}
    ],
    "fieldConfig": {"defaults": FIELD, "overrides": [OVERRIDE]},
    "options": {"legend": {}},
    "repeat": "v",
    "repeatDirection": "h",
    "maxPerRow": 2,
    "interval": "1m",
}
MODEL: Json = {
    "uid": "d",
    "title": "D",
    "description": "What.",
    "tags": ["a"],
    "graphTooltip": 1,
    "refresh": "1m",
    "weekStart": "monday",
    "time": {"from": "now-1h", "to": "now"},
    "timepicker": {"refresh_intervals": ["1m"], "quick_ranges": [{"display": "a", "from": "b", "to": "c"}]},
    "links": [{"title": "a", "type": "link", "url": "b", "tags": ["a"], "placement": "inControlsMenu"}],
    "annotations": {
        "list": [
            {
                "name": "a",
                "enable": True,
                "iconColor": "red",
                "datasource": SOURCE,
                "builtIn": 1,
                "target": {"expr": "up"},
                "filter": {"exclude": False, "ids": [1]},
                "mappings": {"text": {"source": "field", "value": "a"}},
            }
        ]
    },
    "templating": {
        "list": [
            {
                "name": "q",
                "type": "query",
                "query": "label_values(a, b)",
                "datasource": SOURCE,
                "refresh": 1,
                "sort": 1,
            },
            {
                "name": "c",
                "type": "custom",
                "query": "a",
                "current": CHOSEN,
                "options": [{**CHOSEN, "selected": True}],
            },
            {"name": "d", "type": "datasource", "query": "prometheus", "hide": 1, "label": "D"},
            {"name": "i", "type": "interval", "query": "1m", "auto": True, "auto_count": 3, "auto_min": "1m"},
            {"name": "s", "type": "switch", "current": CHOSEN, "options": [CHOSEN, CHOSEN]},
            {
                "name": "f",
                "type": "adhoc",
                "filters": [{"key": "a", "operator": "=", "value": "b", "values": ["b"]}],
                "defaultKeys": ["a"],
            },
            {"name": "g", "type": "groupby", "multi": True, "defaultValue": CHOSEN},
        ]
    },
    "panels": [
        {"type": "row", "title": "Row", "collapsed": False, "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0}},
        PANEL,
        {"id": 2, "title": "Shared", "gridPos": {"x": 0, "y": 9}, "libraryPanel": {"uid": "u", "name": "n"}},
    ],
}


def _paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key, value in (
        tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    ):
        yield from _paths(value, (*path, key))


ANYTHING: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 1.5, "", "x", [], ["x"], [1], [None], {}, {"x": 1}, [{"x": 1}], [[]]]
)


@pytest.fixture(scope="module")
def wrong(shared: Path) -> Callable[[Json], list[str]]:
    """Says what the schema of v2 has against a dashboard."""
    schema = v2_schema(shared)
    return lambda found: errors(schema, "Dashboard", found["spec"])


def _with(path: tuple[Any, ...], value: Any) -> Json:
    model: Json = json.loads(json.dumps(MODEL))
    holder: Any = model
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return model


def test_the_dashboard_is_said_as_it_stands(wrong: Callable[[Json], list[str]]) -> None:
    assert wrong(resource(MODEL, Location("d.json"))) == []


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(path=st.sampled_from(list(_paths(MODEL))), value=ANYTHING)
def test_a_value_is_said_as_the_schema_wants_it_or_refused(
    path: tuple[Any, ...], value: Any, wrong: Callable[[Json], list[str]]
) -> None:
    try:
        found = resource(_with(path, value), Location("d.json"))
    except SignalproofError:
        return
    assert wrong(found) == []
