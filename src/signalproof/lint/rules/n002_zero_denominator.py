"""N002: an alert on a quotient whose denominator may be 0."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Series
from signalproof.infer.value import Kind, Value
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import alert
from signalproof.promql.ast import Binary, Node, Unary
from signalproof.promql.query import Use
from signalproof.promql.tree import unwrap, walk

_TRIES = frozenset(
    {
        "request", "call", "attempt", "try", "trie", "operation", "op", "querie", "query", "execution", "run", "total", "all",
        "started", "received", "handled", "processed", "completed", "finished", "count",
    }
)  # fmt: skip
"""Words of what counts whatever was tried, failures among it; in the singular, as far as an s makes the plural."""


class ZeroDenominator(Rule[Binary]):
    """An alert on a quotient whose denominator can be 0.

    Something divided by 0 is +Inf, and +Inf exceeds every threshold: an alert on memory used ÷ memory limit fires for
    every process without a limit, where the limit reads 0. Filter the denominator: ``(limit > 0)``.

    That a gauge can be 0 is known where it is declared so, where a dump shows a 0, and of public exporters where 0
    stands for "none".

    A ratio of two rates is 0 ÷ 0 where nothing happens, NaN, which exceeds nothing. But of two counters one can count while
    the other stands still: failures that are not counted as records make the quotient +Inf. It depends on what the
    program counts, so this is info, and it is not said where the names tell that the one is a part of the other:
    failed requests of requests, anything of attempts.
    """

    code = "N002"
    slug = "zero-denominator"
    severity = "warning"
    visits = (Binary,)
    uses = frozenset({Use.ALERT})
    names = frozenset({">", ">="})
    bad = (
        (alert("memory_used_bytes / memory_limit_bytes > 0.9"), "memory_limit_bytes"),
        (
            alert("sum(rate(payments_total[5m])) / sum(rate(jobs_total[5m])) > 0.01"),
            "sum(rate(jobs_total[5m]))",
        ),
    )
    good = (
        alert("memory_used_bytes / (memory_limit_bytes > 0) > 0.9"),
        alert("memory_used_bytes / memory_limit_bytes < 0.1"),
        alert("memory_used_bytes / memory_limit_bytes > 0.9 and memory_limit_bytes > 0"),
        alert("sum(memory_used_bytes) / sum(memory_limit_bytes > 0) > 0.9"),
        "memory_used_bytes / memory_limit_bytes > 0.9",
        alert('sum(rate(jobs_total{status="failure"}[5m])) / sum(rate(jobs_total[5m])) > 0.01'),
        alert("sum(rate(payment_errors_total[5m])) / (sum(rate(payments_total[5m])) > 0) > 0.01"),
        alert(
            "sum(rate(payments_total[5m])) / sum(rate(jobs_total[5m])) > 0.01 and sum(rate(jobs_total[5m])) > 1"
        ),
        alert(
            "sum(rate(http_request_duration_seconds_sum[5m])) / sum(rate(http_request_duration_seconds_count[5m])) > 1"
        ),
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the denominator when it is a gauge that is declared to go down to 0."""
        quotient = unwrap(seen.left)
        while isinstance(quotient, Unary) or (isinstance(quotient, Binary) and quotient.operator == "*"):
            quotient = unwrap(quotient.expr if isinstance(quotient, Unary) else quotient.left)
        if not isinstance(quotient, Binary) or quotient.operator != "/":
            return
        below = context.value(quotient.right)
        gauge = below.kind is Kind.GAUGE and below.low <= 0 < below.high and _can_be_zero(below)
        if not gauge and not _stands_still(context.value(quotient.left), below):
            return
        if _is_filtered(quotient.right) or _is_guarded(seen, context):
            return
        if gauge:
            yield Problem(
                "the denominator may be 0: the quotient is +Inf and the alert fires",
                "filter it: (… > 0)",
                quotient.right.span,
            )
        else:
            yield Problem(
                f"where {_name(below)} stands still and {_name(context.value(quotient.left))} counts, the quotient is +Inf",
                "filter it: (… > 0), unless whatever the numerator counts is counted in the denominator, too",
                quotient.right.span,
                Severity.INFO,
            )


def _can_be_zero(value: Value) -> bool:
    """Whether everything that flows in is known to be 0 at times."""
    return bool(value.sources) and all(one.zero for one in value.sources)


def _stands_still(above: Value, below: Value) -> bool:
    """Whether both are rates of counters of which nothing tells that the one is counted in the other."""
    if above.kind is not Kind.RATE or below.kind is not Kind.RATE or not above.sources or not below.sources:
        return False
    parts = [_words(one) for one in above.sources]
    return all(_words(one) - part - _TRIES for one in below.sources for part in parts)


def _words(series: Series) -> frozenset[str]:
    """Return the words of the name of a family, in the singular."""
    return frozenset(word.removesuffix("s") for word in series.family.removesuffix("_total").split("_"))


def _is_filtered(node: Node) -> bool:
    """Whether some comparison leaves out the zeros of a denominator."""
    return any(
        isinstance(one, Binary) and one.operator in COMPARISONS and not one.bool_modifier
        for one in walk(node)
    )


def _is_guarded(node: Binary, context: Context) -> bool:
    """Whether something else has to hold, too: that there is any traffic, most often."""
    return any(isinstance(one, Binary) and one.operator == "and" for one in context.ancestors(node))


def _name(value: Value) -> str:
    return value.sources[0].name
