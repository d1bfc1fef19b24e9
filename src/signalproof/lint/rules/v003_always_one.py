"""V003: series divided by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.selection import first_name
from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.identity import differing_labels
from signalproof.lint.rule import Context, Joined, Rule
from signalproof.promql.ast import Aggregation, Binary, Paren


class AlwaysOne(Rule[Binary]):
    """Each series is divided by itself: the result is always 1.

    A ratio of "the successes" and "all" that is not summed first pairs each series with the series of the same labels:
    the successes with the successes. The failures find no partner and drop out. The panel shows 100 %, whatever
    happens, and an alert on it never fires. Sum both sides by what is compared.

    ``m / m`` as a factor (``x * on (…) (m / m)``), or in ``count()`` and ``group()``, is a mask: a 1 where the series
    exists. That is meant, and nothing is said.
    """

    code = "V003"
    slug = "always-one"
    severity = "error"
    visits = (Joined,)
    names = frozenset({"/"})
    bad = (
        (
            'rate(jobs_total{status="success"}[5m]) / rate(jobs_total[5m])',
            'rate(jobs_total{status="success"}[5m]) / rate(jobs_total[5m])',
        ),
        (
            'sum by (status, queue) (rate(jobs_total{status!="success"}[5m])) / sum by (status, queue) (rate(jobs_total[5m]))',
            'sum by (status, queue) (rate(jobs_total{status!="success"}[5m])) / sum by (status, queue) (rate(jobs_total[5m]))',
        ),
        ("memory_used_bytes / memory_used_bytes", "memory_used_bytes / memory_used_bytes"),
    )
    good = (
        'sum by (queue) (rate(jobs_total{status="success"}[5m])) / sum by (queue) (rate(jobs_total[5m]))',
        'rate(jobs_total{status="success"}[5m]) / ignoring (status) rate(jobs_total{status="failure"}[5m])',
        "memory_used_bytes / memory_used_bytes offset 1h",
        "memory_used_bytes * (memory_limit_bytes / memory_limit_bytes)",
        "count(memory_used_bytes / memory_used_bytes)",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the division when both sides are the same but for matchers that the pairing makes equal."""
        labels = differing_labels(seen) if first_name(seen.left) == first_name(seen.right) else None
        if labels is None or context.value(seen).void or (not labels and _is_mask(seen, context)):
            return
        why = (
            f"equal {', '.join(sorted(labels))} pair the same series" if labels else "both sides are the same"
        )
        yield Problem(
            f"each series is divided by itself, {why}: the result is always 1",
            "sum both sides by what is compared: sum by (…) (…) / sum by (…) (…)",
            seen.span,
        )


def _is_mask(division: Binary, context: Context) -> bool:
    """Whether *division* is asked only where its series exist: it is a factor of a vector, or is counted."""
    for above in context.ancestors(division):
        match above:
            case Paren():
                continue
            case Aggregation():
                return above.operator in ("count", "group")
            case Binary():
                other = above.left if above.right.span.start <= division.span.start else above.right
                return above.operator == "*" and context.value(other).kind is not Kind.NUMBER
            case _:
                return False
    return False
