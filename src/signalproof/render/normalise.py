"""What grafanalib writes, made into what Grafana 11 and later reads: pure functions over plain JSON.

grafanalib's output is of 2018 to 2022: it is full of nulls and of keys whose meaning is gone. At schemaVersion 42
Grafana repairs none of that, so every object is reduced to the keys of the current schema, and defaults that Grafana
fills in by itself are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

SCHEMA_VERSION = 42
"""The last version of the classic schema; Grafana 11, 12 and 13 read it."""

_DASHBOARD = (
    "uid", "title", "description", "tags", "editable", "graphTooltip", "links", "refresh", "schemaVersion", "time",
    "timezone",
)  # fmt: skip
_LOOK = ("datasource", "maxDataPoints", "transformations", "transparent", "type")
_TARGET = ("refId", "datasource", "expr", "legendFormat", "interval")
_LINK = ("title", "url", "targetBlank")
_DASHBOARD_LINK: Mapping[str, tuple[str, ...]] = {
    "link": ("type", "title", "icon", "tooltip", "url", "targetBlank", "includeVars", "keepTime"),
    "dashboards": ("type", "title", "tags", "asDropdown", "targetBlank", "includeVars", "keepTime"),
}
_VARIABLE: Mapping[str, tuple[str, ...]] = {
    "datasource": ("type", "name", "label", "query", "regex", "refresh"),
    "query": (
        "type", "name", "label", "datasource", "query", "refresh", "sort", "multi", "includeAll", "allValue",
    ),
    "textbox": ("type", "name", "label", "query"),
    "interval": ("type", "name", "label", "query"),
    "custom": ("type", "name", "label", "query", "multi", "includeAll", "allValue"),
}  # fmt: skip

_TIME_SERIES_DEFAULTS: Json = {
    "axisLabel": "",
    "axisPlacement": "auto",
    "barAlignment": 0,
    "drawStyle": "line",
    "fillOpacity": 0,
    "gradientMode": "none",
    "hideFrom": {"tooltip": False, "viz": False, "legend": False},
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "pointSize": 5,
    "scaleDistribution": {"type": "linear", "log": 2},
    "showPoints": "auto",
    "spanNulls": False,
    "stacking": {},
    "thresholdsStyle": {"mode": "off"},
}
"""What Grafana's time series panel assumes (its plugin's default field configuration); not worth a line each."""

_EMPTY: tuple[object, ...] = ("", [], {})
_SCALARS = frozenset({str, int, float, bool})


def dashboard(data: Json) -> Json:
    """Return the classic dashboard model of what grafanalib's dashboard says of itself, its panels apart."""
    found = _only(data, _DASHBOARD)
    found["schemaVersion"] = SCHEMA_VERSION
    found["time"] = plain(data["time"])
    if links := data["links"]:
        found["links"] = [
            _only(link, _DASHBOARD_LINK[link["type"]]) for link in (one.to_json_data() for one in links)
        ]
    variables = data["templating"].to_json_data()["list"]
    found["templating"] = {"list": [variable(one.to_json_data()) for one in variables]}
    found["annotations"] = plain(data["annotations"])
    return found


def plain(source: Any) -> Any:
    """Return *source* as dicts, lists and scalars, without nulls; the input is not changed."""
    kind = type(source)
    if kind is dict:
        return {
            key: value if type(value) in _SCALARS else plain(value)
            for key, value in source.items()
            if value is not None
        }
    if kind is list:
        return [value if type(value) in _SCALARS else plain(value) for value in source]
    return source if kind in _SCALARS else plain(source.to_json_data())


def row(data: Json, panels: list[Json]) -> Json:
    """Return a row with the *panels* that it holds while it is folded."""
    return {**_only(data, ("id", "title", "type")), "collapsed": data["collapsed"], "panels": panels}


def look(data: Json) -> Json:
    """Return a panel in the current schema without what is its own: title, id, place, links and queries.

    Args:
        data: What grafanalib's panel says of itself; objects in it are asked in turn.
    """
    found = _only(data, _LOOK)
    found["options"] = options = plain(data["options"])
    if "datasource" in found:
        found["fieldConfig"] = _field_config(data["fieldConfig"], data["type"])
    if "displayMode" in options.get("legend", ()):
        options["legend"] = _legend(options["legend"])
    return found


def link(data: Json) -> Json:
    """Return a link of a panel."""
    return _only(data, _LINK)


def target(data: Json) -> Json:
    """Return a Prometheus query in the current schema.

    Without ``instant`` it asks over time: Grafana assumes ``range`` where neither is said.
    """
    found = _only(data, _TARGET)
    if data["format"] != "time_series":
        found["format"] = data["format"]
    if data["instant"]:
        found["instant"] = True
    if data.get("hide"):
        found["hide"] = True
    return found


def variable(data: Json) -> Json:
    """Return a template variable with the keys of its type, and with ``$__all`` where all is chosen."""
    kind = data["type"]
    found = _only(data, _VARIABLE[kind])
    if kind in ("query", "custom") and not found.get("includeAll"):
        found.pop("allValue", None)
    if kind == "query":
        found["definition"] = data["query"]
    elif kind == "custom":
        found["options"] = [
            {"selected": False, "text": option["text"], "value": option["value"]}
            for option in data["options"]
        ]
    if data["hide"]:
        found["hide"] = data["hide"]
    # without a choice, a dashboard is empty as soon as there is a second data source
    found["current"] = _current(data) if kind != "datasource" else {"text": "default", "value": "default"}
    return found


def thresholds(data: Json) -> Json | None:
    """Return thresholds whose first step begins nowhere (null, not the word), or None where there are none."""
    steps = data["steps"]
    if not steps:
        return None
    return {
        "mode": data["mode"],
        "steps": [
            {"color": step["color"], "value": number(step["value"]) if index else None}
            for index, step in enumerate(steps)
        ],
    }


def number(value: Any) -> Any:
    """Return a float as an integer where it is one (``30``, not ``30.0``), anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _field_config(data: Json, kind: str) -> Json:
    given = plain(data["defaults"])
    steps = thresholds(given.pop("thresholds"))
    defaults = {key: value for key, value in given.items() if value not in _EMPTY}
    if steps is not None:
        defaults["thresholds"] = steps
    for key in ("min", "max"):
        if key in defaults:
            defaults[key] = number(defaults[key])
    if kind == "timeseries":
        drawn = defaults.pop("custom")
        drawn = {key: number(drawn[key]) for key in drawn if drawn[key] != _TIME_SERIES_DEFAULTS.get(key)}
        if drawn:
            defaults["custom"] = drawn
        if defaults.get("color") == {"mode": "palette-classic"}:
            del defaults["color"]
    overrides = plain(data.get("overrides", []))
    for override in overrides:
        for one in override["properties"]:
            if one["id"] == "thresholds":
                one["value"] = thresholds(one["value"])
    return {"defaults": defaults, "overrides": overrides}


def _legend(data: Json) -> Json:
    """Return a legend that says whether it is shown; the display mode ``hidden`` said so before Grafana 9."""
    shown = {"showLegend": data.get("showLegend", data["displayMode"] != "hidden")}
    if not shown["showLegend"]:
        return shown
    defaults = {"displayMode": "list", "placement": "bottom", "calcs": []}
    return shown | {key: data[key] for key in data if data[key] != defaults.get(key)}


def _current(data: Json) -> Json:
    # grafanalib looks for the default of a custom variable among its options only, where all is none
    chosen = data["current"].get("value", "All" if data["includeAll"] else "")
    value = "$__all" if chosen == "All" else chosen
    if data.get("multi"):
        return {"selected": True, "text": [chosen], "value": [value]}
    return {"selected": True, "text": chosen, "value": value}


def _only(data: Json, keys: tuple[str, ...]) -> Json:
    """Return the *keys* of *data* that say something: nulls, empty texts and lists, and false switches do not."""
    return {
        key: value
        for key in keys
        if (value := data.get(key)) is not None and value is not False and value not in _EMPTY
    }
