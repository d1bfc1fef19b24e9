"""C004: a metric that is emitted with other labels than declared."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.lint.coverage import declaration
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule, Setting, words
from signalproof.promql.ast import Span


def _world(*names: str) -> Exposition:
    own = {name: LabelDomain(name) for name in names}
    return Exposition({"workers": Series("workers", "workers", Role.GAUGE, own)})


class OtherLabels(Rule[Everything]):
    """A running program exposes a metric with labels that the catalogue does not declare, or without some that it does.

    Every claim the lint makes rests on the catalogue. Asked only where a dump of a running program is given.
    """

    code = "C004"
    slug = "other-labels"
    severity = "info"
    visits = (Everything,)
    default = False
    bad = (
        (Setting(exposition=_world("region"), emitted=_world("zone")), "workers"),
        (Setting(exposition=_world("region", "zone"), emitted=_world("region")), "workers"),
    )
    good = (Setting(exposition=_world("region"), emitted=_world("region")), Setting())

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every series that both know, with other labels."""
        emitted = {} if seen.emitted is None else seen.emitted.series
        for name, real in emitted.items():
            declared = seen.world.exposition.series.get(name)
            if declared is None or declared.open or real.open or set(real.labels) == set(declared.labels):
                continue
            more, fewer = set(real.labels) - set(declared.labels), set(declared.labels) - set(real.labels)
            parts = [f"with {words(more)}"] if more else []
            parts += [f"without {words(fewer)}"] if fewer else []
            yield Problem(
                f"{name} is emitted {' and '.join(parts)}",
                "declare the labels it has, or emit those it declares",
                Span(0, len(name)),
                text=name,
                part="metric",
                query=declaration(declared),
            )
