"""R002: $__interval as the window of a rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.ast import Call, Range, Variable
from signalproof.promql.tree import unwrap


class IntervalInRate(Rule[Call]):
    """``$__interval`` as the window of a rate.

    ``$__interval`` is the distance between two points of the graph, and shorter than two scrapes when the graph is
    zoomed in: the rate then has gaps or disappears. ``$__rate_interval`` was made for this. Nothing is said of a panel
    whose query options keep the step at two scrapes or more.
    """

    code = "R002"
    slug = "interval-in-rate"
    severity = "warning"
    visits = (Call,)
    names = frozenset({"rate", "increase", "delta", "deriv"})
    bad = ((panel("sum(rate(jobs_total[$__interval]))"), "$__interval"),)
    good = (
        panel("sum(rate(jobs_total[$__rate_interval]))"),
        panel("max_over_time(queue_length[$__interval])"),
        replace(panel("sum(increase(jobs_total[$__interval]))"), interval=60.0),
    )
    fixable = True

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the variable."""
        window = unwrap(seen.args[0]) if seen.args else None
        if (
            isinstance(window, Range)
            and isinstance(window.window, Variable)
            and window.window.name == "__interval"
            and (context.query.interval or 0.0) < 2 * context.world.config.scrape_interval
        ):
            yield Problem(
                f"$__interval may be shorter than two scrapes: {seen.function}() then has nothing to work on",
                "use $__rate_interval",
                window.window.span,
                fix="$__rate_interval",
            )
