"""Lists of label names in parentheses: ``by (…)``, ``on (…)``, ``group_left (…)``."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from signalproof.promql.ast import GroupLabel, LabelName
from signalproof.promql.lexer import COMPOSED, NAME, QUOTED, SPACE
from signalproof.promql.source import Source

_LABEL: Final = re.compile(rf"{SPACE}({NAME}){SPACE}([,)])").match
_UNUSUAL: Final = re.compile(rf"{SPACE}(?:({QUOTED})|({COMPOSED})){SPACE}([,)])")
_ITEM: Final = re.compile(rf"{SPACE}(?:{NAME}|{QUOTED}|{COMPOSED})")
_CLOSE: Final = re.compile(rf"{SPACE}\)")
_NAMES_ONLY: Final = "a list of labels holds names, with commas in between"
NO_LABELS: Final = frozenset({"without", "inf", "nan"})
"""Words that no label can have without quotes."""


def parse_labels(source: Source, advice: str = _NAMES_ONLY) -> tuple[GroupLabel, ...]:
    """Read the labels and the closing parenthesis; the position is behind the opening one.

    *advice* is for the person who wrote something else there.
    """
    text = source.text
    pos = source.pos
    labels: list[GroupLabel] = []
    while True:
        match = _LABEL(text, pos)
        if match is not None:
            name, separator = match.groups()
            if len(name) < 8 and name.lower() in NO_LABELS:
                source.pos = pos
                raise source.unexpected("a label name", f'{name} is a word of the language: write "{name}"')
            labels.append(LabelName(name, match.span(1)))
        elif (match := _UNUSUAL.match(text, pos)) is not None:
            quoted, composed, separator = match.groups()
            if composed is not None:
                labels.append(source.variable(composed, match.start(2)))
            else:
                value = source.string(quoted, match.start(1))
                if not value:
                    raise source.error("a label name is empty", *match.span(1))
                labels.append(LabelName(value, match.span(1)))
        else:
            source.pos = pos
            close = _CLOSE.match(text, pos)
            if close is None:
                _fail(source, advice)
            source.pos = close.end()
            return tuple(labels)
        pos = match.end()
        if separator == ")":
            source.pos = pos
            return tuple(labels)


def _fail(source: Source, advice: str) -> NoReturn:
    item = _ITEM.match(source.text, source.pos)
    if item is None:
        raise source.unexpected("a label name or ')'")
    source.pos = item.end()
    raise source.unexpected("',' or ')' after the label", advice)
