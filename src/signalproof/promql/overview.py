"""What an operator asks first of an operation, at a glance: how much, how it ended, what is left, what stands still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any, Literal

from signalproof.catalogue.labels import Instance, L, TargetLabel
from signalproof.catalogue.operation import E, Loop, Operation, Status
from signalproof.errors import SignalproofError, caller
from signalproof.promql.ast import Aggregation, Binary, Call, Node, Number, Paren
from signalproof.promql.build import RANGE, RATE_INTERVAL, Many
from signalproof.promql.events import happened, most_often, one_of
from signalproof.promql.expr import Expr, Limit
from signalproof.promql.operations import F, Failing, calls, error_ratio, share, throughput
from signalproof.promql.select import aggregate, many, select

_READABLE: tuple[tuple[Literal["second", "minute"], float], ...] = (("second", 360.0), ("minute", 30.0))
"""Calls per hour from which they are counted per second, and per minute: below, a number begins with zeros."""
_SECONDS = {"minute": 60, "hour": 3600}
_NEARLY_NOTHING = 0.1
"""Share of an error budget at which somebody has to act."""


def pace(
    operation: Operation[L, E],
    *,
    where: Many[L | Status | TargetLabel] = (),
    by: Many[type[L | Status | TargetLabel]] = (),
    per: Literal["", "second", "minute", "hour"] = "",
    window: str = RATE_INTERVAL,
) -> Expr:
    """Return ended calls per second, minute or hour: in the one that gives numbers a person can read.

    Args:
        operation: Its declared ``per_hour`` decides; without one it is the second.
        where: Label values.
        by: Label classes.
        per: The time to count in, where several operations stand in one panel.
        window: Of the rate.
    """
    chosen = per or next((one for one, least in _READABLE if operation.per_hour >= least), "hour")
    if not per and not operation.per_hour:
        chosen = "second"
    each = throughput(operation, where=where, by=by, window=window)
    return each if chosen == "second" else each * _SECONDS[chosen]


def errors(
    operation: Failing[F],
    *,
    by: Many[type[F | TargetLabel]],
    where: Many[F | TargetLabel] = (),
    most: int = 8,
    name: str = "",
) -> tuple[Expr, ...]:
    """Return the failed calls of each interval by labels, only those that there were; for `Events`.

    Args:
        operation: Whose.
        by: Label classes, the type of error among them.
        where: Label values.
        most: Series beyond which the rest becomes ``other``.
        name: What tells them from those of other operations of the panel.
    """
    counted = operation.failures
    listed = [counted.labels.domains.get(label.label_name) for label in many(by)]
    known = [None if domain is None else domain.at_most for domain in listed]
    if all(known) and prod(one or 1 for one in known) <= most:
        return (happened(counted, where=where, by=by).named(name),)
    shown, rest = most_often(most, counted, where=where, by=by)
    return shown.named(name), rest.named(f"{name} other".strip())


def outcomes(
    operations: Mapping[str, Operation[Any, Any]], label: str, *, where: Many[Any] = (), window: str = RANGE
) -> tuple[Expr, ...]:
    """Return the columns of a table with one line per operation: calls by how they ended, and the share that failed.

    Args:
        operations: What *label* says of a line → its operation.
        label: Name of the column that tells the lines apart.
        where: Label values that all of them have.
        window: The time that is counted.
    """
    counted = {
        status: one_of(
            label,
            {
                name: calls(one, where=(*many(where), status), window=window)
                for name, one in operations.items()
            },
        )
        for status in Status
    }
    failed = one_of(
        label, {name: error_ratio(one, where=where, window=window) for name, one in operations.items()}
    )
    return (*(expr.named(str(status)) for status, expr in counted.items()), failed.named("failed share"))


def budget_left(
    operation: Operation[L, E], *, where: Many[L | TargetLabel] = (), window: str = RANGE
) -> Expr:
    """Return the share (0..1) of the error budget that the calls in the window have left; 0 when it is overdrawn.

    Raises:
        SignalproofError: No success was promised of the operation.
    """
    promise = operation.objective
    if promise is None or promise.success is None:
        raise SignalproofError(
            f"{operation.prefix}{operation.name} has no error budget",
            "declare objective=Objective(success=0.99) in the catalogue",
            where=caller(),
        )
    spent = share(operation, Status.FAILURE, where, (), window) / float(f"{1 - promise.success:.12g}")
    left = Expr(Call("clamp_min", ((1 - spent).node, Number(0.0))), name="budget left")
    return replace(left, limit=Limit(_NEARLY_NOTHING, "below", promised=True))


def standing_still(loop: Loop[L, E], longer_than: float) -> Expr:
    """Return how many processes run the loop and have not ended an iteration for *longer_than* seconds; 0 for none."""
    last: Node = select(loop.last_iteration, loop.last_iteration.name)
    if (
        loop.labels.domains.keys() - loop.labels.fixed.keys()
    ):  # else a process has one series: nothing to aggregate
        last = aggregate("max", last, Instance)
    begun = Paren(Binary(">", last, Number(0.0)))
    still = Binary("<", begun, Binary("-", Call("time", ()), Number(longer_than)))
    return Expr(Aggregation("count", still)).or_zero()
