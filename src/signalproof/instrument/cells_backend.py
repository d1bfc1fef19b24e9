"""The fast backend: duration, outcome and errors of a call in cells of the calling thread.

A cell holds the buckets of the calls that returned, those of the calls that failed for each type of error, cancelled
calls, and the sum of the durations. The counts of calls are the sums of the buckets, and on a page that `page.render`
makes all three metrics of a series show the same total: they agree, whatever other threads do meanwhile. Gauges and the
metrics that a program writes itself stay with prometheus_client.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from math import inf
from typing import Any

from prometheus_client.samples import Exemplar, Sample

from signalproof.catalogue.exposition import format_bound
from signalproof.catalogue.metric import Metric
from signalproof.catalogue.operation import Operation, Status
from signalproof.instrument.cardinality import Values
from signalproof.instrument.cells import Cell, Cells, Layout
from signalproof.instrument.exemplars import ExemplarOf
from signalproof.instrument.families import Family, totals_of_the_page
from signalproof.instrument.meter import Outcome, Recorder, layout_of


class _Series:
    """One combination of label values, and its cells."""

    def __init__(self, labels: dict[str, str], layout: Layout) -> None:
        self.labels = labels
        self.layout = layout
        self.cells = Cells(layout.last + 1)
        self.exemplars: dict[int, Exemplar] = {}

    def ending(self, first: int) -> Outcome:
        """Return what records a call in the buckets from *first* on."""
        local, move_in = self.cells.local, self.cells.move_in
        bounds, last = self.layout.bounds, self.layout.last

        def observe(seconds: float) -> None:
            try:
                cell = local.cell
            except AttributeError:
                cell = move_in()
            cell[first + bisect_left(bounds, seconds)] += 1
            cell[last] += seconds

        return observe

    def cancellation(self) -> Outcome:
        """Return what records a call that was cancelled."""
        local, move_in, place = self.cells.local, self.cells.move_in, self.layout.cancelled

        def cancel(_: float) -> None:
            try:
                cell = local.cell
            except AttributeError:
                cell = move_in()
            cell[place] += 1

        return cancel

    def traced(self, observe: Outcome, exemplar: ExemplarOf, operation: str) -> Outcome:
        """Return *observe* such that it keeps the exemplar of the call as the last one of its bucket."""
        bounds, exemplars = self.layout.bounds, self.exemplars

        def observe_traced(seconds: float) -> None:
            observe(seconds)
            labels = exemplar(operation)
            if labels:
                exemplars[bisect_left(bounds, seconds)] = Exemplar(labels, seconds, time.time())

        return observe_traced

    def total(self) -> Cell:
        """Return the numbers of all threads: within a page, those that stand on it already."""
        page = totals_of_the_page()
        if page is None:
            return self.cells.total()
        if self not in page:
            page[self] = self.cells.total()
        return page[self]

    def ended(self, total: Cell) -> list[Cell]:
        """Return the buckets of the calls that returned, and of those that failed, for each type of error."""
        width = self.layout.width
        return [total[first : first + width] for first in range(0, self.layout.cancelled, width)]


class OperationNumbers:
    """The numbers of one operation in one registry."""

    def __init__(self, operation: Operation[Any, Any]) -> None:
        self._operation = operation
        self._layout = layout_of(operation)
        self._series: dict[Values, _Series] = {}

    def series(self, values: Values) -> _Series:
        """Return the series with these label *values*, made at 0 if need be."""
        found = self._series.get(values)
        if found is None:
            labels = dict(zip(self._operation.labels, values, strict=True))
            found = self._series[values] = _Series(labels, self._layout)
        return found

    def renew(self) -> None:
        """Start again at 0."""
        self._series = {}

    def samples(self, metric: Metric[Any]) -> Iterator[Sample]:
        """Yield the samples of one of the operation's three metrics, in the order of prometheus_client."""
        samples_of = _failures
        if metric.kind == "histogram":
            samples_of = _histogram
        elif metric.name == self._operation.calls.name:
            samples_of = _calls
        for one in list(self._series.values()):
            yield from samples_of(metric.name, one)


def _histogram(name: str, series: _Series) -> Iterator[Sample]:
    total = series.total()
    count = 0.0
    running = accumulate(sum(column) for column in zip(*series.ended(total), strict=True))
    for i, (bound, count) in enumerate(
        zip((*series.layout.bounds, inf), running, strict=True)
    ):  # the last one is the count
        labels = {**series.labels, "le": format_bound(bound)}
        yield Sample(f"{name}_bucket", labels, float(count), None, series.exemplars.get(i))
    yield Sample(f"{name}_count", series.labels, float(count))
    yield Sample(f"{name}_sum", series.labels, total[-1])


def _calls(name: str, series: _Series) -> Iterator[Sample]:
    total = series.total()
    success, *failures = (sum(buckets) for buckets in series.ended(total))
    counts = {
        Status.SUCCESS: success,
        Status.FAILURE: sum(failures),
        Status.CANCELLED: total[series.layout.cancelled],
    }
    for status in Status:
        yield Sample(name, {**series.labels, Status.label_name: status.value}, float(counts[status]))


def _failures(name: str, series: _Series) -> Iterator[Sample]:
    _, *failures = series.ended(series.total())
    for kind, buckets in zip(series.layout.first, failures, strict=True):
        yield Sample(name, {**series.labels, "error_type": kind}, float(sum(buckets)))


class CellsBackend:
    """Writes to cells, which the families of the operations read.

    Attributes:
        families: Metric name → family.
        clock: Seconds, monotonic.
        now: Unix time.
    """

    def __init__(
        self,
        operations: Iterable[Operation[Any, Any]],
        families: Mapping[str, Family],
        clock: Callable[[], float],
        now: Callable[[], float],
        exemplar: ExemplarOf | None = None,
    ) -> None:
        self.families = families
        self.clock = clock
        self.now = now
        self._exemplar = exemplar
        self._numbers: dict[str, OperationNumbers] = {}
        for operation in operations:
            metrics = (operation.duration, operation.calls, operation.failures)
            there = families[operation.duration.name].numbers
            numbers = there if isinstance(there, OperationNumbers) else OperationNumbers(operation)
            self._numbers[operation.prefix + operation.name] = numbers
            for metric in metrics:
                families[metric.name].numbers = numbers

    def fill(self, recorder: Recorder) -> None:
        """Give *recorder* what writes to its cells; making the series exposes it at 0."""
        series = self._numbers[recorder.name].series(recorder.values)
        observe = series.ending(0)
        failures = {kind: series.ending(first) for kind, first in series.layout.first.items()}
        if self._exemplar is None:
            recorder.local, recorder.move_in = series.cells.local, series.cells.move_in
        else:
            exemplar = self._exemplar
            observe = series.traced(observe, exemplar, recorder.name)
            failures = {kind: series.traced(one, exemplar, recorder.name) for kind, one in failures.items()}
        recorder.success = observe, None
        recorder.failures = failures
        recorder.cancelled = series.cancellation()
        recorder.clock = self.clock
