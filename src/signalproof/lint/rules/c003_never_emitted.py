"""C003: a metric that is declared and never emitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Operation, Request
from signalproof.errors import Location
from signalproof.lint.finding import Problem
from signalproof.lint.owners import Owner, find_owner
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use


class _Errors(ClosedLabel, name="error_type"):
    OTHER = "other"


def _declared(owner: str) -> Setting:
    """Return a world in which one operation is owned by *owner*."""
    with_owner = Request("work", "one piece of work", labels(), _Errors, owner=owner)
    return Setting(catalogue=Catalogue.of_entries([with_owner]))


_Wrap = Callable[[Callable[..., object]], Callable[..., object]]
_HERE = f"{__name__}._examples"


class _Router(Protocol):
    def get(self, path: str) -> _Wrap:
        """Keep a function."""
        ...


def _examples(track_request: Callable[[str], _Wrap], router: _Router, contextmanager: _Wrap) -> None:
    """Read as source, never called."""

    @track_request("work")
    @router.get("/")
    def registered() -> None: ...

    @router.get("/")
    @track_request("work")
    def tracked() -> None: ...

    @track_request("work")
    @contextmanager
    def managed() -> Iterator[None]:
        yield


class NeverEmitted(Rule[Everything]):
    """An operation is declared, and the function that owns it is not tracked; or a program ran and did not expose it.

    Its panels stay empty, and nothing else says so. The source of the owner is read for a decorator or a ``with`` whose
    name begins with ``track_``; where a dump of a running program is given, every declared metric must be in it.

    A decorator that tracks has to stand next to the function. Below it, ``@app.get("/")`` and the like keep the function
    as it was, and what they call is not tracked; ``@contextmanager`` makes of it what returns at once, and every call takes
    0 seconds. Which decorators keep a function is taken from their names: those that web frameworks, task queues, command
    lines and signals have.
    """

    code = "C003"
    slug = "never-emitted"
    severity = "info"
    visits = (Everything,)
    default = False
    bad = (
        (_declared("signalproof.errors.did_you_mean"), "signalproof.errors.did_you_mean"),
        (_declared(f"{_HERE}.registered"), f"{_HERE}.registered"),
        (_declared(f"{_HERE}.managed"), f"{_HERE}.managed"),
    )
    good = (
        _declared("signalproof.instrument.decorators.track_request.tracked"),
        _declared(f"{_HERE}.tracked"),
        Setting(),
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield owners that are not tracked, and metrics that are missing from what was exposed."""
        operations = {} if seen.catalogue is None else seen.catalogue.operations
        for name, operation in operations.items():
            owner = find_owner(operation.owner)
            found = _fault(owner, operation)
            if found:
                yield Problem(
                    *found,
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


def _fault(owner: Owner, operation: Operation[Any, Any]) -> tuple[str, str] | None:
    """Return what is wrong with how the owner of *operation* tracks it, and what to write instead."""
    decorator = (
        f"@track_{operation.prefix}{'loop' if operation.kind == 'loop' else 'request'}({operation.name!r})"
    )
    if not owner.line:
        return None  # C007 says that it is not there
    if not owner.tracked:
        return (
            f"{operation.owner} does not track {operation.prefix}{operation.name}",
            f"decorate it: {decorator}",
        )
    if owner.kept_by:
        return (
            f"{operation.owner} is tracked above @{owner.kept_by}, which has kept the function as it was",
            f"write {decorator} next to the function, and @{owner.kept_by} above it",
        )
    if owner.managed_by:
        return (
            f"{operation.owner} is tracked above @{owner.managed_by}, so every call takes the time to make the manager",
            f"write {decorator} next to the function, and @{owner.managed_by} above it",
        )
    return None
