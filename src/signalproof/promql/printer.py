"""Syntax tree in, text out: one line, one spelling for one meaning.

The style is that of Prometheus' own printer, with as few parentheses as the meaning allows; numbers, durations and
strings are written from their value, so that equal trees give equal texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

from signalproof.promql.ast import (
    Aggregation,
    At,
    Binary,
    Call,
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
from signalproof.promql.durations import COMPUTED
from signalproof.promql.foreign import Foreign
from signalproof.promql.metricsql_names import OPERATORS
from signalproof.promql.spelling import duration_text, label_text, number_text, quote, time_text
from signalproof.promql.tree import unwrap

__all__ = ["duration_text", "labels_text", "matcher_text", "string_text", "to_text"]

_Piece: TypeAlias = str | Node

_PLAIN_NAME: Final = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_WORDS: Final = frozenset(
    {"on", "ignoring", "bool", "group_left", "group_right", "atan2", "without", "inf", "nan"}
)
_POWER: Final = PRECEDENCE["^"]
_ATOM: Final = _POWER + 1
_OPEN: Final = -2


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
            if isinstance(node, Foreign):
                return _foreign(node)
            return [f"{node.function}(", *_between(node.args), ")"]
        case Aggregation():
            return _aggregation(node)
        case Unary():
            plain = _plain(node)
            if plain is not node:
                return [plain]
            inner = _plain(node.expr)
            return [node.operator, *([inner] if isinstance(inner, Unary) else _wrapped(inner, _POWER))]
        case Subquery():
            step = "" if node.step is None else time_text(node.step)
            tail = f"[{time_text(node.window)}:{step}]{_modifiers(node.offset, node.at)}"
            return [*_wrapped(node.expr, _ATOM), tail]
        case Selector():
            text, modifiers = _selector(node), _selector_modifiers(node)
            if not modifiers and any(one.text == text for one in node.name_variables):
                text += "{}"  # a variable alone may stand for anything, this one for a metric
            return [text, modifiers]
        case Range():
            window = time_text(node.window)
            return [_selector(node.selector), f"[{window}]", _selector_modifiers(node.selector)]
        case Number():
            return [number_text(node.value)]
        case String():
            return [string_text(node)]
        case Variable():
            return [node.text]


def _foreign(node: Foreign) -> list[_Piece]:
    """Return the texts and expressions of *node*; an expression that stands between parentheses needs none."""
    pieces: list[_Piece] = [node.template[0]]
    least = OPERATORS.get(node.what, _ATOM) + (node.what == "^") if node.template[0] == "" else _ATOM
    for index, arg in enumerate(node.args):
        alone = node.template[index][-1:] == "(" or node.template[index][-2:] == ", "
        pieces += [arg] if alone else _wrapped(arg, _ATOM if index else least)
        pieces.append(node.template[index + 1])
    return pieces


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
    if isinstance(node, Foreign):
        return _ATOM if node.closed else OPERATORS.get(node.what, _OPEN)
    if isinstance(node, Unary) or (isinstance(node, Number) and number_text(node.value)[0] == "-"):
        return SIGN_PRECEDENCE
    return PRECEDENCE["=="] if _reads_on(node) else _ATOM


def _reads_on(node: Node) -> bool:
    """Whether *node* ends with an offset that takes what follows an arithmetic operator for its own."""
    selector = node.selector if isinstance(node, Range) else node
    offset = selector.offset if isinstance(selector, Selector | Subquery) else None
    return isinstance(offset, DurationOperation) and COMPUTED(_offset_text(offset)) is not None


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
    """Return *offset* so that all of it is read as one."""
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
    label = matcher.label.text if isinstance(matcher.label, Variable) else label_text(matcher.label)
    return f"{label}{matcher.operator}{string_text(matcher.value)}"


def labels_text(labels: Iterable[GroupLabel]) -> str:
    """Return the inside of a list of labels."""
    return ", ".join(map(_group_label, labels))


def _group_label(label: GroupLabel) -> str:
    if isinstance(label, Variable):
        return label.text
    return quote(label.name) if label.name.lower() in _WORDS else label_text(label.name)


def string_text(node: String) -> str:
    """Return a string in double quotes, or the bare Grafana variable it is."""
    return node.text if node.bare else quote(node.value)
