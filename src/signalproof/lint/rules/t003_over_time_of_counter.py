"""T003: an aggregation over time of a raw counter."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COUNTING, described, windowed
from signalproof.promql.ast import Call


class OverTimeOfCounter(Rule[Call]):
    """An average, sum, extreme or quantile over time of a raw counter.

    The samples of a counter say how much there has been since the process started; their average over five minutes
    says the same, a little later. What happened in the window is increase(), how fast it happens is rate().
    Counting samples, and asking for the last or any, is fine.
    """

    code = "T003"
    slug = "over-time-of-counter"
    severity = "error"
    visits = (Call,)
    names = frozenset(
        f"{one}_over_time" for one in ("avg", "sum", "min", "max", "quantile", "stddev", "stdvar", "mad")
    )
    bad = (
        ("avg_over_time(jobs_total[5m])", "jobs_total"),
        ("sum(max_over_time(http_request_duration_seconds_sum[1h]))", "http_request_duration_seconds_sum"),
        ("quantile_over_time(0.9, jobs_total[1h])", "jobs_total"),
    )
    good = ("increase(jobs_total[5m])", "max_over_time(queue_length[5m])", "count_over_time(jobs_total[5m])")

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the argument when it counts."""
        position = 1 if seen.function == "quantile_over_time" else 0
        if len(seen.args) > position and context.value(seen.args[position]).kind in COUNTING:
            inner = windowed(seen)
            yield Problem(
                f"{seen.function}() of {described(inner)}, which is a counter",
                "use increase() for what happened in the window, rate() for how fast",
                inner.span,
            )
