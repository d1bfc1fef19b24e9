"""The seam between decorators and backends: a recorder for each operation and combination of label values.

A decorator binds a recorder when it is applied, and nothing else then: which registry, which backend and which clock
stand behind it is filled in by an installation and may change under it. So a decorated module can be imported without
touching anything global, and a test can bring its own registry.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from signalproof.catalogue.instrumentation import Stage
from signalproof.catalogue.labels import OTHER
from signalproof.catalogue.operation import Operation
from signalproof.instrument.alone import making, when_alone
from signalproof.instrument.cardinality import Admission, Limits, Values, choices, combinations
from signalproof.instrument.cells import Cell, Layout
from signalproof.instrument.ends import note_ends
from signalproof.instrument.families import Family
from signalproof.instrument.faults import blame

Outcome = Callable[[float], None]
"""Takes the duration of a call that ended, in seconds."""

_KNOWN_CLASSES = 256


def _nothing(*_: object) -> None:
    """Stand in for whatever is not installed."""


def _no_time() -> Any:
    """Stand in for the clock: a call that began before anything was installed is not recorded."""
    return None


def layout_of(operation: Operation[Any, Any]) -> Layout:
    """Return where in a cell the numbers of *operation* are."""
    return Layout(operation.duration.buckets.bounds, choices(operation.failures.labels)[-1] or ())


class Recorder:
    """Records the calls of one operation with one combination of label values.

    Attributes:
        operation: What is recorded.
        name: Its exposed prefix.
        values: The label values of the series, in the order of the operation's labels.
        clock: Seconds, monotonic.
        success: Takes the duration of a call that returned; and counts it, where the first does not do that as well.
        failures: Type of error → takes the duration of a call that failed so.
        cancelled: Takes, and leaves, the duration of a call that was cancelled.
        outcomes: Class of an exception that was seen → takes the duration of a call that it ended.
        layout: Where in a cell the numbers are.
        local: Its attribute ``cell`` is the cell of the calling thread; None where the backend has no cells, or more
            is to be recorded than what is in a cell. The wrappers of plain and coroutine functions write to the cell
            themselves what `success` and `failures` would, because calling a function costs as much as the writing.
        move_in: Makes the cell of the calling thread.
        places: Class of an exception that was seen → first bucket in the cell of the calls that it ended.
    """

    __slots__ = (
        "cancelled", "clock", "failures", "layout", "local", "move_in", "name", "operation", "outcomes", "places",
        "success", "values",
    )  # fmt: skip

    clock: Callable[[], float]
    success: tuple[Outcome, Callable[[], None] | None]
    failures: Mapping[str, Outcome]
    cancelled: Outcome
    outcomes: dict[type[BaseException], Outcome]
    local: threading.local | None
    move_in: Callable[[], Cell]
    places: dict[type[BaseException], int]

    def __init__(self, operation: Operation[Any, Any], values: Values) -> None:
        self.operation = operation
        self.name = operation.prefix + operation.name
        self.values = values
        self.layout = layout_of(operation)
        self.clear()

    def clear(self) -> None:
        """Record nothing."""
        self.clock = _no_time
        self.success = _nothing, None
        self.failures = {OTHER: _nothing}
        self.cancelled = _nothing
        self.outcomes, self.places = {}, {}
        self.local = None

    def fill(self, backend: Backend, admitted: Values | None) -> None:
        """Record with *backend* from now on, in the series with the *admitted* values; nothing where there is none."""
        if admitted is None:
            self.clear()
            return
        self.local, self.values = None, admitted
        backend.fill(self)
        note_ends(self, backend)
        self.outcomes, self.places = {}, {}

    def returned(self, seconds: float) -> None:
        """Record a call of that many *seconds* that returned."""
        observe, succeeded = self.success
        observe(seconds)
        if succeeded is not None:
            succeeded()

    def outcome(self, kind: type[BaseException]) -> Outcome:
        """Return what records a call that an exception of class *kind* ended; the next time it is in `outcomes`.

        Whatever is no `Exception` is a request to stop, not a failure: ``CancelledError``, ``KeyboardInterrupt``,
        ``SystemExit``, ``GeneratorExit``. Of the others, the first class in the order of resolution whose name is a
        declared type of error gives the type.
        """
        outcomes, places, failures = (
            self.outcomes,
            self.places,
            self.failures,
        )  # not those of the next backend
        known = outcomes.get(kind)
        if known is not None:
            return known
        found = self.cancelled
        if len(outcomes) >= _KNOWN_CLASSES:  # classes made at run time must not pile up here
            self.outcomes, self.places = {}, {}
        if issubclass(kind, Exception):
            names = (one.__name__ for one in kind.__mro__)
            name = next((name for name in names if name in failures), OTHER)
            found = failures[name]
            places[kind] = self.layout.first[name]
        outcomes[kind] = found
        return found


class Backend(Protocol):
    """What stands behind the recorders of an installation."""

    families: Mapping[str, Family]
    clock: Callable[[], float]
    now: Callable[[], float]

    def fill(self, recorder: Recorder) -> None:
        """Give *recorder* what it records with."""


class Meter:
    """The recorders of one operation.

    Attributes:
        operation: What is recorded.
        backend: What stands behind the recorders; None while the operation is not installed.
        clock: Seconds, monotonic.
    """

    def __init__(self, operation: Operation[Any, Any]) -> None:
        self.operation = operation
        self.name = operation.prefix + operation.name
        self.backend: Backend | None = None
        self.clock: Callable[[], float] = _no_time
        self._bound: dict[Values, Recorder] = {}
        self._recorders: dict[Values, Recorder] = {}
        self._admission = Admission(self.name, operation.labels, Limits(0))

    def bound(self, values: Values) -> Recorder:
        """Return the recorder that a decorator with these fixed *values* keeps; it outlives installations."""
        with making():
            recorder = self._bound.get(values)
            if recorder is None:
                recorder = self._recorders.get(values) or Recorder(self.operation, values)
                self._bound[values] = self._recorders[values] = recorder
                if self.backend is not None:
                    recorder.fill(self.backend, self._admission.admit(values))
            return recorder

    def write(self, values: Values, seconds: float, outcome: Callable[[Recorder], Outcome]) -> None:
        """Record a call with the label *values* it had.

        Args:
            values: Texts, declared or not.
            seconds: Its duration.
            outcome: Which of a recorder's outcomes it is.
        """
        recorder = self._recorders.get(values)
        if recorder is not None:
            outcome(recorder)(seconds)
        elif self.backend is not None:
            when_alone(lambda: self._write_new(values, seconds, outcome))

    def _write_new(self, values: Values, seconds: float, outcome: Callable[[Recorder], Outcome]) -> None:
        try:
            recorder = self._admit(values)
            if recorder is not None:
                outcome(recorder)(seconds)
        except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
            blame(self.name, Stage.RECORD, fault)

    def _admit(self, values: Values) -> Recorder | None:
        admitted = self._admission.admit(values)
        if admitted is None or self.backend is None:
            return None
        recorder = self._recorders.get(admitted)
        if recorder is None:
            recorder = Recorder(self.operation, admitted)
            recorder.fill(self.backend, admitted)
            self._recorders[admitted] = recorder
        return recorder

    def connect(self, backend: Backend, limits: Limits) -> None:
        """Record with *backend* from now on, every combination of closed labels at 0."""
        with making():
            self._admission = Admission(self.name, self.operation.labels, limits)
            recorders: dict[Values, Recorder] = {}
            try:
                for values in (*combinations(self.operation.labels), *self._bound):
                    recorders[values] = self._bound.get(values) or Recorder(self.operation, values)
                    recorders[values].fill(backend, self._admission.admit(values))
            except BaseException:
                self.disconnect()  # half of them would write to one backend, half to another
                raise
            self._recorders, self.backend, self.clock = recorders, backend, backend.clock

    def set_clock(self, clock: Callable[[], float]) -> None:
        """Take the time from *clock* from now on."""
        self.clock = clock
        for recorder in list(self._recorders.values()):
            recorder.clock = clock

    def disconnect(self) -> None:
        """Record nothing from now on."""
        with making():
            self.backend, self.clock = None, _no_time
            for recorder in self._recorders.values():
                recorder.clear()
            self._recorders = dict(self._bound)


_METERS: dict[Operation[Any, Any], Meter] = {}
_on_new: list[Callable[[Meter], None]] = []


def meter_of(operation: Operation[Any, Any]) -> Meter:
    """Return the meter of *operation*, connected to the installation that has it, if any."""
    meter = _METERS.get(operation)
    if meter is not None:
        return meter
    with making():
        if operation not in _METERS:
            meter = Meter(operation)
            for connect in _on_new:
                connect(meter)
            _METERS[operation] = meter
        return _METERS[operation]


def meters() -> list[Meter]:
    """Return every meter there is."""
    return list(_METERS.values())


def connect_new_with(connect: Callable[[Meter], None]) -> None:
    """Call *connect* for every meter that is made from now on."""
    _on_new.append(connect)
