"""A002: an alert without a condition."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Shape
from signalproof.lint.answers import zeros_kept
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import alert
from signalproof.promql.ast import Binary, Call, Node, Span
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap, walk


class NoComparison(Rule[Query]):
    """An alert whose expression compares nothing.

    An alert fires for every series of its result, whatever the value, 0 included. Without a comparison, ``absent`` or a
    set operation it fires as long as the metric exists.

    A comparison with ``bool`` filters nothing, it makes 0 and 1 of what it compares, and both fire. The same beside
    ``and``, ``or`` and ``unless``, which look for samples and not at their values: in
    ``(age > bool 86400) and on (queue) enabled == 1`` a fresh queue has a 0, and fires. Without ``bool`` it is left out.
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
        (alert("(queue_length > bool 10) and on (job) up == 1"), "> bool 10"),
        (alert("queue_length > 10 unless on (job) (up == bool 0)"), "== bool 0"),
        (alert("max by (job) (queue_length > bool 10) and on (job) up == 1"), "> bool 10"),
        (
            alert("queue_length > 1000 or (queue_length > bool 10) * on (job, instance) (up == bool 1)"),
            "> bool 10",
        ),
    )
    good = (
        alert("queue_length > 10"),
        alert("queue_length unless on (queue) sum by (queue) (increase(jobs_total[5m]))"),
        alert("(queue_length > bool 10) == 1"),
        alert("(queue_length > bool 10) * on (job, instance) (up == bool 1) > 0"),
        alert("(queue_length > bool 10) * queue_length > 5 and on (job) up == 1"),
        alert("sum by (job) (queue_length > bool 10) > 3 and on (job) up == 1"),
        alert("absent(up)"),
        alert("vector(1)"),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the whole expression when nothing filters the series that flow in, or a comparison that keeps its zeros."""
        root = context.inference.root
        if root.shape is not Shape.INSTANT and root.shape is not Shape.ANY:
            return  # A012
        if root.sources and not any(map(_filters, walk(context.root))):
            yield Problem(
                "the alert fires as long as the metric is there: nothing is compared",
                "compare with a threshold",
                unwrap(context.root).span,
            )
            return
        for one in zeros_kept(context.root) if "bool" in seen.text else ():
            if context.value(one).constant is None:
                yield Problem(
                    f"{one.operator} bool leaves nothing out: where it is not so, there is a 0, and the alert fires",
                    "leave bool out, or compare the result with 1",
                    Span(one.operator_span.start, one.right.span.end),
                )
                return


def _filters(node: Node) -> bool:
    match node:
        case Binary():
            compares = node.operator in COMPARISONS and not node.bool_modifier
            return compares or node.operator in ("and", "unless")
        case Call():
            return node.function in ("absent", "absent_over_time")
        case _:
            return False
