"""What is shown: dashboards, rows, panels, variables; data only."""

from signalproof.dashboard.charts import BarChart, Histogram, Logs, PieChart, Traces
from signalproof.dashboard.links import DashboardLink, Drilldown, Link, RowLink
from signalproof.dashboard.lists import AlertList, DashboardList
from signalproof.dashboard.model import Annotation, Dashboard, Row
from signalproof.dashboard.panels import (
    BarGauge,
    Events,
    Gauge,
    Heatmap,
    Panel,
    QueryPanel,
    RawPanel,
    Stat,
    Table,
    Text,
    TimeSeries,
)
from signalproof.dashboard.settings import (
    Axis,
    Drawn,
    Legend,
    Override,
    Threshold,
    Tooltip,
    Transformation,
)
from signalproof.dashboard.states import State, StateTimeline, StatusHistory
from signalproof.dashboard.targets import RawTarget, Target
from signalproof.dashboard.variables import (
    CustomVariable,
    DatasourceVariable,
    IntervalVariable,
    QueryVariable,
    RawVariable,
    TargetVariable,
    TextVariable,
    Variable,
)

__all__ = [
    "AlertList",
    "Annotation",
    "Axis",
    "BarChart",
    "BarGauge",
    "CustomVariable",
    "Dashboard",
    "DashboardLink",
    "DashboardList",
    "DatasourceVariable",
    "Drawn",
    "Drilldown",
    "Events",
    "Gauge",
    "Heatmap",
    "Histogram",
    "IntervalVariable",
    "Legend",
    "Link",
    "Logs",
    "Override",
    "Panel",
    "PieChart",
    "QueryPanel",
    "QueryVariable",
    "RawPanel",
    "RawTarget",
    "RawVariable",
    "Row",
    "RowLink",
    "Stat",
    "State",
    "StateTimeline",
    "StatusHistory",
    "Table",
    "Target",
    "TargetVariable",
    "Text",
    "TextVariable",
    "Threshold",
    "TimeSeries",
    "Tooltip",
    "Traces",
    "Transformation",
    "Variable",
]
