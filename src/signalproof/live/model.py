"""A whole catalogue, alive: every process of every job, and the value of each of its series at any moment.

Time only goes forward. The same catalogue, seed and start give the same values, however they are sampled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Operation
from signalproof.live.chance import chance
from signalproof.live.plain import CounterSource, GaugeSource, ScrapeSource
from signalproof.live.process import Process
from signalproof.live.source import Source
from signalproof.live.timed import HistogramSource, InFlightSource, OperationSource
from signalproof.live.truth import Profile, Truth, jobs, plain_metrics

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
        default_job: str = "",
    ) -> Model:
        """Return the model of a *catalogue*; *profiles* as in `Truth.of`.

        Raises:
            SignalproofError: A name in *profiles* is no operation or histogram of the catalogue.
        """
        truth = Truth.of(catalogue, seed=seed, instances=instances, profiles=profiles)
        return cls(truth, seed, restart_every, default_job)

    @cached_property
    def jobs(self) -> Mapping[str, str]:
        """Metric name → job."""
        return jobs(self.truth.catalogue, self.default_job)

    def processes(self, start: float) -> dict[str, list[Process]]:
        """Return the processes of each job, all started at Unix time *start*."""
        found: dict[str, list[Process]] = {}
        for job in dict.fromkeys(self.jobs.values()):
            hosts = (f"{job.replace('_', '-')}-{place}:9100" for place in range(self.truth.instances))
            found[job] = [
                Process(
                    job, host, start, self.restart_every,
                    self.restart_every * (0.2 + 0.8 * chance(self.seed, host, "restart")),
                )
                for host in hosts
            ]  # fmt: skip
        return found

    def parts(self, start: float, *, scrapes: bool = True) -> Iterator[list[Source]]:
        """Yield, for each operation and plain metric, its sources: one per process.

        Args:
            start: Unix time when every process starts.
            scrapes: Whether to add, last, what Prometheus itself writes of each scrape.
        """
        catalogue, truth, seed = self.truth.catalogue, self.truth, self.seed
        processes = self.processes(start)
        exposed = {process.instance: 0 for group in processes.values() for process in group}
        entries: list[list[Source]] = [
            [
                OperationSource(operation, process, truth, seed)
                for process in processes[self.jobs[operation.calls.name]]
            ]
            for operation in catalogue.operations.values()
        ]
        entries += (
            [
                InFlightSource(gauge, movers, process, truth, seed)
                for job, movers in by_job.items()
                for process in processes[job]
            ]
            for gauge, by_job in self._in_flight()
        )
        entries += (
            [self._plain(metric, process) for process in processes[self.jobs[metric.name]]]
            for metric in plain_metrics(catalogue)
        )
        for sources in entries:
            for source in sources:
                exposed[source.process.instance] += len(source.lines)
            yield sources
        if scrapes:
            yield [
                ScrapeSource(process, exposed[process.instance], seed)
                for group in processes.values()
                for process in group
            ]

    def _in_flight(self) -> Iterator[tuple[Gauge[Any], dict[str, list[Operation[Any, Any]]]]]:
        """Yield each in-flight gauge once, with the operations that move it, by job."""
        found: dict[str, tuple[Gauge[Any], dict[str, list[Operation[Any, Any]]]]] = {}
        for operation in self.truth.catalogue.operations.values():
            if (gauge := operation.in_flight) is not None:
                _, by_job = found.setdefault(gauge.name, (gauge, {}))
                by_job.setdefault(self.jobs[operation.calls.name], []).append(operation)
        yield from found.values()

    def _plain(self, metric: Any, process: Process) -> Source:
        if isinstance(metric, Histogram):
            return HistogramSource(metric, process, self.truth, self.seed)
        if isinstance(metric, Counter):
            return CounterSource(metric, process, self.seed)
        return GaugeSource(metric, process, self.seed)
