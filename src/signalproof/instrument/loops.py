"""Endless loops: they are running, and what is measured is one iteration."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from signalproof.catalogue.instrumentation import Stage
from signalproof.catalogue.labels import L, Label
from signalproof.catalogue.operation import Loop
from signalproof.errors import Location, SignalproofError
from signalproof.instrument.call import Call, Tracking
from signalproof.instrument.entered import Entered
from signalproof.instrument.faults import blame
from signalproof.instrument.meter import Meter, meter_of
from signalproof.instrument.order import warn_if_kept
from signalproof.instrument.sources import Given, labelling, require_all
from signalproof.instrument.tracker import F, apply
from signalproof.instrument.wrappers import wrap
from signalproof.instrument.written import iteration_ended, running

E = TypeVar("E", bound=Label)


class Run:
    """A loop that is running, from its start to its end."""

    __slots__ = ("_leave", "_name")

    def __init__(self, loop: Loop[Any, Any], values: tuple[str | None, ...]) -> None:
        self._name = loop.name
        self._leave: Callable[[], None] | None = None
        try:
            self._leave = running(loop, values)
        except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
            blame(self._name, Stage.RECORD, fault)

    def returned(self, result: Any) -> None:
        """End the run."""
        self._end()

    def raised(self, error: BaseException) -> None:
        """End the run."""
        self._end()

    def _end(self) -> None:
        try:
            if self._leave is not None:
                self._leave()
        except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
            blame(self._name, Stage.RECORD, fault)


class Iteration(Generic[L, E]):
    """One turn of a loop, from entering the ``with`` block to leaving it; kept and entered again, the next one."""

    __slots__ = ("_entered", "_loop", "_tracking")

    def __init__(self, loop: Loop[L, E], tracking: Tracking) -> None:
        self._loop = loop
        self._tracking = tracking
        self._entered: Entered[Call[L, E]] = Entered()

    def __enter__(self) -> Call[L, E]:
        call: Call[L, E] = Call(self._tracking, (), {})
        self._entered.push(call)
        return call

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        call = self._entered.pop()
        if call is None:
            return
        call.ended(error)
        try:
            if self._tracking.meter.backend is not None:
                iteration_ended(self._loop, self._tracking.values)
        except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
            blame(self._loop.name, Stage.RECORD, fault)


class LoopTracker(Generic[L, E]):
    """Shows that a function, or what a ``with`` block encloses, is running; its iterations are recorded one by one."""

    def __init__(
        self,
        loop: Loop[L, E],
        labels: Iterable[Given] | Mapping[str, Given | str],
        *,
        enabled: bool,
        where: Location,
    ) -> None:
        found = labelling(loop, labels, where)
        if found.sources:
            label = found.sources[0][1].label
            raise SignalproofError(
                f"{loop.name}: the value of label {label.label_name!r} must be known before the loop runs",
                f"give one of its values: labels=[{label.__name__}(...)]",
                where=where,
            )
        require_all(loop, found, where)
        self._loop = loop
        self._enabled = enabled
        self._where = where
        self._tracking = Tracking(meter_of(loop) if enabled else Meter(loop), found.values)
        self._runs: list[Run] = []

    def __call__(self, function: F) -> F:
        """Return *function* shown as running while it runs, or *function* itself where instrumentation is off."""
        references = sys.getrefcount(
            function
        )  # on a line of its own: another argument beside it would be one more
        if self._enabled:
            warn_if_kept(function, references)
        wrapped: Any = apply(self._wrap, function, self._where)
        return wrapped  # type: ignore[no-any-return]  # it has the type of what was decorated, which no type can say

    def _wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return wrap(function, self._start) if self._enabled else function

    def _start(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Run:
        return Run(self._loop, self._tracking.values)

    def iteration(self) -> Iteration[L, E]:
        """Return the context manager of one turn: ``with loop.iteration(): ...``."""
        return Iteration(self._loop, self._tracking)

    def __enter__(self) -> Self:
        self._runs.append(self._start((), {}))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._runs:
            self._runs.pop().returned(None)
