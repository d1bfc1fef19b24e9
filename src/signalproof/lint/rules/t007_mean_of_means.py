"""T007: means or ratios that are added up."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Role
from signalproof.catalogue.units import RATIO
from signalproof.infer.value import Kind, Value
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS, joins_series
from signalproof.promql.ast import Aggregation, Binary, Node
from signalproof.promql.tree import unwrap


class MeanOfMeans(Rule[Aggregation]):
    """Means, or shares, of several series are added up or averaged.

    ``sum(rate(x_sum[5m]) / rate(x_count[5m]))`` adds the mean durations of all instances: three instances of 0.1 s make 0.3 s,
    which nothing took. The same with shares: two hit ratios of 0.9 make 1.8. Add up both parts first, and divide then:
    ``sum(rate(x_sum[5m])) / sum(rate(x_count[5m]))``.

    The average of means is a number between them, but an instance with one slow request weighs as much as one with a
    million: that is said as info.
    """

    code = "T007"
    slug = "mean-of-means"
    severity = "warning"
    visits = (Aggregation,)
    names = frozenset({"sum", "avg"})
    bad = (
        (
            "sum by (handler) (rate(http_response_size_bytes_sum[5m]) / rate(http_response_size_bytes_count[5m]))",
            "rate(http_response_size_bytes_sum[5m]) / rate(http_response_size_bytes_count[5m])",
        ),
        (
            "avg(rate(http_response_size_bytes_sum[5m]) / rate(http_response_size_bytes_count[5m]))",
            "rate(http_response_size_bytes_sum[5m]) / rate(http_response_size_bytes_count[5m])",
        ),
        ("sum(cache_hit_ratio)", "cache_hit_ratio"),
    )
    good = (
        "sum by (handler) (rate(http_response_size_bytes_sum[5m])) / sum by (handler) (rate(http_response_size_bytes_count[5m]))",
        "avg(cache_hit_ratio)",
        "sum(cache_hit_ratio) / count(cache_hit_ratio)",
        "sum(cache_hit_ratio > bool 0.5)",
        "sum by (handler) (sum by (handler) (rate(http_response_size_bytes_sum[5m])) / sum by (handler) (rate(http_response_size_bytes_count[5m])))",
        "max(rate(http_response_size_bytes_sum[5m]) / rate(http_response_size_bytes_count[5m]))",
    )

    def check(self, seen: Aggregation, context: Context) -> Iterator[Problem]:
        """Yield what is aggregated when it is a mean, or a share that is added up, and several series of it may meet."""
        inner = unwrap(seen.expr)
        value = context.value(inner)
        if value.void or not joins_series(value, context.value(seen)):
            return
        if _is_mean(inner, context):
            what = "mean"
        elif seen.operator == "sum" and _is_share(value) and not _is_averaged(seen, context):
            what = "share"
        else:
            return
        adds = seen.operator == "sum"
        yield Problem(
            f"{what}s of several series are {'added up: the sum is no ' + what if adds else 'averaged: each weighs the same'}",
            "add up both parts first, then divide: sum(…) / sum(…)"
            if what == "mean"
            else "take avg(), or max()",
            inner.span,
            None if adds else Severity.INFO,
        )


def _is_mean(node: Node, context: Context) -> bool:
    """Whether *node* is the sum of a histogram or summary, divided by its count, series by series."""
    if not isinstance(node, Binary) or node.operator != "/":
        return False
    above, below = context.value(node.left).sources, context.value(node.right).sources
    return (
        len(above) == len(below) == 1
        and above[0].family == below[0].family
        and (above[0].role, below[0].role) == (Role.SUM, Role.COUNT)
    )


def _is_share(value: Value) -> bool:
    """Whether samples are the gauge of a share of 0..1, as it is declared to be."""
    return (
        value.kind is Kind.GAUGE
        and value.ratio
        and value.low < value.high
        and bool(value.sources)
        and all(one.unit == RATIO.dimension and one.name.endswith("_ratio") for one in value.sources)
    )


def _is_averaged(node: Aggregation, context: Context) -> bool:
    """Whether the sum is divided by something, or asks whether there is any."""
    return any(
        isinstance(one, Binary) and (one.operator == "/" or one.operator in COMPARISONS)
        for one in context.ancestors(node)
    )
