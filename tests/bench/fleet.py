"""The history of a large fleet, from a few processes that are really simulated and stand under many names.

What a query costs does not depend on whose numbers it adds up; simulating thousands of processes would take an hour.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tests.bench.tsdb_block import Labels, write_block
from tests.bench.tsdb_chunks import Encoded, encode

from signalproof.catalogue.catalogue import Catalogue
from signalproof.live.emit import scrape_times
from signalproof.live.model import Model
from signalproof.live.process import Process
from signalproof.live.source import Line, Source

DISTINCT = 24
"""Processes of a job that are simulated."""


@dataclass(eq=False)
class Fleet:
    """So many instances of each job, over a while.

    Attributes:
        catalogue: What they expose.
        instances: How many there are of each job.
        start: Unix time of the first scrape.
        end: Unix time of the last one.
        interval: Seconds between two scrapes.
        series: How many series were written.
        samples: How many samples were written.
    """

    catalogue: Catalogue
    instances: int
    start: float
    end: float
    interval: float = 15.0
    series: int = field(default=0, init=False)
    samples: int = field(default=0, init=False)
    _lines: dict[str, list[tuple[Line, Process, Encoded]]] = field(default_factory=dict, init=False)

    def simulate(self, told: Callable[[float], None] = lambda _part: None) -> None:
        """Make the series of a few processes; *told* is which part (0..1) of them is made."""
        times = scrape_times(self.start, self.end, self.interval)
        stamps = [round(time * 1000) for time in times]
        parts = list(Model.of(self.catalogue, instances=self.simulated).parts(self.start))
        total, done = sum(map(len, parts)), 0
        for sources in parts:
            for source in sources:
                for line, values in zip(source.lines, _columns(source, times), strict=True):
                    made = encode(values, stamps)
                    self._lines.setdefault(line.name, []).append((line, source.process, made))
                done += 1
                told(done / total)
            sources.clear()  # a source holds what it counts

    def write(
        self,
        storage: Path,
        recorded: Mapping[Labels, Encoded] | None = None,
        told: Callable[[float], None] = lambda _part: None,
    ) -> Path:
        """Write one block under *storage* and return its folder.

        Args:
            storage: Folder of the storage of a Prometheus.
            recorded: Series of rules, which stand beside those of the processes.
            told: Is told which part (0..1) is done.
        """
        self.series = self.samples = 0
        rules: dict[str, list[tuple[Labels, Encoded]]] = {}
        for labels, one in (recorded or {}).items():
            rules.setdefault(dict(labels)["__name__"], []).append((labels, one))
        names = sorted({*self._lines, *rules})

        def series() -> Iterator[tuple[Labels, Encoded]]:
            for place, name in enumerate(names):
                told(place / len(names))
                found = [
                    (_labels(line, process, instance), one)
                    for line, process, one in self._lines.get(name, ())
                    for instance in self._instances(process)
                ]
                for labels, one in sorted(found + rules.get(name, []), key=lambda each: each[0]):
                    self.series += 1
                    self.samples += one.samples
                    yield labels, one

        symbols = {text for labels in recorded or () for pair in labels for text in pair} | {*self._symbols()}
        return write_block(storage, series(), symbols, int(self.start * 1000) << 80 | self.instances)

    @property
    def simulated(self) -> int:
        """How many processes of each job are simulated."""
        return min(self.instances, DISTINCT)

    def _symbols(self) -> Iterator[str]:
        yield from ("__name__", "instance", "job")
        for name, lines in self._lines.items():
            yield name
            for line, process, _ in lines:
                yield from line.labels
                yield from filter(None, line.labels.values())
                yield from ("le", line.le) if line.le else ()
                yield process.job
                yield from self._instances(process)

    @lru_cache(maxsize=4096)  # noqa: B019  # there are a few fleets, and each has a few processes
    def _instances(self, process: Process) -> tuple[str, ...]:
        """Return the names under which a simulated process stands: its own, and those of its copies."""
        host = process.job.replace("_", "-")
        places = range(process.place, self.instances, self.simulated)
        return tuple(f"{host}-{place}:9100" for place in places)


def _columns(source: Source, times: list[float]) -> list[array[float]]:
    """Return the values of each line of *source* at *times*."""
    width = len(source.lines)
    values = array("d")
    for time in times:
        values.extend(source.sample(time))
    return [values[place::width] for place in range(width)]


def _labels(line: Line, process: Process, instance: str) -> Labels:
    pairs = {**line.labels, "__name__": line.name, "instance": instance, "job": process.job}
    if line.le:
        pairs["le"] = line.le
    return tuple(sorted((name, value) for name, value in pairs.items() if value))
