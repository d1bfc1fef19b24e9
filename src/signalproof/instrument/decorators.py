"""The decorators, typed: given the operation itself, the type checker knows its labels and error types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar, overload

from signalproof.catalogue.labels import L, Label
from signalproof.catalogue.operation import Adapter, Loop, Operation, Request
from signalproof.errors import SignalproofError, caller
from signalproof.instrument.active import enabled, look_up
from signalproof.instrument.loops import Iteration, LoopTracker
from signalproof.instrument.sources import Given, Source
from signalproof.instrument.tracker import Tracker

E = TypeVar("E", bound=Label)

T_co = TypeVar("T_co", covariant=True)


class _Afterwards(Generic[T_co]):
    """Nothing is one. It has a checker look at the labels after the operation, whose labels they have to be.

    mypy solves all arguments of a call at once, and takes the values in a list of two labels for values of their common
    class; but whatever mentions a callable it puts off until it has solved the rest.
    """


_Labels = Iterable[Given] | Mapping[str, Given | str]
_LabelsOf = Iterable[L | Source[L] | _Afterwards[Callable[[], L]]]
_ValuesOf = Iterable[L | _Afterwards[Callable[[], L]]]
_AnyLabels = Iterable[Any] | Mapping[str, Given | str]


@overload
def track_request(
    operation: Request[L, E],
    *,
    labels: _LabelsOf[L] = ...,
    failure: Callable[[Any], E | bool | None] | None = ...,
    awaits: bool = ...,
    returns: bool = ...,
) -> Tracker[L, E]: ...
@overload
def track_request(
    operation: str,
    *,
    labels: _Labels = ...,
    failure: Callable[[Any], object] | None = ...,
    awaits: bool = ...,
    returns: bool = ...,
) -> Tracker[Any, Any]: ...
def track_request(
    operation: Request[Any, Any] | str,
    *,
    labels: _AnyLabels = (),
    failure: Callable[[Any], object] | None = None,
    awaits: bool = False,
    returns: bool = False,
) -> Tracker[Any, Any]:
    """Record the calls of the decorated function, or of a ``with`` block, as the request *operation*.

    Recorded are the duration of calls that returned or failed, calls by status, failures by type of error and, where
    declared, calls in progress.

    Args:
        operation: The operation of the catalogue, or its name: then the catalogue that the package uses is asked.
        labels: Values of labels that the catalogue leaves open, or where they come from: `argument`, `result`.
        failure: Makes of a result that is a failure though nothing was raised: its type of error, or True.
        awaits: Whether an awaitable that a plain function returns is part of the call.
        returns: Says that a function which looks endless does end.

    Raises:
        SignalproofError: At decoration: the name is unknown, a label is not the operation's or has no value, or the
            function never ends.
    """
    return _tracker("track_request", Request, operation, labels, failure, awaits=awaits, returns=returns)


@overload
def track_adapter_request(
    adapter: Adapter[L, E],
    *,
    labels: _LabelsOf[L] = ...,
    failure: Callable[[Any], E | bool | None] | None = ...,
    awaits: bool = ...,
    returns: bool = ...,
) -> Tracker[L, E]: ...
@overload
def track_adapter_request(
    adapter: str,
    *,
    labels: _Labels = ...,
    failure: Callable[[Any], object] | None = ...,
    awaits: bool = ...,
    returns: bool = ...,
) -> Tracker[Any, Any]: ...
def track_adapter_request(
    adapter: Adapter[Any, Any] | str,
    *,
    labels: _AnyLabels = (),
    failure: Callable[[Any], object] | None = None,
    awaits: bool = False,
    returns: bool = False,
) -> Tracker[Any, Any]:
    """Record the calls of the decorated function, or of a ``with`` block, as calls of something outside the process.

    As `track_request`, exposed under ``adapter_…``.
    """
    return _tracker(
        "track_adapter_request", Adapter, adapter, labels, failure, awaits=awaits, returns=returns
    )


@overload
def track_loop(loop: Loop[L, E], *, labels: _ValuesOf[L] = ...) -> LoopTracker[L, E]: ...
@overload
def track_loop(loop: str, *, labels: _Labels = ...) -> LoopTracker[Any, Any]: ...
def track_loop(loop: Loop[Any, Any] | str, *, labels: _AnyLabels = ()) -> LoopTracker[Any, Any]:
    """Show the decorated function, or a ``with`` block, as a running loop whose iterations are recorded.

    Each turn is a ``with iteration(loop):`` block in it; duration, status and errors are those of one turn, and all of
    them are live while the loop runs.

    Args:
        loop: The loop of the catalogue, or its name.
        labels: Values of labels that the catalogue leaves open.

    Raises:
        SignalproofError: At decoration: the name is unknown, or a label is not the loop's or has no value.
    """
    found = _operation("track_loop", Loop, loop)
    return LoopTracker(found, labels, enabled=enabled(), where=caller())


@overload
def iteration(loop: Loop[L, E], *, labels: _ValuesOf[L] = ...) -> Iteration[L, E]: ...
@overload
def iteration(loop: str, *, labels: _Labels = ...) -> Iteration[Any, Any]: ...
def iteration(loop: Loop[Any, Any] | str, *, labels: _AnyLabels = ()) -> Iteration[Any, Any]:
    """Record one turn of *loop*: what the ``with`` block encloses. See `track_loop`."""
    return track_loop(loop, labels=labels).iteration()


def _tracker(
    decorator: str,
    kind: type[Operation[Any, Any]],
    given: Operation[Any, Any] | str,
    labels: _Labels,
    failure: Callable[[Any], object] | None,
    *,
    awaits: bool,
    returns: bool,
) -> Tracker[Any, Any]:
    operation = _operation(decorator, kind, given)
    return Tracker(
        operation, labels, failure, awaits=awaits, returns=returns, enabled=enabled(), where=caller()
    )


def _operation(decorator: str, kind: type[Any], given: object) -> Any:
    if isinstance(given, str):
        return look_up(given, kind, decorator)
    if isinstance(given, kind):
        return given
    shown = f"the {given.kind} {given.name!r}" if isinstance(given, Operation) else repr(given)
    raise SignalproofError(
        f"@{decorator} was given {shown}",
        f"give it the {kind.kind} it decorates with, or its name: @{decorator}('name')",
        where=caller(),
    )
