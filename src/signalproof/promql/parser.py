"""The parser of PromQL: text in, syntax tree with character spans out.

It reads the text directly, with one pattern per place in the grammar: a token stream would have to know the place
anyway, because words, colons and durations mean different things in braces, in brackets and elsewhere. Operators are
reduced with an explicit stack, so a sum of thousands of terms nests no call; parentheses do, up to a bound.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, NamedTuple, NoReturn

from signalproof.promql.ast import (
    Aggregation,
    Call,
    Grouping,
    Matching,
    Node,
    Number,
    Paren,
    Selector,
    Span,
    String,
    Unary,
    Variable,
)
from signalproof.promql.checks import check_aggregation, check_call
from signalproof.promql.binary import PRECEDENCE, SIGN_PRECEDENCE, binary, parse_matching
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
from signalproof.promql.labels import parse_labels
from signalproof.promql.lexer import (
    DURATION,
    NAME,
    NUMBER,
    QUOTED,
    SPACE,
    VARIABLE,
    PromQLSyntaxError,
    Source,
    number_value,
)
from signalproof.promql.postfix import postfix
from signalproof.promql.selectors import check_selective, parse_selector

__all__ = ["DEEPEST", "PromQLSyntaxError", "parse"]

DEEPEST: Final = 150
"""How deeply parentheses, calls, signs and powers may be nested."""

_OPERAND: Final = re.compile(
    rf"""{SPACE}(?:
        ({NAME}(?!\$|\[\[[A-Za-z_]))(?:{SPACE}(\())?
      | ((?:{DURATION}|{NUMBER})(?![A-Za-z0-9_.$]))
      | (\()
      | (\{{)
      | ([-+])
      | ({QUOTED})
      | ((?:[A-Za-z0-9_:.]*+(?:{VARIABLE}))++[A-Za-z0-9_:]*+)
    )""",
    re.VERBOSE,
)
_NAME, _CALL, _NUMBER, _PAREN, _BRACE, _SIGN, _STRING, _COMPOSED = range(1, 9)
_AFTER: Final = re.compile(
    rf"""{SPACE}(?:
        ([-+*/%^] | [=!]= | [<>][=/]?+ | (?:and|or|unless|atan2)(?![A-Za-z0-9_:]))
      | (\[ | @ | (?:offset|anchored|smoothed)(?![A-Za-z0-9_:]))
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(rf"{SPACE}([,)])")
_CLOSE: Final = re.compile(rf"{SPACE}\)")
_BRACES: Final = re.compile(rf"{SPACE}\{{")
_OPEN: Final = re.compile(rf"{SPACE}\(")
_GROUPING: Final = re.compile(rf"{SPACE}(by|without)(?![A-Za-z0-9_:])", re.IGNORECASE)
_BLANK: Final = re.compile(rf"{SPACE}\Z")
_SELECTS: Final = re.compile(rf"{SPACE}(?:\{{|\[)")
_NO_NAMES: Final = frozenset({"on", "ignoring", "bool", "group_left", "group_right", "atan2"})
_WANTED: Final = "an expression"


class _Pending(NamedTuple):
    """An operator whose right side is still to come; a sign has no left side."""

    precedence: int
    operator: str
    span: Span
    modifiers: tuple[bool, Matching | None]
    left: Node | None
    type: Type


def parse(text: str, variables: Collection[str] | None = None) -> Node:
    """Return the syntax tree of *text*.

    Args:
        text: A PromQL expression, Grafana variables as written.
        variables: Names of the declared Grafana variables; Grafana's own (``__rate_interval`` …) always count. None
            when the declarations are unknown: then whatever looks like a variable is one. Elsewhere a name that is not
            declared is an error, and plain text inside a string.

    Raises:
        PromQLSyntaxError: It is not PromQL, or Prometheus refuses it for its types.
    """
    source = Source(text, variables)
    try:
        node = _expression(source)
    except RecursionError:
        source.fail("the expression is nested too deeply", source.pos, source.pos)
    if not _BLANK.match(source.text, source.pos):
        source.unexpected("an operator or the end", follower_hint(source.text, source.pos, node))
    return node


def _expression(source: Source) -> Node:
    text = source.text
    stack: list[_Pending] = []
    while True:
        match = _OPERAND.match(text, source.pos)
        if match is None:
            source.unexpected(_WANTED)
        kind = match.lastindex
        if kind == _SIGN:
            stack.append(_Pending(SIGN_PRECEDENCE, match[6], Span(*match.span(6)), (False, None), None, ANY))
            source.pos = match.end()
            if len(stack) > DEEPEST:
                _fail_too_deep(source)
            continue
        node = _operand(source, match, kind or 0)
        while True:
            match = _AFTER.match(text, source.pos)
            if match is None:
                while stack:
                    node = _reduce(source, stack.pop(), node)
                return node
            if match.lastindex == 1:
                break
            node = postfix(source, node, match[2], match.start(2), match.end())
        operator = match[1].lower()
        precedence = PRECEDENCE[operator]
        least = precedence + (operator == "^")
        while stack and stack[-1].precedence >= least:
            node = _reduce(source, stack.pop(), node)
        source.pos = match.end()
        span = Span(*match.span(1))
        type_ = source.type
        stack.append(_Pending(precedence, operator, span, parse_matching(source), node, type_))
        if len(stack) > DEEPEST:
            _fail_too_deep(source)


def _reduce(source: Source, pending: _Pending, right: Node) -> Node:
    if pending.left is not None:
        return binary(
            source,
            pending.operator,
            pending.span,
            pending.modifiers,
            pending.left,
            pending.type,
            right,
            source.type,
        )
    span = Span(pending.span.start, right.span.end)
    if source.type in (RANGE, STRING):
        source.fail(f"a sign takes a scalar or an instant vector, not a {source.type}", *right.span)
    if isinstance(right, Number):
        value = -right.value if pending.operator == "-" else right.value
        return Number(value, source.text[span.start : span.end], span)
    return Unary("-" if pending.operator == "-" else "+", right, span)


def _operand(source: Source, match: re.Match[str], kind: int) -> Node:
    start = match.start(kind)
    source.pos = match.end()
    if kind == _CALL:
        return _called(source, match[1], match.start(1))
    if kind == _NAME:
        return _named(source, match[1], start)
    if kind == _NUMBER:
        source.type = SCALAR
        return Number(source.number(match[3], start), match[3], Span(start, source.pos))
    if kind == _PAREN:
        _enter(source)
        inner = _expression(source)
        close = _CLOSE.match(source.text, source.pos)
        if close is None:
            source.unexpected("an operator or ')'", follower_hint(source.text, source.pos, inner))
        source.pos = close.end()
        source.depth -= 1
        return Paren(inner, Span(start, source.pos))
    if kind == _BRACE:
        return _select(source, "", start, ())
    if kind == _STRING:
        source.type = STRING
        text = match[7]
        return String(
            source.unquote(text, start), text, source.variables_in(text, start), Span(start, source.pos)
        )
    return _composed(source, match[8], start)


def _named(source: Source, name: str, start: int) -> Node:
    lower = name.lower()
    if lower in AGGREGATIONS and _GROUPING.match(source.text, source.pos):
        return _aggregation(source, AGGREGATIONS[lower], start)
    if (value := number_value(lower)) is not None:
        source.type = SCALAR
        return Number(value, name, Span(start, source.pos))
    if lower in _NO_NAMES:
        source.pos = start
        source.unexpected(_WANTED, f"{name} is a word of the language, no metric name")
    braces = _BRACES.match(source.text, source.pos)
    if braces is not None:
        source.pos = braces.end()
        return _select(source, name, start, ())
    source.type = INSTANT
    span = Span(start, source.pos)
    return Selector(name, (), (), None, None, "", span, span)


def _select(source: Source, name: str, start: int, variables: tuple[Variable, ...]) -> Selector:
    selector = parse_selector(source, name, start, variables)
    check_selective(source, selector)
    source.type = INSTANT
    return selector


def _composed(source: Source, text: str, start: int) -> Node:
    """Read what begins with a name or a number that has Grafana variables in it."""
    whole = source.variable(text, start)
    variables = source.variables_in(text, start)
    if (match := _GROUPING.match(source.text, source.pos)) is not None:
        return _aggregation(source, AggregationOperator(text, ANY), start)
    if (match := _OPEN.match(source.text, source.pos)) is not None:
        source.pos = match.end()
        return _call(source, Function(text, (ANY,), ANY, 0, None), start)
    if (match := _BRACES.match(source.text, source.pos)) is not None:
        source.pos = match.end()
        return _select(source, text, start, variables)
    if variables[0].text == text or text[0] in ".0123456789":
        source.type = ANY
        return whole
    source.type = INSTANT
    return Selector(text, (), variables, None, None, "", whole.span, whole.span)


def _called(source: Source, name: str, start: int) -> Node:
    """Read what follows a name and an opening parenthesis."""
    function = FUNCTIONS.get(name)
    if function is not None:
        return _call(source, function, start)
    operator = AGGREGATIONS.get(name.lower())
    if operator is not None:
        source.pos = start + len(name)
        return _aggregation(source, operator, start)
    source.fail(
        f"there is no function {name}",
        start,
        start + len(name),
        unknown_function_hint(name),
    )


def _call(source: Source, function: Function, start: int) -> Call:
    """Read the arguments; the position is behind the opening parenthesis."""
    args, types = _arguments(source, label_selector_at=1 if function.name == "info" else None)
    span = Span(start, source.pos)
    check_call(source, function, args, types, span)
    source.type = function.result
    return Call(function.name, args, Span(start, start + len(function.name)), span)


def _arguments(
    source: Source, label_selector_at: int | None = None
) -> tuple[tuple[Node, ...], tuple[Type, ...]]:
    """Read arguments up to the closing parenthesis."""
    _enter(source)
    args: list[Node] = []
    types: list[Type] = []
    close = _CLOSE.match(source.text, source.pos)
    if close is None:
        while True:
            if len(args) == label_selector_at:
                args.append(_label_selector(source))
            else:
                args.append(_expression(source))
            types.append(source.type)
            match = _SEPARATOR.match(source.text, source.pos)
            if match is None:
                source.unexpected("',' or ')'", follower_hint(source.text, source.pos, args[-1]))
            source.pos = match.end()
            if match[1] == ")":
                break
            if _CLOSE.match(source.text, source.pos):
                source.unexpected(
                    "an argument", "PromQL takes no comma before the closing parenthesis of a call"
                )
    else:
        source.pos = close.end()
    source.depth -= 1
    return tuple(args), tuple(types)


def _label_selector(source: Source) -> Node:
    """Read the second argument of info(): braces without a name, which may match everything."""
    match = _BRACES.match(source.text, source.pos)
    if match is None:
        source.unexpected("label matchers in braces", "info() takes them as its second argument")
    source.pos = match.end()
    node: Node = parse_selector(source, "", match.end() - 1, ())
    source.type = INSTANT
    while (after := _AFTER.match(source.text, source.pos)) is not None and after.lastindex == 2:
        node = postfix(source, node, after[2], after.start(2), after.end())
    return node


def _aggregation(source: Source, operator: AggregationOperator, start: int) -> Aggregation:
    """Read what follows the name of an aggregation operator."""
    name_span = Span(start, source.pos)
    grouping = _grouping(source)
    match = _OPEN.match(source.text, source.pos)
    if match is None:
        source.unexpected("'('", f"{operator.name} aggregates what stands in parentheses")
    source.pos = match.end()
    args, types = _arguments(source)
    if grouping is None:
        grouping = _grouping(source)
    span = Span(start, source.pos)
    check_aggregation(source, operator, args, types, span)
    source.type = INSTANT
    parameter = args[0] if len(args) == 2 else None
    return Aggregation(operator.name, args[-1], parameter, grouping, name_span, span)


def _grouping(source: Source) -> Grouping | None:
    match = _GROUPING.match(source.text, source.pos)
    if match is None:
        return None
    source.pos = match.end()
    opened = _OPEN.match(source.text, source.pos)
    if opened is None:
        source.unexpected("'('", f"the labels stand in parentheses: {match[1]} (job, instance)")
    source.pos = opened.end()
    labels = parse_labels(source)
    return Grouping(match[1].lower() == "without", labels, Span(match.start(1), source.pos))


def _enter(source: Source) -> None:
    source.depth += 1
    if source.depth > DEEPEST:
        _fail_too_deep(source)


def _fail_too_deep(source: Source) -> NoReturn:
    source.fail(f"the expression is nested more than {DEEPEST} levels deep", source.pos - 1, source.pos)
