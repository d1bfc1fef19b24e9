"""H008: histograms with other buckets are added up."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Role
from signalproof.infer.value import Kind, Value
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Joined, Rule
from signalproof.promql.ast import Aggregation, Binary
from signalproof.promql.tree import walk

_CLASSIC = frozenset({Kind.BUCKET, Kind.RATED_BUCKET})


class MixedBuckets(Rule[Binary | Aggregation]):
    """Classic histograms of different bucket layouts are added up.

    Buckets are cumulative and added bound by bound. Where a bound exists in one layout only, the sum there lacks the
    other: the counts fall with growing bounds, and a quantile read from them is wrong without a warning.
    """

    code = "H008"
    slug = "mixed-buckets"
    severity = "error"
    visits = (Joined, Aggregation)
    kinds = _CLASSIC
    names = frozenset({"+", "sum", "avg"})
    bad = (
        (
            "sum by (le) (rate(http_request_duration_seconds_bucket[5m])) + sum by (le) (rate(job_duration_seconds_bucket[5m]))",
            "+",
        ),
        (
            'histogram_quantile(0.9, sum by (le) (rate({__name__=~"(http_request|job)_duration_seconds_bucket"}[5m])))',
            "sum",
        ),
    )
    good = ("histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))",)

    def check(self, seen: Binary | Aggregation, context: Context) -> Iterator[Problem]:
        """Yield the operator that brings several layouts together."""
        if isinstance(seen, Aggregation):
            mixed = context.value(seen.expr).kind in _CLASSIC and _is_first(seen, context)
        else:
            left, right = context.value(seen.left), context.value(seen.right)
            mixed = left.kind in _CLASSIC and right.kind in _CLASSIC and _differ(left, right)
        if mixed:
            yield Problem(
                "histograms with different buckets are added up",
                "give them the same buckets, or take a quantile of each",
                seen.operator_span,
            )


def _is_first(node: Aggregation, context: Context) -> bool:
    """Whether several layouts come together here, and not further down."""
    below = (one for one in walk(node.expr) if isinstance(one, Aggregation | Binary))
    done = any(isinstance(one, Aggregation) or one.operator == "+" for one in below)
    return not done and len(_layouts(context.value(node.expr))) > 1


def _differ(left: Value, right: Value) -> bool:
    here, there = _layouts(left), _layouts(right)
    return len(here) == len(there) == 1 and here != there


def _layouts(value: Value) -> frozenset[tuple[float, ...]]:
    return frozenset(one.bounds for one in value.sources if one.role is Role.BUCKET and one.bounds)
