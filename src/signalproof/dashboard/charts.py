"""Panel kinds that draw what the last values are, and those that show the answers of other data sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from signalproof.dashboard.panel import QueryPanel, Reducer
from signalproof.dashboard.said import NUMBER, SWITCH, TEXT, TEXTS, said


@dataclass(frozen=True, eq=False)
class BarChart(QueryPanel):
    """A bar for each label set, beside each other.

    Attributes:
        orientation: ``auto``, ``horizontal`` or ``vertical``.
        stacking: ``none``, ``normal`` or ``percent``.
        x_field: The label that the bars stand by; the first one when left out.
        color_by: The field whose values give the colours.
        bar_width: Share (0..1) of its place that a bar takes.
        group_width: The same of a group of bars.
        show_value: ``auto``, ``always`` or ``never``.
    """

    kind = "barchart"
    preferred_width = 12

    orientation: Literal["auto", "horizontal", "vertical"] | None = field(
        default=None, kw_only=True, metadata=said("options.orientation", TEXT)
    )
    stacking: Literal["none", "normal", "percent"] | None = field(
        default=None, kw_only=True, metadata=said("options.stacking", TEXT)
    )
    x_field: str | None = field(default=None, kw_only=True, metadata=said("options.xField", TEXT))
    color_by: str | None = field(default=None, kw_only=True, metadata=said("options.colorByField", TEXT))
    bar_width: float | None = field(default=None, kw_only=True, metadata=said("options.barWidth", NUMBER))
    group_width: float | None = field(default=None, kw_only=True, metadata=said("options.groupWidth", NUMBER))
    show_value: Literal["auto", "always", "never"] | None = field(
        default=None, kw_only=True, metadata=said("options.showValue", TEXT)
    )


@dataclass(frozen=True, eq=False)
class PieChart(QueryPanel):
    """The parts of a whole; for few of them.

    Attributes:
        reduce: What one number is made of a series.
        shape: ``pie`` or ``donut``.
        labels: What stands in the slices: ``name``, ``value``, ``percent``.
        sort: ``desc``, ``asc`` or ``none``.
    """

    kind = "piechart"

    reduce: Reducer = field(default="lastNotNull", kw_only=True)
    shape: Literal["pie", "donut"] | None = field(
        default=None, kw_only=True, metadata=said("options.pieType", TEXT)
    )
    labels: tuple[str, ...] | None = field(
        default=None, kw_only=True, metadata=said("options.displayLabels", TEXTS)
    )
    sort: Literal["desc", "asc", "none"] | None = field(
        default=None, kw_only=True, metadata=said("options.sort", TEXT)
    )


@dataclass(frozen=True, eq=False)
class Histogram(QueryPanel):
    """How often which values occur among the samples that are shown; of Prometheus' histograms a `Heatmap` shows more.

    Attributes:
        bucket_size: Width of a bucket, in the unit of the values.
        bucket_count: About how many there are, where no size is given.
        combine: Whether all series are counted together.
    """

    kind = "histogram"
    preferred_width = 12

    bucket_size: float | None = field(default=None, kw_only=True, metadata=said("options.bucketSize", NUMBER))
    bucket_count: int | None = field(default=None, kw_only=True, metadata=said("options.bucketCount", NUMBER))
    combine: bool | None = field(default=None, kw_only=True, metadata=said("options.combine", SWITCH))


@dataclass(frozen=True, eq=False)
class Logs(QueryPanel):
    """Lines of a log, from a data source that has them (`RawTarget`).

    Attributes:
        order: ``Descending`` (the latest first) or ``Ascending``.
        show_time: Whether each line says when it was.
        wrap: Whether long lines are broken.
        details: Whether a line can be opened.
        dedup: ``none``, ``exact``, ``numbers`` or ``signature``.
    """

    kind = "logs"
    preferred_width = 24

    order: Literal["Descending", "Ascending"] | None = field(
        default=None, kw_only=True, metadata=said("options.sortOrder", TEXT)
    )
    show_time: bool | None = field(default=None, kw_only=True, metadata=said("options.showTime", SWITCH))
    wrap: bool | None = field(default=None, kw_only=True, metadata=said("options.wrapLogMessage", SWITCH))
    details: bool | None = field(
        default=None, kw_only=True, metadata=said("options.enableLogDetails", SWITCH)
    )
    dedup: str | None = field(default=None, kw_only=True, metadata=said("options.dedupStrategy", TEXT))


@dataclass(frozen=True, eq=False)
class Traces(QueryPanel):
    """A trace, from a data source that has them (`RawTarget`)."""

    kind = "traces"
    preferred_width = 24
