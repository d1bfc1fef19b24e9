"""What follows an operand: ranges, subqueries, ``offset``, ``@``, ``anchored`` and ``smoothed``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from signalproof.promql.ast import At, Duration, Node, Paren, Range, Selector, Span, Subquery, Time, Variable
from signalproof.promql.durations import COMPOSITE, parse_offset, parse_window
from signalproof.promql.functions import ANY, INSTANT, RANGE
from signalproof.promql.lexer import DURATION, NUMBER, SPACE, Source, number_value

Modified: TypeAlias = Selector | Range | Subquery

_COLON: Final = re.compile(rf"{SPACE}:")
_END: Final = re.compile(rf"{SPACE}\]")
_AT: Final = re.compile(
    rf"{SPACE}(?:(start|end){SPACE}\({SPACE}\)|([-+]?){SPACE}((?:{DURATION}|{NUMBER}|inf|nan)(?![A-Za-z0-9_.]))|({COMPOSITE}))",
    re.IGNORECASE,
)


def postfix(source: Source, node: Node, word: str, start: int, end: int) -> Node:
    """Return *node* with the modifier that begins with *word* at *start*."""
    source.pos = end
    if word == "[":
        return _bracket(source, node, start)
    if word == "@":
        return _at(source, node, start)
    if word.lower() == "offset":
        return _offset(source, node, start)
    return _mode(source, node, "anchored" if word.lower() == "anchored" else "smoothed", start)


def _bracket(source: Source, node: Node, start: int) -> Node:
    window = parse_window(source)
    text = source.text
    if (match := _END.match(text, source.pos)) is not None:
        source.pos = match.end()
        selector = _as_selector(source, node)
        if selector is None:
            source.fail(
                "only a selector takes a range",
                start,
                source.pos,
                "a subquery of another expression has a colon: [5m:]"
                if not isinstance(node, Range)
                else "it has a range already",
            )
        if selector.offset is not None or selector.at is not None:
            source.fail("the range stands before offset and @", start, source.pos, "write x[5m] offset 1h")
        source.type = RANGE
        return Range(selector, window, Span(node.span.start, source.pos))
    match = _COLON.match(text, source.pos)
    if match is None:
        source.unexpected("']' or ':'")
    source.pos = match.end()
    step: Time | None = None
    match = _END.match(text, source.pos)
    if match is None:
        step = parse_window(source)
        match = _END.match(text, source.pos)
        if match is None:
            source.unexpected("']'")
    source.pos = match.end()
    if source.type not in (INSTANT, ANY):
        source.fail(f"a subquery is made of an instant vector, not of a {source.type}", *node.span)
    source.type = RANGE
    return Subquery(node, window, step, None, None, Span(node.span.start, source.pos))


def _as_selector(source: Source, node: Node) -> Selector | None:
    if isinstance(node, Variable):
        source.type = INSTANT
        return Selector(
            node.text,
            (),
            source.variables_in(node.text, node.span.start),
            None,
            None,
            "",
            node.span,
            node.span,
        )
    return node if isinstance(node, Selector) else None


def _modified(source: Source, node: Node, word: str, start: int) -> Modified:
    """Return *node* when it can take a modifier, a variable as the selector it stands for."""
    if isinstance(node, Range | Subquery):
        return node
    selector = _as_selector(source, node)
    if selector is None:
        inside = node.expr if isinstance(node, Paren) else node
        source.fail(
            f"{word} follows a selector, a range or a subquery",
            start,
            source.pos,
            "move it inside the parentheses, behind the selector"
            if isinstance(inside, Selector | Range | Subquery) or node is not inside
            else f"write it behind the selector: sum(x {word} …)",
        )
    return selector


def _with(source: Source, node: Modified, *, offset: Time | None = None, at: At | None = None) -> Modified:
    span = Span(node.span.start, source.pos)
    if isinstance(node, Range):
        selector = node.selector
        return replace(
            node,
            selector=replace(selector, offset=offset or selector.offset, at=at or selector.at),
            span=span,
        )
    return replace(node, offset=offset or node.offset, at=at or node.at, span=span)


def _offset(source: Source, node: Node, start: int) -> Modified:
    offset = parse_offset(source)
    modified = _modified(source, node, "offset", start)
    before = modified.selector.offset if isinstance(modified, Range) else modified.offset
    if before is not None and not (isinstance(before, Duration) and before.seconds == 0):
        source.fail("offset is given twice", start, source.pos, "keep one of them")
    return _with(source, modified, offset=offset)


def _at(source: Source, node: Node, start: int) -> Modified:
    match = _AT.match(source.text, source.pos)
    if match is None:
        source.unexpected("a Unix timestamp, start() or end()")
    source.pos = match.end()
    word, sign, number, variable = match.groups()
    time: float | Variable | Literal["start", "end"]
    if word is not None:
        time = "start" if word.lower() == "start" else "end"
    elif variable is not None:
        time = source.variable(variable, match.start(4))
    else:
        value = number_value(number)
        time = source.number(number, match.start(3)) if value is None else value
        if not abs(time) < 2**63:
            source.fail("the timestamp is out of bounds", match.start(3), match.end(3))
        if sign == "-":
            time = -time
    modified = _modified(source, node, "@", start)
    before = modified.selector.at if isinstance(modified, Range) else modified.at
    if before is not None:
        source.fail("@ is given twice", start, source.pos, "keep one of them")
    return _with(source, modified, at=At(time, Span(start, source.pos)))


def _mode(source: Source, node: Node, mode: Literal["anchored", "smoothed"], start: int) -> Modified:
    modified = _modified(source, node, mode, start)
    if isinstance(modified, Subquery):
        source.fail(f"a subquery cannot be {mode}", start, source.pos)
    selector = modified.selector if isinstance(modified, Range) else modified
    if selector.mode not in ("", mode):
        source.fail("anchored and smoothed exclude each other", start, source.pos, "keep one of them")
    span = Span(modified.span.start, source.pos)
    if isinstance(modified, Range):
        return replace(modified, selector=replace(selector, mode=mode), span=span)
    return replace(modified, mode=mode, span=span)
