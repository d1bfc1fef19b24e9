"""T004: a raw counter plotted, summed or compared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import (
    COMPARISONS,
    COUNTING,
    HISTOGRAM_FUNCTIONS,
    RATES,
    SETS,
    asks_whether,
    is_difference,
    is_raw,
    limits,
    raw_selector,
)
from signalproof.lint.shown import panel
from signalproof.promql.ast import Aggregation, Binary, Call, Node, Subquery
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap

_FINE = frozenset({"count", "group", "count_values"})
_ASKS_FOR_PRESENCE = frozenset(
    {"absent", "timestamp", "changes", "absent_over_time", "present_over_time", "count_over_time"}
)
_SHOWN = frozenset({Use.PANEL, Use.EXPRESSION, Use.ALERT, Use.RECORDING})

_SINCE_START = re.compile(
    r"(?i)\bsince (?:the )?(?:last )?(?:re)?(?:start|boot)|\blifetime\b|\ball[- ]time\b|\bever\b"
)
"""Titles and legends that say that all is meant that was counted."""


class RawCounter(Rule[Query | Aggregation | Binary]):
    """A counter plotted, summed or compared as it is.

    Its value is how much there has been since the process started. It grows with the age of the process, falls to 0
    when it restarts, and a sum over several processes does both at once. Take rate() or increase() first.

    Counting series, asking whether they are there or have ever counted (``> bool 0``, or ``> 0`` beside another condition),
    and using a counter only to join labels is fine. An alert on ``> 0`` alone fires until the process restarts; that may be
    meant, and is a warning. Where the title says "since the start", nothing is said. So is the difference of two counters with the same labels: of one counter at two times it is what came
    in between, of what was started and what was handled it is what is in flight.
    """

    code = "T004"
    slug = "raw-counter"
    severity = "error"
    visits = (Query, Aggregation, Binary)
    uses = frozenset(Use) - {Use.VARIABLE}  # which only lists what there is
    kinds = COUNTING
    bad = (
        ("sum(rate(payments_total[5m]) or jobs_total)", "jobs_total"),
        ("(rate(jobs_total[5m]) or payments_total) / rate(jobs_total[5m])", "payments_total"),
        ("jobs_total", "jobs_total"),
        ("sum by (queue) (jobs_total)", "jobs_total"),
        ("jobs_total > 100", "jobs_total"),
        ("jobs_total > 0", "jobs_total"),
        ("max(sum by (job) (http_request_duration_seconds_count))", "http_request_duration_seconds_count"),
        (
            "sum(http_request_duration_seconds_sum) / sum(rate(jobs_total[5m]))",
            "http_request_duration_seconds_sum",
        ),
        ("sum(queue_length) > 5 and sum(jobs_total) > 100", "jobs_total"),
        ("jobs_total > bool 100", "jobs_total"),
        (
            "http_request_duration_seconds_sum / rate(http_request_duration_seconds_count[5m])",
            "http_request_duration_seconds_sum",
        ),
    )
    good = (
        "sum by (queue) (rate(jobs_total[5m]))",
        "sum(rate(payments_total[5m]) or jobs_total * 0)",
        "count by (queue) (jobs_total)",
        "absent(sum(jobs_total))",
        "queue_length and on (queue) jobs_total",
        "sum(queue_length) > 5 unless sum(jobs_total) > 0",
        "time() - timestamp(jobs_total) > 300",
        "jobs_total > bool 0",
        "0 < bool sum(jobs_total)",
        "jobs_total > 0 and on (queue) queue_length > 5",
        panel("sum(jobs_total)", "Jobs since the start"),
        "sum(jobs_total) - sum(jobs_total offset 5m)",
        "sum by (queue) (jobs_total - jobs_total offset 5m) > 5",
        "sum by (status) (jobs_total) - sum by (status) (payments_total) > 10",
    )

    def check(self, seen: Query | Aggregation | Binary, context: Context) -> Iterator[Problem]:
        """Yield the selector of the counter, where its raw value is used."""
        operand: Node | None
        if isinstance(seen, Binary):
            operand = _compared(seen, context)
            how = "divided" if seen.operator == "/" else "compared"
        elif isinstance(seen, Aggregation):
            operand, how = (None if seen.operator in _FINE else seen.expr), "aggregated"
        else:
            operand = context.root if seen.use in _SHOWN else None
            how = "plotted" if seen.use in (Use.PANEL, Use.EXPRESSION) else "used"
        selector = None if operand is None else raw_selector(operand, context)
        if selector is None or (isinstance(seen, Aggregation | Binary) and _is_excused(seen, context)):
            return
        if "uptime" in selector.name or _SINCE_START.search(f"{context.query.panel} {context.query.legend}"):
            return  # how long it has been running, or what there was since, is what it says
        ever = isinstance(seen, Binary) and _asks_ever(seen, context)
        if isinstance(seen, Binary) and ever and _is_guard(seen, context):
            return
        yield Problem(
            f"{selector.name or 'a counter'} is {how} as it is: it counts since the process started",
            "take rate() or increase() of it first",
            selector.span,
            Severity.WARNING if ever else None,
        )


def _compared(binary: Binary, context: Context) -> Node | None:
    """Return the raw side of a comparison, or of a quotient whose other side is a rate."""
    rated = Kind.RATE in (context.value(binary.left).kind, context.value(binary.right).kind)
    if binary.operator not in COMPARISONS and not (binary.operator == "/" and rated):
        return None
    return next((one for one in (binary.left, binary.right) if _holds_raw(one, context)), None)


def _holds_raw(node: Node, context: Context) -> bool:
    """Whether *node* is raw, or one half of an ``or`` is: united with a rate, the kind of the whole is not known."""
    inner = unwrap(node)
    if isinstance(inner, Binary) and inner.operator == "or":
        return raw_selector(inner, context) is not None
    return is_raw(node, context)


def _asks_ever(comparison: Binary, context: Context) -> bool:
    """Whether *comparison* asks if there has been any since the process started: ``x > 0``."""
    return comparison.operator in (">", "!=") and context.value(comparison.right).constant == 0


def _is_guard(node: Node, context: Context) -> bool:
    """Whether *node* is a condition beside another one."""
    return any(
        isinstance(one, Binary) and one.operator in ("and", "unless") for one in context.ancestors(node)
    )


def _is_excused(node: Node, context: Context) -> bool:
    """Whether something above only asks for presence, or another rule speaks about it (T005, H001)."""
    below, asks_how_much = node, limits(node, context)
    if asks_whether(node, context):
        return True
    for above in context.ancestors(node):
        asks_how_much = asks_how_much or limits(above, context)
        match above:
            case Aggregation() if above.operator in _FINE:
                return True
            case Call() if above.function in _ASKS_FOR_PRESENCE | HISTOGRAM_FUNCTIONS:
                return True
            case Call() if above.function in RATES and any(
                isinstance(unwrap(one), Subquery) for one in above.args
            ):
                return True
            case Binary() if asks_whether(above, context) or is_difference(above, context):
                return True
            case Binary() if above.operator in SETS and above.operator != "or" and above.right is below:
                return not asks_how_much
        below = above
    return False
