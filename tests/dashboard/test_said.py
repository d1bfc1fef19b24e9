"""Settings and Grafana's JSON: what is written is read again, and a patch makes of one what the other is."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.dashboard import (
    Axis,
    Drawn,
    Legend,
    Override,
    Threshold,
    TimeSeries,
    Tooltip,
    Transformation,
)
from signalproof.dashboard.said import difference, merged, read, written
from signalproof.promql.build import promql

Json: TypeAlias = dict[str, Any]

SCALARS = st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2)
TREES = st.recursive(
    SCALARS | st.lists(SCALARS | st.none(), max_size=2),
    lambda inner: st.dictionaries(st.text("abc", min_size=1, max_size=1), inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text("abc", min_size=1, max_size=1), TREES, max_size=3)


@given(OBJECTS, OBJECTS)
def test_a_patch_makes_of_one_object_what_the_other_is(base: Json, wanted: Json) -> None:
    assert _typed(merged(base, difference(base, wanted))) == _typed(wanted)


@given(OBJECTS)
def test_what_is_equal_needs_no_patch(one: Json) -> None:
    assert difference(one, one) == {}


def _typed(data: Any) -> Any:
    """Return *data* with booleans told from numbers, which Python takes for equal."""
    if isinstance(data, dict):
        return {key: _typed(value) for key, value in data.items()}
    return [_typed(one) for one in data] if isinstance(data, list) else (type(data), data)


SETTINGS: Json = {
    "unit": "s",
    "min": 0,
    "max": 9.5,
    "decimals": 1,
    "no_value": "-",
    "display_name": "x",
    "thresholds": (Threshold(None, "green"), Threshold(80, "red")),
    "drawn": Drawn(
        style="bars", width=2, fill=10, points="never", span_nulls=True, stack="normal", thresholds="dashed"
    ),
    "axis": Axis(
        placement="right", label="seconds", scale="log", log_base=10, soft_min=0, centered_zero=False
    ),
    "legend": Legend(
        show=True, mode="table", placement="right", calcs=("max",), width=200, sort_by="Max", sort_desc=True
    ),
    "tooltip": Tooltip(mode="multi", sort="desc", hide_zeros=True),
    "overrides": (
        Override.by_name("p95", {"unit": "ms"}),
        Override.by_regex("/p.*/", {"custom.lineWidth": 3}),
    ),
    "transformations": (
        Transformation("merge"),
        Transformation("organize", {"excludeByName": {"Time": True}}),
    ),
    "interval": "1m",
    "max_data_points": 100,
    "time_from": "1h",
    "time_shift": "1w",
    "datasource": "-- Mixed --",
    "transparent": True,
    "repeat": "job",
    "repeat_direction": "h",
    "max_per_row": 4,
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_read_as_it_was_written(name: str) -> None:
    panel = TimeSeries("T", promql("up"), "Why.", **{name: SETTINGS[name]})
    assert read(TimeSeries, written(panel)) == ({name: SETTINGS[name]}, {})


def test_all_settings_are_read_as_they_were_written() -> None:
    assert read(TimeSeries, written(TimeSeries("T", promql("up"), "Why.", **SETTINGS))) == (SETTINGS, {})


def test_what_is_not_said_is_not_written() -> None:
    assert written(TimeSeries("T", promql("up"), "Why.")) == {}


@pytest.mark.parametrize(
    "data",
    [
        {"fieldConfig": {"defaults": {"unit": 7}}},
        {"fieldConfig": {"defaults": {"thresholds": {"mode": "percentage", "steps": []}}}},
        {"fieldConfig": {"defaults": {"thresholds": {"mode": "absolute", "steps": [{"index": 0}]}}}},
        {"fieldConfig": {"overrides": [{"matcher": {"id": "byName"}, "properties": []}]}},
        {
            "fieldConfig": {
                "overrides": [{"matcher": {"id": "byName", "options": "a"}, "properties": [{"id": "unit"}]}]
            }
        },
        {"transformations": [{"id": "merge", "options": {}, "filter": {"id": "byName"}}]},
        {"options": {"legend": {"asTable": True}}},
        {"datasource": {"type": "loki", "uid": "x"}},
        {"options": "none"},
    ],
)
def test_what_no_setting_can_say_is_left(data: Json) -> None:
    assert read(TimeSeries, data) == ({}, data)


def test_reading_leaves_its_input_alone() -> None:
    data = {"fieldConfig": {"defaults": {"unit": "s", "custom": {"fillOpacity": 1, "x": 2}}}}
    assert read(TimeSeries, data) == (
        {"unit": "s", "drawn": Drawn(fill=1)},
        {"fieldConfig": {"defaults": {"custom": {"x": 2}}}},
    )
    assert data == {"fieldConfig": {"defaults": {"unit": "s", "custom": {"fillOpacity": 1, "x": 2}}}}
