"""R009: a count that depends on how far the reader has zoomed in."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.drawn import NUMBERS
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.ast import Call, Range, Variable
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap, walk

_COUNTS = NUMBERS | {"table", "piechart"}


class CountByZoom(Rule[Query]):
    """A panel that shows one number counts over ``$__rate_interval``.

    ``increase(x[$__rate_interval])`` is how many there were in a window whose length Grafana chooses: a minute on a short
    time range, an hour on a long one. Read as "how many", the number means something else each time. Count over the
    range of the dashboard, ``increase(x[$__range])``, or over a window that the title names.
    """

    code = "R009"
    slug = "count-by-zoom"
    severity = "info"
    visits = (Query,)
    about = ("panel_type",)
    uses = frozenset({Use.PANEL})
    bad = (
        (
            panel("sum(increase(payments_total[$__rate_interval]))", kind="stat"),
            "increase(payments_total[$__rate_interval])",
        ),
    )
    good = (
        panel("sum(increase(payments_total[$__range]))", kind="stat", instant=True),
        panel("sum(rate(jobs_total[$__rate_interval]))", kind="stat"),
        panel("sum(increase(jobs_total[$__rate_interval]))", kind="timeseries"),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the increase over a window of Grafana's choice in a panel that shows one number."""
        if seen.panel_type not in _COUNTS or "increase" not in seen.text:
            return
        root = unwrap(context.root)
        for one in walk(root):
            if isinstance(one, Call) and one.function == "increase":
                window = over.window if isinstance(over := unwrap(one.args[0]), Range) else None
                if isinstance(window, Variable) and window.name in ("__rate_interval", "__interval"):
                    yield Problem(
                        f"how many there are in ${window.name} depends on the time range of the dashboard",
                        "count over $__range, or take rate()",
                        one.span,
                    )
                    return
