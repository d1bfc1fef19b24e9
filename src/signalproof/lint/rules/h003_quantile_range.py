"""H003: a quantile that is not between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.ast import Aggregation, Call, Node, Number
from signalproof.promql.tree import unwrap


class QuantileRange(Rule[Call | Aggregation]):
    """A quantile below 0 or above 1.

    Prometheus answers -Inf or +Inf: 95 is not 0.95, and an alert that compares with it fires always or never.
    """

    code = "H003"
    slug = "quantile-range"
    severity = "error"
    visits = (Call, Aggregation)
    names = frozenset({"histogram_quantile", "histogram_quantiles", "quantile_over_time", "quantile"})
    bad = (
        ("histogram_quantile(95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))", "95"),
        ("quantile_over_time(99, queue_length[1h])", "99"),
        ("quantile(50, queue_length)", "50"),
        ("quantile(-0.5, queue_length)", "-0.5"),
    )
    good = (
        "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))",
        "quantile(1, queue_length)",
        "quantile($quantile, queue_length)",
    )
    fixable = True

    def check(self, seen: Call | Aggregation, context: Context) -> Iterator[Problem]:
        """Yield every quantile that is known and out of range; one up to 100 is a percentage."""
        for node in _quantiles(seen):
            share = context.value(node).constant
            if share is None or 0 <= share <= 1:
                continue
            fix = f"{share / 100:.10g}" if 1 < share <= 100 and isinstance(unwrap(node), Number) else None
            yield Problem(
                f"quantile {share:g} does not lie between 0 and 1",
                f"write {fix}" if fix else "a quantile is a share: 0.95 for the 95th percentile",
                node.span,
                fix=fix,
            )


def _quantiles(node: Call | Aggregation) -> tuple[Node, ...]:
    if isinstance(node, Aggregation):
        return () if node.parameter is None else (node.parameter,)
    return node.args[2:] if node.function == "histogram_quantiles" else node.args[:1]
