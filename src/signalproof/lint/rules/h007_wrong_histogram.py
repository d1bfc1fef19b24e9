"""H007: a function for the other kind of histogram, or for none."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import HISTOGRAM_FUNCTIONS, described, histogram_argument
from signalproof.promql.ast import Aggregation, Call, Node, Selector, Span
from signalproof.promql.tree import walk

_NATIVE_ONLY = frozenset(
    {"histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev", "histogram_stdvar"}
)
_FLOATS_ONLY = frozenset(
    {
        "max", "min", "topk", "bottomk", "quantile", "stddev", "stdvar", "max_over_time", "min_over_time",
        "quantile_over_time", "stddev_over_time", "stdvar_over_time", "mad_over_time", "deriv", "predict_linear",
    }
)  # fmt: skip
_NATIVE = frozenset({Kind.NATIVE, Kind.RATED_NATIVE})
_KNOWN = frozenset(Kind) - {Kind.ANY, Kind.NUMBER} - _NATIVE
_NO_BUCKETS = _KNOWN - {Kind.BUCKET, Kind.RATED_BUCKET}


class WrongHistogram(Rule[Call | Aggregation]):
    """A histogram function on what is no such histogram.

    A native histogram is one series whose samples are whole distributions; a classic one is a series per bucket.
    histogram_count(), histogram_sum() and their kin read native ones only and answer nothing for classic ones;
    max(), topk() or a quantile over series read numbers only and leave native histograms out; histogram_quantile()
    of something that has no buckets at all is empty.
    """

    code = "H007"
    slug = "wrong-histogram"
    severity = "error"
    visits = (Call, Aggregation)
    names = _NATIVE_ONLY | _FLOATS_ONLY | HISTOGRAM_FUNCTIONS
    bad = (
        (
            "histogram_count(rate(http_request_duration_seconds_bucket[5m]))",
            "http_request_duration_seconds_bucket",
        ),
        ("max by (region) (rate(rpc_duration_seconds[5m]))", "rpc_duration_seconds"),
        (
            "histogram_quantile(0.9, sum(rate(http_request_duration_seconds_sum[5m])))",
            "http_request_duration_seconds_sum",
        ),
        ("histogram_quantile(0.9, queue_length)", "queue_length"),
    )
    good = (
        "histogram_count(rate(rpc_duration_seconds[5m]))",
        "max by (region) (histogram_avg(rate(rpc_duration_seconds[5m])))",
        "histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))",
        "histogram_quantile(0.9, sum by (le, job) (rate(http_request_duration_seconds_bucket[5m])) * on (job) group_left sum by (job) (workers))",
    )

    def check(self, seen: Call | Aggregation, context: Context) -> Iterator[Problem]:
        """Yield the histogram, or what is taken for one, when its kind is known and wrong."""
        if isinstance(seen, Aggregation):
            function, argument = seen.operator, seen.expr
        else:
            function = seen.function
            last = histogram_argument(seen) if function in HISTOGRAM_FUNCTIONS else _vector(seen)
            if last is None:
                return
            argument = last
        kind = context.value(argument).kind
        if function in _NATIVE_ONLY and kind in _KNOWN:
            message, remedy = "is no native histogram", "of a classic one, use its _count and _sum series"
        elif function in _FLOATS_ONLY and kind in _NATIVE:
            message, remedy = (
                "is a native histogram, which this leaves out",
                "take histogram_avg() or a quantile first",
            )
        elif function in HISTOGRAM_FUNCTIONS and kind in _NO_BUCKETS:
            message, remedy = "has no buckets", "give it rate(…_bucket[…]), or a native histogram"
        else:
            return
        yield Problem(f"{function}() of {described(argument)}, which {message}", remedy, _place(argument))


def _vector(call: Call) -> Node | None:
    position = 1 if call.function == "quantile_over_time" else 0
    return call.args[position] if len(call.args) > position else None


def _place(argument: Node) -> Span:
    selectors = [one for one in walk(argument) if isinstance(one, Selector)]
    return selectors[0].span if len(selectors) == 1 else argument.span
