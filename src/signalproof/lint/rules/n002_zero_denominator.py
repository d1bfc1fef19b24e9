"""N002: an alert on a quotient whose denominator may be 0."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind, Value
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import alert
from signalproof.promql.ast import Binary, Unary
from signalproof.promql.query import Use
from signalproof.promql.tree import unwrap


class ZeroDenominator(Rule[Binary]):
    """An alert on a quotient whose denominator can be 0.

    Something divided by 0 is +Inf, and +Inf exceeds every threshold: an alert on memory used ÷ memory limit fires for
    every process without a limit, where the limit reads 0. Filter the denominator: ``(limit > 0)``. A ratio of rates
    is not reported: where nothing happens, both are 0, and 0 ÷ 0 is NaN, which exceeds nothing.

    That a gauge can be 0 is known where it is declared so, where a dump shows a 0, and of public exporters where 0
    stands for "none".
    """

    code = "N002"
    slug = "zero-denominator"
    severity = "warning"
    visits = (Binary,)
    uses = frozenset({Use.ALERT})
    names = frozenset({">", ">="})
    bad = ((alert("memory_used_bytes / memory_limit_bytes > 0.9"), "memory_limit_bytes"),)
    good = (
        alert("memory_used_bytes / (memory_limit_bytes > 0) > 0.9"),
        alert("memory_used_bytes / memory_limit_bytes < 0.1"),
        "memory_used_bytes / memory_limit_bytes > 0.9",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the denominator when it is a gauge that is declared to go down to 0."""
        quotient = unwrap(seen.left)
        while isinstance(quotient, Unary) or (isinstance(quotient, Binary) and quotient.operator == "*"):
            quotient = unwrap(quotient.expr if isinstance(quotient, Unary) else quotient.left)
        if not isinstance(quotient, Binary) or quotient.operator != "/":
            return
        below = context.value(quotient.right)
        filtered = unwrap(quotient.right)
        if isinstance(filtered, Binary) and filtered.operator in COMPARISONS:
            return
        if below.kind is Kind.GAUGE and below.low <= 0 < below.high and _can_be_zero(below):
            yield Problem(
                "the denominator may be 0: the quotient is +Inf and the alert fires",
                "filter it: (… > 0)",
                quotient.right.span,
            )


def _can_be_zero(value: Value) -> bool:
    """Whether everything that flows in is known to be 0 at times."""
    return bool(value.sources) and all(one.zero for one in value.sources)
