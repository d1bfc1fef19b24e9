"""T002: a gauge's function on a counter."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COUNTING, described, windowed
from signalproof.promql.ast import Call

_INSTEAD = {"deriv": "rate", "idelta": "irate", "delta": "increase"}


class DeltaOfCounter(Rule[Call]):
    """delta, deriv, idelta or a forecast of a counter.

    These functions know no restarts: when the process starts again the counter falls to 0 and the result is a huge
    negative number. The counter's own functions are increase, rate and irate.
    """

    code = "T002"
    slug = "delta-of-counter"
    severity = "error"
    visits = (Call,)
    names = frozenset(
        {"delta", "deriv", "idelta", "predict_linear", "double_exponential_smoothing", "holt_winters"}
    )
    bad = (
        ("delta(jobs_total[5m])", "jobs_total"),
        ("sum(deriv(http_request_duration_seconds_count[5m]))", "http_request_duration_seconds_count"),
        ("predict_linear(jobs_total[1h], 3600)", "jobs_total"),
    )
    good = ("increase(jobs_total[5m])", "delta(queue_length[5m])", "deriv(memory_used_bytes[1h])")

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the argument when it counts."""
        if seen.args and context.value(seen.args[0]).kind in COUNTING | {Kind.NATIVE}:
            inner = windowed(seen)
            instead = _INSTEAD.get(seen.function)
            yield Problem(
                f"{seen.function}() of {described(inner)}, which is a counter",
                f"use {instead}()" if instead else "take its rate() first, in a subquery or a recording rule",
                inner.span,
            )
