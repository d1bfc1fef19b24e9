"""What follows an operand of MetricsQL: a window, an offset, a fixed time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from signalproof.promql.ast import Duration, DurationOperation, Time, Variable
from signalproof.promql.durations import COMPOSITE
from signalproof.promql.metricsql_lexer import Token, cut, duration_of, number_of
from signalproof.promql.metricsql_nodes import ranged
from signalproof.promql.metricsql_state import Read, State, Templates
from signalproof.promql.metricsql_templates import expand, find

STARTS: Final = ("[", "@", "offset")
"""Words with which it begins."""

_VARIABLE_TIME: Final = re.compile(COMPOSITE).fullmatch
_STEPS: Final = float("nan")
"""The seconds of a time that is not known before the query runs."""


def parse_times(
    state: State, templates: Templates, inner: Read, operand: Callable[[State, Templates], Read]
) -> Read:
    """Read a window, an offset and a fixed time, of which each may be missing."""
    window: Time | None = None
    step: Time | None = None
    offset: Time | None = None
    at: Read | None = None
    colon = False
    begin = state.tokens[state.at - 1].end
    if state.take("["):
        if not state.text.startswith(":") and state.text != "]":
            window = _time(state, templates)
        if state.text.startswith(":"):
            colon = True
            step = _step(state, templates)
        elif window is None:
            raise state.unexpected("a duration such as 5m")
        state.expect("]")
    place = (0, 0)
    before = after = state.words(begin, state.done)
    after = ""
    for _ in range(2):
        if state.text == "@" and at is None:
            start = state.token.start
            state.at += 1
            at = operand(state, templates)
            place = (start, state.done)
        if state.text == "offset" and offset is None:
            offset_from = state.token.start
            state.at += 1
            offset = _offset(state, templates)
            after = f" {state.words(offset_from, state.done)}"
    if at is None:
        before, after = before + after, ""
    return ranged(state, inner, window, step, colon, offset, at, place, (before, after), inner.place[0])


def _offset(state: State, templates: Templates) -> Time:
    start = state.token.start
    sign = state.take("-")
    time = _time(state, templates)
    if isinstance(time, Duration):
        seconds = -time.seconds if sign and time.seconds else time.seconds
        return Duration(seconds, state.source.text[start : state.done], (start, state.done))
    return DurationOperation("-", (time,), False, (start, state.done)) if sign else time


def _step(state: State, templates: Templates) -> Time | None:
    """Read what stands behind the colon of a window; both may be one word."""
    if state.token.kind == "composed":
        state.tokens[state.at : state.at + 1] = cut(state.token)
    token = state.token
    rest = token.text[1:]
    state.at += 1
    if not rest:
        return None if state.text == "]" else _time(state, templates)
    return _literal(state, templates, Token(token.kind, rest, token.start + 1, token.end))


def _time(state: State, templates: Templates) -> Time:
    """Read a length of time: a literal, a Grafana variable, or a template."""
    token = state.token
    if token.kind in ("name", "composed"):
        state.tokens[state.at : state.at + 1] = cut(token)
        token = state.token
    state.at += 1
    if token.kind == "composed":
        if _VARIABLE_TIME(token.text) is None:
            state.at -= 1
            raise state.unexpected("a duration such as 5m")
        return state.source.variable(token.text, token.start)
    return _literal(state, templates, token)


def _literal(state: State, templates: Templates, token: Token) -> Time:
    text = token.text
    if text[:1].isdigit() or text[:1] == ".":
        seconds = duration_of(text)
        if seconds is None or (text[-1] in "0123456789." and number_of(text) is None):
            raise state.wrong(f"{text} is no duration", token, "a duration is written 5m or 1h30m")
        return Duration(seconds, text, token[2:])
    if token.kind != "name":
        state.at -= 1
        raise state.unexpected("a duration such as 5m")
    if templates is not None:
        index = find(templates, text)
        if index < 0:
            raise state.wrong(f"there is no template {text}", token, "a duration is written 5m or 1h30m")
        new = expand(state, templates, index, (), token)
        timed = new.kind in ("duration", "number") and duration_of(new.name or " ") is not None
        if not timed and not isinstance(new.node, Variable):
            raise state.wrong(f"the template {text} is no duration", token)
    return Duration(_STEPS, text, token[2:])
