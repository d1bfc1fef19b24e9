"""H005: a quantile divided by a quantile."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Joined, Rule
from signalproof.promql.ast import Binary

_P95_OF_JOBS = "histogram_quantile(0.95, sum by (le) (rate(job_duration_seconds_bucket[5m])))"
_P95_OF_REQUESTS = "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))"
_MEAN_OF_JOBS = "(sum(rate(job_duration_seconds_sum[5m])) / sum(rate(job_duration_seconds_count[5m])))"
_MEAN_OF_REQUESTS = (
    "(sum(rate(http_request_duration_seconds_sum[5m])) / sum(rate(http_request_duration_seconds_count[5m])))"
)


class RatioOfQuantiles(Rule[Binary]):
    """The ratio of two quantiles.

    The call at the 95th percentile of one is not the call at the 95th percentile of the other: their ratio is the
    speed-up of no call. Divide means, from ``_sum`` and ``_count``, or show both quantiles side by side.

    Two quantiles of one metric are another matter: the 90th percentile by the median says how wide the spread is.
    """

    code = "H005"
    slug = "ratio-of-quantiles"
    severity = "error"
    visits = (Joined,)
    names = frozenset({"/"})
    bad = ((_P95_OF_JOBS + " / " + _P95_OF_REQUESTS, _P95_OF_JOBS + " / " + _P95_OF_REQUESTS),)
    good = (
        _MEAN_OF_JOBS + " / " + _MEAN_OF_REQUESTS,
        _P95_OF_JOBS + " / " + _P95_OF_JOBS.replace("0.95", "0.5"),
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the division when both sides are quantiles."""
        left, right = context.value(seen.left), context.value(seen.right)
        if left.kind is not Kind.QUANTILE or right.kind is not Kind.QUANTILE:
            return
        if {one.name for one in left.sources} != {one.name for one in right.sources}:
            yield Problem(
                "the ratio of two quantiles is a quantile of nothing",
                "divide means, sum(rate(…_sum[…])) / sum(rate(…_count[…])), or show both quantiles",
                seen.span,
            )
