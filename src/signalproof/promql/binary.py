"""Binary operators: precedence, vector matching, and which operands they take."""

from __future__ import annotations

import re
from typing import Final, Literal

from signalproof.promql.ast import Binary, GroupLabel, LabelName, Matching, Node, Span
from signalproof.promql.functions import ANY, INSTANT, RANGE, SCALAR, STRING, Type
from signalproof.promql.labels import parse_labels
from signalproof.promql.lexer import DURATION, NUMBER, SPACE, Source, number_value

PRECEDENCE: Final = {
    "or": 1,
    "and": 2, "unless": 2,
    "==": 3, "!=": 3, "<": 3, ">": 3, "<=": 3, ">=": 3, "</": 3, ">/": 3,
    "+": 4, "-": 4,
    "*": 5, "/": 5, "%": 5, "atan2": 5,
    "^": 6,
}  # fmt: skip
"""How tightly each operator binds; ``^`` alone binds to the right."""
SIGN_PRECEDENCE: Final = 5
"""A sign binds like a product: ``-x ^ 2`` is ``-(x ^ 2)``."""
COMPARISONS: Final = frozenset({"==", "!=", "<", ">", "<=", ">="})
SET_OPERATORS: Final = frozenset({"and", "or", "unless"})

_MODIFIER: Final = re.compile(
    rf"{SPACE}((?:bool|on|ignoring|group_left|group_right)(?![A-Za-z0-9_:])|(?:fill_left|fill_right|fill)(?={SPACE}\())",
    re.IGNORECASE,
)
_OPEN: Final = re.compile(rf"{SPACE}\(")
_FILL: Final = re.compile(
    rf"{SPACE}\({SPACE}([-+]?){SPACE}((?:{DURATION}|{NUMBER}|inf|nan)(?![A-Za-z0-9_.])){SPACE}\)",
    re.IGNORECASE,
)


def parse_matching(source: Source) -> tuple[bool, Matching | None]:
    """Read the modifiers behind an operator; return whether ``bool`` was among them, and the matching."""
    match = _MODIFIER.match(source.text, source.pos)
    if match is None:
        return False, None
    start = match.start(1)
    word = match[1].lower()
    bool_modifier = word == "bool"
    if bool_modifier:
        source.pos = match.end()
        match = _MODIFIER.match(source.text, source.pos)
        if match is None:
            return True, None
        start = match.start(1)
        word = match[1].lower()
    explicit = on = False
    labels: tuple[GroupLabel, ...] = ()
    if word in ("on", "ignoring"):
        explicit, on = True, word == "on"
        source.pos = match.end()
        labels = _labels(source, word)
        match = _MODIFIER.match(source.text, source.pos)
        word = match[1].lower() if match is not None else ""
    group: Literal["", "left", "right"] = ""
    include: tuple[GroupLabel, ...] = ()
    if match is not None and word in ("group_left", "group_right"):
        if not explicit:
            source.unexpected("an operand", f"{word} needs on (…) or ignoring (…) before it")
        group = "left" if word == "group_left" else "right"
        source.pos = match.end()
        if _OPEN.match(source.text, source.pos):
            include = _labels(source, word)
        match = _MODIFIER.match(source.text, source.pos)
        word = match[1].lower() if match is not None else ""
    fill: dict[str, float] = {}
    while match is not None:
        if not word.startswith("fill") or word in fill or "fill" in fill or (fill and word == "fill"):
            source.unexpected(
                "an operand",
                "the modifiers stand in this order: bool, on/ignoring, group_left/group_right, fill",
            )
        source.pos = match.end()
        fill[word] = _fill(source)
        match = _MODIFIER.match(source.text, source.pos)
        word = match[1].lower() if match is not None else ""
    both = fill.get("fill")
    return bool_modifier, Matching(
        on, labels, group, include, explicit,
        fill.get("fill_left", both), fill.get("fill_right", both), Span(start, source.pos),
    )  # fmt: skip


def _labels(source: Source, word: str) -> tuple[GroupLabel, ...]:
    match = _OPEN.match(source.text, source.pos)
    if match is None:
        source.unexpected(f"'(' after {word}", f"the labels stand in parentheses: {word} (a, b)")
    source.pos = match.end()
    return parse_labels(source)


def _fill(source: Source) -> float:
    match = _FILL.match(source.text, source.pos)
    if match is None:
        source.unexpected("a number in parentheses", "fill takes one number: fill (0)")
    source.pos = match.end()
    value = number_value(match[2])
    if value is None:
        value = source.number(match[2], match.start(2))
    return -value if match[1] == "-" else value


def binary(
    source: Source,
    operator: str,
    operator_span: Span,
    modifiers: tuple[bool, Matching | None],
    left: Node,
    left_type: Type,
    right: Node,
    right_type: Type,
) -> Binary:
    """Return the operation; its type becomes that of the source."""
    bool_modifier, matching = modifiers
    if left_type is not INSTANT or right_type is not INSTANT:
        for side, type_ in ((left, left_type), (right, right_type)):
            if type_ in (RANGE, STRING):
                source.fail(
                    f"{operator} takes scalars and instant vectors, not a {type_}",
                    *side.span,
                    "wrap the range in rate(…) or a function of the *_over_time family"
                    if type_ is RANGE
                    else "",
                )
        _check_scalars(source, operator, operator_span, modifiers, left_type, right_type)
    if bool_modifier and operator not in COMPARISONS:
        source.fail(f"bool goes with a comparison, not with {operator}", *operator_span)
    if matching is not None:
        _check_matching(source, operator, matching)
    if left_type is SCALAR and right_type is SCALAR:
        source.type = SCALAR
    elif INSTANT in (left_type, right_type) or operator in SET_OPERATORS:
        source.type = INSTANT
    else:
        source.type = ANY
    return Binary(
        operator, left, right, matching, bool_modifier, operator_span, Span(left.span.start, right.span.end)
    )


def _check_scalars(
    source: Source,
    operator: str,
    span: Span,
    modifiers: tuple[bool, Matching | None],
    left: Type,
    right: Type,
) -> None:
    bool_modifier, matching = modifiers
    if operator in SET_OPERATORS and SCALAR in (left, right):
        source.fail(
            f"{operator} works between instant vectors, not with a scalar", *span, "vector(1) makes one of 1"
        )
    if operator in COMPARISONS and left == right == SCALAR and not bool_modifier:
        source.fail(
            "a comparison between two scalars needs bool", *span, f"write {operator} bool: it gives 0 or 1"
        )
    if matching is not None and SCALAR in (left, right):
        if matching.labels:
            source.fail("labels are matched between instant vectors only, not with a scalar", *matching.span)
        if matching.fill_left is not None or matching.fill_right is not None:
            source.fail(
                "missing series are filled between instant vectors only, not with a scalar", *matching.span
            )


def _check_matching(source: Source, operator: str, matching: Matching) -> None:
    if operator in SET_OPERATORS:
        if matching.group:
            source.fail(
                f"group_{matching.group} cannot go with {operator}",
                *matching.span,
                "a set operator matches many to many",
            )
        if matching.fill_left is not None or matching.fill_right is not None:
            source.fail(f"fill cannot go with {operator}", *matching.span)
    if matching.on and matching.include:
        names = {label.name for label in matching.labels if isinstance(label, LabelName)}
        for label in matching.include:
            if isinstance(label, LabelName) and label.name in names:
                source.fail(
                    f"label {label.name!r} stands in on and in group_{matching.group}",
                    *label.span,
                    "labels of on are in the result anyway: leave it out here",
                )
