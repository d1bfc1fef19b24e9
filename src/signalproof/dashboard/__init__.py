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
    "Annotation",
    "Axis",
    "BarGauge",
    "CustomVariable",
    "Dashboard",
    "DashboardLink",
    "DatasourceVariable",
    "Drawn",
    "Drilldown",
    "Events",
    "Gauge",
    "Heatmap",
    "IntervalVariable",
    "Legend",
    "Link",
    "Override",
    "Panel",
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
    "Transformation",
    "Variable",
]
