"""The queries of a panel as they are sent: filters included, with what is derived of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from string import ascii_uppercase
from typing import Literal, NamedTuple, TypeAlias

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard.charts import BarChart, PieChart
from signalproof.dashboard.density import expected_lines, spans_range, step_for
from signalproof.dashboard.filters import filtered
from signalproof.dashboard.panels import (
    BarGauge,
    Gauge,
    Heatmap,
    Panel,
    QueryPanel,
    RawPanel,
    Stat,
    Table,
    TimeSeries,
    asked_of_prometheus,
)  # fmt: skip
from signalproof.dashboard.recorded import recorded
from signalproof.dashboard.targets import RawTarget, Target
from signalproof.durations import parse_duration
from signalproof.errors import SignalproofError
from signalproof.infer.inference import infer
from signalproof.infer.present import legend
from signalproof.infer.value import Kind, Value
from signalproof.promql.ast import Node, Range, Variable
from signalproof.promql.expr import Expr
from signalproof.promql.printer import to_text
from signalproof.promql.tree import walk

Format: TypeAlias = Literal["time_series", "table", "heatmap"]


class ShownTarget(NamedTuple):
    """One query of a panel, as it is sent.

    Attributes:
        ref: refId: A, B, … Z, AA, …
        expr: The definition.
        text: The query, filters included.
        value: What is known of its result.
        legend: How a series is called: ``legendFormat``.
        instant: Whether it is asked for the end of the time range only.
        format: The form of the answer.
        step: Shortest time between two points, in seconds; 0 for what the panel's width gives.
        lines: About how many series it returns; unlisted labels count as a handful.
        given: What was said of it besides.
    """

    ref: str
    expr: Expr
    text: str
    value: Value
    legend: str
    instant: bool
    format: Format
    step: float = 0.0
    lines: int = 1
    given: Target | None = None


def value_of(node: Node, exposition: Exposition, scrape_interval: float) -> Value:
    """Return what is known of the result of *node*."""
    return infer(node, exposition, scrape_interval=scrape_interval).root


def targets_of(
    panel: Panel,
    exposition: Exposition,
    by_label: Sequence[tuple[str, str]],
    whole: Collection[tuple[str, str]] | None,
    scrape_interval: float,
    *,
    plain: bool = False,
) -> Iterator[ShownTarget]:
    """Yield the queries of *panel* to Prometheus.

    Args:
        panel: The definition.
        exposition: What Prometheus stores.
        by_label: Label and variable of each filter.
        whole: Those whose *All* is every value: with it, recorded rates are asked. None where rules record none.
        scrape_interval: Seconds between two scrapes.
        plain: Whether nothing is derived.

    Raises:
        SignalproofError: Two queries have one legend, or the panel's kind cannot show what a query returns.
    """
    if isinstance(panel, RawPanel):
        for expr, data in zip(panel.exprs, asked_of_prometheus(panel.json), strict=True):
            node = filtered(expr.node, by_label, exposition)
            value = value_of(node, exposition, scrape_interval)
            name, instant = str(data.get("legendFormat", "")), data.get("instant") is True
            text = to_text(node) if by_label else expr.text
            yield ShownTarget(str(data.get("refId", "")), expr, text, value, name, instant, "time_series")
        return
    seen: dict[str, Expr] = {}
    for ref, one in zip(_REFS, panel.asked if isinstance(panel, QueryPanel) else (), strict=False):
        assert isinstance(panel, QueryPanel)
        if isinstance(one, RawTarget):
            continue
        node = filtered(one.expr.node, by_label, exposition)
        value = value_of(node, exposition, scrape_interval)
        if plain:
            text = to_text(node) if by_label or not one.expr.text else one.expr.text
            name = one.expr.name if one.legend is None else one.legend
            yield ShownTarget(
                one.ref or ref, one.expr, text, value, name, one.instant is True, "time_series", given=one
            )
            continue
        name = _legend(panel, one.expr, value) if one.legend is None else one.legend
        if seen.setdefault(name, one.expr) is not one.expr:
            raise SignalproofError(
                f"two queries of panel {panel.title!r} have the legend {name!r}",
                f"the other one stands at {seen[name].where}: tell them apart with .named(…)",
                where=one.expr.where,
            )
        instant = _instant(panel, node) if one.instant is None else one.instant
        yield ShownTarget(
            one.ref or ref, one.expr, to_text(node if whole is None else recorded(node, whole, exposition)), value, name, instant, _format(panel),
            _step(panel, node, value), expected_lines(value, one.expr.at_most), one,
        )  # fmt: skip


_REFS = (*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2)))
"""What Grafana calls the queries of a panel: A … Z, AA … ZZ."""


def _legend(panel: QueryPanel, expr: Expr, value: Value) -> str:
    if isinstance(panel, Heatmap):
        native = value.kind in (Kind.NATIVE, Kind.RATED_NATIVE)
        if not native and not value.labels.can_have("le"):
            raise SignalproofError(
                f"panel {panel.title!r} is a heatmap, but its query has no buckets",
                "keep le: distribution(histogram), or sum by (le) (…)",
                where=expr.where,
            )
        if len(panel.exprs) > 1:
            raise SignalproofError(
                f"panel {panel.title!r} is a heatmap of {len(panel.exprs)} queries",
                "give it one: the buckets of several would lie on each other",
                where=panel.where,
            )
        return "{{le}}"
    if isinstance(panel, Table):
        if not expr.name and len(panel.exprs) > 1:
            raise SignalproofError(
                f"a column of table {panel.title!r} has no name",
                "name its query: .named('p95')",
                where=expr.where,
            )
        return expr.name or panel.title
    return expr.name if "{{" in expr.name else legend(value, expr.name)


def _instant(panel: QueryPanel, node: Node) -> bool:
    """Whether the answer for the end of the time range is all that the panel shows."""
    if isinstance(panel, TimeSeries):
        return False
    if isinstance(panel, Table | BarChart):
        return True
    if isinstance(panel, Gauge | BarGauge | PieChart):
        return panel.reduce == "lastNotNull"
    if isinstance(panel, Stat):
        return panel.reduce == "lastNotNull" and (not panel.trend or spans_range(node))
    return False


def _step(panel: QueryPanel, node: Node, value: Value) -> float:
    """Return the shortest time between two points: as given, else so that four of them hold enough events."""
    if panel.min_step:
        return parse_duration(panel.min_step, panel.where)
    bars = isinstance(panel, TimeSeries) and panel.style == "bars"
    follows = any(
        isinstance(one, Range) and isinstance(one.window, Variable) and one.window.name == "__rate_interval"
        for one in walk(node)
    )
    return 0.0 if bars or not follows or _instant(panel, node) else step_for(value)


def _format(panel: QueryPanel) -> Format:
    if isinstance(panel, Heatmap):
        return "heatmap"
    return "table" if isinstance(panel, Table | BarChart) else "time_series"
