"""R006: the step of a subquery does not fit its window."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.windows import seconds_of, spoken
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.ast import Range, Subquery
from signalproof.promql.tree import walk


class SubqueryStep(Rule[Subquery]):
    """A subquery that skips data, or holds a single point.

    A subquery asks its expression again and again, ``step`` apart. When the step is longer than the window of the
    expression inside, what happens in between is never seen: a maximum of ``rate(x[1m])`` every 10 minutes looks at one
    minute in ten. When it is as long as the subquery's own window, there is one point and nothing to aggregate.
    """

    code = "R006"
    slug = "subquery-step"
    severity = "warning"
    visits = (Subquery,)
    bad = (
        ("max_over_time(sum(rate(jobs_total[1m]))[1h:10m])", "sum(rate(jobs_total[1m]))[1h:10m]"),
        ("max_over_time(sum(queue_length)[5m:5m])", "sum(queue_length)[5m:5m]"),
    )
    good = ("max_over_time(sum(rate(jobs_total[5m]))[1h:5m])", "max_over_time(sum(queue_length)[1h:1m])")

    def check(self, seen: Subquery, context: Context) -> Iterator[Problem]:
        """Yield the subquery when its step is known and too long."""
        step, window = seconds_of(seen.step), seconds_of(seen.window)
        if step is None:
            return
        if window is not None and step >= window:
            yield Problem(
                f"a window of {spoken(window)} in steps of {spoken(step)} holds one point",
                "take smaller steps",
                seen.span,
            )
            return
        inner = [
            seconds
            for one in walk(seen.expr)
            if isinstance(one, Range) and (seconds := seconds_of(one.window))
        ]
        if inner and step > max(inner):
            yield Problem(
                f"steps of {spoken(step)} over a window of {spoken(max(inner))} skip what happens in between",
                f"take steps of {spoken(max(inner))} or less",
                seen.span,
            )
