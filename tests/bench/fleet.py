"""The history of a large fleet, from a few processes that are really simulated and stand under many names.

What a query costs does not depend on whose numbers it adds up; simulating thousands of processes would take an hour.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.tsdb_block import Labels, write_block
from tests.bench.tsdb_chunks import Encoded, encode

from signalproof.catalogue.catalogue import Catalogue
from signalproof.live.emit import scrape_times
from signalproof.live.model import Model
from signalproof.live.source import Line, Source

DISTINCT = 24
"""Processes of a job that are simulated."""


@dataclass
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

    def write(self, storage: Path, told: Callable[[str, float], None] = lambda _what, _part: None) -> Path:
        """Write one block under *storage* and return its folder; *told* is what is done, and which part (0..1) of it."""
        simulated = min(self.instances, DISTINCT)
        times = scrape_times(self.start, self.end, self.interval)
        stamps = [round(time * 1000) for time in times]
        model = Model.of(self.catalogue, instances=simulated)
        by_name: dict[str, list[tuple[Line, Source, Encoded]]] = {}
        parts = list(model.parts(self.start))
        total, done = sum(map(len, parts)), 0
        for sources in parts:
            for source in sources:
                for line, values in zip(source.lines, _columns(source, times), strict=True):
                    by_name.setdefault(line.name, []).append((line, source, encode(values, stamps)))
                done += 1
                told("simulating", done / total)
            sources.clear()  # a source holds what it counts
        names = self._instances(source for lines in by_name.values() for _, source, _ in lines)
        symbols = {"__name__", "instance", "job", "le", *by_name}
        symbols |= {text for own in names.values() for text in own}
        symbols |= {source.process.job for lines in by_name.values() for _, source, _ in lines}
        for lines in by_name.values():
            for line, _, _ in lines:
                symbols |= {line.le, *line.labels, *line.labels.values()} - {""}

        def series() -> Iterator[tuple[Labels, Encoded]]:
            for place, name in enumerate(sorted(by_name)):
                told("writing", place / len(by_name))
                found = [
                    (_labels(line, source, instance), one)
                    for line, source, one in by_name[name]
                    for instance in names[source.process.instance]
                ]
                for labels, one in sorted(found, key=lambda each: each[0]):
                    self.series += 1
                    self.samples += one.samples
                    yield labels, one

        return write_block(storage, series(), symbols, int(self.start * 1000) << 80 | self.instances)

    def _instances(self, sources: Iterator[Source]) -> dict[str, list[str]]:
        """Return the names under which each simulated process stands: its own, and those of its copies."""
        found: dict[str, list[str]] = {}
        for source in sources:
            process = source.process
            if process.instance not in found:
                simulated = min(self.instances, DISTINCT)
                places = range(process.place, self.instances, simulated)
                host = process.job.replace("_", "-")
                found[process.instance] = [f"{host}-{place}:9100" for place in places]
        return found


def _columns(source: Source, times: list[float]) -> list[array[float]]:
    """Return the values of each line of *source* at *times*."""
    width = len(source.lines)
    values = array("d")
    for time in times:
        values.extend(source.sample(time))
    return [values[place::width] for place in range(width)]


def _labels(line: Line, source: Source, instance: str) -> Labels:
    pairs = {**line.labels, "__name__": line.name, "instance": instance, "job": source.process.job}
    if line.le:
        pairs["le"] = line.le
    return tuple(sorted((name, value) for name, value in pairs.items() if value))
