"""H009: a threshold between two bucket bounds."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Role
from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import HISTOGRAM_FUNCTIONS
from signalproof.promql.ast import Binary, Call
from signalproof.promql.tree import unwrap

_COARSE = 1.5
"""From this ratio of two bounds on it matters where between them a quantile lies."""
_NEAR = 0.95
"""A bound that is so near to the threshold says what is asked: 0.512 for 0.5."""


class BetweenBounds(Rule[Binary]):
    """A quantile is compared with a number that lies between two bounds of its histogram.

    A histogram knows how many observations lie below each bound, and nothing of where between two they lie. A quantile
    between bounds is drawn on a straight line: with bounds 1 and 2.5, a quantile "above 2" may stand for calls that all
    took 1.1 s. Compare with a bound, or give the histogram a bound at the threshold.
    """

    code = "H009"
    slug = "between-bounds"
    severity = "info"
    visits = (Binary,)
    names = frozenset({">", ">=", "<", "<="})
    kinds = frozenset({Kind.BUCKET})
    bad = (
        (
            "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 2",
            "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 2",
        ),
    )
    good = (
        "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 2.5",
        "histogram_quantile(0.99, sum(rate(rpc_duration_seconds[5m]))) > 2",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the comparison of a quantile whose threshold is no bound of the histogram, and bounds lie far apart."""
        quantile, limit = unwrap(seen.left), context.value(seen.right)
        if not isinstance(quantile, Call) or quantile.function not in HISTOGRAM_FUNCTIONS:
            return
        if limit.kind is not Kind.NUMBER or limit.constant is None:
            return
        layouts = {one.bounds for one in context.value(quantile).sources if one.role is Role.BUCKET}
        if len(layouts) != 1:
            return
        bounds = layouts.pop()
        below = max((one for one in bounds if one < limit.constant), default=None)
        above = min((one for one in bounds if one >= limit.constant), default=None)
        if below is None or above is None or below <= 0 or above / below < _COARSE:
            return
        if max(below / limit.constant, limit.constant / above) > _NEAR:
            return
        yield Problem(
            f"{limit.constant:g} lies between the bounds {below:g} and {above:g}: how near the quantile is, nobody measured",
            f"compare with {below:g} or {above:g}, or give the histogram the bound {limit.constant:g}",
            seen.span,
        )
