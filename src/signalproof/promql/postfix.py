"""What follows an operand: ranges, subqueries, ``offset``, ``@``, ``anchored`` and ``smoothed``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from signalproof.promql.ast import (
    Aggregation,
    At,
    Duration,
    Node,
    Range,
    Selector,
    Subquery,
    Time,
    Variable,
)
from signalproof.promql.durations import COMPOSITE, check_positive, parse_offset, parse_window
from signalproof.promql.functions import ANY, INSTANT, RANGE
from signalproof.promql.lexer import DURATION, NUMBER, SPACE, VARIABLE, number_word
from signalproof.promql.source import Source

Modified: TypeAlias = Selector | Range | Subquery

AFTER: Final = re.compile(
    rf"""{SPACE}(?:
        ([-+*/%^] | [=!]= | [<>][=/]?+ | (?i:and|or|unless|atan2)(?![A-Za-z0-9_:]))
      | (\[(?=\[\[|[^\[]) | @ | (?i:offset|anchored|smoothed)(?![A-Za-z0-9_:]))
      | ({VARIABLE})
    )""",
    re.VERBOSE,
).match
"""What may follow an operand: an operator (1), the first word of a modifier (2), or a variable for an operator (3)."""
_SIMPLE: Final = re.compile(rf"{SPACE}(?:({VARIABLE})|({DURATION})){SPACE}\]").match
_COLON: Final = re.compile(rf"{SPACE}:").match
_END: Final = re.compile(rf"{SPACE}\]").match
_AT: Final = re.compile(
    rf"{SPACE}(?:(start|end){SPACE}\({SPACE}\)|([-+]?){SPACE}((?:{DURATION}|{NUMBER}|inf|nan)(?![A-Za-z0-9_.]))|({COMPOSITE}))",
    re.IGNORECASE,
)


def postfix(source: Source, node: Node, word: str, start: int, at: int, end: int) -> Node:
    """Return *node*, which starts at *start*, with the modifier whose first *word* stands from *at* to *end*."""
    if word == "[":
        return bracket(source, node, start, at)
    source.pos = end
    if word == "@":
        return _at(source, node, start, at)
    word = word.lower()
    if word == "offset":
        return _offset(source, node, start, at)
    return _mode(source, node, "anchored" if word == "anchored" else "smoothed", start, at)


def bracket(source: Source, node: Node, start: int, at: int) -> Node:
    """Return *node*, which starts at *start*, with the range or subquery whose bracket stands *at*."""
    text = source.text
    source.pos = at + 1
    window: Time
    match = _SIMPLE(text, source.pos)
    if match is not None:
        variable, duration = match.groups()
        if variable is not None:
            window = source.variable(variable, match.start(1))
        else:
            window = Duration(source.duration(duration, match.start(2)), duration, match.span(2))
            if not window.seconds > 0:
                check_positive(source, window)
        source.pos = match.end()
        return _range(source, node, window, start, at)
    window = parse_window(source)
    match = _END(text, source.pos)
    if match is not None:
        source.pos = match.end()
        return _range(source, node, window, start, at)
    match = _COLON(text, source.pos)
    if match is None:
        raise source.unexpected("']' or ':'")
    source.pos = match.end()
    step: Time | None = None
    match = _END(text, source.pos)
    if match is None:
        step = parse_window(source)
        match = _END(text, source.pos)
        if match is None:
            raise source.unexpected("']'")
    source.pos = match.end()
    if source.type not in (INSTANT, ANY):
        raise source.error(f"a subquery is made of an instant vector, not of a {source.type}", start, at)
    source.type = RANGE
    return Subquery(node, window, step, None, None, (start, source.pos))


def _range(source: Source, node: Node, window: Time, start: int, at: int) -> Range:
    selector = node if type(node) is Selector else _as_selector(source, node)
    if selector is None:
        advice = "a subquery of another expression has a colon: [5m:]"
        if isinstance(node, Range | Subquery):
            advice = "it has a range already"
        elif isinstance(node, Aggregation):
            advice = f"rate first, aggregate then: {node.operator}(rate(x[5m])); or make it a subquery: [5m:]"
        raise source.error("only a selector takes a range", at, source.pos, advice)
    if selector.at is not None or not _is_nothing(selector.offset):
        raise source.error("the range stands before offset and @", at, source.pos, "write x[5m] offset 1h")
    source.type = RANGE
    return Range(selector, window, (start, source.pos))


def _is_nothing(offset: Time | None) -> bool:
    """Whether *offset* is none at all: one of 0 can be followed by a range, or by another."""
    return offset is None or (isinstance(offset, Duration) and offset.seconds == 0)


def _as_selector(source: Source, node: Node) -> Selector | None:
    """Return a variable as the selector it stands for, a selector as it is, and None for anything else."""
    if isinstance(node, Variable):
        source.type = INSTANT
        variables = source.variables_in(node.text, node.place[0])
        return Selector(node.text, (), variables, None, None, "", node.place, node.place)
    return node if isinstance(node, Selector) else None


def _modified(source: Source, node: Node, word: str, at: int) -> Modified:
    """Return *node* when it can take a modifier, a variable as the selector it stands for."""
    if isinstance(node, Range | Subquery):
        return node
    selector = _as_selector(source, node)
    if selector is None:
        raise source.error(
            f"{word} follows a selector, a range or a subquery",
            at,
            source.pos,
            f"write it inside, behind the selector or its range: rate(x[5m] {word} …)",
        )
    return selector


def _with(
    node: Modified, span: tuple[int, int], *, offset: Time | None = None, at: At | None = None
) -> Modified:
    if isinstance(node, Range):
        selector = node.selector
        return replace(
            node,
            selector=replace(selector, offset=offset or selector.offset, at=at or selector.at),
            place=span,
        )
    if isinstance(node, Selector):
        return replace(
            node, pattern=node.matchers, offset=offset or node.offset, at=at or node.at, place=span
        )
    return replace(node, offset=offset or node.offset, at=at or node.at, place=span)


def _offset(source: Source, node: Node, start: int, at: int) -> Modified:
    offset = parse_offset(source)
    modified = _modified(source, node, "offset", at)
    before = modified.selector.offset if isinstance(modified, Range) else modified.offset
    if not _is_nothing(before):
        raise source.error("offset is given twice", at, source.pos, "keep one of them")
    return _with(modified, (start, source.pos), offset=offset)


def _at(source: Source, node: Node, start: int, at: int) -> Modified:
    match = _AT.match(source.text, source.pos)
    if match is None:
        raise source.unexpected("a Unix timestamp, start() or end()")
    source.pos = match.end()
    word, sign, number, variable = match.groups()
    time: float | Variable | Literal["start", "end"]
    if word is not None:
        time = "start" if word.lower() == "start" else "end"
    elif variable is not None:
        time = source.variable(variable, match.start(4))
    else:
        value = number_word(number)
        time = source.number(number, match.start(3)) if value is None else value
        if not abs(time) < 2**63:
            raise source.error("the timestamp is out of bounds", match.start(3), match.end(3))
        if sign == "-":
            time = -time
    modified = _modified(source, node, "@", at)
    before = modified.selector.at if isinstance(modified, Range) else modified.at
    if before is not None:
        raise source.error("@ is given twice", at, source.pos, "keep one of them")
    return _with(modified, (start, source.pos), at=At(time, (at, source.pos)))


def _mode(source: Source, node: Node, mode: Literal["anchored", "smoothed"], start: int, at: int) -> Modified:
    modified = _modified(source, node, mode, at)
    if isinstance(modified, Subquery):
        raise source.error(f"a subquery cannot be {mode}", at, source.pos)
    selector = modified.selector if isinstance(modified, Range) else modified
    if selector.mode not in ("", mode):
        raise source.error("anchored and smoothed exclude each other", at, source.pos, "keep one of them")
    span = (start, source.pos)
    if isinstance(modified, Range):
        return replace(modified, selector=replace(selector, mode=mode), place=span)
    return replace(modified, pattern=modified.matchers, mode=mode, place=span)
