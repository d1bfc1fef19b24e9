"""C005: a value of a closed label that is never emitted."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.lint.coverage import declaration
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule, Setting, words
from signalproof.promql.ast import Span


def _world(*values: str) -> Exposition:
    own = {"region": LabelDomain("region", frozenset(values))}
    return Exposition({"workers": Series("workers", "workers", Role.GAUGE, own)})


class ValueNeverEmitted(Rule[Everything]):
    """A running program never exposes a value that a closed label declares, or exposes one that it does not.

    A closed label is initialised with all its values, so each of them is there from the start. Asked only where a dump
    of a running program is given.
    """

    code = "C005"
    slug = "value-never-emitted"
    severity = "info"
    visits = (Everything,)
    default = False
    bad = (
        (Setting(exposition=_world("eu", "us"), emitted=_world("eu")), "region"),
        (Setting(exposition=_world("eu"), emitted=_world("eu", "us")), "region"),
    )
    good = (Setting(exposition=_world("eu", "us"), emitted=_world("eu", "us")), Setting())

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every closed label whose values differ from those that were exposed."""
        emitted = {} if seen.emitted is None else seen.emitted.series
        for name, real in emitted.items():
            declared = seen.world.exposition.series.get(name)
            for label, domain in () if declared is None else declared.labels.items():
                there = real.labels.get(label)
                if declared is None or domain.values is None or there is None or there.values is None:
                    continue
                missing, more = domain.values - there.values, there.values - domain.values
                if missing or more:
                    parts = [f"never emits {words(missing)}"] if missing else []
                    parts += [f"emits {words(more)}, which it does not declare"] if more else []
                    yield Problem(
                        f"{name} {' and '.join(parts)} as {label!r}",
                        "correct the label class, or what the program emits",
                        Span(0, len(label)),
                        text=label,
                        part="label",
                        query=declaration(declared),
                    )
