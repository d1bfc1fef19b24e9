"""C003: a metric that is declared and never emitted."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.errors import Location
from signalproof.lint.finding import Problem
from signalproof.lint.owners import find_owner
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use


class _Errors(ClosedLabel, name="error_type"):
    OTHER = "other"


def _declared(owner: str) -> Setting:
    """Return a world in which one operation is owned by *owner*."""
    with_owner = Request("work", "one piece of work", labels(), _Errors, owner=owner)
    return Setting(catalogue=Catalogue.of_entries([with_owner]))


class NeverEmitted(Rule[Everything]):
    """An operation is declared, and the function that owns it is not tracked; or a program ran and did not expose it.

    Its panels stay empty, and nothing else says so. The source of the owner is read for a decorator or a ``with`` whose
    name begins with ``track_``; where a dump of a running program is given, every declared metric must be in it.
    """

    code = "C003"
    slug = "never-emitted"
    severity = "info"
    visits = (Everything,)
    default = False
    bad = ((_declared("signalproof.errors.did_you_mean"), "signalproof.errors.did_you_mean"),)
    good = (_declared("signalproof.instrument.decorators.track_request.tracked"), Setting())

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield owners that are not tracked, and metrics that are missing from what was exposed."""
        operations = {} if seen.catalogue is None else seen.catalogue.operations
        for name, operation in operations.items():
            owner = find_owner(operation.owner)
            if owner.line and not owner.tracked:
                yield Problem(
                    f"{operation.owner} does not track {name}",
                    f"decorate it: @track_{operation.kind}({operation.name!r})",
                    Span(0, len(operation.owner)),
                    text=operation.owner,
                    part="owner",
                    query=Query("", Location(owner.file, owner.line), Use.EXPRESSION, panel=name),
                )
        if seen.catalogue is None or seen.emitted is None:
            return
        exposed = {one.family for one in seen.emitted.series.values()}
        for name, metric in seen.catalogue.metrics.items():
            if exposed.isdisjoint((name, name.removesuffix("_total"))):
                yield Problem(
                    f"{name} was not exposed",
                    "emit it, or take it out of the catalogue",
                    Span(0, len(name)),
                    text=name,
                    part="metric",
                    query=Query("", metric.where, Use.EXPRESSION, panel=name),
                )
