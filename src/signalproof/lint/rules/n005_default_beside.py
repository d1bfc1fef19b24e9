"""N005: a default that is there beside what it should stand in for."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer import intervals
from signalproof.infer.value import Kind, Labels
from signalproof.lint.finding import Problem
from signalproof.lint.matching import keys
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS, SETS
from signalproof.lint.shown import alert
from signalproof.promql.ast import Aggregation, Binary, Call, Paren

_MINDS_NO_ZERO = frozenset({"sum", "group"})
"""Aggregations that a zero more does not change."""


class DefaultBeside(Rule[Binary]):
    """``or`` adds a zero for what is missing, and the zero is always there.

    ``a or b`` leaves out the series of *b* whose labels a series of *a* has. Where *a* has a label that *b* cannot have,
    as in ``sum by (queue) (…) or vector(0)``, none is ever left out: a line "0" is drawn beside all the others, and
    an alert on ``< 1`` or ``== 0`` always fires. Sum without labels, give the default the same labels
    (``… or 0 * sum by (queue) (…)``), or compare none of them: ``… or on () vector(0)`` is there only while everything else
    is missing.

    In a sum, or under a comparison that no 0 passes, the zero does no harm, and nothing is said.
    """

    code = "N005"
    slug = "default-beside"
    severity = "warning"
    visits = (Binary,)
    names = frozenset({"or"})
    bad = (
        ("sum by (queue) (rate(jobs_total[5m])) or vector(0)", "or"),
        (alert("(sum by (queue) (increase(jobs_total[5m])) or vector(0)) < 1"), "or"),
        ("min(sum by (queue) (rate(jobs_total[5m])) or vector(0))", "or"),
        (
            'sum without (status) (increase(jobs_total{status="success"}[1h])) or 0 * increase(jobs_total[1h])',
            "or",
        ),
    )
    good = (
        "sum(rate(jobs_total[5m])) or vector(0)",
        "sum by (queue) (rate(jobs_total[5m])) or on () vector(0)",
        "sum by (queue) (rate(jobs_total[5m])) or 0 * sum by (queue) (queue_length)",
        "sum(sum by (queue) (rate(jobs_total[5m])) or vector(0))",
        "max(sum by (queue) (rate(jobs_total[5m])) or vector(0))",
        alert("(sum by (queue) (increase(jobs_total[5m])) or vector(0)) > 5"),
        "sum by (region) (workers) or sum by (queue) (queue_length)",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the ``or`` whose right side is 0 and has labels that keep it beside the left."""
        left, right = context.value(seen.left), context.value(seen.right)
        if right.constant != 0 or left.constant == 0 or left.void or right.void:
            return
        here, there = _own(left.labels, right.labels, seen), _own(right.labels, left.labels, seen)
        if not (here or there) or _does_no_harm(seen, context):
            return
        has, lacks = ("left", "right") if here else ("right", "left")
        yield Problem(
            f"the default is always there, beside the rest: the {has} side has {here or there!r}, the {lacks} side has not",
            "give both sides the same labels, or write or on () …",
            seen.operator_span,
        )


def _own(labels: Labels, others: Labels, seen: Binary) -> str:
    """Return a label that somebody listed for *labels*, that *others* cannot have, and that has to be equal; else nothing."""
    compared = keys(seen)
    if compared.unknown:
        return ""
    own = (one for one in sorted(labels.listed) if compared.compares(one) and not others.can_have(one))
    return next(own, "")


def _does_no_harm(default: Binary, context: Context) -> bool:
    """Whether something above makes nothing of a zero, or asks only which series there are."""
    value = context.value(default)
    below: object = default
    for above in context.ancestors(default):
        match above:
            case Paren():
                pass
            case Aggregation():
                return above.operator in _MINDS_NO_ZERO or (above.operator == "max" and value.low >= 0)
            case Binary() if above.operator in COMPARISONS and not above.bool_modifier:
                other = context.value(above.right)
                passes = other.kind is Kind.NUMBER and above.left is below
                return (
                    not passes or intervals.compared(above.operator, (0, 0), (other.low, other.high)) is None
                )
            case Binary() if above.operator in SETS:
                return above.right is below
            case Binary() | Call():
                return True  # joined with something, or made something else: the labels decide what is left of it
            case _:
                return False
        below = above
    return False
