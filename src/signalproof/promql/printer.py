"""Syntax tree in, text out: one line, one spelling for one meaning.

The style is that of Prometheus' own printer, with as few parentheses as the meaning allows; numbers, durations and
strings are written from their value, so that equal trees give equal texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import copysign, isinf, isnan
from typing import Final, TypeAlias

from signalproof.promql.ast import (
    Aggregation,
    At,
    Binary,
    Call,
    Duration,
    DurationOperation,
    GroupLabel,
    Matcher,
    Matching,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    String,
    Subquery,
    Time,
    Unary,
    Variable,
)
from signalproof.promql.binary import PRECEDENCE, SIGN_PRECEDENCE, VARIABLE_PRECEDENCE
from signalproof.promql.tree import unwrap

_Piece: TypeAlias = str | Node

_PLAIN_NAME: Final = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_PLAIN_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS: Final = frozenset(
    {"on", "ignoring", "bool", "group_left", "group_right", "atan2", "without", "inf", "nan"}
)
_SPECIAL: Final = re.compile(r'[\\"\x00-\x1f\x7f\ufffd\udc80-\udcff]')
_ESCAPES: Final = {
    "\\": r"\\", '"': r"\"", "\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v",
    "\ufffd": r"\ufffd",
}  # fmt: skip
_UNITS: Final = (
    ("y", 31_536_000_000, True),
    ("w", 604_800_000, True),
    ("d", 86_400_000, False),
    ("h", 3_600_000, False),
    ("m", 60_000, False),
    ("s", 1_000, False),
    ("ms", 1, False),
)
_POWER: Final = PRECEDENCE["^"]
_ATOM: Final = _POWER + 1


def to_text(node: Node) -> str:
    """Return *node* as one line of PromQL; parsing it gives an equal tree."""
    out: list[str] = []
    pending: list[_Piece] = [node]
    while pending:
        piece = pending.pop()
        if isinstance(piece, str):
            out.append(piece)
        else:
            pending.extend(reversed(_pieces(piece)))
    return "".join(out)


def _pieces(node: Node) -> list[_Piece]:
    match node:
        case Paren():
            return [unwrap(node)]
        case Binary():
            return _binary(node)
        case Call():
            return [f"{node.function}(", *_between(node.args), ")"]
        case Aggregation():
            return _aggregation(node)
        case Unary():
            plain = _plain(node)
            return [plain] if plain is not node else [node.operator, *_wrapped(node.expr, _POWER)]
        case Subquery():
            step = "" if node.step is None else time_text(node.step)
            tail = f"[{time_text(node.window)}:{step}]{_modifiers(node.offset, node.at)}"
            return [*_wrapped(node.expr, _ATOM), tail]
        case Selector():
            return [_selector(node), _selector_modifiers(node)]
        case Range():
            window = time_text(node.window)
            return [_selector(node.selector), f"[{window}]", _selector_modifiers(node.selector)]
        case Number():
            return [number_text(node.value)]
        case String():
            return [string_text(node)]
        case Variable():
            return [node.text]


def _between(nodes: Iterable[Node]) -> list[_Piece]:
    pieces: list[_Piece] = []
    for node in nodes:
        if pieces:
            pieces.append(", ")
        pieces.append(node)
    return pieces


def _wrapped(node: Node, least: int) -> list[_Piece]:
    """Return *node*, in parentheses unless it binds at least as tightly as *least*."""
    inner = _plain(node)
    return [inner] if _tightness(inner) >= least else ["(", inner, ")"]


def _plain(node: Node) -> Node:
    """Return *node* without parentheses around it, and a number with a sign as a number."""
    inner = unwrap(node)
    return inner.__plain__() if isinstance(inner, Unary) else inner


def _tightness(node: Node) -> int:
    if isinstance(node, Binary):
        return PRECEDENCE.get(node.operator, VARIABLE_PRECEDENCE)
    if isinstance(node, Unary) or (isinstance(node, Number) and number_text(node.value)[0] == "-"):
        return SIGN_PRECEDENCE
    return _ATOM


def _binary(node: Binary) -> list[_Piece]:
    precedence = PRECEDENCE.get(node.operator, VARIABLE_PRECEDENCE)
    to_the_right = node.operator == "^"
    right = _plain(node.right)
    # A sign on the right side cannot be misread: nothing else could end there.
    signed = _tightness(right) == SIGN_PRECEDENCE and not isinstance(right, Binary)
    words = [node.operator]
    if node.bool_modifier:
        words.append("bool")
    if node.matching is not None:
        words += _matching(node.matching)
    return [
        *_wrapped(node.left, precedence + to_the_right),
        f" {' '.join(words)} ",
        *([right] if signed else _wrapped(right, precedence + (not to_the_right))),
    ]


def _matching(matching: Matching) -> list[str]:
    words = []
    if matching.explicit:
        words.append(f"{'on' if matching.on else 'ignoring'} ({labels_text(matching.labels)})")
    if matching.group:
        words.append(f"group_{matching.group} ({labels_text(matching.include)})")
    left, right = matching.fill_left, matching.fill_right
    if left is not None and right is not None and number_text(left) == number_text(right):
        words.append(f"fill ({number_text(left)})")
    else:
        words += [
            f"fill_{side} ({number_text(value)})"
            for side, value in (("left", left), ("right", right))
            if value is not None
        ]
    return words


def _aggregation(node: Aggregation) -> list[_Piece]:
    head = node.operator
    if node.grouping is not None:
        word = "without" if node.grouping.without else "by"
        head += f" {word} ({labels_text(node.grouping.labels)}) "
    args = (node.expr,) if node.parameter is None else (node.parameter, node.expr)
    return [f"{head}(", *_between(args), ")"]


def _selector(node: Selector) -> str:
    items = [matcher_text(one) for one in node.matchers]
    name = node.name
    if name and not node.name_variables and (not _PLAIN_NAME.fullmatch(name) or name.lower() in _WORDS):
        items.insert(0, quote(name))
        name = ""
    return f"{name}{{{','.join(items)}}}" if items or not name else name


def _selector_modifiers(node: Selector) -> str:
    return (f" {node.mode}" if node.mode else "") + _modifiers(node.offset, node.at)


def _modifiers(offset: Time | None, at: At | None) -> str:
    text = ""
    if at is not None:
        match at.time:
            case float() | int():
                text += f" @ {number_text(at.time)}"
            case Variable():
                text += f" @ {at.time.text}"
            case word:
                text += f" @ {word}()"
    if offset is not None:
        text += f" offset {_offset_text(offset)}"
    return text


def _offset_text(offset: Time) -> str:
    """Return *offset* so that an operator behind it does not belong to it."""
    if isinstance(offset, DurationOperation):
        if offset.operator in PRECEDENCE and len(offset.operands) == 2:
            return f"({time_text(offset)})"
        if len(offset.operands) == 1:
            return f"{offset.operator}{_offset_text(offset.operands[0])}"
    return time_text(offset)


def matcher_text(matcher: Matcher | Variable) -> str:
    """Return a matcher as it stands in braces."""
    if isinstance(matcher, Variable):
        return matcher.text
    label = matcher.label.text if isinstance(matcher.label, Variable) else _label(matcher.label)
    return f"{label}{matcher.operator}{string_text(matcher.value)}"


def labels_text(labels: Iterable[GroupLabel]) -> str:
    """Return the inside of a list of labels."""
    return ", ".join(map(_group_label, labels))


def _group_label(label: GroupLabel) -> str:
    if isinstance(label, Variable):
        return label.text
    return quote(label.name) if label.name.lower() in _WORDS else _label(label.name)


def _label(name: str) -> str:
    return name if _PLAIN_LABEL.fullmatch(name) else quote(name)


def string_text(node: String) -> str:
    """Return a string in double quotes, or the bare Grafana variable it is."""
    return node.text if node.bare else quote(node.value)


def quote(value: str) -> str:
    """Return *value* as a PromQL string."""
    return f'"{_SPECIAL.sub(_escape, value)}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _ESCAPES.get(char) or f"\\x{ord(char) & 0xFF:02x}"


def number_text(value: float) -> str:
    """Return *value* as PromQL writes numbers."""
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "Inf" if value > 0 else "-Inf"
    text = str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
    return "-0" if text == "0" and copysign(1, value) < 0 else text


def time_text(time: Time) -> str:
    """Return a length of time as it stands in brackets."""
    match time:
        case Variable():
            return time.text
        case Duration():
            return duration_text(time.seconds)
        case DurationOperation():
            return _operation(time)


def _operation(time: DurationOperation) -> str:
    operator, operands = time.operator, time.operands
    if operator not in PRECEDENCE:
        return f"{operator}({', '.join(time_text(one) for one in operands)})"
    if len(operands) == 1:
        return f"{operator}{_time_wrapped(operands[0], _POWER)}"
    precedence = PRECEDENCE[operator]
    to_the_right = operator == "^"
    factor = operator not in "+-"
    left = _time_wrapped(operands[0], precedence + to_the_right, factor=factor)
    right = operands[1]
    signed = _time_tightness(right) == SIGN_PRECEDENCE and not _is_arithmetic(right)
    shown = _time_wrapped(right, 0 if signed else precedence + (not to_the_right), factor=factor)
    return f"{left} {operator} {shown}"


def _time_wrapped(time: Time, least: int, *, factor: bool = False) -> str:
    if factor and isinstance(time, Duration) and abs(time.seconds) < 60:
        shown = number_text(time.seconds)  # "2m * 15" reads better than "2m * 15s", and means the same
    else:
        shown = time_text(time)
    return shown if _time_tightness(time) >= least else f"({shown})"


def _is_arithmetic(time: Time) -> bool:
    return isinstance(time, DurationOperation) and len(time.operands) == 2 and time.operator in PRECEDENCE


def _time_tightness(time: Time) -> int:
    if isinstance(time, DurationOperation) and time.operator in PRECEDENCE:
        return PRECEDENCE[time.operator] if len(time.operands) == 2 else SIGN_PRECEDENCE
    if isinstance(time, Duration) and time.seconds < 0:
        return SIGN_PRECEDENCE
    return _ATOM


def duration_text(seconds: float) -> str:
    """Return *seconds* as Prometheus writes durations: ``1h30m``, ``1w``, ``250ms``."""
    if seconds < 0:
        return f"-{duration_text(-seconds)}"
    rest = round(seconds * 1000)
    if rest / 1000 != seconds:
        return number_text(seconds)
    if not rest:
        return "0s"
    text = ""
    for unit, size, whole in _UNITS:
        if whole and rest % size:
            continue
        if rest >= size:
            text += f"{rest // size}{unit}"
            rest %= size
    return text
