"""What functions and aggregations exist, what they take and give, and since when.

Names, argument types and feature flags are those of Prometheus' documentation (querying/functions.md and
querying/operators.md); the versions are those of its changelog.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Type: TypeAlias = Literal["scalar", "string", "instant vector", "range vector", "any"]
"""What an expression gives; ``any`` is the value of a Grafana variable."""

SCALAR: Final = "scalar"
STRING: Final = "string"
INSTANT: Final = "instant vector"
RANGE: Final = "range vector"
ANY: Final = "any"

FIRST: Final = "1.0"
"""The version given where a function is as old as the query language that is in use today."""

EXPERIMENTAL: Final = "promql-experimental-functions"
DURATIONS: Final = "promql-duration-expr"
EXTENDED: Final = "promql-extended-range-selectors"
FILL: Final = "promql-binop-fill-modifiers"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of PromQL.

    Attributes:
        name: As it is called; case matters.
        args: Types of the arguments; the last one repeats where more are allowed.
        result: What the call gives.
        required: How many arguments it needs at least.
        maximum: How many it takes at most, or None for any number.
        since: First Prometheus version that has it.
        until: First version that no longer has it, or empty.
        flag: ``--enable-feature`` it needs, or empty.
        stable: First version in which it needs no flag, or empty while it needs one.
    """

    name: str
    args: tuple[Type, ...]
    result: Type
    required: int
    maximum: int | None
    since: str = FIRST
    until: str = ""
    flag: str = ""
    stable: str = ""


@dataclass(frozen=True, slots=True)
class AggregationOperator:
    """An aggregation operator of PromQL.

    Attributes:
        name: In lower case; case does not matter.
        parameter: Type of the parameter before the vector, or empty when it takes none.
        since: First Prometheus version that has it.
        flag: ``--enable-feature`` it needs, or empty.
        args: Types of the arguments: the parameter, when it takes one, and the vector.
    """

    name: str
    parameter: Type | Literal[""] = ""
    since: str = FIRST
    flag: str = ""

    args: tuple[Type, ...] = field(init=False)

    def __post_init__(self) -> None:
        args: tuple[Type, ...] = (self.parameter, INSTANT) if self.parameter else (INSTANT,)
        object.__setattr__(self, "args", args)


def _function(
    names: str,
    *args: Type,
    result: Type = INSTANT,
    optional: int = 0,
    maximum: int | None = -1,
    since: str = FIRST,
    until: str = "",
    flag: str = "",
    stable: str = "",
) -> list[Function]:
    most = len(args) if maximum == -1 else maximum
    return [
        Function(name, args, result, len(args) - optional, most, since, until, flag, stable)
        for name in names.split()
    ]


_FUNCTIONS: Final = [
    *_function("abs absent ceil exp floor ln log10 log2 sort sort_desc sqrt timestamp", INSTANT),
    *_function("sgn", INSTANT, since="2.26"),
    *_function("acos acosh asin asinh atan atanh cos cosh sin sinh tan tanh deg rad", INSTANT, since="2.31"),
    *_function("histogram_count histogram_sum", INSTANT, since="2.40"),
    *_function("histogram_stddev histogram_stdvar", INSTANT, since="2.47"),
    *_function("histogram_avg", INSTANT, since="2.51"),
    *_function("day_of_month day_of_week days_in_month hour minute month year", INSTANT, optional=1),
    *_function("day_of_year", INSTANT, optional=1, since="2.35"),
    *_function("clamp_max clamp_min", INSTANT, SCALAR),
    *_function("clamp", INSTANT, SCALAR, SCALAR, since="2.26"),
    *_function("round", INSTANT, SCALAR, optional=1),
    *_function("histogram_quantile", SCALAR, INSTANT),
    *_function("histogram_fraction", SCALAR, SCALAR, INSTANT, since="2.40"),
    *_function("histogram_quantiles", INSTANT, STRING, SCALAR, maximum=12, since="3.11", flag=EXPERIMENTAL),
    *_function("label_replace", INSTANT, STRING, STRING, STRING, STRING),
    *_function("label_join", INSTANT, STRING, STRING, STRING, optional=1, maximum=None),
    *_function(
        "sort_by_label sort_by_label_desc",
        INSTANT,
        STRING,
        optional=1,
        maximum=None,
        since="2.49",
        flag=EXPERIMENTAL,
    ),
    *_function("info", INSTANT, INSTANT, optional=1, since="2.55", flag=EXPERIMENTAL),
    *_function("scalar", INSTANT, result=SCALAR),
    *_function("vector", SCALAR),
    *_function("time", result=SCALAR),
    *_function("pi", result=SCALAR, since="2.31"),
    *_function("start_timestamp", INSTANT, since="3.14", flag=EXPERIMENTAL),
    *_function("start end step range", result=SCALAR, since="3.12", flag=EXPERIMENTAL),
    *_function("min_of max_of", SCALAR, SCALAR, result=SCALAR, since="3.13", flag=EXPERIMENTAL),
    *_function(
        "avg_over_time changes count_over_time delta deriv idelta increase irate max_over_time min_over_time rate resets"
        " stddev_over_time stdvar_over_time sum_over_time",
        RANGE,
    ),
    *_function("absent_over_time", RANGE, since="2.16"),
    *_function("last_over_time", RANGE, since="2.26"),
    *_function("present_over_time", RANGE, since="2.29"),
    *_function("mad_over_time", RANGE, since="2.49", flag=EXPERIMENTAL),
    *_function(
        "ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time", RANGE, since="3.5", flag=EXPERIMENTAL
    ),
    *_function("first_over_time", RANGE, since="3.7", flag=EXPERIMENTAL, stable="3.14"),
    *_function("ts_of_first_over_time", RANGE, since="3.7", flag=EXPERIMENTAL),
    # Proposed in prometheus/prometheus#14440 and not in 3.14; promql-parser 0.12 has it.
    *_function("integral", RANGE, SCALAR, optional=1, since="3.15", flag=EXPERIMENTAL),
    *_function("predict_linear", RANGE, SCALAR),
    *_function("quantile_over_time", SCALAR, RANGE),
    *_function("holt_winters", RANGE, SCALAR, SCALAR, until="3.0"),
    *_function("double_exponential_smoothing", RANGE, SCALAR, SCALAR, since="3.0", flag=EXPERIMENTAL),
]

FUNCTIONS: Final[dict[str, Function]] = {function.name: function for function in _FUNCTIONS}
"""Every function by name."""

_AGGREGATIONS: Final = [
    AggregationOperator("sum"),
    AggregationOperator("avg"),
    AggregationOperator("count"),
    AggregationOperator("min"),
    AggregationOperator("max"),
    AggregationOperator("stddev"),
    AggregationOperator("stdvar"),
    AggregationOperator("group", since="2.20"),
    AggregationOperator("topk", SCALAR),
    AggregationOperator("bottomk", SCALAR),
    AggregationOperator("quantile", SCALAR),
    AggregationOperator("count_values", STRING),
    AggregationOperator("limitk", SCALAR, since="2.54", flag=EXPERIMENTAL),
    AggregationOperator("limit_ratio", SCALAR, since="2.54", flag=EXPERIMENTAL),
]

AGGREGATIONS: Final[dict[str, AggregationOperator]] = {operator.name: operator for operator in _AGGREGATIONS}
"""Every aggregation operator by name."""
