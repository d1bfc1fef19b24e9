"""U003: a threshold that the expression can never reach."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from signalproof.infer import intervals
from signalproof.infer.value import Kind, Value
from signalproof.lint.answers import is_answer
from signalproof.lint.drawn import NUMBERS
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import dashboard, later, panel
from signalproof.promql.ast import Binary
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap

_MIRRORED = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}
_UNTOUCHED = (80.0,)
"""The thresholds that Grafana writes into every new panel."""
_P99 = "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))"
_DRAWN = """{"panels": [{"type": "timeseries", "title": "Hits", "targets": [{"refId": "A", "expr": "cache_hit_ratio"}],
  "fieldConfig": {"defaults": {"custom": {"thresholdsStyle": {"mode": "%s"}}, "thresholds": {"steps": [{"value": 80}]}}}
}]}"""


class OutOfReach(Rule[Binary | Query]):
    """A comparison that is never true, or a threshold that is never crossed.

    A share of 0..1 never exceeds 5; that would be percent. A quantile read from buckets never exceeds their highest
    bound: with buckets up to 10 s, an alert above 30 s never fires, however slow the calls are.

    The thresholds of a panel count where it draws them: in a graph whose style of thresholds is not off, in a stat, a
    gauge, and the coloured cells of a table. Grafana writes a threshold of 80 into every panel, so that one alone says
    nothing in a panel that is coloured anyway.
    """

    code = "U003"
    slug = "out-of-reach"
    severity = "warning"
    visits = (Binary, Query)
    about = ("thresholds",)
    names = COMPARISONS
    bad = later(
        lambda: (
            ("cache_hit_ratio > 5", "> 5"),
            (f"{_P99} > 30", "> 30"),
            ("sum(queue_length) < 0", "< 0"),
            (panel("cache_hit_ratio", thresholds=(0.5, 80.0)), "cache_hit_ratio"),
            (dashboard(_DRAWN % "line"), "cache_hit_ratio"),
        )
    )
    good = later(
        lambda: (
            "cache_hit_ratio < 0.9",
            f"{_P99} > 2.5",
            panel("cache_hit_ratio * 100", thresholds=(0.0, 80.0)),
            dashboard(_DRAWN % "off"),
            panel("cache_hit_ratio", kind="stat", thresholds=(80.0,)),
            panel("build_info", kind="stat", thresholds=(5.0,)),
            panel("queue_length", kind="stat", thresholds=(-1.0, 5.0)),
        )
    )

    def check(self, seen: Binary | Query, context: Context) -> Iterator[Problem]:
        """Yield the comparison, or the expression whose threshold lies outside of what it can be."""
        if isinstance(seen, Query):
            yield from _thresholds(seen, context)
            return
        left, right = context.value(seen.left), context.value(seen.right)
        if seen.bool_modifier or (left.kind is Kind.NUMBER) == (right.kind is Kind.NUMBER):
            return
        literal_right = right.kind is Kind.NUMBER
        value, literal = (left, right) if literal_right else (right, left)
        operator = seen.operator if literal_right else _MIRRORED[seen.operator]
        if value.void or literal.constant is None or not (value.low > -inf or value.high < inf):
            return
        if intervals.compared(operator, (value.low, value.high), (literal.low, literal.high)) is None:
            if is_answer(seen.left if literal_right else seen.right):
                return  # of answers V007 speaks
            start = seen.operator_span.start if literal_right else seen.left.span.start
            end = seen.right.span.end if literal_right else seen.operator_span.end
            yield Problem(
                f"never true: the value {_reach(value)}",
                _remedy(value, literal.constant),
                type(seen.operator_span)(start, end),
            )


def _thresholds(query: Query, context: Context) -> Iterator[Problem]:
    value = context.inference.root
    if query.use is not Use.PANEL or value.void or not context.world.drawn(query).thresholds:
        return
    if value.constant is not None or (query.thresholds == _UNTOUCHED and query.panel_type in NUMBERS):
        return
    for threshold in query.thresholds:
        if threshold and threshold > value.high:
            yield Problem(
                f"the threshold {threshold:g} is never crossed: the value {_reach(value)}",
                _remedy(value, threshold),
                unwrap(context.root).span,
            )
            return


def _reach(value: Value) -> str:
    if value.high == inf:
        return f"is never below {value.low:g}"
    return (
        f"never exceeds {value.high:g}"
        if value.low == -inf
        else f"lies between {value.low:g} and {value.high:g}"
    )


def _remedy(value: Value, number: float) -> str:
    if value.ratio and 1 < number <= 100:
        return f"it is a share: compare with {number / 100:g}"
    if value.kind is Kind.QUANTILE and number > value.high:
        return "choose a lower threshold, or add buckets above it"
    return "choose a threshold within that range"
