"""What is shown: dashboards, rows, panels, variables; data only."""

from signalproof.dashboard.links import DashboardLink, Drilldown, Link, RowLink
from signalproof.dashboard.model import Annotation, Dashboard, Row
from signalproof.dashboard.panels import (
    BarGauge,
    Events,
    Gauge,
    Heatmap,
    Panel,
    QueryPanel,
    Stat,
    Table,
    Text,
    TimeSeries,
)
from signalproof.dashboard.states import State, StateTimeline, StatusHistory
from signalproof.dashboard.variables import (
    CustomVariable,
    DatasourceVariable,
    IntervalVariable,
    QueryVariable,
    TargetVariable,
    TextVariable,
    Variable,
)

__all__ = [
    "Annotation",
    "BarGauge",
    "CustomVariable",
    "Dashboard",
    "DashboardLink",
    "DatasourceVariable",
    "Drilldown",
    "Events",
    "Gauge",
    "Heatmap",
    "IntervalVariable",
    "Link",
    "Panel",
    "QueryPanel",
    "QueryVariable",
    "Row",
    "RowLink",
    "Stat",
    "State",
    "StateTimeline",
    "StatusHistory",
    "Table",
    "TargetVariable",
    "Text",
    "TextVariable",
    "TimeSeries",
    "Variable",
]
