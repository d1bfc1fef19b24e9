"""From what MetricsQL says to the tree of PromQL, wherever both mean the same; a foreign node elsewhere."""

from __future__ import annotations

from dataclasses import replace

from signalproof.promql.ast import (
    Aggregation,
    At,
    Call,
    Duration,
    Grouping,
    Matching,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    Subquery,
    Time,
    Unary,
    Variable,
)
from signalproof.promql.binary import binary
from signalproof.promql.checks import check_aggregation, check_call
from signalproof.promql.foreign import Foreign
from signalproof.promql.functions import AGGREGATIONS, ANY, FUNCTIONS, INSTANT, RANGE, STRING, Type
from signalproof.promql.metricsql_names import DIFFERENT
from signalproof.promql.metricsql_state import Read, State
from signalproof.promql.source import PromQLSyntaxError
from signalproof.promql.tree import unwrap


def between(name: str, count: int) -> tuple[str, ...]:
    """Return the texts around the arguments of a call."""
    return (f"{name}(", *([", "] * (count - 1)), ")") if count else (f"{name}()",)


def call(state: State, name: str, args: list[Read], start: int, written: str) -> Read:
    """Return a call of *name*, spelled as *written*, whose arguments have just been read."""
    place = (start, state.done)
    nodes = tuple(arg.node for arg in args)
    types: tuple[Type, ...] = tuple([arg.type for arg in args])
    function = FUNCTIONS.get(name)
    if (
        function is not None
        and name == written
        and name not in DIFFERENT
        and not _hidden(args, RANGE in function.args)
    ):
        try:
            check_call(state.source, function, nodes, types, place)
            return Read(Call(name, nodes, (start, start + len(name)), place), function.result, place)
        except PromQLSyntaxError:
            pass
    node = state.foreign(name.lower() or "union", nodes, between(written, len(nodes)), place, closed=True)
    return Read(node, ANY, place)


def _hidden(args: list[Read], ranges: bool) -> bool:
    """Whether an argument of a function of ranges is something that Prometheus does not read."""
    return ranges and any(isinstance(unwrap(arg.node), Foreign) for arg in args)


def aggregation(
    state: State, args: list[Read], grouping: Grouping | None, head: str, tail: str, start: int
) -> Read:
    """Return an aggregation; *head* and *tail* are what stands before and behind the parentheses.

    *grouping* is None where Prometheus could not read it; without one, both are at most a name.
    """
    place = (start, state.done)
    name = head.split(maxsplit=1)[0].lower()
    nodes = tuple(arg.node for arg in args)
    operator = AGGREGATIONS.get(name)
    ours = grouping is not None or (not tail and " " not in head)
    if operator is not None and ours and nodes and name not in ("limitk", "limit_ratio"):
        try:
            check_aggregation(state.source, operator, nodes, tuple(arg.type for arg in args), place)
            parameter = nodes[0] if len(nodes) == 2 else None
            where = (start, start + len(name))
            return Read(Aggregation(name, nodes[-1], parameter, grouping, where, place), INSTANT, place)
        except PromQLSyntaxError:
            pass
    texts = between(head, len(nodes))
    last = f"{texts[-1]} {tail}" if tail else texts[-1]
    node = state.foreign(name, nodes, (*texts[:-1], last), place, closed=not tail)
    return Read(node, ANY, place)


def operation(
    state: State,
    operator: str,
    where: tuple[int, int],
    modifiers: tuple[bool, Matching | None, str],
    left: Read,
    right: Read,
    place: tuple[int, int],
) -> Read:
    """Return an operation; the last of *modifiers* is their text where Prometheus cannot read them."""
    bool_modifier, matching, text = modifiers
    if operator not in ("if", "ifnot", "default") and not text:
        try:
            state.source.type = right.type
            node = binary(
                state.source,
                operator,
                where,
                (bool_modifier, matching),
                left.node,
                left.type,
                right.node,
                place,
            )
            return Read(node, state.source.type, place, operation=True)
        except PromQLSyntaxError:
            pass
    words = state.words(where[0], where[1]).lower() + (f" {text}" if text else "")
    if not text and bool_modifier:
        words += " bool"
    if not text and matching is not None:
        words += f" {state.words(*matching.place)}"
    other = state.foreign(operator, (left.node, right.node), ("", f" {words} ", ""), place)
    return Read(other, ANY, place, operation=True)


def signed(state: State, sign: str, operand: Read, start: int) -> Read:
    """Return *operand* behind a sign."""
    place = (start, operand.place[1])
    if sign == "+":
        if operand.type in (RANGE, STRING):
            return operand
        node: Node = Unary("+", operand.node, place)
        if isinstance(operand.node, Number):
            node = Number(operand.node.value, state.source.text[start : place[1]], place)
        return replace(operand, node=node, place=place)
    if operand.type in (RANGE, STRING):
        node = state.foreign("sign", (operand.node,), ("-(", ")"), place)
        return Read(node, ANY, place, operation=True)
    if isinstance(operand.node, Number):
        node = Number(-operand.node.value, state.source.text[start : place[1]], place)
    else:
        node = Unary("-", operand.node, place)
    return Read(node, operand.type, place, operation=True)


def kept(state: State, inner: Read, start: int) -> Read:
    """Return *inner* with ``keep_metric_names``, which has just been read."""
    place = (start, state.done)
    around = ("(", ") keep_metric_names") if inner.operation else ("", " keep_metric_names")
    node = state.foreign("keep_metric_names", (inner.node,), around, place)
    return Read(node, ANY, place, operation=inner.operation)


def ranged(
    state: State,
    inner: Read,
    window: Time | None,
    step: Time | None,
    colon: bool,
    offset: Time | None,
    at: Read | None,
    at_place: tuple[int, int],
    texts: tuple[str, str],
    start: int,
) -> Read:
    """Return *inner* with a window, an offset and a fixed time; *texts* say them before and behind that time."""
    place = (start, state.done)
    kind = "rollup" if inner.kind == "metric" else "other"
    plain = _plain_range(inner, window, step, colon, offset, at, at_place, place)
    if plain is not None:
        return Read(plain, INSTANT if isinstance(plain, Selector) else RANGE, place, kind, inner.name)
    if at is None:
        node = state.foreign("range", (inner.node,), ("(", f"){texts[0]}"), place)
    else:
        around = ("(", f"){texts[0]} @ (", f"){texts[1]}")
        node = state.foreign("range", (inner.node, at.node), around, place)
    return Read(node, ANY, place, kind, inner.name)


def _plain_range(
    inner: Read,
    window: Time | None,
    step: Time | None,
    colon: bool,
    offset: Time | None,
    at: Read | None,
    at_place: tuple[int, int],
    place: tuple[int, int],
) -> Node | None:
    """Return the node that Prometheus has for it, or None; a time of NaN seconds is one it has not."""
    time = None
    if at is not None:
        time = _fixed(at.node, at_place)
        if time is None:
            return None
    if not all(_is_positive(one) for one in (window, step)) or not _is_known(offset):
        return None
    node = inner.node
    if isinstance(node, Variable) and window is not None and not colon:
        return None
    if isinstance(node, Paren):
        node = unwrap(node)
        if isinstance(node, Selector):
            return None
    if colon:
        if window is None or inner.type != INSTANT or isinstance(node, Foreign):
            return None
        if isinstance(node, Selector) and (node.offset is not None or node.at is not None):
            return None
        return Subquery(inner.node, window, step, offset, time, place)
    if not isinstance(node, Selector) or node.offset is not None or node.at is not None:
        return None
    if window is None:
        return replace(node, pattern=node.matchers, offset=offset, at=time, place=place)
    chosen = replace(node, pattern=node.matchers, offset=offset, at=time)
    return Range(chosen, window, place)


def _is_positive(time: Time | None) -> bool:
    return not isinstance(time, Duration) or time.seconds > 0


def _is_known(time: Time | None) -> bool:
    return not isinstance(time, Duration) or time.seconds == time.seconds


def _fixed(node: Node, place: tuple[int, int]) -> At | None:
    node = unwrap(node)
    if isinstance(node, Number) and abs(node.value) < 2**63:
        return At(node.value, place)
    if isinstance(node, Variable):
        return At(node, place)
    if isinstance(node, Foreign) and node.function == "metricsql start" and not node.args:
        return At("start", place)
    if isinstance(node, Foreign) and node.function == "metricsql end" and not node.args:
        return At("end", place)
    return None
