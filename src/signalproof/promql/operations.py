"""The questions people ask of an operation, each as one right query."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, TypeVar

from signalproof.catalogue.labels import L, Label, TargetLabel
from signalproof.catalogue.metric import Counter
from signalproof.catalogue.operation import E, Loop, Operation, Status
from signalproof.promql.ast import Aggregation, Call, Number
from signalproof.promql.build import RATE_INTERVAL, Many, increase, mean, quantile, rate, value
from signalproof.promql.events import longest_ago, seconds_since
from signalproof.promql.expr import Expr, Limit

F = TypeVar("F", bound=Label)

ENDED = (Status.SUCCESS, Status.FAILURE)
"""Calls that came to an end of their own: whoever cancelled a call did not learn whether it would have worked."""


def latency(
    operation: Operation[L, E],
    *shares: float,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> tuple[Expr, ...]:
    """Return quantiles of the duration in seconds: p50, p95 and p99 unless *shares* (0..1) are given.

    The quantile that the objective speaks of carries its limit.
    """
    found = (
        quantile(q, operation.duration, where=where, by=by, window=window)
        for q in shares or (0.5, 0.95, 0.99)
    )
    promise = operation.objective
    if promise is None or promise.latency is None:
        return tuple(found)
    limit, name = Limit(promise.latency, promised=True), f"p{promise.quantile * 100:g}"
    return tuple(replace(one, limit=limit) if one.name == name else one for one in found)


def mean_duration(
    operation: Operation[L, E],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return the mean seconds of one call."""
    return mean(operation.duration, where=where, by=by, window=window)


def throughput(
    operation: Operation[L, E],
    *,
    where: Many[L | Status | TargetLabel] = (),
    by: Many[type[L | Status | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return ended calls per second."""
    return rate(operation.calls, where=where, by=by, window=window)


def calls(
    operation: Operation[L, E],
    *,
    where: Many[L | Status | TargetLabel] = (),
    by: Many[type[L | Status | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return how many calls ended in the window."""
    return increase(operation.calls, where=where, by=by, window=window)


class Failing(Protocol[F]):
    """An operation, seen from its errors: *F* are the labels of those.

    A checker can solve the one variable where the union of the operation's two would be ambiguous.
    """

    @property
    def failures(self) -> Counter[F]:
        """Failed calls."""
        ...


def error_rate(
    operation: Failing[F],
    *,
    where: Many[F | TargetLabel] = (),
    by: Many[type[F | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return failed calls per second."""
    return rate(operation.failures, where=where, by=by, window=window)


def success_ratio(
    operation: Operation[L, E],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return the share (0..1) of calls that succeeded, of those that succeeded or failed.

    Both sides are summed before they are divided: per series, each status would be divided by itself. Carries the
    objective as a limit.
    """
    one = share(operation, Status.SUCCESS, where, by, window)
    promise = operation.objective
    if promise is None or promise.success is None:
        return one
    return replace(one, limit=Limit(promise.success, "below", promised=True))


def error_ratio(
    operation: Operation[L, E],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return the share (0..1) of calls that failed, of those that succeeded or failed; with the objective's budget."""
    one = share(operation, Status.FAILURE, where, by, window)
    promise = operation.objective
    if promise is None or promise.success is None:
        return one
    return replace(one, limit=Limit(1 - promise.success, promised=True))


def idle_seconds(
    loop: Loop[L, E],
    *,
    where: Many[L | TargetLabel] = (),
    by: Many[type[L | TargetLabel]] = (),
    most: int = 0,
) -> Expr:
    """Return the seconds since an iteration of the loop last ended; with *most*, of the so many that are last."""
    if most:
        return longest_ago(most, loop.last_iteration, where=where, by=by).named("since last")
    return seconds_since(loop.last_iteration, where=where, by=by).named("since last")


def ended(
    operation: Operation[L, E],
    *,
    where: Many[L | Status | TargetLabel] = (),
    by: Many[type[L | Status | TargetLabel]] = (),
) -> Expr:
    """Return when a call last ended, in Unix seconds: the latest of all instances; nothing until the first has ended.

    Raises:
        SignalproofError: The operation is not declared with ``last_ended=True``, or as of `build`.
    """
    return (value(operation.last_ended, "max", where=where, by=by) > 0).named("last ended")


def since_ended(
    operation: Operation[L, E],
    *,
    where: Many[L | Status | TargetLabel] = (),
    by: Many[type[L | Status | TargetLabel]] = (),
) -> Expr:
    """Return the seconds since a call last ended; nothing until the first has. Raises as `ended`."""
    return Expr(Call("time", ())) - ended(operation, where=where, by=by)


def latest(
    count: int,
    operation: Operation[L, E],
    *,
    where: Many[L | Status | TargetLabel] = (),
    by: Many[type[L | Status | TargetLabel]],
) -> Expr:
    """Return the seconds since each of the *count* series by labels whose calls ended last did so; for a table.

    Raises as `ended`.
    """
    last = ended(operation, where=where, by=by)
    newest = Expr(Aggregation("topk", last.node, Number(float(count))), at_most=count)
    return (Expr(Call("time", ())) - newest).named("ended ago")


def share(
    operation: Operation[L, E],
    status: Status,
    where: Many[L | TargetLabel],
    by: Many[type[L | TargetLabel]],
    window: str,
) -> Expr:
    """Return the share (0..1) of calls that ended with *status*, of those that came to an end of their own."""
    rest = where if isinstance(where, tuple) else (where,)
    part = rate(operation.calls, where=(*rest, status), by=by, window=window)
    whole = rate(operation.calls, where=(*rest, *ENDED), by=by, window=window)
    return part / whole
