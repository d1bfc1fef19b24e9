"""The parser of MetricsQL, the dialect of VictoriaMetrics.

It takes what VictoriaMetrics takes, which checks no types and no number of arguments. What Prometheus would read alike
becomes the node it is there; everything else becomes a foreign node, of which nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from signalproof.promql.ast import (
    Grouping,
    Node,
    Number,
    Paren,
    String,
)
from signalproof.promql.binary import VARIABLE_PRECEDENCE
from signalproof.promql.functions import ANY, SCALAR, STRING
from signalproof.promql.metricsql_lexer import Token, duration_of, number_of, plain_name
from signalproof.promql.metricsql_modifiers import NO_MODIFIERS, Modifiers, parse_modifiers
from signalproof.promql.metricsql_names import AGGREGATES, FUNCTIONS, OPERATORS
from signalproof.promql.metricsql_nodes import aggregation, call, kept, operation, signed
from signalproof.promql.metricsql_selectors import labels, selector
from signalproof.promql.metricsql_state import EVERYWHERE, Read, State, Template, Templates
from signalproof.promql.metricsql_templates import expand, find, parse_with, string
from signalproof.promql.metricsql_times import STARTS, parse_times
from signalproof.promql.source import DEEPEST
from signalproof.promql.tree import unwrap

_SIGN_PRECEDENCE: Final = 5


@dataclass
class _Pending:
    """An operator whose right side is still to come; *left* is None for a sign."""

    precedence: int
    operator: str
    where: tuple[int, int]
    modifiers: Modifiers
    left: Read | None
    start: int
    keep: bool = False


def parse_metricsql(text: str, variables: Collection[str] | None = None) -> Node:
    """Return the syntax tree of the MetricsQL query *text*, Grafana *variables* as in `parser.parse`.

    Raises:
        PromQLSyntaxError: VictoriaMetrics refuses it.
    """
    state = State(text, None if variables is None else frozenset(variables), _expression)
    try:
        found = _expression(state, EVERYWHERE)
    except RecursionError:
        where = state.token.start
        raise state.source.error("the expression is nested too deeply", where, where) from None
    if state.token.kind != "end":
        raise state.unexpected("an operator or the end")
    return found.node


def _expression(state: State, templates: Templates) -> Read:
    """Read operands and the operators between them."""
    stack: list[_Pending] = []
    while True:
        while state.text in ("+", "-"):
            token = state.token
            state.at += 1
            stack.append(_Pending(_SIGN_PRECEDENCE, token.text, token[2:], NO_MODIFIERS, None, token.start))
            if len(stack) > DEEPEST:
                state.source.pos = token.end
                raise state.source.too_deep()
        found = _single(state, templates)
        while state.text in STARTS and stack and stack[-1].left is None:
            found = _reduce(state, stack.pop(), found)
            found = parse_times(state, templates, found, _operand)
        if stack and state.text == "keep_metric_names":
            at = len(stack) - 1
            while at >= 0 and stack[at].left is None:
                at -= 1
            if at >= 0:
                state.at += 1
                stack[at].keep = True
        token = state.token
        operator = state.text
        precedence = OPERATORS.get(operator)
        if precedence is None:
            if token.kind == "composed" and state.source.variables_in(token.text, token.start)[:1]:
                operator = state.source.variable(token.text, token.start).text
                precedence = VARIABLE_PRECEDENCE
            else:
                while stack:
                    found = _reduce(state, stack.pop(), found)
                return found
        state.at += 1
        least = precedence + (operator == "^")
        while stack and stack[-1].precedence >= least:
            found = _reduce(state, stack.pop(), found)
        modifiers = parse_modifiers(state, templates, operator)
        stack.append(_Pending(precedence, operator, token[2:], modifiers, found, found.place[0]))
        if len(stack) > DEEPEST:
            state.source.pos = token.end
            raise state.source.too_deep()


def _reduce(state: State, pending: _Pending, right: Read) -> Read:
    left = pending.left
    if left is None:
        return signed(state, pending.operator, right, pending.start)
    place = (pending.start, right.place[1])
    first, second = unwrap(left.node), unwrap(right.node)
    if pending.operator == "+" and isinstance(first, String) and isinstance(second, String):
        text = state.source.text[pending.start : right.place[1]]
        node = String(first.value + second.value, text, (*first.variables, *second.variables), place)
        return Read(node, STRING, place, "string" if left.kind == right.kind == "string" else "other")
    found = operation(state, pending.operator, pending.where, pending.modifiers, left, right, place)
    return kept(state, found, pending.start) if pending.keep else found


def _single(state: State, templates: Templates) -> Read:
    """Read one operand with its window, offset and fixed time."""
    if state.text == "with" and state.ahead() == "(":
        return parse_with(state, templates)
    found = _operand(state, templates)
    if state.text in STARTS:
        return parse_times(state, templates, found, _operand)
    return found


def _operand(state: State, templates: Templates) -> Read:
    token = state.token
    start = token.start
    if token.kind == "duration":
        return _time_operand(state)
    if token.kind == "string":
        return string(state, templates)
    if token.kind == "number" or (token.kind == "name" and state.text in ("inf", "nan")):
        value = number_of(token.text)
        if value is None:
            raise state.wrong(f"{token.text} is no number", token)
        state.at += 1
        return Read(Number(value, token.text, token[2:]), SCALAR, token[2:], "number", token.text)
    if token.kind == "name":
        return _named(state, templates)
    if token.kind == "composed":
        return _composed(state, templates)
    if token.text == "(":
        return _parentheses(state, templates, start)
    if token.text == "{":
        return selector(state, templates)
    if token.text in ("+", "-"):  # behind an @
        state.at += 1
        state.deeper()
        found = _operand(state, templates)
        if state.text in STARTS:
            found = parse_times(state, templates, found, _operand)
        state.shallower()
        return signed(state, token.text, found, start)
    raise state.unexpected("an expression")


def _time_operand(state: State) -> Read:
    token = state.token
    seconds = duration_of(token.text)
    if seconds is None:
        raise state.wrong(f"{token.text} is no duration", token)
    state.at += 1
    if seconds != seconds:
        return Read(state.leaf("duration", token.start), ANY, token[2:], "duration", token.text)
    return Read(Number(seconds, token.text, token[2:]), SCALAR, token[2:], "duration", token.text)


def _named(state: State, templates: Templates) -> Read:
    ahead = state.tokens[state.at + 1]
    word = state.text
    if word in AGGREGATES and (
        ahead.text == "(" or (ahead.kind == "name" and ahead.text.lower() != "offset")
    ):
        return _aggregation(state, templates)
    if ahead.text == "(":
        return _call(state, templates)
    return selector(state, templates)


def _composed(state: State, templates: Templates) -> Read:
    """Read what begins with a name or a number that has Grafana variables in it."""
    token = state.token
    whole = state.source.variable(token.text, token.start)
    ahead = state.tokens[state.at + 1]
    if token.text[0] in ".0123456789":
        state.at += 1
        return Read(whole, ANY, token[2:])
    if ahead.text.lower() in ("by", "without"):
        return _aggregation(state, templates)
    if ahead.text == "(":
        return _call(state, templates)
    if (
        ahead.text == "{"
        or whole.text != token.text
        or state.source.variables_in(token.text, 0)[0].text != token.text
    ):
        return selector(state, templates)
    state.at += 1
    return Read(whole, ANY, token[2:])


def _arguments(state: State, templates: Templates) -> list[Read]:
    """Read expressions in parentheses, with commas in between and perhaps behind."""
    state.expect("(")
    state.deeper()
    args: list[Read] = []
    while not state.take(")"):
        args.append(_expression(state, templates))
        if not state.take(",") and state.text != ")":
            raise state.unexpected("an operator, ',' or ')'")
    state.shallower()
    return args


def _parentheses(state: State, templates: Templates, start: int) -> Read:
    args = _arguments(state, templates)
    names = all(arg.kind == "metric" and arg.bare for arg in args)
    if len(args) != 1:
        found = call(state, "", args, start, "")
        return Read(found.node, ANY, found.place, "parens", names=names)
    place = (start, state.done)
    inner = args[0]
    if inner.operation and state.take("keep_metric_names"):
        found = kept(state, inner, start)
        return Read(found.node, ANY, found.place, "parens")
    return Read(Paren(inner.node, place), inner.type, place, "parens", names=names)


def _call(state: State, templates: Templates) -> Read:
    token = state.token
    state.at += 1
    args = _arguments(state, templates)
    name = plain_name(token.text)
    found = call(state, name, args, token.start, token.text)
    index = find(templates, name)
    if templates is not None and index >= 0:
        found = _put_in(state, templates, index, args, token, found)
    elif templates is not None and name.lower() not in FUNCTIONS and token.kind == "name":
        raise state.wrong(f"MetricsQL has no function {name}", token)
    return kept(state, found, token.start) if state.take("keep_metric_names") else found


def _put_in(
    state: State, templates: tuple[Template, ...], index: int, args: list[Read], token: Token, written: Read
) -> Read:
    """Return what a template gives, under the node that is *written*."""
    new = expand(state, templates, index, tuple(args), token)
    if isinstance(new.node, String):
        return new
    return Read(written.node, ANY, written.place, new.kind, new.name, new.bare, new.either)


def _aggregation(state: State, templates: Templates) -> Read:
    token = state.token
    state.at += 1
    grouping: Grouping | None = None
    ours = True
    written = False
    if state.text != "(":
        if state.text not in ("by", "without"):
            raise state.unexpected("'('", f"{token.text} aggregates what stands in parentheses")
        grouping, ours = _grouping(state, templates)
        written = True
    head = state.words(token.start, state.done)
    args = _arguments(state, templates)
    behind = state.at
    if not written and state.text in ("by", "without"):
        grouping, ours = _grouping(state, templates)
    if state.take("limit"):
        ours = False
        number = state.token.text
        if state.token.kind != "number" or not (
            number.isascii() and number.isdigit() and int(number[:99]) < 2**63
        ):
            raise state.unexpected("a whole number")
        state.at += 1
    tail = state.words(state.tokens[behind - 1].end, state.done).strip()
    index = find(templates, plain_name(token.text).lower())
    found = aggregation(state, args, grouping if ours else None, head, tail, token.start)
    if templates is not None and index >= 0:
        return _put_in(state, templates, index, args, token, found)
    return found


def _grouping(state: State, templates: Templates) -> tuple[Grouping, bool]:
    start = state.token.start
    without = state.text == "without"
    state.at += 1
    listed, ours = labels(state, templates)
    return Grouping(without, listed, (start, state.done)), ours
