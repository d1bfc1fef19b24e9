"""D005: a table over a range."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap


class TableOfRange(Rule[Query]):
    """A table of a range query.

    It has a row for every point of every series, thousands of them, and shows the oldest first. Ask an instant query,
    or reduce the range to one value per series.
    """

    code = "D005"
    slug = "table-of-range"
    severity = "info"
    visits = (Query,)
    uses = frozenset({Use.PANEL, Use.EXPRESSION})
    default = False
    bad = ((panel("queue_length", kind="table"), "queue_length"),)
    good = (
        panel("queue_length", kind="table", instant=True),
        panel("queue_length", kind="table", reducers=("lastNotNull",)),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the expression of such a table."""
        if seen.panel_type == "table" and not seen.instant and not seen.reducers:
            yield Problem(
                "the table has a row for every point of the range",
                "ask an instant query",
                unwrap(context.root).span,
            )
