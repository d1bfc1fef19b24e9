"""Lengths of time: literals, Grafana variables and Prometheus' duration expressions."""

from __future__ import annotations

import re
from typing import Final

from signalproof.promql.ast import Duration, DurationOperation, Time
from signalproof.promql.lexer import DURATION, LONGEST_SECONDS, NUMBER, SPACE, VARIABLE
from signalproof.promql.source import Source

_HEX: Final = r"[0-9a-zA-Z]*+"
COMPOSITE: Final = rf"(?:[0-9]*+(?:{VARIABLE}){_HEX})"
"""A variable, and one with digits before or a unit after it: ``${__range_s}s``."""

_TERM: Final = re.compile(
    rf"{SPACE}(?:({COMPOSITE})|((?:{DURATION}|{NUMBER})(?![A-Za-z0-9_.]))|([-+])|(\()|([A-Za-z_]++){SPACE}\()"
)
COMPUTED: Final = re.compile(rf"{SPACE}(?:\(|[-+]{SPACE}[-+])").match
"""How an offset begins that goes on behind an operator."""
_OPERATOR: Final = re.compile(rf"{SPACE}([-+*/%^])")
_NEXT: Final = re.compile(rf"{SPACE}([^ \t\r\n])")
_PRECEDENCE: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "^": 3}
_SIGN: Final = 2
_FUNCTIONS: Final = {"step": 0, "range": 0, "min_of": 2, "max_of": 2, "min": 2, "max": 2}
_DEEPEST: Final = 64
_WANTED: Final = "a duration such as 5m"


def parse_window(source: Source) -> Time:
    """Read what stands in the brackets of a range or a subquery: a positive length of time."""
    time = parse_duration(source)
    check_positive(source, time)
    return time


def check_positive(source: Source, time: Time) -> None:
    """Refuse a range or a step of no length."""
    if isinstance(time, Duration) and time.seconds <= 0:
        raise source.error("a range or a step must be longer than 0", *time.span)


def parse_duration(source: Source, least: int = 0, depth: int = 0) -> Time:
    """Read a duration expression whose operators bind at least as tightly as *least*."""
    left = _term(source, depth)
    while (match := _OPERATOR.match(source.text, source.pos)) is not None:
        depth += 1
        operator = match[1]
        precedence = _PRECEDENCE[operator]
        if precedence < least:
            break
        source.pos = match.end()
        right = parse_duration(source, precedence + (operator != "^"), depth)
        if operator in "/%" and isinstance(right, Duration) and right.seconds == 0:
            raise source.error("division by zero", *right.span)
        left = DurationOperation(operator, (left, right), False, (left.place[0], right.place[1]))
    return left


def parse_offset(source: Source) -> Time:
    """Read what follows ``offset``: a literal, a variable, a call or something in parentheses, perhaps signed.

    An operator after it belongs to the expression around: ``x offset 5m * 2`` is ``(x offset 5m) * 2``. Only what begins
    with a parenthesis or with two signs is read on: ``x offset (5m) * 2`` is an offset of 10m.
    """
    return parse_duration(source) if COMPUTED(source.text, source.pos) else _term(source, 0, power=False)


def _term(source: Source, depth: int, *, power: bool = True) -> Time:
    match = _TERM.match(source.text, source.pos)
    if match is None:
        raise source.unexpected(_WANTED)
    if depth > _DEEPEST:
        raise source.error(f"the duration has more than {_DEEPEST} parts", *match.span())
    group = match.lastindex or 0
    start = match.start(group)
    source.pos = match.end()
    if group == 1:
        return source.variable(match[1], start)
    if group == 2:
        return _literal(source, match[2], start)
    if group == 3:
        operand = (
            parse_duration(source, _SIGN + 1, depth + 1) if power else _term(source, depth + 1, power=False)
        )
        return _signed(match[3], operand, start)
    if group == 4:
        inner = parse_duration(source, 0, depth + 1)
        end = _close(source)
        if isinstance(inner, DurationOperation):
            return DurationOperation(inner.operator, inner.operands, True, (start, end))
        return inner
    return _call(source, match[5], start, depth)


def _literal(source: Source, text: str, start: int) -> Duration:
    seconds = source.number(text, start)
    span = (start, start + len(text))
    if seconds > LONGEST_SECONDS:
        raise source.error(f"the duration {text} is longer than 292 years", *span)
    return Duration(seconds, text, span)


def _signed(sign: str, operand: Time, start: int) -> Time:
    span = (start, operand.place[1])
    if isinstance(operand, Duration):
        seconds = -operand.seconds if sign == "-" and operand.seconds else operand.seconds  # time has no -0
        return Duration(seconds, sign + operand.text if sign == "-" else operand.text, span)
    return DurationOperation(sign, (operand,), False, span)


def _call(source: Source, word: str, start: int, depth: int) -> DurationOperation:
    name = word.lower()
    if name not in _FUNCTIONS:
        raise source.error(
            f"{word} is no duration function",
            start,
            start + len(word),
            "a duration expression knows step(), range(), min_of(a, b) and max_of(a, b)",
        )
    operands: list[Time] = []
    for index in range(_FUNCTIONS[name]):
        if index:
            _expect(source, ",")
        operands.append(parse_duration(source, 0, depth + 1))
    end = _close(source)
    return DurationOperation(name, tuple(operands), False, (start, end))


def _close(source: Source) -> int:
    return _expect(source, ")")


def _expect(source: Source, wanted: str) -> int:
    match = _NEXT.match(source.text, source.pos)
    if match is None or match[1] != wanted:
        raise source.unexpected(repr(wanted))
    source.pos = match.end()
    return source.pos
