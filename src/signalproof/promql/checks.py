"""Which arguments functions and aggregations take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalproof.promql.ast import Node, Selector
from signalproof.promql.functions import (
    ANY,
    INSTANT,
    RANGE,
    SCALAR,
    STRING,
    AggregationOperator,
    Function,
    Type,
)
from signalproof.promql.hints import argument_hint, order_hint

if TYPE_CHECKING:
    from signalproof.promql.source import PromQLSyntaxError, Source


def check_call(
    source: Source, function: Function, args: tuple[Node, ...], types: tuple[Type, ...], span: tuple[int, int]
) -> None:
    """Refuse a call with too few, too many or wrong arguments."""
    count = len(args)
    if count < function.required or (function.maximum is not None and count > function.maximum):
        raise source.error(
            f"{function.name}() takes {_count(function)}, not {count}", *span, signature(function)
        )
    wanted = function.args
    last = len(wanted) - 1
    for index, type_ in enumerate(types):
        want = wanted[min(index, last)]
        if type_ != want and ANY not in (type_, want):
            advice = order_hint(types, wanted) or argument_hint(source.text, args[index], type_, want)
            raise _wrong(source, function.name, args[index], type_, want, advice)
    if function.name == "info" and count == 2:
        second = args[1]
        if isinstance(second, Selector) and second.name:
            raise source.error("info() takes matchers without a metric name", *second.span)


def check_aggregation(
    source: Source,
    operator: AggregationOperator,
    args: tuple[Node, ...],
    types: tuple[Type, ...],
    span: tuple[int, int],
) -> None:
    """Refuse an aggregation with too few, too many or wrong arguments."""
    wanted: tuple[Type, ...] = (operator.parameter, INSTANT) if operator.parameter else (INSTANT,)
    if len(args) not in ((1, 2) if operator.parameter == ANY else (len(wanted),)):
        first = "a number first" if operator.parameter == SCALAR else "a label name first, in quotes"
        raise source.error(
            f"{operator.name} takes {len(wanted)} argument{'s' * (len(wanted) != 1)}, not {len(args)}",
            *span,
            f"it takes {first}, then the vector" if operator.parameter else "it takes one instant vector",
        )
    for arg, type_, want in zip(args, types, wanted[-len(args) :], strict=True):
        if type_ != want and ANY not in (type_, want):
            advice = order_hint(types, wanted) or argument_hint(source.text, arg, type_, want)
            raise _wrong(source, operator.name, arg, type_, want, advice)


def _wrong(source: Source, name: str, arg: Node, type_: Type, want: Type, advice: str) -> PromQLSyntaxError:
    return source.error(f"{name} takes {_a(want)} here, not {_a(type_)}", *arg.span, advice)


def _a(type_: Type) -> str:
    return f"{'an' if type_ == INSTANT else 'a'} {type_}"


def signature(function: Function) -> str:
    """Return how *function* is called, for a person."""
    shown = {SCALAR: "scalar", STRING: '"text"', INSTANT: "vector", RANGE: "range[5m]", ANY: "…"}
    words = [shown[type_] for type_ in function.args]
    for index in range(function.required, len(words)):
        words[index] = f"[{words[index]}]"
    if function.maximum is None or function.maximum > len(words):
        words.append("…")
    return f"it is called as {function.name}({', '.join(words)})"


def _count(function: Function) -> str:
    least, most = function.required, function.maximum
    if most == least:
        return f"{least} argument{'s' * (least != 1)}" if least else "no argument"
    if most is None:
        return f"at least {least} arguments"
    return f"{least} to {most} arguments"
