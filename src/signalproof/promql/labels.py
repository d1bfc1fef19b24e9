"""Lists of label names in parentheses: ``by (…)``, ``on (…)``, ``group_left (…)``."""

from __future__ import annotations

import re
from typing import Final

from signalproof.promql.ast import GroupLabel, LabelName, Span
from signalproof.promql.lexer import NAME, QUOTED, SPACE, VARIABLE, Source

_LABEL: Final = re.compile(
    rf"{SPACE}(?:({NAME}(?!\$|\[\[))|({QUOTED})|([A-Za-z0-9_:]*+(?:(?:{VARIABLE})[A-Za-z0-9_:]*+)++)){SPACE}([,)])"
)
_CLOSE: Final = re.compile(rf"{SPACE}\)")
_NO_LABELS: Final = frozenset({"without", "inf", "nan"})


def parse_labels(source: Source) -> tuple[GroupLabel, ...]:
    """Read the labels and the closing parenthesis; the position is behind the opening one."""
    text = source.text
    labels: list[GroupLabel] = []
    while True:
        match = _LABEL.match(text, source.pos)
        if match is None:
            if (close := _CLOSE.match(text, source.pos)) is not None:
                source.pos = close.end()
                return tuple(labels)
            _fail_in_list(source)
        name, quoted, composed, separator = match.groups()
        start, end = match.span(match.lastindex - 1 if match.lastindex else 0)
        if name is not None:
            start, end = match.span(1)
            if name.lower() in _NO_LABELS:
                source.unexpected(
                    "a label name", f'{name} is a word of the language: write it in quotes, "{name}"'
                )
            labels.append(LabelName(name, Span(start, end)))
        elif quoted is not None:
            start, end = match.span(2)
            value = source.unquote(quoted, start)
            if not value:
                source.fail("a label name is empty", start, end)
            labels.append(LabelName(value, Span(start, end)))
        else:
            labels.append(source.variable(composed, match.start(3)))
        source.pos = match.end()
        if separator == ")":
            return tuple(labels)


_ITEM: Final = re.compile(rf"{SPACE}(?:{NAME}|{QUOTED}|{VARIABLE})")


def _fail_in_list(source: Source) -> None:
    item = _ITEM.match(source.text, source.pos)
    if item is None:
        source.unexpected("a label name or ')'")
    source.pos = item.end()
    source.unexpected(
        "',' or ')' after the label", "a list of labels holds names only, with commas in between"
    )
