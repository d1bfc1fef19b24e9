"""N008: a condition that a quotient 0 ÷ 0 passes, or is meant to stop."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import alert
from signalproof.promql.ast import Binary, Node
from signalproof.promql.query import Use
from signalproof.promql.tree import unwrap

_RATED = frozenset({Kind.RATE, Kind.RATED_BUCKET})


class NotANumber(Rule[Binary]):
    """Where nothing happens, a ratio of two rates is 0 ÷ 0, which is NaN, and the alert takes that for a fault.

    NaN passes no comparison but ``!=``. So ``ratio != 1`` fires while there is no traffic, and so does
    ``… unless ratio > 0.9``, for the ratio that should hold the alert back is not above 0.9. Say that something has to happen:
    ``… and rate(…) > 0``, or filter the denominator, ``/ (rate(…) > 0)``.
    """

    code = "N008"
    slug = "not-a-number"
    severity = "warning"
    visits = (Binary,)
    uses = frozenset({Use.ALERT})
    names = frozenset({"!=", "unless"})
    bad = (
        (
            alert('sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m])) != 1'),
            'sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m]))',
        ),
        (
            alert(
                'sum(queue_length) > 5 unless sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m])) > 0.9'
            ),
            'sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m]))',
        ),
    )
    good = (
        alert('sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m])) < 0.9'),
        alert('sum(rate(jobs_total{status="success"}[5m])) / (sum(rate(jobs_total[5m])) > 0) != 1'),
        alert(
            'sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m])) != 1 and sum(rate(jobs_total[5m])) > 0'
        ),
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the quotient of two rates that is NaN where nothing happens, where that makes the alert fire."""
        if seen.operator == "unless":
            condition = unwrap(seen.right)
            if not isinstance(condition, Binary) or condition.operator not in COMPARISONS - {"!="}:
                return
        else:
            condition = seen
        quotient = _quotient(condition.left, context)
        around = (*context.ancestors(seen), unwrap(seen.left))
        guarded = any(isinstance(one, Binary) and one.operator == "and" for one in around)
        if quotient is not None and not guarded and not condition.bool_modifier:
            how = "passes !=" if seen.operator == "!=" else "does not hold the alert back"
            yield Problem(
                f"where nothing happens this is 0 ÷ 0, NaN, which {how}: the alert fires",
                "filter the denominator: / (… > 0)",
                quotient.span,
            )


def _quotient(node: Node, context: Context) -> Binary | None:
    """Return *node* when it is a quotient of two rates of which nothing says that the lower one is not 0."""
    node = unwrap(node)
    if not isinstance(node, Binary) or node.operator != "/":
        return None
    above, below, divisor = context.value(node.left), context.value(node.right), unwrap(node.right)
    if isinstance(divisor, Binary) and divisor.operator in COMPARISONS:
        return None
    zero = below.low <= 0 <= below.high
    return node if above.kind in _RATED and below.kind in _RATED and zero else None
