"""The default backend: prometheus_client's public interface, everything bound before the first call."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import prometheus_client

from signalproof.catalogue.operation import Status
from signalproof.instrument.cardinality import Values, choices
from signalproof.instrument.exemplars import ExemplarOf
from signalproof.instrument.families import Family
from signalproof.instrument.meter import Outcome, Recorder


class ClientBackend:
    """Writes to prometheus_client's own objects.

    Attributes:
        families: Metric name → family.
        clock: Seconds, monotonic.
        now: Unix time.
    """

    def __init__(
        self,
        families: Mapping[str, Family],
        clock: Callable[[], float],
        now: Callable[[], float],
        exemplar: ExemplarOf | None = None,
    ) -> None:
        self.families = families
        self.clock = clock
        self.now = now
        self._exemplar = exemplar

    def fill(self, recorder: Recorder) -> None:
        """Give *recorder* the bound methods of its children; making the children exposes them at 0."""
        operation, values = recorder.operation, recorder.values
        histogram = self.families[operation.duration.name].child(values)
        assert isinstance(histogram, prometheus_client.Histogram)
        observe: Outcome = histogram.observe
        if self._exemplar is not None:
            observe = _traced(histogram, self._exemplar, recorder.name)
        success, failure, cancelled = (
            self._increment(operation.calls.name, (*values, status.value)) for status in Status
        )
        kinds = choices(operation.failures.labels)[-1] or ()
        recorder.failures = {
            kind: _failure(observe, failure, self._increment(operation.failures.name, (*values, kind)))
            for kind in kinds
        }
        recorder.success = observe, success
        recorder.cancelled = lambda _: cancelled()
        recorder.clock = self.clock

    def _increment(self, name: str, values: Values) -> Callable[[], None]:
        child = self.families[name].child(values)
        assert isinstance(child, prometheus_client.Counter)
        return child.inc


def _failure(observe: Outcome, failed: Callable[[], None], of_this_type: Callable[[], None]) -> Outcome:
    def record(seconds: float) -> None:
        observe(seconds)
        failed()
        of_this_type()

    return record


def _traced(histogram: prometheus_client.Histogram, exemplar: ExemplarOf, operation: str) -> Outcome:
    def observe(seconds: float) -> None:
        histogram.observe(seconds, exemplar(operation))

    return observe
