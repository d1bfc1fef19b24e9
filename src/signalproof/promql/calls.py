"""Calls and aggregations: arguments in parentheses, and the labels of ``by`` and ``without``.

Arguments are expressions; the function that reads one is handed in, because it calls the functions here in turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from signalproof.promql.ast import Aggregation, Call, Grouping, Node
from signalproof.promql.checks import check_aggregation, check_call
from signalproof.promql.functions import INSTANT, AggregationOperator, Function, Type
from signalproof.promql.hints import follower_hint
from signalproof.promql.labels import parse_labels
from signalproof.promql.lexer import SPACE
from signalproof.promql.postfix import AFTER, postfix
from signalproof.promql.selectors import parse_selector
from signalproof.promql.source import DEEPEST, Source

ReadExpression: TypeAlias = Callable[[Source], Node]

GROUPING: Final = re.compile(rf"{SPACE}((?i:by|without))(?:{SPACE}(\()|(?![A-Za-z0-9_:]))").match
_SEPARATOR: Final = re.compile(rf"{SPACE}([,)])").match
_CLOSE: Final = re.compile(rf"{SPACE}\)").match
_BRACES: Final = re.compile(rf"{SPACE}\{{").match
_OPEN: Final = re.compile(rf"{SPACE}\(").match


def parse_call(source: Source, function: Function, start: int, read: ReadExpression) -> Call:
    """Read the arguments; the position is behind the opening parenthesis."""
    name = function.name
    args, types = _arguments(source, read, 1 if name == "info" else -1)
    span = (start, source.pos)
    if types != function.args:
        check_call(source, function, args, types, span)
    source.type = function.result
    return Call(name, args, (start, start + len(name)), span)


def _arguments(
    source: Source, read: ReadExpression, matchers_at: int = -1
) -> tuple[tuple[Node, ...], tuple[Type, ...]]:
    """Read arguments and the closing parenthesis; the one at index *matchers_at* has to be matchers in braces."""
    text = source.text
    source.depth += 1
    if source.depth > DEEPEST:
        raise source.too_deep()
    args: tuple[Node, ...] = ()
    types: tuple[Type, ...] = ()
    if text[source.pos] in ") \t\r\n" and (close := _CLOSE(text, source.pos)) is not None:
        source.pos = close.end()
        source.depth -= 1
        return args, types
    while True:
        arg = _label_matchers(source) if len(args) == matchers_at else read(source)
        if not args and text[source.pos] == ")":  # most often
            source.pos += 1
            source.depth -= 1
            return (arg,), (source.type,)
        args = (*args, arg)
        types = (*types, source.type)
        separator = text[source.pos]
        if separator == ")" or separator == ",":  # twice as fast as a look into a set
            source.pos += 1
        else:
            match = _SEPARATOR(text, source.pos)
            if match is None:
                raise source.unexpected("',' or ')'", follower_hint(text, source.pos, arg))
            source.pos = match.end()
            separator = match[1]
        if separator == ")":
            source.depth -= 1
            return args, types


def _label_matchers(source: Source) -> Node:
    """Read the second argument of info(): braces without a name, which may match everything."""
    match = _BRACES(source.text, source.pos)
    if match is None:
        raise source.unexpected("label matchers in braces", "info() takes them as its second argument")
    start = match.end() - 1
    source.pos = match.end()
    node: Node = parse_selector(source, "", start, (), selective=False)
    source.type = INSTANT
    while (match := AFTER(source.text, source.pos)) is not None and match.lastindex == 2:
        node = postfix(source, node, match[2], start, match.start(2), match.end())
    return node


def parse_aggregation(
    source: Source,
    operator: AggregationOperator,
    start: int,
    match: re.Match[str] | None,
    read: ReadExpression,
) -> Aggregation:
    """Read what follows the operator; *match* is ``by`` or ``without`` when one stands before the parenthesis."""
    name = operator.name
    grouping = None
    if match is not None:
        grouping = _grouping(source, match)
        opened = _OPEN(source.text, source.pos)
        if opened is None:
            raise source.unexpected("'('", f"{name} aggregates what stands in parentheses")
        source.pos = opened.end()
    args, types = _arguments(source, read)
    if grouping is None and source.text[source.pos] not in "),\0":
        match = GROUPING(source.text, source.pos)
        if match is not None:
            grouping = _grouping(source, match)
    span = (start, source.pos)
    if types != operator.args:
        check_aggregation(source, operator, args, types, span)
    source.type = INSTANT
    parameter = args[0] if len(args) == 2 else None
    return Aggregation(name, args[-1], parameter, grouping, (start, start + len(name)), span)


def _grouping(source: Source, match: re.Match[str]) -> Grouping:
    source.pos = match.end()
    if match.lastindex != 2:
        raise source.unexpected("'('", f"the labels stand in parentheses: {match[1]} (job, instance)")
    labels = parse_labels(source)
    return Grouping(match[1].lower() == "without", labels, (match.start(1), source.pos))
