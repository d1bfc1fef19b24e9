"""What several panels of Hive / AI apps – one deployment have in common."""

from __future__ import annotations

from signalproof.dashboard import Drawn, Legend, Override, Threshold, Tooltip

THRESHOLDS = (Threshold(None, "text"),)
RAW = {
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
DRAWN = Drawn(style="bars", fill=100, stack="normal", stack_group="A")
TOOLTIP = Tooltip(mode="multi", sort="desc", hide_zeros=True)
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
LEGEND = Legend(show=True)
