"""What follows an operator of MetricsQL: ``bool``, the matching of labels, and what fills in."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from signalproof.promql.ast import GroupLabel, Matching
from signalproof.promql.binary import COMPARISONS
from signalproof.promql.metricsql_lexer import number_of
from signalproof.promql.metricsql_names import OPERATORS, SETS
from signalproof.promql.metricsql_selectors import labels
from signalproof.promql.metricsql_state import State, Templates
from signalproof.promql.metricsql_templates import string

Modifiers: TypeAlias = tuple[bool, Matching | None, str]
"""Whether ``bool`` was there, the matching, and all of it as a text where Prometheus cannot read it."""

NO_MODIFIERS: Final[Modifiers] = (False, None, "")
_FILLS: Final = ("fill", "fill_left", "fill_right")


def parse_modifiers(state: State, templates: Templates, operator: str) -> Modifiers:
    """Read what follows an operator: ``bool``, the matching of labels, what fills in."""
    begin = state.at
    start = state.token.start
    bool_modifier = False
    ours = True
    if state.text == "bool":
        if operator not in COMPARISONS and operator in OPERATORS:
            raise state.unexpected("an operand", f"bool goes with a comparison, not with {operator}")
        state.at += 1
        bool_modifier = True
    first = state.token.start
    matching = Matching()
    explicit = on = False
    listed: tuple[GroupLabel, ...] = ()
    include: tuple[GroupLabel, ...] = ()
    group: Literal["", "left", "right"] = ""
    if state.text in ("on", "ignoring"):
        explicit, on = True, state.text == "on"
        state.at += 1
        listed, ours = labels(state, templates)
        if state.text in ("group_left", "group_right"):
            if operator in ("and", "or", "unless"):
                raise state.unexpected("an operand", f"{state.text} cannot go with {operator}")
            group = "left" if state.text == "group_left" else "right"
            state.at += 1
            if state.text == "(" and state.ahead() == "*":
                state.at += 2
                state.expect(")")
                ours = False
            elif state.text == "(":
                include, plain = labels(state, templates)
                ours = ours and plain
            if state.text == "prefix":
                state.at += 1
                string(state, templates)
                ours = False
    fill: dict[str, float] = {}
    while state.text in _FILLS:
        if operator in SETS:
            raise state.unexpected("an operand", f"fill cannot go with {operator}")
        word = state.text
        if state.ahead() != "(":
            break
        state.at += 2
        ours = ours and word not in fill and "fill" not in fill and not (fill and word == "fill")
        sign = -1 if state.take("-") else 1
        fill[word] = sign * _number(state)
        state.expect(")")
    if state.at == begin:
        return NO_MODIFIERS
    end = state.done
    if not ours:
        return bool_modifier, None, state.words(start, end)
    if not explicit and not fill:
        return bool_modifier, None, ""
    both = fill.get("fill")
    matching = Matching(
        on, listed, group, include, explicit, fill.get("fill_left", both), fill.get("fill_right", both),
        (first, end),
    )  # fmt: skip
    return bool_modifier, matching, ""


def _number(state: State) -> float:
    token = state.token
    value = number_of(token.text) if token.kind in ("number", "duration", "name") else None
    if value is None or (token.kind == "name" and token.text.lower() not in ("inf", "nan")):
        raise state.unexpected("a number")
    state.at += 1
    return value
