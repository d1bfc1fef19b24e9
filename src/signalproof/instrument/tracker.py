"""What `track_request` and `track_adapter_request` return: a decorator that is also a context manager."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from signalproof.catalogue.labels import L, Label
from signalproof.catalogue.operation import Operation
from signalproof.errors import Location, SignalproofError
from signalproof.instrument.call import Call, Tracking
from signalproof.instrument.endless import endless
from signalproof.instrument.entered import Entered
from signalproof.instrument.meter import Meter, meter_of
from signalproof.instrument.order import warn_if_kept
from signalproof.instrument.sources import Given, extractor, labelling, require_all
from signalproof.instrument.wrappers import wrap

E = TypeVar("E", bound=Label)
if TYPE_CHECKING:
    Decorable = (
        Callable[..., Any]
        | classmethod[Any, ..., Any]
        | staticmethod[..., Any]
        | property
        | functools.cached_property[Any]
        | functools.partialmethod[Any]
    )
F = TypeVar("F", bound="Decorable")
"""What can be decorated, and comes back as what it was."""


class Tracker(Generic[L, E]):
    """Records the calls of a function, or what a ``with`` block encloses.

    As a context manager it may be entered again, by the same or by another thread or task; what the ``with``
    statement gives is the `Call`.
    """

    def __init__(
        self,
        operation: Operation[L, E],
        labels: Iterable[Given] | Mapping[str, Given | str],
        failure: Callable[[Any], object] | None,
        *,
        awaits: bool,
        returns: bool,
        enabled: bool,
        where: Location,
    ) -> None:
        self._operation = operation
        self._labelling = labelling(operation, labels, where)
        self._failure = failure
        self._awaits = awaits
        self._returns = returns
        self._enabled = enabled
        self._where = where
        # a meter of its own is never connected to an installation, and so records nothing
        self._meter = meter_of(operation) if enabled else Meter(operation)
        self._tracking = Tracking(self._meter, self._labelling.values)
        self._entered: Entered[Call[L, E]] = Entered()

    def __call__(self, function: F) -> F:
        """Return *function* with its calls recorded, or *function* itself where instrumentation is switched off.

        Class methods, static methods, properties and partial methods are taken apart and put together again.

        Raises:
            SignalproofError: A label has no source, the function has no such parameter, or never ends.
        """
        references = sys.getrefcount(
            function
        )  # on a line of its own: another argument beside it would be one more
        if self._enabled:
            warn_if_kept(function, references)
        wrapped: Any = apply(self._wrap, function, self._where)
        return wrapped  # type: ignore[no-any-return]  # it has the type of what was decorated, which no type can say

    def _wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        require_all(self._operation, self._labelling, self._where)
        if not self._returns and endless(function):
            raise SignalproofError(
                f"{function.__qualname__} never ends (it has no way out), so {self._operation.duration.name} "
                "would stay empty for ever",
                f"declare {self._operation.name} as a Loop and count its iterations with @track_loop; "
                "if the function does end, say returns=True",
                where=self._where,
            )
        self._check_gauge()
        arguments = tuple(
            (position, extractor(source, function, self._where))
            for position, source in self._labelling.sources
            if source.parameter
        )
        results = tuple(
            (position, source.pick) for position, source in self._labelling.sources if not source.parameter
        )
        if not self._enabled:
            return function
        tracking = Tracking(self._meter, self._labelling.values, arguments, results, self._failure)
        start: functools.partial[Call[L, E]] = functools.partial(Call, tracking)
        return wrap(function, start, recorder=tracking.recorder(), awaits=self._awaits)

    def _check_gauge(self) -> None:
        gauge = self._operation.in_flight
        late = [one.label.label_name for _, one in self._labelling.sources if not one.parameter]
        for name in late:
            if gauge is not None and name in gauge.labels.domains:
                raise SignalproofError(
                    f"{gauge.name} counts calls in progress by {name!r}, which is known only when a call has ended",
                    f"declare the gauge without {name!r}, or take the label from an argument",
                    where=self._where,
                )

    def __enter__(self) -> Call[L, E]:
        call: Call[L, E] = Call(self._tracking, (), {})
        self._entered.push(call)
        return call

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        call = self._entered.pop()
        if call is not None:
            call.ended(error)


def apply(
    wrap_function: Callable[[Callable[..., Any]], Callable[..., Any]], given: Any, where: Location
) -> Any:
    """Return *given* with the function in it wrapped: it may be a class method, a property, a partial method.

    Raises:
        SignalproofError: It is a class, or nothing that can be called.
    """
    if isinstance(given, classmethod | staticmethod):
        return type(given)(apply(wrap_function, given.__func__, where))
    if isinstance(given, property):
        if given.fget is None:
            raise SignalproofError("the property has no getter", "decorate the function instead", where=where)
        return given.getter(apply(wrap_function, given.fget, where))
    if isinstance(given, functools.cached_property):
        return functools.cached_property(apply(wrap_function, given.func, where))
    if isinstance(given, functools.partialmethod):
        return functools.partialmethod(apply(wrap_function, given.func, where), *given.args, **given.keywords)
    if inspect.isclass(given):
        raise SignalproofError(
            f"{given.__qualname__} is a class", "decorate its method, or its __init__", where=where
        )
    if not callable(given):
        raise SignalproofError(f"{given!r} is no function", "decorate a function or method", where=where)
    return wrap_function(given)
