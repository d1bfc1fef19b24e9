"""A002: an alert without a condition."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import alert
from signalproof.promql.ast import Binary, Call, Node
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap, walk


class NoComparison(Rule[Query]):
    """An alert whose expression compares nothing.

    An alert fires for every series of its result, whatever the value, 0 included. Without a comparison, ``absent`` or a
    set operation it fires as long as the metric exists. ``bool`` makes 0 and 1 of a comparison, and both fire.
    """

    code = "A002"
    slug = "no-comparison"
    severity = "warning"
    promql_only = True
    visits = (Query,)
    uses = frozenset({Use.ALERT})
    bad = (
        (alert("sum by (queue) (rate(jobs_total[5m]))"), "sum by (queue) (rate(jobs_total[5m]))"),
        (alert("queue_length > bool 10"), "queue_length > bool 10"),
    )
    good = (
        alert("queue_length > 10"),
        alert("queue_length unless on (queue) sum by (queue) (increase(jobs_total[5m]))"),
        alert("(queue_length > bool 10) == 1"),
        alert("absent(up)"),
        alert("vector(1)"),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the whole expression when series are known to flow in and nothing filters them."""
        root = context.inference.root
        if root.sources and not any(map(_filters, walk(context.root))):
            yield Problem(
                "the alert fires as long as the metric is there: nothing is compared",
                "compare with a threshold",
                unwrap(context.root).span,
            )


def _filters(node: Node) -> bool:
    match node:
        case Binary():
            compares = node.operator in COMPARISONS and not node.bool_modifier
            return compares or node.operator in ("and", "unless")
        case Call():
            return node.function in ("absent", "absent_over_time")
        case _:
            return False
