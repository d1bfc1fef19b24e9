"""Installing a catalogue: from then on its operations are recorded, and exposed by a registry."""

from __future__ import annotations

import time
from collections.abc import Callable
from time import perf_counter
from types import TracebackType
from typing import Any, Literal, Self

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.registry import CollectorRegistry

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.instrumentation import FAULTS, Stage
from signalproof.catalogue.metric import Metric
from signalproof.errors import SignalproofError
from signalproof.instrument import faults, forks
from signalproof.instrument.alone import making, when_alone
from signalproof.instrument.cardinality import Admission, Limits, Values, check_size
from signalproof.instrument.cells_backend import CellsBackend
from signalproof.instrument.client import ClientBackend
from signalproof.instrument.exemplars import sampled_span
from signalproof.instrument.families import Family, release, same_specification, take
from signalproof.instrument.known import known
from signalproof.instrument.meter import Backend, Meter, connect_new_with, meter_of, meters
from signalproof.instrument.multiprocess import in_multiprocess_mode, too_late

_INSTALLED: list[Installation] = []


class Installation:
    """A catalogue in a registry; made by `install`, undone by `uninstall` or by leaving its ``with`` block.

    Attributes:
        catalogue: What is recorded.
        registry: What exposes it.
        families: Metric name → family, the count of faults among them.
        backend: What the recorders write with.
        clock: Seconds, monotonic.
        now: Unix time.
        limits: How many series a metric may have, and how long a label value may be.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        registry: CollectorRegistry,
        families: dict[str, Family],
        backend: Backend,
        now: Callable[[], float],
        limits: Limits,
    ) -> None:
        self.catalogue = catalogue
        self.registry = registry
        self.families = families
        self.backend = backend
        self.clock = backend.clock
        self.now = now
        self.limits = limits
        self._tracked = {metric.name for one in catalogue.operations.values() for metric in one.recorded}
        self._admissions: dict[str, Admission] = {}
        self._children: dict[tuple[str, Values], MetricWrapperBase] = {}

    def uninstall(self) -> None:
        """Stop recording with this installation; an earlier one of the same catalogue takes over again."""
        with making():
            if self not in _INSTALLED:
                return
            _INSTALLED.remove(self)
            faults.stop_counting_with(self.count_fault)
            for meter in meters():
                half_way = meter.backend is None and meter.name in self.catalogue.operations
                if meter.backend is self.backend or half_way:
                    meter.disconnect()
                    _reconnect(meter)
            release(self.families.values(), self.registry)

    def has(self, metric: Metric[Any]) -> bool:
        """Return whether *metric*, or one just like it, is part of the catalogue."""
        family = self.families.get(metric.name)
        return family is not None and same_specification(family.metric, metric)

    def write(self, metric: Metric[Any], values: Values, use: Callable[[Any], None]) -> None:
        """Call *use* with prometheus_client's object for the series of *metric* with these label *values*."""
        child = self._children.get((metric.name, values))
        if child is not None:
            use(child)
        elif metric.name in self._tracked:
            faults.blame(metric.name, Stage.RECORD, "only the decorator of its operation writes to it")
        else:
            when_alone(lambda: self._write_new(metric, values, use))

    def _write_new(self, metric: Metric[Any], values: Values, use: Callable[[Any], None]) -> None:
        forks.tell()
        try:
            child = self._admit(metric, values)
            if child is not None:
                use(child)
        except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
            faults.blame(metric.name, Stage.RECORD, fault)

    def _admit(self, metric: Metric[Any], values: Values) -> MetricWrapperBase | None:
        admission = self._admissions.get(metric.name)
        if admission is None:
            admission = Admission(metric.name, metric.labels, self.limits)
            self._admissions[metric.name] = admission
        admitted = admission.admit(values)
        if admitted is None:
            return None
        return self._children.setdefault((metric.name, admitted), self.families[metric.name].child(admitted))

    def forget(self, metric: Metric[Any], values: Values) -> None:
        """Expose the series of *metric* with these label *values* no more, until it is written again."""
        when_alone(lambda: self._forget(metric, values))

    def _forget(self, metric: Metric[Any], values: Values) -> None:
        try:
            self._children.pop((metric.name, values), None)
            self.families[metric.name].forget(values)
        except Exception as fault:  # noqa: BLE001  # as in _write_new
            faults.blame(metric.name, Stage.RECORD, fault)

    def count_fault(self, name: str, stage: Stage) -> bool:
        """Count a fault of the metrics layer, if that operation or metric is part of the catalogue."""
        if name not in self.catalogue.operations and name not in self.families:
            return False
        self.write(FAULTS, (name, stage.value), lambda child: child.inc())
        return True

    def start(self) -> None:
        """Expose what is known at the start and every kind of fault at 0, and record from now on."""
        self._admissions.clear()
        self._children.clear()
        for name, metric in self.catalogue.metrics.items():
            if name in self.families and name not in self._tracked:
                for values in known(metric):
                    self._admit(metric, values)
        for name, operation in self.catalogue.operations.items():
            for stage in Stage:
                self._admit(FAULTS, (name, stage.value))
            meter_of(operation).connect(self.backend, self.limits)

    def start_in_child(self) -> None:
        """Start at 0 in a forked child, such that the first thing it records says what becomes of it."""
        self.backend.clock = forks.telling(self.clock, self._put_back_clock)
        self.start()
        self._children.clear()  # to what is not there yet, `_write_new` writes, and tells

    def _put_back_clock(self) -> None:
        self.backend.clock = self.clock
        for meter in meters():
            if meter.backend is self.backend:
                meter.set_clock(self.clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.uninstall()


def install(
    catalogue: Catalogue,
    registry: CollectorRegistry | None = None,
    *,
    backend: Literal["client", "cells"] = "client",
    exemplars: bool = False,
    clock: Callable[[], float] = perf_counter,
    now: Callable[[], float] = time.time,
    max_series: int = 1000,
    max_value_length: int = 200,
) -> Installation:
    """Record the operations of *catalogue* and expose its metrics in *registry*, each closed combination at 0.

    Metrics that the program exposes by code of its own (`signalproof.catalogue.existing`) are left to it.

    A program does it once, before it starts to work. Doing it again in the same registry is harmless; in another
    registry it takes precedence until it is uninstalled, which is how a test looks at its own numbers only.

    Args:
        catalogue: What is recorded.
        registry: What exposes it; prometheus_client's default registry when left out.
        backend: ``client`` writes to prometheus_client's objects; ``cells`` counts in cells of the calling thread,
            at a third of the cost. Where several processes write (``PROMETHEUS_MULTIPROC_DIR``) it is ``client``.
        exemplars: Whether the trace of a call is noted beside its bucket, for sampled spans of OpenTelemetry.
        clock: Seconds, monotonic; for durations.
        now: Unix time; for timestamps.
        max_series: Most combinations of label values of one metric; beyond them, values that are not closed become
            ``other``.
        max_value_length: Most characters of a label value that is not declared; a longer one is cut.

    Raises:
        SignalproofError: A metric has more closed combinations than that, its name is taken in the registry, or
            OpenTelemetry is not there for the exemplars.
    """
    forks.is_known()
    if variable := too_late():
        faults.LOGGER.warning(
            "%s was set after prometheus_client had been imported and has no effect: set it before Python starts",
            variable,
        )
    limits = Limits(max_series, max(max_value_length, 1))
    exemplar = sampled_span() if exemplars else None
    if backend == "cells" and in_multiprocess_mode():
        faults.LOGGER.info("several processes write: the 'client' backend stands in for 'cells'")
        backend = "client"
    with making():
        metrics = catalogue.installed
        for metric in (one for one in catalogue.metrics.values() if one.name in metrics):
            check_size(metric, limits)
        target = prometheus_client.REGISTRY if registry is None else registry
        families = take(metrics.values(), target, backend)
        try:
            writer: Backend = (
                CellsBackend(catalogue.operations.values(), families, clock, now, exemplar)
                if backend == "cells"
                else ClientBackend(families, clock, now, exemplar)
            )
            installation = Installation(catalogue, target, families, writer, now, limits)
        except BaseException:
            release(families.values(), target)
            raise
        _INSTALLED.append(installation)
        try:
            faults.count_with(installation.count_fault)
            installation.start()
            _connect_lookalikes()
            forks.watch(_start_again_in_child)
        except BaseException:
            installation.uninstall()
            raise
        return installation


def installed(metric: Metric[Any]) -> Installation | None:
    """Return the latest installation that has *metric*."""
    return next((one for one in reversed(_INSTALLED) if one.has(metric)), None)


def latest() -> Installation | None:
    """Return the latest installation."""
    return _INSTALLED[-1] if _INSTALLED else None


def _connect_new(meter: Meter) -> None:
    """Connect a *meter* that was made after its operation was installed.

    Raises:
        SignalproofError: An operation of that name is installed and declared differently.
    """
    if _reconnect(meter):
        return
    for installation in reversed(_INSTALLED):
        if (other := installation.catalogue.operations.get(meter.name)) is not None:
            raise SignalproofError(
                f"{meter.name} is declared twice and differently, here and at {other.where}",
                "give one of them another name",
                where=meter.operation.where,
            )


def _reconnect(meter: Meter) -> bool:
    """Connect *meter* to the latest installation of its operation, or of one declared just like it."""
    for installation in reversed(_INSTALLED):
        if meter.name in installation.catalogue.operations and all(
            installation.has(metric) for metric in meter.operation.metrics
        ):
            meter.connect(installation.backend, installation.limits)
            return True
    return False


def _connect_lookalikes() -> None:
    """Connect operations that a reload made anew: other objects, the same names."""
    installation = _INSTALLED[-1]
    for meter in meters():
        if meter.name in installation.catalogue.operations and meter.backend is not installation.backend:
            _reconnect(meter)


def _start_again_in_child() -> None:
    """Begin at 0 in a forked child: it is a process of its own, and a lock held by another thread stays held there."""
    if in_multiprocess_mode():
        return
    for installation in _INSTALLED:
        for family in installation.families.values():
            family.renew()
    if _INSTALLED:
        forks.begins()
    for installation in _INSTALLED:
        installation.start_in_child()
    for meter in meters():
        _reconnect(meter)


connect_new_with(_connect_new)
