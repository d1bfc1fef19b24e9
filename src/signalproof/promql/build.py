"""The typed builder: catalogue objects in, a right query out.

Every function rates before it aggregates and aggregates before it divides, so that the traps of hand-written PromQL
(quantiles over raw buckets, ratios that are always 1, sums of raw counters) cannot be written. ``where`` takes label
values, ``by`` takes label classes; both are checked by the type checker against the metric, and again when called: a
label or value that the metric does not have raises a `SignalproofError` that names the caller's line, and so does a
``window`` that is no duration.
"""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import Any, Literal, TypeAlias, TypeVar, cast

from signalproof.catalogue.exposition import format_bound
from signalproof.catalogue.labels import L, TargetLabel
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.errors import SignalproofError, caller
from signalproof.promql.ast import (
    Aggregation,
    Call,
    Matcher,
    Number,
    Selector,
    String,
    Subquery,
)
from signalproof.promql.expr import Expr
from signalproof.promql.parser import parse
from signalproof.promql.select import Chosen, aggregate, check_sum, duration, many, matchers, over, select

T = TypeVar("T")
Many: TypeAlias = T | tuple[T, ...]

RATE_INTERVAL = "$__rate_interval"
"""At least four scrapes, and a step of the panel: the window of a rate in a dashboard."""
RANGE = "$__range"
"""The time range that is shown: the window of a single number about all of it."""


def chosen(label: type[L], variable: str = "") -> L:
    """Return what stands in ``where=`` for the values of *label* that a reader chooses: ``strategy=~"$strategy"``.

    Declare the choice as a `QueryVariable` of the dashboard.

    Args:
        label: The label.
        variable: The variable, without the dollar; the name of the label when empty.
    """
    return cast("L", Chosen(label, variable or label.label_name))


def rate(
    metric: Counter[L] | Histogram[L],
    *,
    where: Many[L | TargetLabel] = (),
    excluding: Many[L] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return events per second of a counter, or observations per second of a histogram, summed by labels."""
    one = select(metric, counted(metric), where=where, excluding=excluding, by=by)
    return Expr(aggregate("sum", over("rate", one, window), by))


def increase(
    metric: Counter[L] | Histogram[L],
    *,
    where: Many[L | TargetLabel] = (),
    excluding: Many[L] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return how many events there were in the window, summed by labels; for rare events."""
    one = select(metric, counted(metric), where=where, excluding=excluding, by=by)
    return Expr(aggregate("sum", over("increase", one, window), by))


def quantile(
    share: float,
    metric: Histogram[L],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return the value below which *share* (0..1) of the observations in the window lie; named ``p95``.

    Raises:
        SignalproofError: *share* does not lie between 0 and 1, or as the module says.
    """
    if not 0 < share < 1:
        hint = f"write {share / 100:g}" if 1 < share < 100 else "write a share such as 0.95"
        raise SignalproofError(f"a quantile of {share:g} does not lie between 0 and 1", hint, where=caller())
    one = select(metric, f"{metric.name}_bucket", where=where, by=by)
    buckets = aggregate("sum", over("rate", one, window), by, le=True)
    return Expr(Call("histogram_quantile", (Number(share), buckets)), name=f"p{share * 100:g}")


def mean(
    metric: Histogram[L],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return the mean observation in the window, from ``_sum`` and ``_count``."""
    amount = occupancy(metric, where=where, by=by, window=window)
    return (amount / rate(metric, where=where, by=by, window=window)).named("mean")


def occupancy(
    metric: Histogram[L],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return the mean number of observed calls in progress: seconds spent per second (Little's law)."""
    one = select(metric, f"{metric.name}_sum", where=where, by=by)
    return Expr(aggregate("sum", over("rate", one, window), by), name="in progress")


def share_within(
    metric: Histogram[L],
    bound: float,
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return the share (0..1) of observations in the window that are at most *bound*.

    Raises:
        SignalproofError: *bound* is no bucket bound of the metric, or as the module says.
    """
    metric.buckets.check_objective(bound, caller())
    le = Matcher("le", "=", String(format_bound(bound)))
    one = select(metric, f"{metric.name}_bucket", where=where, by=by, extra=(le,))
    below = Expr(aggregate("sum", over("rate", one, window), by))
    return (below / rate(metric, where=where, by=by, window=window)).named(f"within {bound:g}")


def distribution(
    metric: Histogram[L], *, where: Many[L | TargetLabel] = (), window: str = RATE_INTERVAL
) -> Expr:
    """Return observations per bucket in the window, for a heatmap."""
    one = select(metric, f"{metric.name}_bucket", where=where)
    return Expr(aggregate("sum", over("increase", one, window), le=True))


def value(
    metric: Gauge[L],
    aggregation: Literal["sum", "max", "min", "avg"] = "sum",
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
) -> Expr:
    """Return a gauge over all instances, aggregated by labels; there is no sum of what they share."""
    check_sum(metric, aggregation, by)
    return Expr(aggregate(aggregation, select(metric, metric.name, where=where, by=by), by))


def peak(
    metric: Gauge[L],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
    step: str = "15s",
) -> Expr:
    """Return the highest value that a gauge, summed over instances by labels, had in the window.

    The sum is made at each *step*, which should be the scrape interval: each instance's own peak may have been at another
    moment, and peaks of different moments add up to what never was.
    """
    total = aggregate("sum", select(metric, metric.name, where=where, by=by), by)
    return Expr(Call("max_over_time", (Subquery(total, duration(window), duration(step)),)), name="peak")


def top(count: int, expr: Expr) -> Expr:
    """Return the *count* series of *expr* with the highest values at each moment."""
    return replace(expr, node=Aggregation("topk", expr.node, Number(float(count))), at_most=count)


def highest(expr: Expr) -> Expr:
    """Return the highest of the series of *expr* at each moment, without labels."""
    return replace(expr, node=Aggregation("max", expr.node))


def up(*, where: Many[TargetLabel] = (), by: Many[type[TargetLabel]] = ()) -> Expr:
    """Return how many targets answered their last scrape."""
    return Expr(aggregate("sum", Selector("up", matchers(many(where))), by))


def absent(metric: Metric[L], *, where: Many[L | TargetLabel] = ()) -> Expr:
    """Return 1 while no series of *metric* exists, nothing otherwise."""
    return Expr(Call("absent", (select(metric, counted(metric), where=where),)))


def promql(text: str, *, name: str = "") -> Expr:
    """Return a hand-written expression; it is checked like the built ones.

    Of several lines, what indents all of them is left out.

    Raises:
        PromQLSyntaxError: It does not parse; the error names the caller's line.
    """
    where = caller()
    if (
        "\n" in text and "`" not in text
    ):  # a text in backquotes may go over several lines, and means each of its spaces
        text = dedent(text).strip()
    try:
        return Expr(parse(text), name=name, text=text, where=where)
    except SignalproofError as error:
        error.where = where
        raise


def counted(metric: Metric[Any]) -> str:
    """Return the name of the series that counts: a histogram counts its observations."""
    return f"{metric.name}_count" if isinstance(metric, Histogram) else metric.name
