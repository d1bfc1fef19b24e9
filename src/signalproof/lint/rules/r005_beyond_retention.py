"""R005: a window that reaches back further than Prometheus keeps samples."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.windows import seconds_of, spoken
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.ast import Range, Selector, Subquery, Time


class BeyondRetention(Rule[Range | Subquery | Selector]):
    """A window or an offset that reaches back further than samples are kept.

    Prometheus answers from what it still has, without a word: a 30-day average over 15 days of samples is a 15-day
    average. Keep samples for longer, record the long-term value by a rule, or ask for less.
    """

    code = "R005"
    slug = "beyond-retention"
    severity = "warning"
    visits = (Range, Subquery, Selector)
    bad = (
        ("sum(increase(jobs_total[30d]))", "jobs_total[30d]"),
        ("queue_length offset 4w", "queue_length offset 4w"),
        ("max_over_time(sum(queue_length)[20d:1h])", "sum(queue_length)[20d:1h]"),
    )
    good = ("sum(increase(jobs_total[7d]))", "queue_length offset 1w")

    def check(self, seen: Range | Subquery | Selector, context: Context) -> Iterator[Problem]:
        """Yield what reaches back too far; of a range, the whole of it."""
        config = context.world.config
        keeps = config.retention
        if not (context.world.exposition.complete or "retention" in config.said):
            return  # how long others keep their samples, nobody said
        if isinstance(seen, Selector):
            if seen.offset is None or isinstance(context.parent(seen), Range):
                return
            reach = _seconds(seen.offset)
        elif isinstance(seen, Range):
            reach = _seconds(seen.window) + _seconds(seen.selector.offset)
        else:
            reach = _seconds(seen.window) + _seconds(seen.offset)
        if reach > keeps:
            yield Problem(
                f"this reaches back {spoken(reach)}, and samples are kept for {spoken(keeps)}",
                "ask for less, or record it by a rule",
                seen.span,
            )


def _seconds(time: Time | None) -> float:
    return seconds_of(time) or 0.0
