"""T001: a counter's function on a gauge."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.units import TIMESTAMP_SECONDS
from signalproof.errors import Location
from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule, Setting
from signalproof.lint.samples import described, windowed
from signalproof.promql.ast import Call
from signalproof.promql.query import Query

_INSTANT = TIMESTAMP_SECONDS.dimension
_NO_COUNTS = {
    Kind.GAUGE: "a gauge",
    Kind.INFO: "an info metric",
    Kind.RATE: "a rate already",
    Kind.RATED_BUCKET: "a rate already",
    Kind.RATED_NATIVE: "a rate already",
    Kind.QUANTILE: "a quantile",
    Kind.BOOL: "true or false",
}


_OPEN = Exposition(
    {"last_run_timestamp_seconds": Series("last_run_timestamp_seconds", "", Role.GAUGE, unit=_INSTANT)},
    complete=False,
)


class RateOfGauge(Rule[Call]):
    """rate, irate, increase or resets of something that is no counter.

    These functions take every fall for a restart of the process and add the value after it. Of a gauge, which falls
    for other reasons, they invent growth: a queue that goes 10 → 0 → 10 seems to have grown by 10. Of a rate they make
    a number without meaning. A gauge that never falls may be declared monotonic; other people's timestamps are taken
    for such.
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
    good = (
        "deriv(queue_length[5m])",
        "rate(jobs_total[5m])",
        "changes(workers[1h])",
        Setting((Query("rate(last_run_timestamp_seconds[5m])", Location("q")),), _OPEN),
    )

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the argument when its kind is known and never counts."""
        if not seen.args:
            return
        value = context.value(seen.args[0])
        what = _NO_COUNTS.get(value.kind)
        instant = value.unit is not None and value.unit.exponents == _INSTANT.exponents
        instant = instant and not context.world.exposition.complete
        monotonic = value.kind is Kind.GAUGE and (instant or any(one.monotonic for one in value.sources))
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
