"""What people write about metrics: annotations of alerts, descriptions, panels of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.documents import Text
from signalproof.errors import Location
from signalproof.promql.query import Query, Use

# three words and more, or two in code; what is part of an address, a path, a template or a pattern is none
_NAME: Final = re.compile(r"(?<![\w./:$%#&?=*{@-])[a-z][a-z0-9]*+(?:_[a-z0-9]++){2,}+(?![\w/*(=@-]|[.:]\w)")
_CODE: Final = re.compile(r"`([a-z][a-z0-9]*+(?:_[a-z0-9]++)++)`")
_TEMPLATE: Final = re.compile(r"\{\{[^{}]*+\}\}")


@dataclass(frozen=True)
class Prose:
    """A text about metrics.

    Attributes:
        text: The text.
        part: What it is.
        query: Where it stands.
    """

    text: str
    part: str
    query: Query


def prose_of(queries: Iterable[Query], dashboards: Iterable[ForeignDashboard]) -> Iterator[Prose]:
    """Yield what is written about the queries: the annotations of alerts, descriptions, panels of text."""
    for query in queries:
        if query.use is Use.ALERT:
            for name, text in query.annotations.items():
                if "_" in text:
                    yield Prose(text, f"annotation {name}", query)
    for dashboard in dashboards:
        for panel in panels_of(dashboard.spec):
            title = panel.text("title")
            for text in (
                panel.text("description"),
                panel.table("options").text("content"),
                panel.text("content"),
            ):
                if "_" in text:
                    place = Query("", Location(dashboard.file, text.line), Use.PANEL, dashboard.uid, title)
                    yield Prose(text, "description", place)


def names_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield every word of *text* that looks like the name of a metric, and where it begins."""
    bare = _TEMPLATE.sub(lambda found: " " * len(found[0]), text)
    found = {one.start(): one[0] for one in _NAME.finditer(bare)}
    found |= {one.start(1): one[1] for one in _CODE.finditer(bare)}
    for at, name in sorted(found.items()):
        yield name, at


def is_slip(name: str, right: str) -> bool:
    """Whether *name* is *right* with a slip in one word: not another metric of its kind, as ``rx`` is to ``tx``."""
    words, others = name.split("_"), right.split("_")
    if len(words) != len(others):
        return False
    unlike = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    if len(unlike) != 1:
        return False
    a, b = unlike[0]
    letters = a.isalpha() and b.isalpha() and min(len(a), len(b)) > 3
    return letters and _distance(a, b) <= (1 if min(len(a), len(b)) < 6 else 2)


def _distance(a: str, b: str) -> int:
    """Return how many letters have to be changed, added or taken away to make *b* of *a*."""
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return row[-1]


def line_of(text: str, query: Query) -> str:
    """Return *text* with its line, that of the query where it has none of its own."""
    return text if isinstance(text, Text) else Text.at(text, query.where.line)
