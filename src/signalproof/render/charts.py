"""The options of the panel kinds that draw last values, and of those of other data sources: what Grafana needs to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from signalproof.dashboard.charts import PieChart
from signalproof.dashboard.resolve import ShownPanel

Json: TypeAlias = dict[str, Any]

_LEGEND: Json = {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []}


def bar_chart(shown: ShownPanel) -> Json:
    """Return the options of a bar chart."""
    return {"orientation": "auto", "stacking": "none", "showValue": "auto", "legend": _LEGEND}


def pie_chart(shown: ShownPanel) -> Json:
    """Return the options of a pie chart."""
    panel = shown.panel
    assert isinstance(panel, PieChart)
    return {
        "reduceOptions": {"calcs": [panel.reduce], "fields": "", "values": False},
        "pieType": "pie",
        "displayLabels": ["percent"],
        "legend": {**_LEGEND, "placement": "right", "values": ["value"]},
    }


def histogram(shown: ShownPanel) -> Json:
    """Return the options of a histogram."""
    return {"combine": False, "legend": _LEGEND}


def logs(shown: ShownPanel) -> Json:
    """Return the options of a panel of log lines."""
    return {
        "sortOrder": "Descending",
        "showTime": True,
        "wrapLogMessage": True,
        "enableLogDetails": True,
        "dedupStrategy": "none",
    }


def traces(shown: ShownPanel) -> Json:
    """Return the options of a trace: it has none."""
    return {}


OPTIONS: Mapping[str, Callable[[ShownPanel], Json]] = {
    "barchart": bar_chart,
    "piechart": pie_chart,
    "histogram": histogram,
    "logs": logs,
    "traces": traces,
}
"""Panel type → its options."""
