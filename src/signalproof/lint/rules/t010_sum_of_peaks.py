"""T010: the peaks of several series, added up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from signalproof.infer.value import Kind, Value
from signalproof.infer.windows import seconds_of
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import described, joins_series, windowed
from signalproof.lint.shown import later, panel
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Duration,
    Node,
    Number,
    Range,
    Subquery,
    Time,
    Variable,
)
from signalproof.promql.printer import to_text
from signalproof.promql.tree import unwrap

_EXTREMES: Final = {
    "max_over_time": ("peak", "nothing was ever that high"),
    "min_over_time": ("low", "nothing was ever that low"),
    "quantile_over_time": ("quantile", "the quantile of the sum is another one"),
}
"""Function → what it finds in each series, and what is wrong with the sum of these."""
_HANDED_ON: Final = frozenset({"sum", "avg", "max", "min"})
_TRANSPARENT: Final = frozenset(
    {"round", "ceil", "floor", "sort", "sort_desc", "label_replace", "label_join", "clamp_min", "clamp_max"}
)
_BRIDGE: Final = 900.0
"""Seconds below which a window bridges scrapes that failed, more than it looks for a peak."""
_LONG: Final = 21600.0
_SHOWN: Final = 120


class SumOfPeaks(Rule[Aggregation]):
    """The peaks of several series are added up, although they come at different moments.

    ``sum(max_over_time(queue_length[$__range]))`` takes the longest that each queue ever was and adds these up. One was long
    in the morning, another one in the evening: together they were never that long. How long all of them were at most is the
    peak of the sum, ``max_over_time(sum(queue_length)[$__range:$__interval])``. The same with the lowest value, and with a
    quantile, of which the sum is no quantile of anything.

    Said of windows of 15 minutes and more, and of ``$__range``: a shorter one is there to bridge a scrape that failed. Not
    said of values between 0 and 1, where the sum counts the series that ever were, and where no two series come together.
    """

    code = "T010"
    slug = "sum-of-peaks"
    severity = "warning"
    visits = (Aggregation,)
    names = frozenset({"sum"})
    bad = later(
        lambda: (
            ("sum(max_over_time(queue_length[1h]))", "max_over_time(queue_length[1h])"),
            (
                panel("sum by (queue) (max_over_time(queue_length[$__range]))", kind="stat", instant=True),
                "max_over_time(queue_length[$__range])",
            ),
            ("sum(min_over_time(workers[1h]))", "min_over_time(workers[1h])"),
            ("sum(quantile_over_time(0.95, queue_length[1d]))", "quantile_over_time(0.95, queue_length[1d])"),
            ("sum(max by (queue) (max_over_time(queue_length[1h])))", "max_over_time(queue_length[1h])"),
            (
                "sum(max_over_time(rate(payments_total[5m])[1h:1m]))",
                "max_over_time(rate(payments_total[5m])[1h:1m])",
            ),
        )
    )
    good = later(
        lambda: (
            "max_over_time(sum(queue_length)[1h:1m])",
            panel(
                "max_over_time(sum by (queue) (queue_length)[$__range:$__interval])",
                kind="stat",
                instant=True,
            ),
            "max(max_over_time(queue_length[1h]))",
            "sum by (queue, job, instance) (max_over_time(queue_length[1h]))",
            'sum(max_over_time(memory_used_bytes{job="web", instance="a:1"}[1h]))',
            "sum(max_over_time(workers[5m]))",
            "sum(max_over_time(up[1h]))",
            "sum(avg_over_time(queue_length[1h]))",
            "sum(max_over_time(queue_length[1h]) > bool 100)",
        )
    )

    def check(self, seen: Aggregation, context: Context) -> Iterator[Problem]:
        """Yield each peak of a series that is added to those of others."""
        for call in _extremes(seen.expr):
            value = context.value(call)
            if value.void or not _is_long(call, context) or _is_flag(value):
                continue
            if context.value(windowed(call)).kind not in (Kind.GAUGE, Kind.RATE):
                continue  # of raw counters T003 speaks, of quantiles H004
            if joins_series(value, context.value(seen)):
                word, wrong = _EXTREMES[call.function]
                yield Problem(
                    f"adds up the {word} of each series, and these come at different moments: {wrong}",
                    f"add up first: {_instead(seen, call)}",
                    call.span,
                )
                return


def _extremes(node: Node) -> Iterator[Call]:
    """Yield the calls whose extremes *node* hands on to a sum as they are, aggregated or scaled."""
    node = unwrap(node)
    if isinstance(node, Call) and node.args:
        if node.function in _EXTREMES:
            yield node
        elif node.function in _TRANSPARENT:
            yield from _extremes(node.args[0])
    elif isinstance(node, Aggregation) and node.operator in _HANDED_ON:
        yield from _extremes(node.expr)
    elif isinstance(node, Binary) and node.operator == "or":
        yield from _extremes(node.left)
        yield from _extremes(node.right)
    elif isinstance(node, Binary) and node.operator in ("*", "/"):
        left, right = unwrap(node.left), unwrap(node.right)
        if isinstance(right, Number):
            yield from _extremes(left)
        elif isinstance(left, Number) and node.operator == "*":
            yield from _extremes(right)


def _over(call: Call) -> Range | Subquery | None:
    over = unwrap(call.args[-1])
    return over if isinstance(over, Range | Subquery) else None


def _is_long(call: Call, context: Context) -> bool:
    """Whether the window is there to find a peak in it."""
    over = _over(call)
    if over is None:
        return False
    if isinstance(over.window, Variable):
        return over.window.name in ("__range", "__range_s")
    seconds = seconds_of(over.window)
    return seconds is not None and seconds >= _BRIDGE


def _is_flag(value: Value) -> bool:
    """Whether a sample says yes or no, so that the sum counts the series that ever said it, or is a share (T007)."""
    return value.ratio


def _instead(seen: Aggregation, call: Call) -> str:
    over = _over(call)
    if over is None or unwrap(seen.expr) is not call:
        return f"{call.function}(sum(…)[…])"
    step: Time | None
    if isinstance(over, Subquery):
        inner, step = over.expr, over.step
    else:
        inner, step = over.selector, _step(over.window)
    window = over.window
    first: tuple[Node, ...] = call.args[:-1]
    whole = Aggregation("sum", inner, None, seen.grouping)
    text = to_text(Call(call.function, (*first, Subquery(whole, window, step))))
    if len(text) <= _SHOWN:
        return text
    short = Aggregation("sum", Variable("", f"{described(inner)}{{…}}"), None, seen.grouping)
    return to_text(Call(call.function, (*first, Subquery(short, window, step))))


def _step(window: Time) -> Time:
    """Return the steps in which to look: those of the graph, or a minute, or five in a long window."""
    if isinstance(window, Variable):
        return Variable("__interval", "$__interval")
    return Duration(60.0 if (seconds_of(window) or 0.0) <= _LONG else 300.0)
