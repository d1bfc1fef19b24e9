"""D001: a panel that asks the same twice."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import panel
from signalproof.promql.printer import to_text
from signalproof.promql.query import Use
from signalproof.promql.tree import unwrap


class DuplicateQuery(Rule[Everything]):
    """Two queries of a panel ask the same.

    They are the same line twice, and cost twice. Usually one was to be changed after it was copied.
    """

    code = "D001"
    slug = "duplicate-query"
    severity = "info"
    visits = (Everything,)
    default = False
    bad = (((panel("sum(queue_length)"), panel("sum( queue_length )", target="B")), "sum( queue_length )"),)
    good = ((panel("sum(queue_length)"), panel("max(queue_length)", target="B")),)

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every query that stands in its panel before, however it is spaced."""
        known: dict[tuple[object, ...], str] = {}
        for one in seen.contexts:
            query = one.query
            if query.use is not Use.PANEL:
                continue
            key = (query.where.file, query.dashboard, query.panel, query.instant, to_text(one.root))
            first = known.setdefault(key, query.target)
            if first != query.target:
                yield Problem(
                    f"query {first} asks the same",
                    "take one out, or correct it",
                    unwrap(one.root).span,
                    query=query,
                )
