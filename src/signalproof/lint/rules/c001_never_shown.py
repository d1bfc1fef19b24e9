"""C001: a metric that nobody looks at."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.lint.coverage import declaration, own_families, read_families
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.lint.shown import panel
from signalproof.promql.ast import Span

_WORLD = Exposition({one: Series(one, one, Role.GAUGE) for one in ("queue_length", "workers")})


class NeverShown(Rule[Everything]):
    """A metric is declared, and no panel, rule or variable reads it.

    It costs memory and storage, and nobody would notice if it were wrong. Show it, alert on it, or take it out.
    """

    code = "C001"
    slug = "never-shown"
    severity = "info"
    visits = (Everything,)
    closed = True
    default = False
    bad = ((Setting((panel("sum(queue_length)"),), _WORLD), "workers"),)
    good = (Setting((panel("sum(queue_length) / sum(workers)"),), _WORLD),)

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield the name of every family of a program that no query reads."""
        read = read_families(seen)
        for name, series in own_families(seen):
            if name not in read:
                yield Problem(
                    f"{name} is shown nowhere",
                    "add it to a panel or a rule, or take it out",
                    Span(0, len(name)),
                    text=name,
                    part="metric",
                    query=declaration(series[0]),
                )
