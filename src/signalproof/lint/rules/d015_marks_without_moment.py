"""D015: an annotation that marks stretches of time where an event is meant."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from signalproof.catalogue.units import SECOND
from signalproof.infer.value import Kind
from signalproof.infer.windows import seconds_of, spoken
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS, RATES, described
from signalproof.lint.shown import dashboard, later
from signalproof.promql.ast import Aggregation, Binary, Call, Node, Number, Paren, Range, Selector, Variable
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap, walk

_BOARD = """{"title": "Jobs", "annotations": {"list": [{
  "name": "ended", "datasource": {"type": "prometheus", "uid": "metrics"}, "enable": %s, "useValueForTime": %s,
  "target": {"refId": "Anno", "expr": "%s"}
}]}, "panels": [{"title": "Waiting", "targets": [{"refId": "A", "expr": "sum(queue_length)"}]}]}"""
_LAST = "max by (queue) (last_run_timestamp_seconds)"
_AGGREGATES: Final = frozenset({"sum", "avg", "max", "min", "topk", "bottomk"})
_MILLI: Final = 0.001
_MOMENTS: Final = ("_timestamp_seconds", "_time_seconds")
"""How names of gauges end whose value is a moment, in seconds."""
_NO_MOMENT: Final = frozenset(
    {Kind.RATE, Kind.COUNTER, Kind.COUNT, Kind.BUCKET, Kind.BOOL, Kind.INFO, Kind.RATED_BUCKET}
)
_HOURS: Final = 6.0
_MARKS: Final = 30
"""How many marks within how many hours leave something of the curves to be seen."""


class MarksWithoutMoment(Rule[Query]):
    """An annotation over increases, or over a timestamp as if it were a state.

    Grafana asks for a value at each step and marks every step that is above 0, one region for steps that follow each
    other. ``increase(x[$__rate_interval]) > 0`` is above 0 for a whole window after each event, which is at least four
    scrapes and longer than a step: the mark lies behind the event and is as wide as the window, and where events come
    more often than that they are one region over everything. A timestamp is above 0 at all times.

    A moment can be marked as such: a gauge that holds the time of the last event, times 1000, in an annotation with
    ``useValueForTime``. Grafana takes the value for milliseconds; Prometheus' timestamps are seconds, which without the
    factor lie in January 1970, where nobody sees them. Where there is no such gauge, ``changes(…)``, or what is there now
    ``unless`` it was there an ``offset`` ago, is above 0 for as long as that offset only.

    Nothing is said of states, such as alerts and comparisons with a limit, of events of which the catalogue knows that they
    are rare (up to 30 in 6 hours), of increases over no more than the step, and of what is switched off.
    """

    code = "D015"
    slug = "marks-without-moment"
    severity = "warning"
    visits = (Query,)
    uses = frozenset({Use.ANNOTATION})
    bad = later(
        lambda: (
            (
                dashboard(_BOARD % ("true", "false", "increase(payments_total[$__rate_interval]) > 0")),
                "increase(payments_total[$__rate_interval])",
            ),
            (
                dashboard(_BOARD % ("true", "false", "sum by (status) (rate(jobs_total[5m])) > 0")),
                "rate(jobs_total[5m])",
            ),
            (dashboard(_BOARD % ("true", "false", f"{_LAST} > 0")), f"{_LAST} > 0"),
            (dashboard(_BOARD % ("true", "true", _LAST)), _LAST),
            (dashboard(_BOARD % ("true", "true", "sum(queue_length)")), "sum(queue_length)"),
        )
    )
    good = later(
        lambda: (
            dashboard(_BOARD % ("true", "true", f"{_LAST} * 1000")),
            dashboard(
                _BOARD % ("true", "false", "sum(changes(last_run_timestamp_seconds[$__interval])) > 0")
            ),
            dashboard(
                _BOARD % ("true", "false", "count by (version) (build_info unless build_info offset 5m)")
            ),
            dashboard(_BOARD % ("true", "false", "sum(queue_length) > 100")),
            dashboard(_BOARD % ("true", "false", "sum(rate(payment_errors_total[5m])) > 5")),
            dashboard(_BOARD % ("true", "false", "ALERTS{alertstate='firing'}")),
            dashboard(_BOARD % ("true", "false", "increase(backups_total[5m]) > 0")),
            dashboard(_BOARD % ("false", "false", "increase(payments_total[$__rate_interval]) > 0")),
        )
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield what is no moment of an annotation by value, and what is above 0 for long of one by step."""
        root = unwrap(context.root)
        if context.value(root).void:
            return
        if seen.value_is_time:
            wrong, remedy = _no_milliseconds(root, context)
            if wrong:
                yield Problem(wrong, remedy, root.span)
        elif not seen.off:
            counted = _counted(root, context)
            if counted is not None:
                yield from _too_wide(counted, context)
            elif _is_moment(root, context):
                yield Problem(
                    "a timestamp is above 0 at every step: the whole range is marked, and not the moment",
                    f'set "useValueForTime": true and ask for it in milliseconds: {_above(root, context)} * 1000',
                    root.span,
                )


def _no_milliseconds(node: Node, context: Context) -> tuple[str, str]:
    """Return why *node* is no time in milliseconds, and what to write instead; two empty texts where it may be one."""
    value, text = context.value(node), _text(node, context)
    unit = value.unit
    if unit is not None and (value.instant or unit.exponents == SECOND.exponents):
        if math.isclose(unit.scale, _MILLI):
            return "", ""
        if unit.scale == 1:
            return _SECONDS, f"write {_factored(node, text)}"
        return (
            f"the value is a number of {unit}, and Grafana takes it for milliseconds",
            "make milliseconds of it",
        )
    if value.kind in _NO_MOMENT or (value.kind is Kind.GAUGE and unit is not None and "time" not in text):
        what = "a rate" if value.kind is Kind.RATE else "a number of something"
        return (
            f"useValueForTime takes {what} for the moment to mark, in milliseconds since 1970",
            "ask for a …_timestamp_seconds gauge, times 1000, or take useValueForTime out",
        )
    if value.kind is Kind.ANY and _named_moment(node):
        return _SECONDS, f"write {_factored(node, text)}"
    return "", ""


_SECONDS: Final = (
    "the value is in seconds, and Grafana takes it for milliseconds: the marks lie in January 1970"
)


def _factored(node: Node, text: str) -> str:
    return f"({text}) * 1000" if isinstance(node, Binary) else f"{text} * 1000"


def _text(node: Node, context: Context) -> str:
    return context.query.text[node.span.start : node.span.end]


def _above(node: Node, context: Context) -> str:
    """Return the text of *node*, without a comparison with 0."""
    return _text(_without_zero(node, context), context)


def _without_zero(node: Node, context: Context) -> Node:
    """Return what *node* is, where it only leaves out what is 0: Grafana leaves that out by itself."""
    node = unwrap(node)
    if isinstance(node, Binary) and node.operator in COMPARISONS:
        if node.operator in (">", "!=") and context.value(node.right).constant == 0:
            return unwrap(node.left)
        if node.operator in ("<", "!=") and context.value(node.left).constant == 0:
            return unwrap(node.right)
    return node


def _counted(node: Node, context: Context) -> Call | None:
    """Return the rate or increase that makes *node* more than 0; None where something else decides."""
    node = _without_zero(node, context)
    if isinstance(node, Call):
        return node if node.function in RATES and node.args else None
    if isinstance(node, Aggregation) and node.operator in _AGGREGATES:
        return _counted(node.expr, context)
    if isinstance(node, Binary) and node.operator == "or":
        return _counted(node.left, context) or _counted(node.right, context)
    if (
        isinstance(node, Binary)
        and node.operator in ("*", "/")
        and context.value(node.right).kind is Kind.NUMBER
    ):
        return _counted(node.left, context)
    return None


def _too_wide(call: Call, context: Context) -> Iterator[Problem]:
    over = unwrap(call.args[0])
    if not isinstance(over, Range):
        return
    window = over.window
    shown = context.query.text[window.span.start : window.span.end]
    seconds = seconds_of(window)
    if isinstance(window, Variable):
        if window.name != "__rate_interval":
            return  # no longer than the step, or as long as the reader chooses
    elif seconds is None or seconds <= (context.query.interval or 0.0):
        return
    marks = _marks(context)
    if marks is not None and marks <= _MARKS:
        return
    how_long = "$__rate_interval" if seconds is None else spoken(seconds)
    often = f"; there are about {marks:.0f} in {_HOURS:g} hours" if marks is not None else ""
    stem = described(over.selector).removesuffix("_total").removesuffix("_count").removesuffix("_bucket")
    yield Problem(
        f"{call.function}(…[{shown}]) is above 0 for {how_long} after each event: marks are as wide, and run together{often}",
        f"mark the moment: a gauge such as {stem}_last_timestamp_seconds, times 1000, with useValueForTime; "
        "or off at first, and for some panels only",
        call.span,
    )


def _marks(context: Context) -> float | None:
    """Return how many events there are in the time that is usually looked at; None where nobody said."""
    paces = {one.family: one.per_hour for one in context.inference.root.sources}
    return sum(paces.values()) * _HOURS if paces and all(paces.values()) else None


def _is_moment(node: Node, context: Context) -> bool:
    """Whether *node* is a timestamp and nothing but that."""
    node = _without_zero(node, context)
    value = context.value(node)
    if value.unit is not None:
        return value.instant and value.kind is Kind.GAUGE and not _is_limited(node)
    return value.kind is Kind.ANY and _named_moment(node)


def _is_limited(node: Node) -> bool:
    """Whether something else than selectors, aggregations and factors says when *node* is there."""
    return not all(
        isinstance(one, Selector | Aggregation | Paren | Number)
        or (isinstance(one, Binary) and one.operator in ("*", "/"))
        for one in walk(node)
    )


def _named_moment(node: Node) -> bool:
    """Whether *node* is a selector, or the last of several, whose name says that it is a moment in seconds."""
    while isinstance(node := unwrap(node), Aggregation) and node.operator in _AGGREGATES:
        node = node.expr
    return isinstance(node, Selector) and node.name.endswith(_MOMENTS)
