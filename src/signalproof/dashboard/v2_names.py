"""What schema v2 calls what the classic schema has: known once, to what reads v2 and to what writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

API_VERSION: Final = "dashboard.grafana.app/v2"

VARIABLES: Final[Mapping[str, str]] = {
    "query": "QueryVariable",
    "custom": "CustomVariable",
    "datasource": "DatasourceVariable",
    "interval": "IntervalVariable",
    "textbox": "TextVariable",
    "constant": "ConstantVariable",
    "adhoc": "AdhocVariable",
    "groupby": "GroupByVariable",
    "switch": "SwitchVariable",
}
"""Classic type of a variable → kind."""

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "hide": ("dontHide", "hideLabel", "hideVariable", "inControlsMenu"),
    "sort": (
        "disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc",
        "alphabeticalCaseInsensitiveAsc", "alphabeticalCaseInsensitiveDesc", "naturalAsc", "naturalDesc",
    ),
    "refresh": ("never", "onDashboardLoad", "onTimeRangeChanged"),
    "graphTooltip": ("Off", "Crosshair", "Tooltip"),
}  # fmt: skip
"""Words for what the classic schema has numbers for: the place of the word is the number."""

PLAIN_QUERY: Final = "__legacyStringValue"
"""Key under which the query of a variable stands that is a plain text."""

QUERY_OPTIONS: Final = {
    "timeFrom": str,
    "timeShift": str,
    "timeCompare": str,
    "interval": str,
    "cacheTimeout": str,
    "maxDataPoints": int,
    "queryCachingTTL": int,
    "hideTimeOverride": bool,
}
"""What is said of all queries of a panel: beside them in v2, of the panel itself in the classic schema."""

LAYOUTS: Final[Mapping[str, str]] = {
    "GridLayout": "items",
    "AutoGridLayout": "items",
    "RowsLayout": "rows",
    "TabsLayout": "tabs",
}
"""Kind of a layout → the key of its spec with what it lays out."""
