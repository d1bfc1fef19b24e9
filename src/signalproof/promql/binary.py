"""Binary operators: precedence, vector matching, and which operands they take."""

from __future__ import annotations

import re
from typing import Final, Literal

from signalproof.promql.ast import Binary, LabelName, Matching, Node
from signalproof.promql.functions import ANY, INSTANT, RANGE, SCALAR, STRING, Type
from signalproof.promql.grouping import Listed
from signalproof.promql.hints import operand_hint
from signalproof.promql.labels import parse_labels
from signalproof.promql.lexer import DURATION, NUMBER, SPACE, number_word
from signalproof.promql.source import Source

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
VARIABLE_PRECEDENCE: Final = 3
"""A Grafana variable that stands for an operator is taken for a comparison, the one people choose between."""
COMPARISONS: Final = frozenset({"==", "!=", "<", ">", "<=", ">="})
SET_OPERATORS: Final = frozenset({"and", "or", "unless"})

_MODIFIER: Final = re.compile(
    rf"{SPACE}((?i:bool|on|ignoring|group_left|group_right)(?![A-Za-z0-9_:])|(?i:fill_left|fill_right|fill)(?={SPACE}\())"
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
    labels: Listed = ()
    if word in ("on", "ignoring"):
        explicit, on = True, word == "on"
        source.pos = match.end()
        labels = _labels(source, word)
        match = _MODIFIER.match(source.text, source.pos)
        word = match[1].lower() if match is not None else ""
    group: Literal["", "left", "right"] = ""
    include: Listed = ()
    if match is not None and word in ("group_left", "group_right"):
        if not explicit:
            raise source.unexpected("an operand", f"{word} needs on (…) or ignoring (…) before it")
        group = "left" if word == "group_left" else "right"
        source.pos = match.end()
        if _OPEN.match(source.text, source.pos):
            include = _labels(source, word)
        match = _MODIFIER.match(source.text, source.pos)
        word = match[1].lower() if match is not None else ""
    fill: dict[str, float] = {}
    while match is not None:
        if not word.startswith("fill") or word in fill or "fill" in fill or (fill and word == "fill"):
            raise source.unexpected(
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
        fill.get("fill_left", both), fill.get("fill_right", both), (start, source.pos),
    )  # fmt: skip


def _labels(source: Source, word: str) -> Listed:
    match = _OPEN.match(source.text, source.pos)
    if match is None:
        raise source.unexpected(f"'(' after {word}", f"the labels stand in parentheses: {word} (a, b)")
    source.pos = match.end()
    if word.startswith("group"):
        return parse_labels(
            source, f"what stands behind {word} is its list of labels: write {word} () before an operand"
        )
    return parse_labels(source)


def _fill(source: Source) -> float:
    match = _FILL.match(source.text, source.pos)
    if match is None:
        raise source.unexpected("a number in parentheses", "fill takes one number: fill (0)")
    source.pos = match.end()
    value = number_word(match[2])
    if value is None:
        value = source.number(match[2], match.start(2))
    return -value if match[1] == "-" else value


def binary(
    source: Source,
    operator: str,
    where: tuple[int, int],
    modifiers: tuple[bool, Matching | None],
    left: Node,
    left_type: Type,
    right: Node,
    span: tuple[int, int],
) -> Binary:
    """Return the operation at *span*, its operator at *where*; its type becomes that of the source."""
    right_type = source.type
    bool_modifier, matching = modifiers
    if left_type is not INSTANT or right_type is not INSTANT:
        _check_sides(source, operator, left, left_type, right, right_type)
        _check_scalars(source, operator, where, modifiers, left_type, right_type)
        if left_type is SCALAR and right_type is SCALAR:
            source.type = SCALAR
        elif INSTANT in (left_type, right_type) or operator in SET_OPERATORS:
            source.type = INSTANT
        else:
            source.type = ANY
    if bool_modifier and operator not in COMPARISONS and operator in PRECEDENCE:
        raise source.error(f"bool goes with a comparison, not with {operator}", *where)
    if matching is not None:
        _check_matching(source, operator, matching)
    return Binary(operator, left, right, matching, bool_modifier, where, span)


def _check_sides(
    source: Source, operator: str, left: Node, left_type: Type, right: Node, right_type: Type
) -> None:
    for side, type_ in ((left, left_type), (right, right_type)):
        if type_ in (RANGE, STRING):
            raise source.error(
                f"{operator} takes scalars and instant vectors, not a {type_}",
                *side.span,
                operand_hint(type_),
            )


def _check_scalars(
    source: Source,
    operator: str,
    where: tuple[int, int],
    modifiers: tuple[bool, Matching | None],
    left: Type,
    right: Type,
) -> None:
    bool_modifier, matching = modifiers
    if operator in SET_OPERATORS and SCALAR in (left, right):
        raise source.error(
            f"{operator} works between instant vectors, not with a scalar", *where, "vector(1) makes one of 1"
        )
    if operator in COMPARISONS and left == right == SCALAR and not bool_modifier:
        raise source.error(
            "a comparison between two scalars needs bool", *where, f"write {operator} bool: it gives 0 or 1"
        )
    if matching is not None and SCALAR in (left, right):
        if matching.labels:
            raise source.error(
                "labels are matched between instant vectors only, not with a scalar", *matching.span
            )
        if matching.fill_left is not None or matching.fill_right is not None:
            raise source.error(
                "missing series are filled between instant vectors only, not with a scalar", *matching.span
            )


def _check_matching(source: Source, operator: str, matching: Matching) -> None:
    if operator in SET_OPERATORS:
        if matching.group:
            raise source.error(
                f"group_{matching.group} cannot go with {operator}",
                *matching.span,
                "a set operator matches many to many",
            )
        if matching.fill_left is not None or matching.fill_right is not None:
            raise source.error(f"fill cannot go with {operator}", *matching.span)
    if matching.on and (both := {*matching.names} & {*matching.included} - {None}):
        for label in matching.include:
            if isinstance(label, LabelName) and label.name in both:
                raise source.error(
                    f"label {label.name!r} stands in on and in group_{matching.group}",
                    *label.span,
                    "labels of on are in the result anyway: leave it out here",
                )
