"""R001: a window that is fixed, or too short."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Value
from signalproof.infer.windows import seconds_of, spoken
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.ast import Call, Range, Span
from signalproof.promql.tree import unwrap


class FixedWindow(Rule[Call]):
    """A fixed window in a graph, or one that holds fewer than two samples.

    A rate needs two samples in its window: with a scrape every 15 s a window of 20 s often holds one, and the result has
    gaps or is empty (an error). In a graph a fixed window is a likely fault: zoomed out, Grafana asks for points that
    are further apart than the window, and what happens in between is never shown. ``$__rate_interval`` is at least four
    scrapes, and grows with the graph. Where a fixed window is meant, allow it with the reason.
    """

    code = "R001"
    slug = "fixed-window"
    severity = "warning"
    visits = (Call,)
    names = frozenset({"rate", "irate", "increase"})
    bad = (
        (panel("sum(rate(jobs_total[5m]))", kind="timeseries"), "[5m]"),
        ("sum(rate(jobs_total[20s]))", "[20s]"),
    )
    fixable = True
    good = (
        panel("sum(rate(jobs_total[$__rate_interval]))", kind="timeseries"),
        "sum(rate(jobs_total[5m]))",
    )

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the brackets of a window that is a literal."""
        window = unwrap(seen.args[0]) if seen.args else None
        if not isinstance(window, Range) or (seconds := seconds_of(window.window)) is None:
            return
        query = context.query
        scrape = _scraped_every(context.value(window.selector), context)
        inner = window.window.span
        span = Span(query.text.rfind("[", 0, inner.start), query.text.find("]", inner.end) + 1)
        if seconds < 2 * scrape:
            yield Problem(
                f"a window of {spoken(seconds)} holds fewer than two samples, one every {spoken(scrape)}",
                f"use [{spoken(4 * scrape)}] or more",
                span,
                Severity.ERROR,
            )
        elif query.panel_type and not query.instant and context.world.exposition.complete:
            yield Problem(
                f"a fixed window of {spoken(seconds)} skips data when the graph is zoomed out",
                "use [$__rate_interval]",
                span,
                fix="[$__rate_interval]",
            )


def _scraped_every(value: Value, context: Context) -> float:
    """Return the seconds between two samples of what is rated: of its jobs, where they are known, the slowest."""
    known = context.world.exposition.intervals
    if not known:
        return context.world.config.scrape_interval
    chosen = value.labels.known.get("job")
    jobs = frozenset[str]().union(*(one.targets.get("job", frozenset()) for one in value.sources))
    if chosen is not None and chosen.values is not None:
        jobs &= chosen.values
    return max((known[one] for one in jobs if one in known), default=min(known.values()))
