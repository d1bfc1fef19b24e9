"""What several panels of Hive / AI apps have in common."""

from __future__ import annotations

from signalproof.dashboard import Axis, Drawn, Legend, Override, Threshold, Tooltip

RAW = {
    "fieldConfig": {"defaults": {"color": {"mode": "thresholds"}}},
    "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
        "textMode": "auto",
    },
}
THRESHOLDS = (Threshold(None, "text"),)
RAW_2 = {
    "fieldConfig": {"defaults": {"color": {"fixedColor": "text", "mode": "fixed"}}},
    "options": {
        "colorMode": "value",
        "graphMode": "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
        "textMode": "auto",
    },
}
RAW_3 = {
    "fieldConfig": {"defaults": {"color": {"mode": "thresholds"}}},
    "options": {
        "colorMode": "value",
        "graphMode": "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
        "textMode": "auto",
    },
}
THRESHOLDS_2 = (Threshold(None, "green"), Threshold(0.5, "red"))
DRAWN = Drawn(thresholds="dashed")
AXIS = Axis(soft_max=66)
LEGEND = Legend(
    show=True,
    mode="table",
    placement="right",
    calcs=("lastNotNull", "max"),
    width=211,
)
TOOLTIP = Tooltip(mode="multi", sort="desc")
THRESHOLDS_3 = (Threshold(None, "transparent"), Threshold(60, "red"))
DRAWN_2 = Drawn(style="bars", fill=100, stack="normal", stack_group="A")
TOOLTIP_2 = Tooltip(mode="multi", sort="desc", hide_zeros=True)
LEGEND_2 = Legend(show=True)
OVERRIDES = (
    Override(
        "byName",
        "cancelled",
        properties={"color": {"fixedColor": "#808080", "mode": "fixed"}},
    ),
    Override(
        "byName",
        "failure",
        properties={"color": {"fixedColor": "red", "mode": "fixed"}},
    ),
    Override(
        "byName",
        "success",
        properties={"color": {"fixedColor": "green", "mode": "fixed"}},
    ),
)
RAW_4 = {
    "fieldConfig": {"defaults": {"color": {"fixedColor": "text", "mode": "fixed"}}},
    "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
        "textMode": "auto",
    },
}
LEGEND_3 = Legend(
    show=True,
    mode="table",
    placement="right",
    calcs=("lastNotNull", "max"),
    width=283,
)
