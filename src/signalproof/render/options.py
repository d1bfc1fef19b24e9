"""The options of each panel kind as Grafana 11 and later reads them; nothing here comes from a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from signalproof.catalogue.units import EVENT, PER_SECOND
from signalproof.dashboard.asking import ShownTarget
from signalproof.dashboard.layout import LEGEND_RIGHT_FROM
from signalproof.dashboard.panels import BarGauge, Gauge, Heatmap, Table, TimeSeries
from signalproof.dashboard.pixels import (
    LEGEND_SIDE,
    Legend,
    legend_width,
    panel_size,
    text_width,
    widest_figure,
)
from signalproof.dashboard.resolve import ShownPanel
from signalproof.dashboard.states import StateTimeline, StatusHistory
from signalproof.render.look import labels_of

Json: TypeAlias = dict[str, Any]

MOST_FILLED = 2
"""Areas that may lie over each other; of more, nobody sees which is which."""
_COUNTED = (EVENT, EVENT * PER_SECOND)

NO_LEGEND: Json = {"showLegend": False, "displayMode": "list", "placement": "bottom", "calcs": []}
_HEADS = {"lastNotNull": "Last *", "max": "Max"}
"""Calculation → what stands above its column."""
_NAME = 30
"""Letters of a name that is not known: an application and the address of a process."""
NARROW = 1366
"""Pixels of the narrowest window in which a legend on the right shall be whole: that of a small laptop."""
BARS = 60
"""Bars of a panel: each is seen, and stands for a time that can be said."""


def legend(shown: ShownPanel) -> Json:
    """Return the legend of a time series panel: with figures where there is room for them."""
    panel = shown.panel
    assert isinstance(panel, TimeSeries)
    if panel.legend == "hidden":
        return NO_LEGEND
    right = shown.grid.w >= LEGEND_RIGHT_FROM
    if panel.legend == "list" or (panel.legend == "auto" and not right):
        return {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []}
    bars = panel.style == "bars"
    calculations, width = _figures(shown, ["max"] if bars else ["lastNotNull", "max"])
    found: Json = {
        "showLegend": True,
        "displayMode": "table",
        "placement": "right" if right else "bottom",
        "calcs": calculations,
    }
    if right and width:
        found["width"] = width
    # what happened most often stands first; lines keep the order of their queries
    return {**found, "sortBy": "Max", "sortDesc": True} if "max" in calculations and bars else found


def _figures(shown: ShownPanel, wanted: Sequence[str]) -> tuple[list[str], int]:
    """Return the calculations that stand beside the names, and the pixels that all of it needs on the right.

    Left alone, Grafana gives a legend half of the panel for three short names; given too little, it cuts it. So that the
    names stay whole on a narrow screen, figures go where both do not fit. 0 pixels are as many as Grafana finds good:
    where the names are not known before they are there.
    """
    names = [_longest_name(target) for target in shown.targets]
    room = LEGEND_SIDE * panel_size(NARROW, shown.grid.w, shown.grid.h).width
    for kept in range(len(wanted), -1, -1):
        heads = tuple(_HEADS[one] for one in wanted[:kept])
        needed = legend_width(
            [name or "x" * _NAME for name in names],
            Legend("table", "right", heads, widest_figure(shown.scale.unit)),
        )
        if needed <= room or not kept:
            return list(wanted[:kept]), needed if all(names) else 0
    raise AssertionError("a legend without figures is a legend")


def _longest_name(target: ShownTarget) -> str:
    """Return the longest name that a series of the query can have; empty where a label can have any value."""
    text = target.legend
    for label in labels_of(text):
        domain = target.value.labels.known.get(label)
        if domain is None or not domain.values:
            return ""
        text = text.replace(f"{{{{{label}}}}}", max(domain.values, key=text_width))
    return text


def tooltip(shown: ShownPanel) -> Json:
    """Return what is shown of a moment; where bars lie on each other, only those that are there."""
    panel = shown.panel
    assert isinstance(panel, TimeSeries)
    return {"hideZeros": True} if panel.style == "bars" or panel.stacked else {}


def points(shown: ShownPanel) -> int | None:
    """Return how many points a series has over the time range, where its width alone would give too many."""
    if isinstance(shown.panel, TimeSeries) and shown.panel.style == "bars":
        return BARS
    return POINTS.get(shown.panel.kind)


def drawing(shown: ShownPanel) -> Json:
    """Return how the series of a time series panel are drawn, as arguments of grafanalib's `TimeSeries`."""
    panel = shown.panel
    assert isinstance(panel, TimeSeries)
    return {
        "drawStyle": {"lines": "line", "bars": "bars", "points": "points"}[panel.style],
        "fillOpacity": _opacity(panel, shown),
        "stacking": {"mode": "normal", "group": "A"} if panel.stacked else {},
        "scaleDistributionType": "log" if panel.log else "linear",
        "scaleDistributionLog": 10 if panel.log else 2,
        "thresholdsStyleMode": "dashed" if any(shown.scale.limits) else "off",
    }


def soft_ends(shown: ShownPanel) -> Json:
    """Return the ends that the axis reaches at least: a line of promise outside of the picture says nothing.

    An end that is fixed is left alone, and so is a panel that is to fit its data.
    """
    panel, scale = shown.panel, shown.scale
    limits = [limit.value for limit in scale.limits if limit is not None]
    assert isinstance(panel, TimeSeries)
    if not limits or panel.fit:
        return {}
    if all(one.value.ratio for one in shown.targets):
        return _around_budget(shown)
    ends: Json = {}
    if scale.high is None:
        ends["axisSoftMax"] = float(f"{max(limits) * 1.1:.6g}")
    if scale.low is None:
        ends["axisSoftMin"] = float(f"{min(limits) * 0.9:.6g}")
    return ends


def _around_budget(shown: ShownPanel) -> Json:
    """Return the ends of a share: what was promised and six times its error budget stand in the picture."""
    limits = [limit for limit in shown.scale.limits if limit is not None]
    below = [1 - 6 * (1 - limit.value) for limit in limits if limit.worse == "below"]
    above = [6 * limit.value for limit in limits if limit.worse == "above"]
    ends: Json = {}
    if below and shown.scale.low is None:
        ends["axisSoftMin"] = float(f"{max(0.0, min(below)):.6g}")
    if above and shown.scale.high is None:
        ends["axisSoftMax"] = float(f"{min(1.0, max(above)):.6g}")
    return ends


def _opacity(panel: TimeSeries, shown: ShownPanel) -> int:
    """Return how dense the area below a line is: counts are amounts and filled; latencies and ratios are not."""
    if panel.style == "bars":
        return 100
    if panel.stacked:
        return 80
    alone = sum(one.lines for one in shown.targets) <= MOST_FILLED
    return 20 if alone and all(one.value.unit in _COUNTED for one in shown.targets) else 0


def reduce(calculation: str) -> Json:
    """Return how one number is made of a series."""
    return {"calcs": [calculation], "fields": "", "values": False}


def gauge(shown: ShownPanel) -> Json:
    """Return the options of a gauge."""
    panel = shown.panel
    assert isinstance(panel, Gauge)
    return {
        "reduceOptions": reduce(panel.reduce),
        "orientation": "auto",
        "showThresholdLabels": False,
        "showThresholdMarkers": any(shown.scale.limits),
        "sizing": "auto",
    }


def bar_gauge(shown: ShownPanel) -> Json:
    """Return the options of a bar gauge."""
    panel = shown.panel
    assert isinstance(panel, BarGauge)
    return {
        "reduceOptions": reduce(panel.reduce),
        "orientation": "vertical" if panel.vertical else "horizontal",
        "displayMode": "basic",
        "valueMode": "color",
        "namePlacement": "auto",
        "showUnfilled": True,
        "sizing": "auto",
        "legend": NO_LEGEND,
    }


def heatmap(shown: ShownPanel) -> Json:
    """Return the options of a heatmap of buckets that Prometheus has counted already."""
    panel, scale = shown.panel, shown.scale
    assert isinstance(panel, Heatmap)
    cells: Json = {"unit": scale.unit} if scale.unit else {}
    if scale.decimals is not None:
        cells["decimals"] = scale.decimals
    axis: Json = {"unit": scale.axis} if scale.axis else {}
    return {
        "calculate": False,
        "cellGap": 1,
        "cellValues": cells,
        "color": {
            "mode": "scheme",
            "scheme": panel.scheme,
            "scale": "exponential",
            "exponent": 0.5,
            "steps": 64,
            "reverse": False,
            "fill": "dark-orange",
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "yHistogram": True, "showColorScale": True},
        "yAxis": {**axis, "axisPlacement": "left", "reverse": False},
    }


def table(shown: ShownPanel) -> Json:
    """Return the options of a table."""
    panel = shown.panel
    assert isinstance(panel, Table)
    column = panel.sort_by or shown.targets[0].legend
    return {
        "cellHeight": "sm",
        "showHeader": True,
        "sortBy": [{"displayName": column, "desc": not panel.ascending}],
    }


def columns(shown: ShownPanel) -> list[Json]:
    """Return the transformations of a table: one line per label set, columns named after their queries."""
    single = len(shown.targets) == 1
    names = {"Value" if single else f"Value #{target.ref}": target.legend for target in shown.targets}
    labels = dict.fromkeys(label for target in shown.targets for label in target.value.labels.known)
    # without an order, columns stand as the answers come in, and change places with the chosen job
    order = {name: place for place, name in enumerate((*labels, *names))}
    organize = {
        "id": "organize",
        "options": {"excludeByName": {"Time": True}, "indexByName": order, "renameByName": names},
    }
    return [organize] if single else [{"id": "merge", "options": {}}, organize]


def state_timeline(shown: ShownPanel) -> Json:
    """Return the options of a state timeline; the states are their own legend."""
    assert isinstance(shown.panel, StateTimeline)
    return {
        "alignValue": "left",
        "legend": NO_LEGEND,
        "mergeValues": True,
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": {"mode": "single", "sort": "none"},
    }


def status_history(shown: ShownPanel) -> Json:
    """Return the options of a status history; the states are their own legend."""
    assert isinstance(shown.panel, StatusHistory)
    return {
        "colWidth": 0.9,
        "legend": NO_LEGEND,
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": {"mode": "single", "sort": "none"},
    }


OPTIONS: Mapping[str, Callable[[ShownPanel], Json]] = {
    "gauge": gauge,
    "bargauge": bar_gauge,
    "heatmap": heatmap,
    "table": table,
    "state-timeline": state_timeline,
    "status-history": status_history,
}
"""Panel type → its options."""

CUSTOM: Mapping[str, Json] = {
    "table": {"minWidth": 80},
    "state-timeline": {"fillOpacity": 70, "lineWidth": 0},
    "status-history": {"fillOpacity": 70, "lineWidth": 1},
}
"""Panel type → how a field is drawn in it."""

POINTS: Mapping[str, int] = {"status-history": 60}
"""Panel type → points over the time range, where a series is a line of boxes and too many do not fit."""
