"""Queries about single events: what happened in an interval, what happened most often, how long ago something was.

They are made of what `build` makes, and checked in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from signalproof.catalogue.labels import L, TargetLabel
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.errors import SignalproofError, caller
from signalproof.promql.ast import (
    Aggregation,
    At,
    Binary,
    Call,
    Grouping,
    LabelName,
    Matching,
    Node,
    Number,
    Paren,
    String,
)
from signalproof.promql.build import RANGE, RATE_INTERVAL, Many, counted, increase
from signalproof.promql.expr import Expr, binary
from signalproof.promql.select import aggregate, many, over, select

_END = At("end")
"""The end of the shown time: ``@ end()``."""


def happened(
    metric: Counter[L] | Histogram[L],
    *,
    where: Many[L | TargetLabel] = (),
    excluding: Many[L] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return what happened in the window, summed by labels, without the series to which nothing did; for bars."""
    return increase(metric, where=where, excluding=excluding, by=by, window=window) > 0


def most_often(
    count: int,
    metric: Counter[L] | Histogram[L],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]],
    window: str = RATE_INTERVAL,
) -> tuple[Expr, Expr]:
    """Return `happened` for the *count* series to which most happened in the shown time, and the rest, named ``other``.

    Which they are is decided once, at the end of the time range: a choice at each step would draw dozens of them.
    """
    one = select(metric, counted(metric), where=where, by=by)
    names = tuple(LabelName(label.label_name) for label in many(by))
    total = Aggregation(
        "sum", over("increase", replace(one, at=_END), RANGE), None, Grouping(without=False, listed=names)
    )
    chosen = Aggregation("topk", total, Number(float(count)))
    its = Expr(aggregate("sum", over("increase", one, window), by))
    matching = Matching(on=True, listed=names, explicit=True)
    shown = binary("and", its > 0, Expr(chosen), matching)
    rest = Expr(Aggregation("sum", binary("unless", its, Expr(chosen), matching).node)) > 0
    return replace(shown, at_most=count), rest.named("other")


def one_of(label: str, parts: Mapping[str, Expr]) -> Expr:
    """Return the samples of all *parts*, each with *label* saying which of them it is: one column of a table."""
    told: list[Node] = [
        Call("label_replace", (one.node, String(label), String(name), String(""), String("")))
        for name, one in parts.items()
    ]
    return Expr(reduce(lambda left, right: Binary("or", left, right), told))


def seconds_since(
    metric: Gauge[L], *, where: Many[L | TargetLabel] = (), by: Many[type[L | TargetLabel]] = ()
) -> Expr:
    """Return the seconds since the latest of the instants that a ``_timestamp_seconds`` gauge holds.

    Raises:
        SignalproofError: The gauge holds no instants, or as the module says.
    """
    _check_instants(metric)
    return _age(select(metric, metric.name, where=where, by=by), by)


def _check_instants(metric: Gauge[Any]) -> None:
    if metric.unit.suffix != "timestamp_seconds":
        raise SignalproofError(
            f"{metric.name} holds no instants", "only a gauge in TIMESTAMP_SECONDS has an age", where=caller()
        )


def _age(instants: Node, by: Any) -> Expr:
    begun = Binary(">", aggregate("max", instants, by), Number(0.0))  # until the first of them it is 0: 1970
    return Expr(Binary("-", Call("time", ()), Paren(begun)))


def longest_ago(
    count: int,
    metric: Gauge[L],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]],
) -> Expr:
    """Return `seconds_since` for the *count* series whose instant lies furthest back at the end of the shown time.

    Raises:
        SignalproofError: As of `seconds_since`.
    """
    _check_instants(metric)
    one = select(metric, metric.name, where=where, by=by)
    latest = aggregate("max", replace(one, at=_END), by)
    oldest = Aggregation("bottomk", Binary(">", latest, Number(0.0)), Number(float(count)))
    return replace(_age(_those(one, oldest, by), by), at_most=count)


def lowest(
    count: int,
    metric: Gauge[L],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]],
) -> Expr:
    """Return the highest of a gauge by labels, for the *count* series that were lowest on average in the shown time."""
    one = select(metric, metric.name, where=where, by=by)
    mean = aggregate("max", over("avg_over_time", replace(one, at=_END), RANGE), by)
    least = Aggregation("bottomk", mean, Number(float(count)))
    return Expr(aggregate("max", _those(one, least, by), by), at_most=count)


def _those(one: Node, chosen: Node, by: Any) -> Node:
    """Return the series *one* that share the labels *by* with *chosen*.

    They are chosen before they are aggregated: of a thousand instances that takes a tenth of the time.
    """
    names = tuple(LabelName(label.label_name) for label in many(by))
    return Binary("and", one, chosen, Matching(on=True, listed=names, explicit=True))


def builds(
    info: Metric[L], *, where: Many[L | TargetLabel] = (), by: Many[type[L | TargetLabel]] = ()
) -> Expr:
    """Return how many processes expose an info metric with each combination of labels: what runs where."""
    return Expr(aggregate("count", select(info, info.name, where=where, by=by), by))
