"""RR002: a recording rule computes this already."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import panel, recording
from signalproof.promql.ast import Aggregation, Node, Selector
from signalproof.promql.query import Use
from signalproof.promql.tree import children, unwrap


class AlreadyRecorded(Rule[Everything]):
    """A query computes what a recording rule has computed.

    Reading the recorded series costs nothing and gives the same number in every panel and alert; computing it again
    costs the full aggregation each time, and the copies drift apart when one is changed.
    """

    code = "RR002"
    slug = "already-recorded"
    severity = "warning"
    visits = (Everything,)
    closed = True
    bad = (
        (
            (
                recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[5m]))"),
                panel("topk(5, sum by (queue) (rate(jobs_total[5m])))", kind="table", instant=True),
            ),
            "sum by (queue) (rate(jobs_total[5m]))",
        ),
    )
    good = (
        (
            recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[5m]))"),
            panel("topk(5, queue:jobs:rate5m)", kind="table", instant=True),
        ),
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every part of a query that is written as the expression of a recording rule without labels of its own."""
        recorded: dict[Node, str] = {}
        for one in seen.contexts:
            if (
                one.query.use is Use.RECORDING
                and not one.query.labels
                and isinstance(unwrap(one.root), Aggregation)
            ):
                recorded.setdefault(unwrap(one.root), one.query.panel)
        if not recorded:
            return
        for one in seen.contexts:
            if one.query.use is Use.VARIABLE:
                continue
            pending: list[Node] = [one.root]
            while pending:
                node = pending.pop()
                name = recorded.get(node) if isinstance(node, Aggregation) else None
                if name and name != one.query.panel:
                    # no fix: what is recorded is as old as the last evaluation of its group
                    yield Problem(f"{name} records this already", f"write {name}", node.span, query=one.query)
                elif not isinstance(node, Selector):
                    pending.extend(children(node))
