"""T001: a counter's function on a gauge."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import described, windowed
from signalproof.promql.ast import Call

_NO_COUNTS = {
    Kind.GAUGE: "a gauge",
    Kind.INFO: "an info metric",
    Kind.RATE: "a rate already",
    Kind.RATED_BUCKET: "a rate already",
    Kind.RATED_NATIVE: "a rate already",
    Kind.QUANTILE: "a quantile",
    Kind.BOOL: "true or false",
}


class RateOfGauge(Rule[Call]):
    """rate, irate, increase or resets of something that is no counter.

    These functions take every fall for a restart of the process and add the value after it. Of a gauge, which falls
    for other reasons, they invent growth: a queue that goes 10 → 0 → 10 seems to have grown by 10. Of a rate they make
    a number without meaning. A gauge that never falls may be declared monotonic.
    """

    code = "T001"
    slug = "rate-of-gauge"
    severity = "error"
    visits = (Call,)
    names = frozenset({"rate", "irate", "increase", "resets"})
    bad = (
        ("rate(queue_length[5m])", "queue_length"),
        ("sum(increase(memory_used_bytes[1h]))", "memory_used_bytes"),
        ("resets(workers[1h])", "workers"),
        ("rate(rate(jobs_total[5m])[1h:])", "rate(jobs_total[5m])"),
    )
    good = ("deriv(queue_length[5m])", "rate(jobs_total[5m])", "changes(workers[1h])")

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the argument when its kind is known and never counts."""
        if not seen.args:
            return
        value = context.value(seen.args[0])
        what = _NO_COUNTS.get(value.kind)
        monotonic = value.kind is Kind.GAUGE and any(one.monotonic for one in value.sources)
        if what is None or monotonic:
            return
        inner = windowed(seen)
        yield Problem(
            f"{seen.function}() of {described(inner)}, which is {what}",
            _HELP.get(value.kind, "use delta() or deriv(), or read it as it is"),
            inner.span,
        )


_HELP: dict[Kind, str] = dict.fromkeys(
    (Kind.RATE, Kind.RATED_BUCKET, Kind.RATED_NATIVE), "leave the outer one out"
)
