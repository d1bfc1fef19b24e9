"""D002: a panel that may draw hundreds of lines."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap

_MANY = 50


class ManySeries(Rule[Query]):
    """A panel whose query may return more series than anyone can read.

    The bound is the product of the declared values of the labels that are left, per target. Sum away what is not
    compared, or take ``topk``.
    """

    code = "D002"
    slug = "many-series"
    severity = "info"
    visits = (Query,)
    uses = frozenset({Use.PANEL})
    default = False
    bad = (
        (panel("rate(http_requests_total[$__rate_interval])"), "rate(http_requests_total[$__rate_interval])"),
    )
    good = (panel("sum by (status) (rate(http_requests_total[$__rate_interval]))"),)

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the expression of a panel whose bound is known and high."""
        bound = context.inference.root.cardinality
        if bound is not None and bound > _MANY:
            yield Problem(
                f"up to {bound} series per target", "sum away what is not compared", unwrap(context.root).span
            )
