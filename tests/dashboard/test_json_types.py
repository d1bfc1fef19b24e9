"""The types of values in a dashboard's JSON are those of Grafana's own schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.dashboard import json_types as types
from signalproof.dashboard.json_types import Type, is_of

OBJECTS: Mapping[str, tuple[Mapping[str, Type], str, str]] = {
    "dashboard": (types.DASHBOARD, "dashboard", "Dashboard"),
    "panel": (types.PANEL, "dashboard", "Panel"),
    "row": (types.ROW, "dashboard", "RowPanel"),
    "grid": (types.GRID, "dashboard", "GridPos"),
    "link": (types.LINK, "dashboard", "DashboardLink"),
    "field": (types.FIELD, "dashboard", "FieldConfig"),
    "thresholds": (types.THRESHOLDS, "dashboard", "ThresholdsConfig"),
    "step": (types.STEP, "dashboard", "Threshold"),
    "color": (types.COLOR, "dashboard", "FieldColor"),
    "variable": (types.VARIABLE, "dashboard", "VariableModel"),
    "annotation": (types.ANNOTATION, "dashboard", "AnnotationQuery"),
    "target": (types.TARGET, "prometheus", "Dataquery"),
    "legend": (types.LEGEND, "common", "VizLegendOptions"),
    "tooltip": (types.TOOLTIP, "common", "VizTooltipOptions"),
    "reduced": (types.REDUCED, "common", "ReduceDataOptions"),
    "graph": (types.GRAPH, "common", "GraphFieldConfig"),
    "stacking": (types.STACKING, "common", "StackingConfig"),
    "scale": (types.SCALE, "common", "ScaleDistributionConfig"),
    "line style": (types.LINE_STYLE, "common", "LineStyle"),
    "lines": (types.LINES, "common", "GraphThresholdsStyleConfig"),
    "hidden": (types.HIDDEN, "common", "HideSeriesConfig"),
    "stat": (types.STAT, "stat", "Options"),
    "gauge": (types.GAUGE, "gauge", "Options"),
    "bar gauge": (types.BAR_GAUGE, "bargauge", "Options"),
}
FIELDS = [
    pytest.param(file, definition, key, kind, id=f"{name}.{key}")
    for name, (known, file, definition) in OBJECTS.items()
    for key, kind in known.items()
]
NAMES = {"string": types.TEXT, "number": types.NUMBER, "integer": types.NUMBER, "boolean": types.BOOLEAN}


def _of_schema(definitions: dict[str, Any], definition: str, key: str) -> Type:
    described = definitions[definition]["properties"][key]
    while "$ref" in described:
        described = definitions[described["$ref"].rpartition("/")[2]]
    if "enum" in described:
        return tuple(described["enum"])
    [kind] = {one["type"] for one in described.get("anyOf", [described])} - {"null"}
    return NAMES[kind]


@pytest.mark.parametrize(("file", "definition", "key", "kind"), FIELDS)
def test_a_value_has_the_type_of_the_schema(
    file: str, definition: str, key: str, kind: Type, shared: Path
) -> None:
    schema = shared / "grafana-schemas" / f"{file}.jsonschema.json"
    if not schema.is_file():
        pytest.skip("Grafana's schemas are not beside the checkout")
    described = _of_schema(json.loads(schema.read_text())["definitions"], definition, key)
    assert (set(kind), set(described)) == (set(described), set(kind))


@given(st.one_of(st.none(), st.dictionaries(st.text(), st.integers()), st.lists(st.integers())))
def test_what_is_no_plain_value_is_never_of_a_wrong_type(value: object) -> None:
    assert all(is_of(value, kind) for kind in (types.NUMBER, types.TEXT, types.BOOLEAN, ("one", "other")))


@given(st.one_of(st.booleans(), st.integers(), st.floats(), st.text()))
def test_a_plain_value_is_of_one_type(value: object) -> None:
    assert [is_of(value, kind) for kind in (types.NUMBER, types.TEXT, types.BOOLEAN)].count(True) == 1
