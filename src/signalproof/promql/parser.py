"""The parser of PromQL: text in, syntax tree with character spans out.

It reads the text directly, with one pattern per place in the grammar: a token stream would have to know the place
anyway, because words, colons and durations mean different things in braces, in brackets and elsewhere. Operators are
reduced with an explicit stack, so a sum of thousands of terms nests no call; parentheses do, up to a bound.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, TypeAlias

from signalproof.promql.ast import (
    Matching,
    Node,
    Number,
    Paren,
    Selector,
    String,
    Unary,
)
from signalproof.promql.binary import PRECEDENCE, SIGN_PRECEDENCE, VARIABLE_PRECEDENCE, binary, parse_matching
from signalproof.promql.calls import GROUPING, parse_aggregation, parse_call
from signalproof.promql.functions import (
    AGGREGATIONS,
    ANY,
    FUNCTIONS,
    INSTANT,
    RANGE,
    SCALAR,
    STRING,
    AggregationOperator,
    Function,
    Type,
)
from signalproof.promql.hints import follower_hint, unknown_function_hint
from signalproof.promql.lexer import COMPOSED, DURATION, NAME, NUMBER, QUOTED, SPACE, number_word
from signalproof.promql.postfix import AFTER, bracket, postfix
from signalproof.promql.selectors import parse_selector
from signalproof.promql.source import DEEPEST, PromQLSyntaxError, Source

__all__ = ["DEEPEST", "PromQLSyntaxError", "parse"]

_OPERAND: Final = re.compile(
    rf"""{SPACE}(?:
        ({NAME})(?!\$|\[\[[A-Za-z_])(?:{SPACE}([({{]))?
      | ((?:{DURATION}|{NUMBER})(?![A-Za-z0-9_.$]))
      | (\()
      | (\{{)
      | ([-+])
      | ({QUOTED})
      | ({COMPOSED})
    )""",
    re.VERBOSE,
).match
_NAME, _OPENED, _NUMBER, _PAREN, _BRACE, _SIGN, _STRING, _COMPOSED = range(1, 9)
_CLOSE: Final = re.compile(rf"{SPACE}\)").match
_BRACES: Final = re.compile(rf"{SPACE}\{{").match
_OPEN: Final = re.compile(rf"{SPACE}\(").match
_BLANK: Final = re.compile(rf"{SPACE}\0?\Z").match
_NO_NAMES: Final = frozenset({"on", "ignoring", "bool", "group_left", "group_right", "atan2", "inf", "nan"})
_LONGEST_WORD: Final = 1 + max(map(len, _NO_NAMES))
_SIMPLE: Final[tuple[bool, Matching | None]] = (False, None)

_Pending: TypeAlias = "tuple[int, str, tuple[int, int], tuple[bool, Matching | None], Node | None, Type, int]"
"""An operator whose right side is still to come: precedence, operator, its span, modifiers, left side (None for a
sign) with its type, and where the operation starts."""


def parse(text: str, variables: Collection[str] | None = None) -> Node:
    """Return the syntax tree of *text*.

    Args:
        text: A PromQL expression, Grafana variables as written.
        variables: Names of the declared Grafana variables; Grafana's own (``__rate_interval`` …) always count. Another
            name is plain text inside a string, and an error elsewhere. None when the declarations are not known: then
            whatever looks like a variable is one.

    Raises:
        PromQLSyntaxError: It is not PromQL, or Prometheus refuses it for its types.
    """
    source = Source(text, variables)
    try:
        node = _expression(source)
    except RecursionError:
        raise source.error("the expression is nested too deeply", source.pos, source.pos) from None
    if source.pos < len(text) and _BLANK(source.text, source.pos) is None:
        raise source.unexpected("an operator or the end", follower_hint(source.text, source.pos, node))
    return node


def _expression(source: Source) -> Node:
    """Read operands and the operators between them, up to what can be neither."""
    text = source.text
    stack: list[_Pending] = []
    while True:
        match = _OPERAND(text, source.pos)
        if match is None:
            raise source.unexpected("an expression")
        kind = match.lastindex or 0
        if kind == _SIGN:
            where = match.span(6)
            stack.append((SIGN_PRECEDENCE, match[6], where, _SIMPLE, None, ANY, where[0]))
            source.pos = match.end()
            if len(stack) > DEEPEST:
                raise source.too_deep()
            continue
        start = match.start(1 if kind == _OPENED else kind)
        node = _operand(source, match, kind, start)
        if text[source.pos] == "[" and text[source.pos + 1] != "[":  # most often: no pattern has to be asked
            node = bracket(source, node, start, source.pos)
        while text[source.pos] not in "),\0":
            match = AFTER(text, source.pos)
            if match is None or match.lastindex != 2:
                break
            node = postfix(source, node, match[2], start, match.start(2), match.end())
        else:
            match = None
        if match is None:
            while stack:
                node = _reduce(source, stack.pop(), node, source.pos)
            return node
        end = source.pos
        if match.lastindex == 1:
            operator = match[1].lower()
            precedence = PRECEDENCE[operator]
        else:
            operator = source.variable(match[3], match.start(3)).text
            precedence = VARIABLE_PRECEDENCE
        least = precedence + (operator == "^")
        while stack and stack[-1][0] >= least:
            start = stack[-1][6]
            node = _reduce(source, stack.pop(), node, end)
        type_ = source.type
        source.pos = match.end()
        modifiers = parse_matching(source)
        stack.append((precedence, operator, match.span(match.lastindex or 0), modifiers, node, type_, start))
        if len(stack) > DEEPEST:
            raise source.too_deep()


def _reduce(source: Source, pending: _Pending, right: Node, end: int) -> Node:
    _, operator, where, modifiers, left, left_type, start = pending
    if left is not None:
        return binary(source, operator, where, modifiers, left, left_type, right, (start, end))
    if source.type in (RANGE, STRING):
        raise source.error(f"a sign takes a scalar or an instant vector, not a {source.type}", *right.span)
    if isinstance(right, Number):
        value = -right.value if operator == "-" else right.value
        return Number(value, source.text[start:end], (start, end))
    return Unary("-" if operator == "-" else "+", right, (start, end))


def _operand(source: Source, match: re.Match[str], kind: int, start: int) -> Node:
    pos = source.pos = match.end()
    if kind == _OPENED:
        name = match[1]
        if source.text[pos - 1] == "{":
            if len(name) < _LONGEST_WORD and name.lower() in _NO_NAMES:
                raise _no_name(source, name, start)
            source.type = INSTANT
            return parse_selector(source, name, start, ())
        function = FUNCTIONS.get(name)
        if function is not None:
            return parse_call(source, function, start, _expression)
        operator = AGGREGATIONS.get(name.lower())
        if operator is not None:
            return parse_aggregation(source, operator, start, None, _expression)
        raise source.error(
            f"there is no function {name}", start, start + len(name), unknown_function_hint(name)
        )
    if kind == _NAME:
        return _named(source, match[1], start)
    if kind == _NUMBER:
        source.type = SCALAR
        text = match[3]
        return Number(source.number(text, start), text, (start, pos))
    if kind == _PAREN:
        source.depth += 1
        if source.depth > DEEPEST:
            raise source.too_deep()
        inner = _expression(source)
        close = _CLOSE(source.text, source.pos)
        if close is None:
            raise source.unexpected("an operator or ')'", follower_hint(source.text, source.pos, inner))
        source.pos = pos = close.end()
        source.depth -= 1
        return Paren(inner, (start, pos))
    if kind == _BRACE:
        source.type = INSTANT
        return parse_selector(source, "", start, ())
    if kind == _STRING:
        source.type = STRING
        text = match[7]
        return String(source.string(text, start), text, source.variables_in_string(text, start), (start, pos))
    return _composed(source, match[8], start)


def _named(source: Source, name: str, start: int) -> Node:
    """Read what starts with a name alone: a metric, a number in letters, or an aggregation with its labels first."""
    lower = name.lower()
    operator = AGGREGATIONS.get(lower)
    if operator is not None and (match := GROUPING(source.text, source.pos)) is not None:
        return parse_aggregation(source, operator, start, match, _expression)
    if lower in _NO_NAMES:
        value = number_word(lower)
        if value is None:
            raise _no_name(source, name, start)
        source.type = SCALAR
        return Number(value, name, (start, source.pos))
    source.type = INSTANT
    span = (start, source.pos)
    return Selector(name, (), (), None, None, "", span, span)


def _no_name(source: Source, name: str, start: int) -> PromQLSyntaxError:
    source.pos = start
    return source.unexpected("an expression", f"{name} is a word of the language, no metric name")


def _composed(source: Source, text: str, start: int) -> Node:
    """Read what begins with a name or a number that has Grafana variables in it."""
    whole = source.variable(text, start)
    if text[0] in ".0123456789":  # no name begins like this
        source.type = ANY
        return whole
    variables = source.variables_in(text, start)
    if (match := GROUPING(source.text, source.pos)) is not None:
        return parse_aggregation(source, AggregationOperator(text, ANY), start, match, _expression)
    if (match := _OPEN(source.text, source.pos)) is not None:
        source.pos = match.end()
        return parse_call(source, Function(text, (ANY,), ANY, 0, None), start, _expression)
    if (match := _BRACES(source.text, source.pos)) is not None:
        source.pos = match.end()
        source.type = INSTANT
        return parse_selector(source, text, start, variables)
    if variables[0].text == text:
        source.type = ANY
        return whole
    source.type = INSTANT
    return Selector(text, (), variables, None, None, "", whole.place, whole.place)
