"""R002: $__interval as the window of a rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.ast import Call, Range, Variable
from signalproof.promql.tree import unwrap

_SCRAPES = 2
"""A window of so many scrapes holds two samples."""


class IntervalInRate(Rule[Call]):
    """``$__interval`` as the window of a rate.

    ``$__interval`` is the distance between two points of the graph, and shorter than two scrapes when the graph is
    zoomed in: the rate then has gaps or disappears. ``$__rate_interval`` was made for this.

    ``increase(x[$__interval])`` counts each event in one bar, where every bar is wide enough: give the panel a minimum
    interval of two scrapes or more. Where it has one, nothing is said. ``$__rate_interval`` would count events in two bars.
    """

    code = "R002"
    slug = "interval-in-rate"
    severity = "warning"
    visits = (Call,)
    names = frozenset({"rate", "increase", "delta", "deriv"})
    bad = (
        (panel("sum(rate(jobs_total[$__interval]))"), "$__interval"),
        (panel("sum(increase(jobs_total[$__interval]))"), "$__interval"),
        (replace(panel("sum(rate(jobs_total[$__interval]))"), interval=15.0), "$__interval"),
    )
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
            and (context.query.interval or 0.0) < _SCRAPES * context.world.config.scrape_interval
        ):
            counts = seen.function in ("increase", "delta")
            yield Problem(
                f"$__interval may be shorter than two scrapes: {seen.function}() then has nothing to work on",
                "give the panel a minimum interval, or use $__rate_interval"
                if counts
                else "use $__rate_interval",
                window.window.span,
                fix=None if counts else "$__rate_interval",
            )
