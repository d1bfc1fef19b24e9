"""Metrics that a program writes itself: counters, gauges and histograms of the catalogue that no decorator fills.

The labels are given as values, in any order, and checked by the type checker against the metric's. Nothing here
raises: a fault is counted and logged, like every fault of the metrics layer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import prometheus_client

from signalproof.catalogue.instrumentation import Stage
from signalproof.catalogue.labels import L, Label
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.catalogue.operation import Loop, Operation
from signalproof.instrument.alone import when_alone
from signalproof.instrument.faults import blame
from signalproof.instrument.installation import installed


def count(counter: Counter[L], *labels: L, by: float = 1) -> None:
    """Add *by* to the series of *counter* with these *labels*."""
    _write(counter, labels, prometheus_client.Counter, lambda child: child.inc(by))


def set_gauge(gauge: Gauge[L], value: float, *labels: L) -> None:
    """Set the series of *gauge* with these *labels* to *value*."""
    _write(gauge, labels, prometheus_client.Gauge, lambda child: child.set(value))


def forget_gauge(gauge: Gauge[L], *labels: L) -> None:
    """Take back the series of *gauge* with these *labels*, until it is set again: nobody knows its value any more.

    Where several processes share a page (``PROMETHEUS_MULTIPROC_DIR``), no series can be taken back; it is NaN then.
    """
    try:
        _use(gauge, _texts(labels), None)
    except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
        blame(gauge.name, Stage.RECORD, fault)


def move_gauge(gauge: Gauge[L], by: float, *labels: L) -> None:
    """Add *by*, which may be negative, to the series of *gauge* with these *labels*."""
    _write(gauge, labels, prometheus_client.Gauge, lambda child: child.inc(by))


def observe(histogram: Histogram[L], value: float, *labels: L) -> None:
    """Add *value* to the distribution of *histogram* with these *labels*."""
    _write(histogram, labels, prometheus_client.Histogram, lambda child: child.observe(value))


def _write(
    metric: Metric[Any], given: Iterable[Label], kind: type[Any], write: Callable[[Any], None]
) -> None:
    try:
        assert metric.kind == kind.__name__.lower(), f"it is no {kind.__name__.lower()}"
        _use(metric, _texts(given), write)
    except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
        blame(metric.name, Stage.RECORD, fault)


def _texts(given: Iterable[Label]) -> dict[str, str]:
    return {type(value).label_name: str(value) for value in given}


def _use(metric: Metric[Any], given: Mapping[str, str], write: Callable[[Any], None] | None) -> None:
    """Write to the series, or forget it where there is nothing to *write*."""
    installation = installed(metric)
    if installation is None:
        return
    own = {**given, **metric.labels.fixed}
    if own.keys() != metric.labels.domains.keys():
        wrong = ", ".join(sorted(own.keys() ^ metric.labels.domains.keys()))
        blame(metric.name, Stage.LABELS, f"labels missing or not its own: {wrong}")
        return
    values = tuple(own[name] for name in metric.labels)
    if write is None:
        installation.forget(metric, values)
    else:
        installation.write(metric, values, write)


def in_progress(operation: Operation[Any, Any], values: Iterable[str]) -> Callable[[], None] | None:
    """Count one more call in progress, and return what counts it out again.

    Args:
        operation: With the gauge.
        values: Its label values.
    """
    return None if operation.in_flight is None else _entered(operation.in_flight, operation, values)


def running(loop: Loop[Any, Any], values: Iterable[str | None]) -> Callable[[], None]:
    """Count one more running *loop*, and return what counts it out again."""
    return _entered(loop.running, loop, values)


def iteration_ended(loop: Loop[Any, Any], values: Iterable[str | None]) -> None:
    """Note that an iteration of *loop* ended now."""
    installation = installed(loop.last_iteration)
    if installation is not None:
        now = installation.now()
        _use(loop.last_iteration, _known(loop.last_iteration, loop, values), lambda child: child.set(now))


def _entered(
    gauge: Gauge[Any], operation: Operation[Any, Any], values: Iterable[str | None]
) -> Callable[[], None]:
    entered: list[prometheus_client.Gauge] = []

    def enter(child: prometheus_client.Gauge) -> None:
        child.inc()
        entered.append(child)

    def leave() -> None:
        if entered:
            entered.pop().dec()

    process = os.getpid()

    def left() -> None:
        if os.getpid() != process:  # a forked child starts at 0: what its parent entered, it does not leave
            return
        if entered:
            leave()
        else:
            when_alone(leave)

    _use(gauge, _known(gauge, operation, values), enter)
    return left


def _known(gauge: Gauge[Any], operation: Operation[Any, Any], values: Iterable[str | None]) -> dict[str, str]:
    known = zip(operation.labels, values, strict=True)
    return {name: text for name, text in known if text is not None and name in gauge.labels.domains}
