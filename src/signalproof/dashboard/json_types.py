"""Which type each value of a dashboard's JSON has, as Grafana 12.4 writes it: facts, checked against its schemas in a test."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

Type: TypeAlias = "str | tuple[str, ...] | tuple[int, ...]"
"""``number``, ``text`` or ``boolean``, or the values there are."""

NUMBER: Final = "number"
TEXT: Final = "text"
BOOLEAN: Final = "boolean"


def _types(text: str, **values: Type) -> Mapping[str, Type]:
    """Return the types of one object: ``"number: h w x y; text: title"``, and those that are one of some *values*."""
    found: dict[str, Type] = dict(values)
    for part in text.split(";"):
        kind, _, names = part.partition(":")
        found.update(dict.fromkeys(names.split(), kind.strip()))
    return MappingProxyType(found)


DASHBOARD: Final = _types(
    "text: uid title description timezone weekStart refresh; boolean: editable liveNow preload;"
    "number: id fiscalYearStartMonth schemaVersion version",
    graphTooltip=(0, 1, 2),
)
PANEL: Final = _types(
    "text: type title description repeat interval timeFrom timeShift cacheTimeout pluginVersion;"
    "number: id maxPerRow maxDataPoints queryCachingTTL; boolean: transparent hideTimeOverride",
    repeatDirection=("h", "v"),
)
ROW: Final = _types("text: title repeat; number: id; boolean: collapsed")
GRID: Final = _types("number: h w x y")
LINK: Final = _types(
    "text: title icon tooltip url; boolean: asDropdown targetBlank includeVars keepTime",
    type=("link", "dashboards"),
)
FIELD: Final = _types(
    "text: displayName description unit noValue; number: decimals min max; boolean: filterable"
)
THRESHOLDS: Final = _types("", mode=("absolute", "percentage"))
STEP: Final = _types("number: value; text: color")
COLOR: Final = _types("text: fixedColor")
VARIABLE: Final = _types(
    "text: name label description regex allValue definition auto_min;"
    "boolean: skipUrlSync multi allowCustomValue includeAll",
    hide=(0, 1, 2, 3),
    sort=(0, 1, 2, 3, 4, 5, 6, 7, 8),
)
ANNOTATION: Final = _types(
    "text: name iconColor expr textFormat titleFormat; boolean: enable hide; number: builtIn"
)
TARGET: Final = _types(
    "text: expr legendFormat interval refId; boolean: instant range exemplar hide; number: intervalFactor",
    format=("time_series", "table", "heatmap"),
)
LEGEND: Final = _types(
    "boolean: showLegend sortDesc; text: sortBy; number: width",
    displayMode=("list", "table", "hidden"),
    placement=("bottom", "right"),
)
TOOLTIP: Final = _types(
    "number: maxWidth maxHeight; boolean: hideZeros",
    mode=("single", "multi", "none"),
    sort=("asc", "desc", "none"),
)
REDUCED: Final = _types("boolean: values; number: limit; text: fields")
GRAPH: Final = _types(
    "number: lineWidth fillOpacity pointSize axisWidth axisSoftMin axisSoftMax barWidthFactor barMaxWidth;"
    "text: axisLabel fillBelowTo; boolean: axisGridShow axisCenteredZero axisBorderShow",
    drawStyle=("line", "bars", "points"),
    gradientMode=("none", "opacity", "hue", "scheme"),
    lineInterpolation=("linear", "smooth", "stepBefore", "stepAfter"),
    showPoints=("auto", "never", "always"),
    axisPlacement=("auto", "top", "right", "bottom", "left", "hidden"),
    barAlignment=(-1, 0, 1),
)
STACKING: Final = _types("", mode=("none", "normal", "percent"))
SCALE: Final = _types("number: log linearThreshold", type=("linear", "log", "ordinal", "symlog"))
LINE_STYLE: Final = _types("", fill=("solid", "dash", "dot", "square"))
LINES: Final = _types("", mode=("off", "line", "dashed", "area", "line+area", "dashed+area", "series"))
HIDDEN: Final = _types("boolean: tooltip legend viz")
ORIENTED: Final = ("auto", "vertical", "horizontal")
STAT: Final = _types(
    "boolean: wideLayout showPercentChange",
    graphMode=("none", "line", "area"),
    colorMode=("value", "background", "background_solid", "none"),
    justifyMode=("auto", "center"),
    textMode=("auto", "value", "value_and_name", "name", "none"),
    orientation=ORIENTED,
)
GAUGE: Final = _types("boolean: showThresholdLabels showThresholdMarkers", orientation=ORIENTED)
BAR_GAUGE: Final = _types(
    "boolean: showUnfilled",
    displayMode=("basic", "lcd", "gradient"),
    valueMode=("color", "text", "hidden"),
    orientation=ORIENTED,
)


def is_of(value: Any, kind: Type) -> bool:
    """Whether *value* has the type *kind*; nothing, and what is no plain value, is never wrong."""
    if value is None or isinstance(value, dict | list):
        return True
    if isinstance(kind, tuple):
        return value in kind and not isinstance(value, bool)
    if isinstance(value, bool):
        return kind == BOOLEAN
    return isinstance(value, str) if kind == TEXT else kind == NUMBER and isinstance(value, int | float)
