"""N001: a ratio whose numerator may be missing."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind, Value
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.ast import Binary

_RATED = frozenset({Kind.RATE, Kind.RATED_BUCKET})


class EmptyNumerator(Rule[Binary]):
    """The numerator of a ratio may be empty while the denominator is not.

    A series of a counter that is not initialised appears with its first event. Until then the ratio is not 0 but
    absent: the panel says "No data" and an alert on a missing error rate, or an absent alert, says something false.
    Initialise the counter, or add ``or`` and a zero.
    """

    code = "N001"
    slug = "empty-numerator"
    severity = "warning"
    visits = (Binary,)
    names = frozenset({"/"})
    bad = (
        (
            "sum(rate(payment_errors_total[5m])) / sum(rate(payments_total[5m]))",
            "sum(rate(payment_errors_total[5m]))",
        ),
    )
    good = (
        "(sum(rate(payment_errors_total[5m])) or vector(0)) / sum(rate(payments_total[5m]))",
        'sum(rate(payments_total{status="failure"}[5m])) / sum(rate(payments_total[5m]))',
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the numerator when it, and not the denominator, is known to be a rate that may be empty."""
        above, below = context.value(seen.left), context.value(seen.right)
        if above.kind not in _RATED or below.kind not in _RATED:
            return
        if _appears_late(above) and not above.void and not below.empty:
            yield Problem(
                f"the numerator may be missing: {above.empty}",
                "initialise the counter with every label value, or write (… or 0 * …)",
                seen.left.span,
            )


def _appears_late(value: Value) -> bool:
    return bool(value.empty and value.sources) and not all(one.initialised for one in value.sources)
