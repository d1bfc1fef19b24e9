"""T005: the rate of a sum of counters."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COUNTING, windowed
from signalproof.promql.ast import Aggregation, Call
from signalproof.promql.tree import walk


class RateOfSum(Rule[Call]):
    """rate, irate or increase of counters that were added up first.

    When one of the processes restarts, its part of the sum falls to 0 and the sum falls by that much. The rate takes
    the fall for a restart of the whole and counts what is left of the sum as new: a spike that never happened. Take
    the rate of each series first, then the sum.
    """

    code = "T005"
    slug = "rate-of-sum"
    severity = "error"
    visits = (Call,)
    kinds = COUNTING
    names = frozenset({"rate", "irate", "increase"})
    bad = (
        ("rate(sum(jobs_total)[5m:15s])", "sum(jobs_total)"),
        ("increase(sum by (queue) (jobs_total)[1h:])", "sum by (queue) (jobs_total)"),
    )
    good = ("sum(rate(jobs_total[5m]))", "max_over_time(sum(rate(jobs_total[5m]))[1h:])")

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the aggregation inside the window when what it aggregates counts."""
        if not seen.args or context.value(seen.args[0]).kind not in COUNTING:
            return
        inner = windowed(seen)
        for node in walk(inner):
            if isinstance(node, Aggregation) and context.value(node.expr).kind in COUNTING:
                yield Problem(
                    f"{seen.function}() of counters that were aggregated first",
                    f"write {node.operator}({seen.function}(…)): each series knows its own restarts",
                    node.span,
                )
                return
