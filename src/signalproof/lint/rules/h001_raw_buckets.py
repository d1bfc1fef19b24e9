"""H001: a quantile over buckets that were not rated."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import HISTOGRAM_FUNCTIONS, histogram_argument
from signalproof.promql.ast import Call, Selector
from signalproof.promql.tree import walk

_RAW = frozenset({Kind.BUCKET, Kind.NATIVE})


class RawBuckets(Rule[Call]):
    """A quantile of everything since the process started.

    Buckets are counters. Without rate() the quantile is over all observations of the process's life: the older it is,
    the less a change shows. A latency that rises from 1 s to 10 s after a day of calm still reads about 1 s an hour
    later.
    """

    code = "H001"
    slug = "raw-buckets"
    severity = "error"
    visits = (Call,)
    names = HISTOGRAM_FUNCTIONS
    bad = (
        (
            "histogram_quantile(0.95, http_request_duration_seconds_bucket)",
            "http_request_duration_seconds_bucket",
        ),
        (
            "histogram_quantile(0.95, sum by (le) (http_request_duration_seconds_bucket))",
            "http_request_duration_seconds_bucket",
        ),
        ("histogram_quantile(0.95, rpc_duration_seconds)", "rpc_duration_seconds"),
    )
    good = (
        "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))",
        "histogram_quantile(0.95, sum(rate(rpc_duration_seconds[5m])))",
    )

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the selector of the buckets when they reach the function as they are."""
        argument = histogram_argument(seen)
        if argument is None or context.value(argument).kind not in _RAW:
            return
        raw = (one for one in walk(argument) if isinstance(one, Selector) and context.value(one).kind in _RAW)
        selector = next(raw, None)
        where = argument if selector is None else selector
        name = selector.name if selector is not None and selector.name else "the buckets"
        yield Problem(
            f"{seen.function}() over raw buckets: it is about everything since the process started",
            f"wrap them: rate({name}[$__rate_interval]) in a dashboard, rate({name}[5m]) in a rule",
            where.span,
        )
