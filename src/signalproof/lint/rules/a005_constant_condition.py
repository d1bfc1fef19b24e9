"""A005: a condition that is always true, or never."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from signalproof.infer import intervals
from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import alert
from signalproof.promql.ast import Binary
from signalproof.promql.query import Use

_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "!=": "=="}


class ConstantCondition(Rule[Binary]):
    """An alert compares with a number on the same side of everything the value can be.

    A count is never below 0, so ``>= 0`` is always true and the alert fires for every series there is. What is never
    true is found by U003.
    """

    code = "A005"
    slug = "constant-condition"
    severity = "warning"
    visits = (Binary,)
    uses = frozenset({Use.ALERT})
    names = COMPARISONS - {"=="}
    bad = (
        (alert("sum(rate(jobs_total[5m])) >= 0"), "sum(rate(jobs_total[5m])) >= 0"),
        (alert("cache_hit_ratio < 2"), "cache_hit_ratio < 2"),
    )
    good = (alert("sum(rate(jobs_total[5m])) > 0"), "sum(rate(jobs_total[5m])) >= 0")

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the comparison of an alert that everything passes."""
        if seen.bool_modifier:
            return
        left, right = context.value(seen.left), context.value(seen.right)
        if right.kind is not Kind.NUMBER or left.kind in (Kind.NUMBER, Kind.ANY) or left.void:
            return
        if not (left.low > -inf or left.high < inf) or right.constant is None:
            return
        opposite = _OPPOSITE[seen.operator]
        if intervals.compared(opposite, (left.low, left.high), (right.low, right.high)) is None:
            yield Problem(
                f"always true: the value lies between {left.low:g} and {left.high:g}",
                "choose a threshold within that range",
                seen.span,
            )
