"""C007: an operation whose owner does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
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


class OwnerMissing(Rule[Everything]):
    """The function that an operation names as its owner is not there.

    It was renamed or moved, and the operation is no longer emitted by what it says, or by anything. The source is
    looked for on Python's path; nothing is imported.
    """

    code = "C007"
    slug = "owner-missing"
    severity = "info"
    visits = (Everything,)
    default = False
    bad = ((_declared("signalproof.errors.nothing_of_that_name"), "signalproof.errors.nothing_of_that_name"),)
    good = (_declared("signalproof.instrument.decorators.track_request"), Setting())

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every owner of which the source has no such function."""
        operations = {} if seen.catalogue is None else seen.catalogue.operations
        for name, operation in operations.items():
            owner = find_owner(operation.owner)
            if not owner.line:
                where = f"{owner.file} has no such function" if owner.file else "no such module is found"
                yield Problem(
                    f"the owner of {name} does not exist: {where}",
                    "name the function that is decorated",
                    Span(0, len(operation.owner)),
                    text=operation.owner,
                    part="owner",
                    query=Query("", operation.where, Use.EXPRESSION, panel=name),
                )
