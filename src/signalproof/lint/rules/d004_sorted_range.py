"""D004: sort or topk over a range."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.ast import Aggregation, Call
from signalproof.promql.query import Use

_LINES = frozenset({"timeseries", "graph", "trend", "state-timeline", "status-history"})


class SortedRange(Rule[Call | Aggregation]):
    """``sort`` or ``topk`` in a graph.

    A range query asks anew at every point. ``sort`` has no effect on it, and ``topk`` chooses others at each: a
    graph of the top 5 shows dozens of lines, each in pieces.
    """

    code = "D004"
    slug = "sorted-range"
    severity = "info"
    visits = (Call, Aggregation)
    uses = frozenset({Use.PANEL, Use.EXPRESSION})
    default = False
    names = frozenset({"sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "topk", "bottomk"})
    bad = (
        (panel("topk(5, queue_length)", kind="timeseries", legend="{{queue}}"), "topk"),
        (panel("sort(queue_length)", kind="timeseries", legend="{{queue}}"), "sort"),
    )
    good = (
        panel("topk(5, queue_length)", kind="table", instant=True),
        panel("queue_length", kind="timeseries", legend="{{queue}}"),
    )

    def check(self, seen: Call | Aggregation, context: Context) -> Iterator[Problem]:
        """Yield the name of the function in a panel over time."""
        if context.query.panel_type in _LINES and not context.query.instant:
            name, span = (
                (seen.function, seen.name_span)
                if isinstance(seen, Call)
                else (seen.operator, seen.operator_span)
            )
            what = (
                "has no effect in a graph"
                if name.startswith("sort")
                else "chooses others at each point of a graph"
            )
            yield Problem(f"{name} {what}", "show it as a table of one moment, or leave it out", span)
