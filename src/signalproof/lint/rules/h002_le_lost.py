"""H002: the label le is lost before histogram_quantile."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import HISTOGRAM_FUNCTIONS, histogram_argument
from signalproof.promql.ast import Aggregation, Binary, Call, LabelName, Node, Selector, Span
from signalproof.promql.tree import children, walk

_CLASSIC = frozenset({Kind.BUCKET, Kind.RATED_BUCKET})


class LeLost(Rule[Call]):
    """The buckets are added up before the quantile is taken.

    A classic histogram is one series per bucket, told apart by ``le``. An aggregation that does not keep ``le`` adds
    all buckets into one number, and histogram_quantile() of that is nothing: the panel stays empty.
    """

    code = "H002"
    slug = "le-lost"
    severity = "error"
    visits = (Call,)
    names = HISTOGRAM_FUNCTIONS
    bad = (
        (
            "histogram_quantile(0.95, sum by (handler) (rate(http_request_duration_seconds_bucket[5m])))",
            "by (handler)",
        ),
        ("histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket[5m])))", "sum"),
        (
            "histogram_quantile(0.95, sum without (le) (rate(http_request_duration_seconds_bucket[5m])))",
            "without (le)",
        ),
    )
    good = (
        "histogram_quantile(0.95, sum by (le, handler) (rate(http_request_duration_seconds_bucket[5m])))",
        "histogram_quantile(0.95, sum(rate(rpc_duration_seconds[5m])))",
        "histogram_quantile(0.95, sum without (instance) (rate(http_request_duration_seconds_bucket[5m])))",
    )

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the grouping that drops ``le``, the lowest one."""
        argument = histogram_argument(seen)
        if argument is None or context.value(argument).labels.can_have("le"):
            return
        if context.value(argument).kind in _CLASSIC or _reads_buckets(argument, context):
            loser = _loser(argument, context)
            if _keeps_ranges(loser):
                return
            yield Problem(
                f"the label 'le' is lost before {seen.function}(): without it there are no buckets left",
                "keep it: sum by (le, …)",
                _place(loser),
            )


def _reads_buckets(node: Node, context: Context) -> bool:
    """Whether a classic histogram flows in, by what is known of it or, where nothing is, by its name."""
    return any(
        isinstance(one, Selector)
        and (
            context.value(one).kind is Kind.BUCKET
            or (one.name.endswith("_bucket") and not context.value(one).sources)
        )
        for one in walk(node)
    )


def _loser(node: Node, context: Context) -> Node:
    while True:
        below = [
            one
            for one in children(node)
            if not context.value(one).labels.can_have("le") and _reads_buckets(one, context)
        ]
        if not below:
            return node
        node = below[0]


def _keeps_ranges(node: Node) -> bool:
    """Whether *node* keeps the label of VictoriaMetrics' own buckets, which its histogram_quantile() reads, too."""
    grouping = node.grouping if isinstance(node, Aggregation) else None
    return grouping is not None and not grouping.without and "vmrange" in grouping.names


def _place(node: Node) -> Span:
    if isinstance(node, Aggregation):
        return node.grouping.span if node.grouping is not None else node.operator_span
    if isinstance(node, Binary) and node.matching is not None:
        gone = [one for one in node.matching.labels if isinstance(one, LabelName) and one.name == "le"]
        return gone[0].span if gone else node.matching.span
    return node.span
