"""Sources of everything that takes time: operations, their in-flight gauges, and plain histograms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf, isfinite
from typing import Any

from signalproof.catalogue.metric import Gauge, Histogram
from signalproof.catalogue.operation import Loop, Operation, last_ended_of
from signalproof.live.calls import STATUSES, Calls
from signalproof.live.incident import Ahead
from signalproof.live.process import Process
from signalproof.live.source import histogram_lines, lines_of
from signalproof.live.truth import Truth


class OperationSource:
    """An operation: durations, calls by status, errors by type, and what a loop adds."""

    def __init__(self, operation: Operation[Any, Any], process: Process, truth: Truth, seed: int) -> None:
        self.process = process
        self._is_loop, ends = isinstance(operation, Loop), last_ended_of(operation)
        self._tells_ends = ends is not None
        branches = calls_of(operation, process, truth, seed)
        self._calls = [calls for _, calls in branches]
        combos = [labels for labels, _ in branches]
        errors = _error_types(operation)
        lines = [*histogram_lines(operation.duration, combos)]
        lines += lines_of(operation.calls, [{**one, "status": name} for one in combos for name in STATUSES])
        lines += lines_of(
            operation.failures, [{**one, "error_type": name} for one in combos for name in errors]
        )
        if ends is not None:
            lines += lines_of(ends, [{**one, "status": name} for one in combos for name in STATUSES])
        if isinstance(operation, Loop):
            lines += [*lines_of(operation.running, combos), *lines_of(operation.last_iteration, combos)]
        self.lines = tuple(lines)

    def sample(self, time: float) -> list[float]:  # noqa: D102  # said at Source.sample
        values: list[float] = []
        for calls in self._calls:
            calls.advance(time)
            values += _histogram_values(calls)
        for calls in self._calls:
            values += calls.statuses
        for calls in self._calls:
            values += calls.errors
        if self._tells_ends:
            for calls in self._calls:
                values += calls.last_ends
        if self._is_loop:
            values += [float(not calls.still) for calls in self._calls]
            values += [calls.last_end for calls in self._calls]
        return values


class InFlightSource:
    """A gauge of calls in progress: the operations that move it, replayed, and counted at the moment of the sample."""

    def __init__(
        self,
        gauge: Gauge[Any],
        operations: Sequence[Operation[Any, Any]],
        process: Process,
        truth: Truth,
        seed: int,
    ) -> None:
        self.process = process
        self._high = gauge.high
        self._calls: dict[tuple[str, ...], list[Calls]] = {}
        for operation in operations:
            for labels, calls in calls_of(operation, process, truth, seed):
                own = {**labels, **gauge.labels.fixed}
                self._calls.setdefault(tuple(own[name] for name in gauge.labels), []).append(calls)
        combos = [dict(zip(gauge.labels, values, strict=True)) for values in self._calls]
        self.lines = tuple(lines_of(gauge, combos))

    def sample(self, time: float) -> list[float]:  # noqa: D102  # said at Source.sample
        values: list[float] = []
        for group in self._calls.values():
            for calls in group:
                calls.advance(time)
            values.append(min(float(sum(calls.in_progress for calls in group)), self._high))
        return values


class HistogramSource:
    """A histogram that belongs to no operation."""

    def __init__(self, metric: Histogram[Any], process: Process, truth: Truth, seed: int) -> None:
        self.process = process
        branches = truth.branches(metric)
        self._calls = [
            Calls(
                process, truth.profile(metric).rate * branch.share, branch.duration, metric.buckets.bounds,
                seed, metric.name, *branch.labels.values(),
            )
            for branch in branches
        ]  # fmt: skip
        self.lines = tuple(histogram_lines(metric, [branch.labels for branch in branches]))

    def sample(self, time: float) -> list[float]:  # noqa: D102  # said at Source.sample
        values: list[float] = []
        for calls in self._calls:
            calls.advance(time)
            values += _histogram_values(calls)
        return values


def calls_of(
    operation: Operation[Any, Any], process: Process, truth: Truth, seed: int
) -> list[tuple[Mapping[str, str], Calls]]:
    """Return a replay of the calls of *operation* in *process* for each combination of its labels.

    No more calls run at a time than the in-flight gauge can show, and a loop turns once at a time. An incident stops the
    loops of the first process.
    """
    profile, branches = truth.profile(operation), truth.branches(operation)
    high = inf if operation.in_flight is None else operation.in_flight.high
    limit = 1 if isinstance(operation, Loop) else max(1, high // len(branches)) if isfinite(high) else inf
    errors, incidents = len(_error_types(operation)), truth.incidents(process.start, seed)
    stops = isinstance(operation, Loop) and not process.place
    return [
        (
            branch.labels,
            Calls(
                process, profile.rate * branch.share, branch.duration, operation.duration.buckets.bounds,
                seed, operation.name, *branch.labels.values(),
                failure=profile.failure, cancelled=profile.cancelled, errors=errors, limit=limit,
                ahead=Ahead(incidents.of(operation.errors.__name__)), stops=stops,
            ),
        )
        for branch in branches
    ]  # fmt: skip


def _error_types(operation: Operation[Any, Any]) -> list[str]:
    return sorted(operation.errors.domain().values or ())


def _histogram_values(calls: Calls) -> Iterator[float]:
    total = 0
    for count in calls.buckets:
        total += count
        yield total
    yield calls.ended
    yield calls.seconds
