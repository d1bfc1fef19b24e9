"""The queries that templates of alerts ask: read, and understood in the world of the lint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from signalproof.infer.inference import infer
from signalproof.infer.names import names_read
from signalproof.lint.rule import Context
from signalproof.lint.templates import meaning_of, templates_of
from signalproof.promql.ast import Node, Span
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.query import Query
from signalproof.templates.values import Asked, Pieces

_FILLINGS: Final = ("v", "1", "5m", '"v"', 'v="w"', "", "> 1", "+ v", "[5m]", "by (v)")
"""What a hole may stand for: a query that is refused with each of them is wrong."""


@dataclass(frozen=True)
class Inner:
    """A query in a template.

    Attributes:
        pieces: What it is put together from.
        text: Its text, a Grafana variable for each part that is not known.
        tree: Its tree; None where it depends on what is not known, or is refused.
        error: Why it is refused.
    """

    pieces: Pieces
    text: str
    tree: Node | None = None
    error: PromQLSyntaxError | None = None

    def place(self, span: Span) -> Span:
        """Return where a part of the query stands in the template."""
        found: list[Span] = []
        at = 0
        for number, piece in enumerate(self.pieces):
            end = at + len(_written(self.pieces, number))
            if at < max(span.end, span.start + 1) and span.start < end:
                start = piece.span.start
                inside = Span(start + max(span.start - at, 0), start + min(span.end, end) - at)
                found.append(inside if piece.verbatim else piece.span)
            at = end
        if not found:
            return self.pieces[-1].span if self.pieces else span
        return Span(found[0].start, found[-1].end)


@lru_cache(maxsize=1024)
def inner(asked: Asked) -> Inner:
    """Return the query *asked*, read."""
    pieces = asked.pieces
    text = "".join(_written(pieces, number) for number in range(len(pieces)))
    names = tuple(_name(number) for number, one in enumerate(pieces) if one.hole)
    try:
        return Inner(pieces, text, parse(text, names))
    except PromQLSyntaxError as error:
        refused = error
    if names and any(_is_read(pieces, filling) for filling in _FILLINGS):
        return Inner(pieces, text)
    return Inner(pieces, text, None, refused)


def understood(asked: Inner, context: Context) -> Context | None:
    """Return the query *asked* as a rule of the lint is shown one, in the world of *context*; None where it cannot be read."""
    if asked.tree is None:
        return None
    world = context.world
    inference = infer(asked.tree, world.exposition, scrape_interval=world.config.scrape_interval)
    return Context(Query(asked.text, context.query.where), asked.tree, inference, world)


def names_asked(queries: Iterable[Query]) -> Iterator[str]:
    """Yield the metrics that the templates of alerts ask for."""
    for query in queries:
        for _, text in templates_of(query):
            for asked in meaning_of(text).queries if "query" in text else ():
                tree = inner(asked).tree
                if tree is not None:
                    yield from names_read(tree)


def _name(number: int) -> str:
    return f"hole{number}"


def _written(pieces: Pieces, number: int) -> str:
    piece = pieces[number]
    if not piece.hole:
        return piece.text
    variable = f"${{{_name(number)}}}"
    return f'"{variable}"' if piece.hole == "q" else variable


def _is_read(pieces: Pieces, filling: str) -> bool:
    """Whether the query can be read with *filling* in place of everything that is not known."""
    quoted = {"": "", "s": filling, "q": '"v"'}
    try:
        parse("".join(quoted[one.hole] or one.text for one in pieces), ())
    except PromQLSyntaxError:
        return False
    return True
