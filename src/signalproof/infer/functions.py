"""The functions that work series by series, as a table: what each makes of kind, unit and range.

Sources: https://prometheus.io/docs/prometheus/latest/querying/functions/. What does not fit the table (labels change,
several vectors, no vector) is in `calls`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from signalproof.catalogue.units import EVENT, ONE, Dimension
from signalproof.infer import dimensions, intervals
from signalproof.infer.intervals import ALL, AT_LEAST_ONE, POSITIVE, Interval
from signalproof.infer.value import Kind, Value

Bounds: TypeAlias = Callable[[Value, Sequence[Value]], Interval]
Units: TypeAlias = Callable[[Dimension | None], Dimension | None]
Kinds: TypeAlias = Callable[[Kind], Kind]


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a function makes of each series of its vector.

    Attributes:
        kind: Kind of the result, from that of the vector.
        unit: Unit of the result, from that of the vector.
        bounds: Range of the result, from the vector and all arguments.
        vector: Which argument the vector is.
        arguments: How many arguments the range depends on.
        samples: How many samples the window must hold; 0 for a function of an instant vector.
        named: Whether the metric name stays.
        rated: Whether the result is a rate or an increase over the window.
        floats: Whether native histograms are left out.
    """

    kind: Kinds
    unit: Units
    bounds: Bounds
    vector: int = 0
    arguments: int = 1
    samples: int = 0
    named: bool = False
    rated: bool = False
    floats: bool = True


_RATED: Final[Mapping[Kind, Kind]] = {
    Kind.COUNTER: Kind.RATE,
    Kind.SUM: Kind.RATE,
    Kind.COUNT: Kind.RATE,
    Kind.BUCKET: Kind.RATED_BUCKET,
    Kind.NATIVE: Kind.RATED_NATIVE,
}
_COUNTING: Final = frozenset({Kind.COUNTER, Kind.SUM, Kind.COUNT, Kind.BUCKET, Kind.INFO, Kind.BOOL})


def _same(kind: Kind) -> Kind:
    return kind


def _rated(kind: Kind) -> Kind:
    return _RATED.get(kind, Kind.ANY)


def _changed(kind: Kind) -> Kind:
    """Of a difference: what counted no longer counts."""
    if kind is Kind.NATIVE:
        return Kind.RATED_NATIVE
    return Kind.GAUGE if kind in _COUNTING else kind


def _gauge(kind: Kind) -> Kind:
    del kind
    return Kind.GAUGE


def _keep(unit: Dimension | None) -> Dimension | None:
    return unit


def _unit(unit: Dimension | None) -> Units:
    def constant(_: Dimension | None) -> Dimension | None:
        return unit

    return constant


def _span(unit: Dimension | None) -> Dimension | None:
    return None if unit is None else dimensions.difference(unit)


def _plain(unit: Dimension | None) -> Dimension | None:
    """Of a logarithm: only that of a plain number is one."""
    return ONE if unit == ONE else None


def _of(transfer: Callable[[Interval], Interval]) -> Bounds:
    def bounds(vector: Value, _: Sequence[Value]) -> Interval:
        return transfer((vector.low, vector.high))

    return bounds


def _within(interval: Interval) -> Bounds:
    def bounds(_: Value, __: Sequence[Value]) -> Interval:
        return interval

    return bounds


def _unchanged(vector: Value, _: Sequence[Value]) -> Interval:
    return vector.low, vector.high


def _counted(vector: Value, _: Sequence[Value]) -> Interval:
    return POSITIVE if vector.low >= 0 else ALL


def _stepped(vector: Value, _: Sequence[Value]) -> Interval:
    return intervals.subtract((vector.low, vector.high), (vector.low, vector.high))


def _absolute_deviation(vector: Value, _: Sequence[Value]) -> Interval:
    return 0.0, intervals.subtract((vector.low, vector.high), (vector.low, vector.high))[1]


def _variance(vector: Value, _: Sequence[Value]) -> Interval:
    return intervals.power(intervals.spread((vector.low, vector.high)), (2.0, 2.0))


def _clamp(vector: Value, args: Sequence[Value]) -> Interval:
    low, high = args[1], args[2]
    return intervals.clamp((vector.low, vector.high), (low.low, low.high), (high.low, high.high))


def _clamp_min(vector: Value, args: Sequence[Value]) -> Interval:
    return intervals.clamp((vector.low, vector.high), (args[1].low, args[1].high), (math.inf, math.inf))


def _clamp_max(vector: Value, args: Sequence[Value]) -> Interval:
    return intervals.clamp((vector.low, vector.high), (-math.inf, -math.inf), (args[1].low, args[1].high))


def _round(vector: Value, args: Sequence[Value]) -> Interval:
    if len(args) < 2:  # round(v) without the second argument
        return intervals.whole(lambda x: math.floor(x + 0.5))((vector.low, vector.high))
    step = args[1].constant
    if step is None or step == 0 or not math.isfinite(step):
        return ALL
    half = abs(step) / 2
    low = vector.low - half
    return (0.0 if vector.positive else low), vector.high + half


def _quantile(vector: Value, args: Sequence[Value]) -> Interval:
    return intervals.quantile((vector.low, vector.high), args[0].constant)


def _square_root(a: Interval) -> Interval:
    low = math.sqrt(a[0]) if intervals.is_positive(a[0]) else -0.0
    return low, (math.sqrt(a[1]) if a[1] >= 0 else math.inf)


def _exponential(a: Interval) -> Interval:
    low, high = intervals.stepwise(math.exp)(a)
    return max(0.0, low), high


_DEGREE: Final = 180 / math.pi
_HALF: Final = math.pi / 2

DATES: Final[Mapping[str, Transfer]] = {
    "minute": Transfer(_gauge, _unit(ONE), _within((0.0, 59.0))),
    "hour": Transfer(_gauge, _unit(ONE), _within((0.0, 23.0))),
    "day_of_week": Transfer(_gauge, _unit(ONE), _within((0.0, 6.0))),
    "day_of_month": Transfer(_gauge, _unit(ONE), _within((1.0, 31.0))),
    "day_of_year": Transfer(_gauge, _unit(ONE), _within((1.0, 366.0))),
    "days_in_month": Transfer(_gauge, _unit(ONE), _within((28.0, 31.0))),
    "month": Transfer(_gauge, _unit(ONE), _within((1.0, 12.0))),
    "year": Transfer(_gauge, _unit(ONE), _within(ALL)),
}
"""Parts of a date: without an argument they read the evaluation time."""

TRANSFERS: Final[Mapping[str, Transfer]] = {
    # what a window of a counter says
    "rate": Transfer(_rated, dimensions.per_second, _counted, samples=2, rated=True, floats=False),
    "irate": Transfer(_rated, dimensions.per_second, _counted, samples=2, rated=True, floats=False),
    "increase": Transfer(_rated, _keep, _counted, samples=2, rated=True, floats=False),
    "resets": Transfer(_gauge, _unit(EVENT), _within(POSITIVE), samples=1, floats=False),
    # what a window of a gauge says
    "delta": Transfer(_changed, _span, _within(ALL), samples=2, floats=False),
    "idelta": Transfer(_changed, _span, _stepped, samples=2, floats=False),
    "deriv": Transfer(_changed, dimensions.per_second, _within(ALL), samples=2),
    "predict_linear": Transfer(_changed, _keep, _within(ALL), samples=2),
    "double_exponential_smoothing": Transfer(_changed, _keep, _within(ALL), samples=2),
    "holt_winters": Transfer(_changed, _keep, _within(ALL), samples=2),
    "integral": Transfer(_changed, dimensions.times_second, _within(ALL), samples=2),
    "changes": Transfer(_gauge, _unit(EVENT), _within(POSITIVE), samples=1, floats=False),
    # aggregation over time
    "avg_over_time": Transfer(_changed, _keep, _unchanged, samples=1, floats=False),
    "min_over_time": Transfer(_changed, _keep, _unchanged, samples=1),
    "max_over_time": Transfer(_changed, _keep, _unchanged, samples=1),
    "sum_over_time": Transfer(_changed, dimensions.total, _of(intervals.total), samples=1, floats=False),
    "count_over_time": Transfer(_gauge, _unit(EVENT), _within(AT_LEAST_ONE), samples=1, floats=False),
    "quantile_over_time": Transfer(_changed, _keep, _quantile, vector=1, arguments=2, samples=1),
    "stddev_over_time": Transfer(_gauge, _span, _of(intervals.spread), samples=1),
    "stdvar_over_time": Transfer(_gauge, dimensions.square, _variance, samples=1),
    "mad_over_time": Transfer(_gauge, _span, _absolute_deviation, samples=1),
    "first_over_time": Transfer(_same, _keep, _unchanged, samples=1, named=True, floats=False),
    "last_over_time": Transfer(_same, _keep, _unchanged, samples=1, named=True, floats=False),
    "present_over_time": Transfer(_gauge, _unit(ONE), _within(intervals.ONE), samples=1, floats=False),
    **dict.fromkeys(
        ("ts_of_first_over_time", "ts_of_last_over_time"),
        Transfer(_gauge, _unit(dimensions.INSTANT), _within(ALL), samples=1, floats=False),
    ),
    **dict.fromkeys(
        ("ts_of_min_over_time", "ts_of_max_over_time"),
        Transfer(_gauge, _unit(dimensions.INSTANT), _within(ALL), samples=1),
    ),
    # sample by sample
    "abs": Transfer(_same, _keep, _of(intervals.absolute)),
    "ceil": Transfer(_same, _keep, _of(intervals.whole(math.ceil))),
    "floor": Transfer(_same, _keep, _of(intervals.whole(math.floor))),
    "round": Transfer(_same, _keep, _round),
    "clamp": Transfer(_same, _keep, _clamp, arguments=3),
    "clamp_min": Transfer(_same, _keep, _clamp_min, arguments=2),
    "clamp_max": Transfer(_same, _keep, _clamp_max, arguments=2),
    "sgn": Transfer(_gauge, _unit(ONE), _within((-1.0, 1.0))),
    "sqrt": Transfer(_gauge, dimensions.root, _of(_square_root)),
    "exp": Transfer(_gauge, _plain, _of(_exponential)),
    "ln": Transfer(_gauge, _plain, _of(intervals.stepwise(math.log))),
    "log2": Transfer(_gauge, _plain, _of(intervals.stepwise(math.log2))),
    "log10": Transfer(_gauge, _plain, _of(intervals.stepwise(math.log10))),
    "sin": Transfer(_gauge, _unit(ONE), _within((-1.0, 1.0))),
    "cos": Transfer(_gauge, _unit(ONE), _within((-1.0, 1.0))),
    "tan": Transfer(_gauge, _unit(ONE), _within(ALL)),
    "asin": Transfer(_gauge, _unit(ONE), _within((-_HALF, _HALF))),
    "acos": Transfer(_gauge, _unit(ONE), _within((0.0, math.pi))),
    "atan": Transfer(_gauge, _unit(ONE), _within((-_HALF, _HALF))),
    "sinh": Transfer(_gauge, _unit(ONE), _of(intervals.stepwise(math.sinh))),
    "cosh": Transfer(_gauge, _unit(ONE), _within(AT_LEAST_ONE)),
    "tanh": Transfer(_gauge, _unit(ONE), _within((-1.0, 1.0))),
    "asinh": Transfer(_gauge, _unit(ONE), _of(intervals.stepwise(math.asinh))),
    "acosh": Transfer(_gauge, _unit(ONE), _within(POSITIVE)),
    "atanh": Transfer(_gauge, _unit(ONE), _within(ALL)),
    "deg": Transfer(_gauge, _unit(None), _of(intervals.stepwise(lambda x: x * _DEGREE))),
    "rad": Transfer(_gauge, _unit(ONE), _of(intervals.stepwise(lambda x: x / _DEGREE))),
    "timestamp": Transfer(_gauge, _unit(dimensions.INSTANT), _within(ALL), floats=False),
    **DATES,
    # order only
    **dict.fromkeys(("sort", "sort_desc"), Transfer(_same, _keep, _unchanged, named=True)),
    **dict.fromkeys(
        ("sort_by_label", "sort_by_label_desc"),
        Transfer(_same, _keep, _unchanged, named=True, floats=False),
    ),
}
"""Every function that works series by series."""
