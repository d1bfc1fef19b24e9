"""D003: a single number from a whole range, without saying which."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap

_SINGLE = frozenset({"stat", "gauge", "bargauge", "piechart"})


class NoReducer(Rule[Query]):
    """A stat or a gauge over a range, and nothing says which of its points it shows.

    Grafana then shows what its version takes for a default: the mean in one, the last in another. Say
    ``lastNotNull``, or ask an instant query.
    """

    code = "D003"
    slug = "no-reducer"
    severity = "info"
    visits = (Query,)
    uses = frozenset({Use.PANEL, Use.EXPRESSION})
    default = False
    bad = ((panel("sum(queue_length)", kind="stat"), "sum(queue_length)"),)
    good = (
        panel("sum(queue_length)", kind="stat", reducers=("lastNotNull",)),
        panel("sum(queue_length)", kind="stat", instant=True),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the expression of such a panel."""
        if seen.panel_type in _SINGLE and not seen.reducers and not seen.instant:
            yield Problem(
                f"a {seen.panel_type} of a range does not say which value it shows",
                "set the calculation to lastNotNull, or ask an instant query",
                unwrap(context.root).span,
            )
