"""Lists of label names in parentheses: ``by (…)``, ``on (…)``, ``group_left (…)``."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from signalproof.promql.grouping import GroupLabel, LabelList, LabelName, PlacedLabels
from signalproof.promql.lexer import COMPOSED, NAME, QUOTED, SPACE
from signalproof.promql.source import Source

_LABEL: Final = re.compile(rf"{SPACE}({NAME}){SPACE}([,)])").match
_UNUSUAL: Final = re.compile(rf"{SPACE}(?:({QUOTED})|({COMPOSED})){SPACE}([,)])")
_ITEM: Final = re.compile(rf"{SPACE}(?:{NAME}|{QUOTED}|{COMPOSED})")
_CLOSE: Final = re.compile(rf"{SPACE}\)")
_NAMES_ONLY: Final = "a list of labels holds names, with commas in between"
NO_LABELS: Final = frozenset({"without", "inf", "nan"})
"""Words that no label can have without quotes."""


_KEPT: Final = 8192
"""How many different lists are kept; a dashboard has dozens."""
_LONGEST_KEPT: Final = 1024
_kept: dict[str, LabelList] = {}


def parse_labels(source: Source, advice: str = _NAMES_ONLY) -> PlacedLabels:
    """Read the labels and the closing parenthesis; the position is behind the opening one.

    *advice* is for the person who wrote something else there.
    """
    start = source.pos
    # What was read up to a parenthesis before ends at the same one here: no other character has to be looked at.
    end = source.text.find(")", start) + 1
    text = source.text[start:end]
    known = _kept.get(text)
    if known is not None:
        source.pos = end
        return PlacedLabels(known, start)
    labels, names = _read(source, advice)
    found = LabelList(tuple(labels), tuple(names))
    if source.pos == end and len(text) <= _LONGEST_KEPT and None not in names:
        if len(_kept) >= _KEPT:
            _kept.clear()
        _kept[text] = found
    return PlacedLabels(found, start)


def forget() -> None:
    """Drop all lists that were kept."""
    _kept.clear()


def _read(source: Source, advice: str) -> tuple[list[GroupLabel], list[str | None]]:
    """Read the labels, whose spans count from the position, and their names."""
    text = source.text
    pos = start = source.pos
    labels: list[GroupLabel] = []
    names: list[str | None] = []
    while True:
        match = _LABEL(text, pos)
        if match is not None:
            name, separator = match.groups()
            if len(name) < 8 and name.lower() in NO_LABELS:
                source.pos = pos
                raise source.unexpected("a label name", f'{name} is a word of the language: write "{name}"')
        elif (match := _UNUSUAL.match(text, pos)) is not None:
            quoted, composed, separator = match.groups()
            name = None
            if composed is not None:
                labels.append(source.variable(composed, match.start(2), start))
            else:
                name = source.string(quoted, match.start(1))
                if not name:
                    raise source.error("a label name is empty", *match.span(1))
                if not name.isprintable() and any(0xDC80 <= ord(one) <= 0xDCFF for one in name):
                    raise source.error("a label name is no UTF-8", *match.span(1))
        else:
            source.pos = pos
            close = _CLOSE.match(text, pos)
            if close is None:
                _fail(source, advice)
            source.pos = close.end()
            return labels, names
        names.append(name)
        if name is not None:
            labels.append(LabelName(name, (match.start(1) - start, match.end(1) - start)))
        pos = match.end()
        if separator == ")":
            source.pos = pos
            return labels, names


def _fail(source: Source, advice: str) -> NoReturn:
    item = _ITEM.match(source.text, source.pos)
    if item is None:
        raise source.unexpected("a label name or ')'")
    source.pos = item.end()
    raise source.unexpected("',' or ')' after the label", advice)
