"""One call from start to end, where more than its duration and outcome is to be recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from signalproof.catalogue.instrumentation import Stage
from signalproof.catalogue.labels import OTHER, L, Label
from signalproof.instrument.cardinality import Values
from signalproof.instrument.faults import blame
from signalproof.instrument.meter import Meter, Outcome, Recorder
from signalproof.instrument.sources import Extract
from signalproof.instrument.written import in_progress

E = TypeVar("E", bound=Label)


@dataclass(frozen=True, slots=True)
class Tracking:
    """What a decorator records of the calls of its function.

    Attributes:
        meter: Of its operation.
        values: One text for each label in order; None where it has to be found.
        arguments: Position of the label and what reads its value from the arguments.
        results: Position of the label and what makes its value of the result.
        failure: Makes of a result whether it is a failure, or of which type.
    """

    meter: Meter
    values: tuple[str | None, ...]
    arguments: tuple[tuple[int, Extract], ...] = ()
    results: tuple[tuple[int, Callable[[Any], object] | None], ...] = ()
    failure: Callable[[Any], object] | None = None

    def recorder(self) -> Recorder | None:
        """Return the recorder of every call, if duration and outcome are all there is to record."""
        values = tuple(text for text in self.values if text is not None)
        varies = len(values) < len(self.values) or self.failure is not None
        return None if varies or self.meter.operation.in_flight is not None else self.meter.bound(values)


class Call(Generic[L, E]):
    """A call in progress. None of its methods raises, whatever goes wrong in them."""

    __slots__ = ("_clock", "_kind", "_leave", "_name", "_start", "_tracking", "_values")

    def __init__(self, tracking: Tracking, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """Start the call."""
        self._tracking = tracking
        self._values = list(tracking.values)
        self._kind = ""
        self._leave: Callable[[], None] | None = None
        self._name = tracking.meter.name
        self._start: float | None = None
        for position, extract in tracking.arguments:
            try:
                self._values[position] = str(extract(args, kwargs))
            except Exception as fault:  # noqa: BLE001  # an extractor is the application's code and may raise anything
                self._values[position] = OTHER
                blame(self._name, Stage.LABELS, fault)
        try:
            meter = tracking.meter
            if meter.operation.in_flight is not None and meter.backend is not None:
                self._leave = in_progress(meter.operation, self._known())
        except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
            blame(self._name, Stage.RECORD, fault)
        try:
            self._clock = tracking.meter.clock
            self._start = self._clock()
        except Exception as fault:  # noqa: BLE001  # a broken clock must not break the caller
            blame(self._name, Stage.CLOCK, fault)

    def label(self, *values: L) -> None:
        """Set label *values* of the call, known only while it runs; a call that ends before has ``other``."""
        for value in values:
            try:
                self._set(type(value).label_name, str(value))
            except Exception as fault:  # noqa: BLE001  # a value that is none of its labels must not break the caller
                blame(self._name, Stage.LABELS, fault)
        try:
            if self._leave is not None:
                self._move(frozenset(type(value).label_name for value in values))
        except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
            blame(self._name, Stage.RECORD, fault)

    def _set(self, name: str, text: str) -> None:
        declared = self._tracking.meter.operation.labels
        if name not in declared.domains:
            blame(self._name, Stage.LABELS, f"there is no label {name!r}")
        elif declared.fixed.get(name, text) != text:
            blame(self._name, Stage.LABELS, f"label {name!r} is always {declared.fixed[name]!r}")
        else:
            self._values[list(declared).index(name)] = text

    def _move(self, names: frozenset[str]) -> None:
        """Count the call in progress under its new values of the labels called *names*."""
        operation, leave = self._tracking.meter.operation, self._leave
        gauge = operation.in_flight
        if leave is not None and gauge is not None and not names.isdisjoint(gauge.labels.domains):
            self._leave = None
            leave()
            self._leave = in_progress(operation, self._known())

    def _known(self) -> Values:
        """The label values of the call, ``other`` for what was not said."""
        return tuple(OTHER if text is None else text for text in self._values)

    def fail(self, kind: E | None = None) -> None:
        """Count the call as a failure of that *kind* (``other`` when left out), though it will not raise."""
        self._kind = OTHER
        if kind is not None:
            try:
                self._kind = str(kind)
            except Exception as fault:  # noqa: BLE001  # as in label
                blame(self._name, Stage.PREDICATE, fault)

    def ended(self, error: BaseException | None) -> None:
        """End the call with the *error* it raised, or with no result."""
        if error is None:
            self.returned(None)
        else:
            self.raised(error)

    def returned(self, result: Any) -> None:
        """End the call with its *result*."""
        seconds = self._seconds()
        tracking = self._tracking
        for position, pick in tracking.results:
            try:
                self._values[position] = str(result if pick is None else pick(result))
            except Exception as fault:  # noqa: BLE001  # as in __init__
                self._values[position] = OTHER
                blame(self._name, Stage.LABELS, fault)
        if tracking.failure is not None:
            try:
                if kind := tracking.failure(result):
                    self._kind = OTHER if kind is True else str(kind)
            except Exception as fault:  # noqa: BLE001  # a predicate is the application's code and may raise anything
                blame(self._name, Stage.PREDICATE, fault)
        self._end(seconds, self._returned, returned=True)

    def raised(self, error: BaseException) -> None:
        """End the call with the *error* it raised."""
        seconds = self._seconds()
        self._end(seconds, lambda recorder: recorder.outcome(type(error)))

    def _returned(self, recorder: Recorder) -> Outcome:
        if not self._kind:
            return recorder.returned
        return recorder.failures.get(self._kind) or recorder.failures[OTHER]

    def _seconds(self) -> float | None:
        if self._start is None:
            return None
        try:
            seconds = self._clock() - self._start
        except Exception as fault:  # noqa: BLE001  # as in __init__
            blame(self._name, Stage.CLOCK, fault)
            return None
        return seconds if seconds > 0.0 else 0.0  # noqa: FURB136  # max() costs more than the comparison

    def _end(
        self, seconds: float | None, outcome: Callable[[Recorder], Outcome], *, returned: bool = False
    ) -> None:
        try:
            if self._leave is not None:
                self._leave()
        except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
            blame(self._name, Stage.RECORD, fault)
        if seconds is None:
            return
        try:
            values: Any = tuple(self._values)
            if None in values:
                if returned:  # what raised may have had no time to say it
                    unsaid = list(self._tracking.meter.operation.labels)[values.index(None)]
                    blame(self._name, Stage.LABELS, f"label {unsaid!r} was given no value")
                values = self._known()
            self._tracking.meter.write(values, seconds, outcome)
        except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
            blame(self._name, Stage.RECORD, fault)
