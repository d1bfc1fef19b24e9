"""T008: a raw counter divided by a raw counter."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COUNTING
from signalproof.lint.shown import alert
from signalproof.promql.ast import Binary, Node, Selector
from signalproof.promql.query import Use
from signalproof.promql.tree import unwrap


class LifetimeMean(Rule[Binary]):
    """A counter divided by a counter, both as they are: a mean over the whole life of the process.

    After a month of good days an hour of failures moves it by a thousandth, and after a restart it jumps. It is almost never
    what a graph or an alert should show: take ``rate()`` of both sides.

    Where the mean since the start is meant, a share of all that ever was, say so in a suppression.
    """

    code = "T008"
    slug = "lifetime-mean"
    severity = "warning"
    visits = (Binary,)
    names = frozenset({"/"})
    uses = frozenset({Use.PANEL, Use.ALERT, Use.RECORDING, Use.EXPRESSION})
    kinds = frozenset({Kind.COUNTER, Kind.SUM, Kind.COUNT})
    bad = (
        (
            "http_response_size_bytes_sum / http_response_size_bytes_count",
            "http_response_size_bytes_sum / http_response_size_bytes_count",
        ),
        (
            alert("gc_pause_seconds_sum / gc_pause_seconds_count > 0.1"),
            "gc_pause_seconds_sum / gc_pause_seconds_count",
        ),
    )
    good = (
        "rate(http_response_size_bytes_sum[5m]) / rate(http_response_size_bytes_count[5m])",
        "sum(jobs_total - jobs_total offset 1d) / sum(payments_total - payments_total offset 1d)",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the quotient of two raw counters."""
        if _is_raw(seen.left, context) and _is_raw(seen.right, context):
            yield Problem(
                "both counters count since their process started: this is the mean of its whole life",
                "take rate() of both sides",
                seen.span,
            )


def _is_raw(node: Node, context: Context) -> bool:
    """Whether *node* selects counters as they are; of a sum of them T004 speaks."""
    return isinstance(unwrap(node), Selector) and context.value(node).kind in COUNTING
