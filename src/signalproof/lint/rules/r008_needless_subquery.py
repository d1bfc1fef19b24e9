"""R008: a subquery of a plain selector."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import RATES
from signalproof.promql.ast import Call, Duration, Selector, Subquery
from signalproof.promql.tree import unwrap

_OVER_TIME = frozenset(
    {"max_over_time", "min_over_time", "avg_over_time", "last_over_time", "quantile_over_time"}
)


class NeedlessSubquery(Rule[Call]):
    """A subquery of a selector, where a plain range would do.

    ``max_over_time(x[1h:])`` asks for *x* once a minute and takes the maximum of these answers; ``max_over_time(x[1h])`` looks
    at the samples themselves, sees the peaks between the minutes, and costs less. A counter whose restart falls between
    two steps is counted wrongly. A subquery is for what is not a selector: ``max_over_time(rate(x[5m])[1h:])``.
    A step that is written, ``avg_over_time(x[7d:1h])``, is meant to look at fewer samples, and a window that Grafana fills
    in aligns bars: of these nothing is said.
    """

    code = "R008"
    slug = "needless-subquery"
    severity = "info"
    visits = (Call,)
    names = _OVER_TIME | RATES
    bad = (
        ("max_over_time(workers[1h:])", "workers[1h:]"),
        ("rate(jobs_total[5m:1m])", "jobs_total[5m:1m]"),
    )
    good = (
        "max_over_time(workers[1h])",
        "max_over_time(sum(workers)[1h:])",
        "avg_over_time(workers[7d:1h])",
        "max_over_time(workers[$__interval:])",
    )

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the subquery of a selector."""
        over = unwrap(seen.args[-1]) if seen.args else None
        if not isinstance(over, Subquery) or not isinstance(unwrap(over.expr), Selector):
            return
        if isinstance(over.window, Duration) and (over.step is None or seen.function in RATES):
            yield Problem(
                "a subquery of a selector looks only at some of its samples",
                "write a plain range, without the colon and the step",
                over.span,
            )
