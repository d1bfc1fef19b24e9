"""H004: quantiles that are averaged or added up."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.ast import Aggregation


class AggregatedQuantiles(Rule[Aggregation]):
    """The average or the sum of quantiles.

    A quantile says nothing of how many observations stand behind it. The mean of the 95th percentiles of a busy and an
    idle process is not the 95th percentile of both, and may lie far from it. Add up the buckets and take the
    quantile of the sum. The worst (max) and the best (min) of several are fine.
    """

    code = "H004"
    slug = "aggregated-quantiles"
    severity = "error"
    visits = (Aggregation,)
    names = frozenset({"sum", "avg", "quantile", "stddev", "stdvar"})
    bad = (
        (
            "avg(histogram_quantile(0.95, sum by (le, handler) (rate(http_request_duration_seconds_bucket[5m]))))",
            "avg",
        ),
        ("sum by (job) (histogram_quantile(0.5, rate(http_request_duration_seconds_bucket[5m])))", "sum"),
    )
    good = (
        "max(histogram_quantile(0.95, sum by (le, handler) (rate(http_request_duration_seconds_bucket[5m]))))",
        "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))",
    )

    def check(self, seen: Aggregation, context: Context) -> Iterator[Problem]:
        """Yield the operator when what it aggregates are quantiles."""
        if context.value(seen.expr).kind is Kind.QUANTILE:
            yield Problem(
                f"{seen.operator}() of quantiles is no quantile",
                "add up the buckets first: histogram_quantile(…, sum by (le, …) (rate(…_bucket[…])))",
                seen.operator_span,
            )
