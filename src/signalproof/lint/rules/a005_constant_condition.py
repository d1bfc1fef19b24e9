"""A005: a condition that is always true, or never."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from signalproof.infer import intervals
from signalproof.infer.value import Kind
from signalproof.lint.answers import is_answer
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import alert
from signalproof.promql.ast import Binary, Node
from signalproof.promql.query import Use
from signalproof.promql.tree import walk

_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "!=": "=="}


class ConstantCondition(Rule[Binary]):
    """An alert compares with a number on the same side of everything the value can be.

    A count is never below 0, so ``>= 0`` is always true and the alert fires for every series there is. What is never
    true is found by U003. Where the value itself is there only while something passes a comparison, as in
    ``count(x < 1) > 0``, the alert asks for that, and nothing is said.
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
    good = (
        alert("sum(rate(payments_total[5m])) > 0"),
        "sum(rate(jobs_total[5m])) >= 0",
        alert("count by (region) (workers < 1) > 0"),
        alert("count(workers unless on (job) queue_length) >= 1"),
    )

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
            if is_answer(seen.left) or any(map(_passes_some, walk(seen.left))):
                return  # of answers V007 speaks
            yield Problem(
                f"always true: the value lies between {left.low:g} and {left.high:g}",
                "choose a threshold within that range",
                seen.span,
            )


def _passes_some(node: Node) -> bool:
    """Whether *node* lets only some series through."""
    if not isinstance(node, Binary):
        return False
    return node.operator in ("and", "unless") or (node.operator in COMPARISONS and not node.bool_modifier)
