"""A whole catalogue, alive: every process of every job, and the value of each of its series at any moment.

Time only goes forward. The same catalogue, seed and start give the same values, however they are sampled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Operation
from signalproof.live.chance import chance
from signalproof.live.incident import INCIDENT_EVERY
from signalproof.live.plain import CounterSource, FaultSource, GaugeSource, ScrapeSource
from signalproof.live.process import Process
from signalproof.live.shared import BuildSource, SharedSource, nearest
from signalproof.live.source import Source
from signalproof.live.timed import HistogramSource, InFlightSource, OperationSource
from signalproof.live.truth import Profile, Truth, combinations, jobs, plain_metrics

RESTART_EVERY = 4 * 3600.0
"""Seconds between two restarts of a process: rare, and often enough that queries meet counter resets."""


@dataclass(frozen=True)
class Model:
    """What `emit` writes, serves and sends.

    Attributes:
        truth: What the series are drawn from.
        seed: What everything drawn depends on.
        restart_every: Seconds between two restarts of a process, or 0 for none.
        default_job: Job of the metrics that belong to no operation; empty to derive it.
    """

    truth: Truth
    seed: int = 1
    restart_every: float = RESTART_EVERY
    default_job: str = ""

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        *,
        seed: int = 1,
        instances: int = 2,
        profiles: Mapping[str, Profile] | None = None,
        restart_every: float = RESTART_EVERY,
        incident_every: float = INCIDENT_EVERY,
        busy: bool = False,
        default_job: str = "",
    ) -> Model:
        """Return the model of a *catalogue*; *profiles*, *incident_every* and *busy* as in `Truth.of`.

        Raises:
            SignalproofError: A name in *profiles* is no operation or histogram of the catalogue.
        """
        truth = Truth.of(
            catalogue,
            seed=seed,
            instances=instances,
            profiles=profiles,
            incident_every=incident_every,
            busy=busy,
        )
        return cls(truth, seed, restart_every, default_job)

    @cached_property
    def jobs(self) -> Mapping[str, str]:
        """Metric name → job."""
        return jobs(self.truth.catalogue, self.default_job)

    def processes(self, start: float) -> dict[str, list[Process]]:
        """Return the processes of each job, all started at Unix time *start*."""
        found: dict[str, list[Process]] = {}
        for job in dict.fromkeys(self.jobs.values()):
            hosts = [f"{job.replace('_', '-')}-{place}:9100" for place in range(self.truth.instances)]
            found[job] = [
                Process(
                    job, host, start, self.restart_every,
                    self.restart_every * (0.2 + 0.8 * chance(self.seed, host, "restart")), place,
                )
                for place, host in enumerate(hosts)
            ]  # fmt: skip
        return found

    def parts(self, start: float, *, scrapes: bool = True) -> Iterator[list[Source]]:
        """Yield, for each operation and plain metric, its sources: one per process.

        Args:
            start: Unix time when every process starts.
            scrapes: Whether to add, last, what Prometheus itself writes of each scrape.
        """
        processes = self.processes(start)
        exposed = {process.instance: 0 for group in processes.values() for process in group}
        entries = [*self._timed(processes), *self._plain(processes)]
        for sources in entries:
            for source in sources:
                exposed[source.process.instance] += len(source.lines)
            yield sources
        if scrapes and processes:
            yield [
                ScrapeSource(process, exposed[process.instance], self.seed)
                for group in processes.values()
                for process in group
            ]

    def _timed(self, processes: Mapping[str, Sequence[Process]]) -> Iterator[list[Source]]:
        """Yield the sources of the operations, then those of the in-flight gauges, each with all that move it."""
        gauges: dict[str, tuple[Gauge[Any], dict[str, list[Operation[Any, Any]]]]] = {}
        for operation in self.truth.catalogue.operations.values():
            job = self.jobs[operation.calls.name]
            yield [OperationSource(operation, one, self.truth, self.seed) for one in processes[job]]
            if (gauge := operation.in_flight) is not None:
                gauges.setdefault(gauge.name, (gauge, {}))[1].setdefault(job, []).append(operation)
        for gauge, by_job in gauges.values():
            yield [
                InFlightSource(gauge, operations, one, self.truth, self.seed)
                for job, operations in by_job.items()
                for one in processes[job]
            ]

    def _plain(self, processes: Mapping[str, Sequence[Process]]) -> Iterator[list[Source]]:
        """Yield the sources of the metrics that belong to no operation, and of what the instrumentation adds."""
        by_job: dict[str, list[str]] = {}
        for name, operation in self.truth.catalogue.operations.items():
            by_job.setdefault(self.jobs[operation.calls.name], []).append(name)
        if by_job:
            yield [FaultSource(names, one) for job, names in by_job.items() for one in processes[job]]
        for metric in plain_metrics(self.truth.catalogue):
            group = processes[self.jobs[metric.name]]
            if isinstance(metric, BuildInfo):
                yield [BuildSource(metric, one) for one in group]
            elif isinstance(metric, Gauge) and metric.shared:
                yield [
                    SharedSource(metric, labels, one, self.truth, self.seed)
                    for labels, _, _ in combinations(metric.labels)
                    for one in processes[nearest(labels, self.jobs[metric.name], processes)]
                ]
            elif isinstance(metric, Histogram):
                yield [HistogramSource(metric, one, self.truth, self.seed) for one in group]
            elif isinstance(metric, Counter):
                yield [CounterSource(metric, one, self.truth, self.seed) for one in group]
            elif isinstance(metric, Gauge):
                yield [GaugeSource(metric, one, self.seed) for one in group]
            elif not metric.existing:  # summaries and the like exist already, and nobody says how they move
                raise TypeError(f"{metric.name}: nothing is known of a {metric.kind}")
