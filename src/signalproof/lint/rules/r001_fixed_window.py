"""R001: a window that is fixed, or too short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from signalproof.config import Config
from signalproof.infer.value import Value
from signalproof.infer.windows import seconds_of, spoken
from signalproof.lint.drawn import NUMBERS
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule, Setting
from signalproof.lint.shown import panel
from signalproof.promql.ast import Call, Range, Span
from signalproof.promql.tree import unwrap

_FIXED = "sum(increase(jobs_total[5m]))"
_HOUR = 3600.0
_ONE_MOMENT = NUMBERS | {"piechart", "table", "table-old"}
"""Panels that show one number of a series: how far it looks back is their question."""
_UNITS = {"s": 1.0, "m": 60.0, "h": _HOUR, "d": 86400.0, "w": 604800.0}
_SPAN = re.compile(
    r"\b(?:(\d+)[ -]?|(?:per|last|past|each|every) )(s|m|h|d|w|seconds?|secs?|minutes?|mins?|hours?|days?|weeks?)\b",
    re.IGNORECASE,
)


class FixedWindow(Rule[Call]):
    """A fixed window in a graph, or one that holds fewer than two samples.

    A rate needs two samples in its window: with a scrape every 15 s a window of 20 s often holds one, and the result has
    gaps or is empty (an error, where it is known how often is scraped). In a graph a fixed window is a likely fault:
    zoomed out, Grafana asks for points that are further apart than the window, and what happens in between is never
    shown. ``$__rate_interval`` is at least four scrapes, and grows with the graph.

    Nothing is said where the window is the question: in a stat, a gauge, a bar gauge or a table (save a rate over four
    scrapes or fewer, which ``$__rate_interval`` never is), in an instant query, of an hour and more, and where the title,
    the legend or the description names it ("last 5 minutes", "per minute", "5m"). Files of others are not asked about
    fixed windows. There is no automatic fix, for the numbers change with the window.
    """

    code = "R001"
    slug = "fixed-window"
    severity = "warning"
    visits = (Call,)
    names = frozenset({"rate", "irate", "increase"})
    bad = (
        (panel("sum(rate(jobs_total[5m]))", kind="timeseries"), "[5m]"),
        (panel(_FIXED, "Jobs per hour, 15m late", kind="timeseries", legend="last hour"), "[5m]"),
        (panel("sum(rate(jobs_total[1m]))", kind="stat"), "[1m]"),
        ("sum(rate(jobs_total[20s]))", "[20s]"),
        (
            Setting(
                (panel("sum(rate(jobs_total[20s]))"),),
                config=Config(Path(), said=frozenset({"scrape_interval"})),
                foreign=True,
            ),
            "[20s]",
        ),
    )
    good = (
        panel("sum(rate(jobs_total[$__rate_interval]))", kind="timeseries"),
        "sum(rate(jobs_total[5m]))",
        panel(_FIXED, kind="stat"),
        panel("sum(rate(jobs_total[5m]))", kind="gauge"),
        panel("sum(increase(jobs_total[1m]))", kind="stat"),
        panel(_FIXED, kind="table", instant=True),
        panel("sum(increase(jobs_total[1d]))", kind="timeseries"),
        panel(_FIXED, "Jobs, last 5 minutes", kind="timeseries"),
        panel("sum(increase(jobs_total[1m]))", "Jobs per minute", kind="timeseries"),
        panel(_FIXED, kind="timeseries", legend="5m"),
        Setting((panel(_FIXED, kind="timeseries"), panel("sum(rate(jobs_total[20s]))")), foreign=True),
    )

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the brackets of a window that is a literal."""
        window = unwrap(seen.args[0]) if seen.args else None
        if not isinstance(window, Range) or (seconds := seconds_of(window.window)) is None:
            return
        query, world = context.query, context.world
        scrape = _scraped_every(context.value(window.selector), context)
        inner = window.window.span
        span = Span(query.text.rfind("[", 0, inner.start), query.text.find("]", inner.end) + 1)
        if seconds < 2 * scrape and world.scrape_is_known:
            yield Problem(
                f"a window of {spoken(seconds)} holds fewer than two samples, one every {spoken(scrape)}",
                f"use [{spoken(4 * scrape)}] or more",
                span,
                Severity.ERROR,
            )
        elif world.exposition.complete and not world.foreign and not _is_meant(seconds, context):
            says = f"a fixed window of {spoken(seconds)} skips data when the graph is zoomed out"
            if query.panel_type in _ONE_MOMENT:
                if seen.function == "increase" or seconds > 4 * scrape:
                    return
                says = f"a fixed window of {spoken(seconds)} holds four samples or fewer, at any zoom"
            yield Problem(
                says,
                "use [$__rate_interval], or name the window in the title where it is meant",
                span,
            )


def _is_meant(seconds: float, context: Context) -> bool:
    """Whether a fixed window is what the panel is about, or there is no graph to zoom."""
    query = context.query
    if not query.panel_type or query.instant or seconds >= _HOUR:
        return True
    return any(
        float(number or 1) * _UNITS[unit[0].lower()] == seconds
        for text in (query.panel, query.legend, context.world.drawn(query).description)
        for number, unit in _SPAN.findall(text)
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
