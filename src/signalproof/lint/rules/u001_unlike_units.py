"""U001: quantities of different dimensions added, subtracted or compared."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer import dimensions
from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS, divides_a_number
from signalproof.promql.ast import Binary


class UnlikeUnits(Rule[Binary]):
    """Seconds plus bytes, or a rate compared with a count.

    The sum of two quantities of different dimensions is a number without meaning, and a comparison of them is true or
    false by accident of scale. A count is a plain number, and a literal takes the unit of what it meets: of a number that is
    divided, ``60 / count_over_time(…)``, nobody knows what it is.
    """

    code = "U001"
    slug = "unlike-units"
    severity = "warning"
    visits = (Binary,)
    names = frozenset({"+", "-"}) | COMPARISONS
    bad = (
        ("memory_used_bytes + cache_hit_ratio", "+"),
        ("sum(rate(jobs_total[5m])) > sum(increase(jobs_total[5m]))", ">"),
        ("time() - sum(memory_used_bytes)", "-"),
        ("sum(rate(job_duration_seconds_sum[5m])) * 1000 > sum(rate(job_duration_seconds_sum[5m]))", ">"),
    )
    good = (
        "memory_limit_bytes - memory_used_bytes",
        "time() - last_run_timestamp_seconds > 300",
        "60 / count_over_time(memory_used_bytes[5m]) > cache_hit_ratio",
        "sum by (queue) (queue_length) - sum by (queue) (increase(jobs_total[5m]))",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the operator when both dimensions are known and unlike."""
        left, right = context.value(seen.left), context.value(seen.right)
        a, b = left.unit, right.unit
        if a is None or b is None or Kind.NUMBER in (left.kind, right.kind):
            return
        if divides_a_number(seen.left, context) or divides_a_number(seen.right, context):
            return
        if seen.operator == "+":
            alike = dimensions.added(a, b) is not None
        elif seen.operator == "-":
            alike = dimensions.subtracted(a, b) is not None
        else:
            alike = a.comparable(b)
        if not alike:
            yield Problem(
                f"the left side is in {a}, the right side in {b}",
                "convert one of them" if a.exponents == b.exponents else "bring both to one dimension",
                seen.operator_span,
            )
