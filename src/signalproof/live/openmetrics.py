"""The history of a model as OpenMetrics text with timestamps, for ``promtool tsdb create-blocks-from openmetrics``."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import groupby

from signalproof.catalogue.exposition import escaped
from signalproof.live.model import Model
from signalproof.live.source import Family, Line, Source

_ROWS = 256
"""Scrapes per piece of text: what is held of a file at a time."""


def scrape_times(start: float, end: float, interval: float) -> list[float]:
    """Return the moments of the scrapes from *start* to *end*, both included, every *interval* seconds."""
    return [round(start + place * interval, 3) for place in range(int((end - start) / interval + 1e-9) + 1)]


def openmetrics(model: Model, times: Sequence[float]) -> Iterator[str]:
    """Yield the text of every series at *times*, family by family, series by series, as the format asks.

    One operation is held in memory at a time, at 8 bytes per sample.

    Source of the format: https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
    """
    stamps = [f" {time:.3f}\n".replace(".000\n", "\n") for time in times]
    for sources in model.parts(times[0]):
        recorded = [_record(source, times) for source in sources]
        families = dict.fromkeys(line.family for line in sources[0].lines)
        for family in families:
            yield _head(family)
            for source, values in zip(sources, recorded, strict=True):
                yield from _family(family, source, values, stamps)
    yield "# EOF\n"


def _record(source: Source, times: Sequence[float]) -> array[float]:
    values = array("d")
    for time in times:
        values.extend(source.sample(time))
    return values


def _head(family: Family) -> str:
    return f"# HELP {family.name} {escaped(family.help)}\n# TYPE {family.name} {family.kind}\n"


def _family(family: Family, source: Source, values: array[float], stamps: Sequence[str]) -> Iterator[str]:
    width = len(source.lines)
    placed = ((place, line) for place, line in enumerate(source.lines) if line.family == family)
    # the samples of one label combination stay together: all buckets, count and sum at one time, then the next time
    for _, group in groupby(placed, key=lambda one: tuple(one[1].labels.items())):
        heads = [(place, _series(line, source)) for place, line in group]
        for first in range(0, len(stamps), _ROWS):
            rows = range(first, min(first + _ROWS, len(stamps)))
            yield "".join(
                [
                    head + repr(values[row * width + place]) + stamps[row]
                    for row in rows
                    for place, head in heads
                ]
            )


def _series(line: Line, source: Source) -> str:
    pairs = {**line.labels, **({"le": line.le} if line.le else {})}
    pairs |= {"instance": source.process.instance, "job": source.process.job}
    written = ",".join(f'{name}="{escaped(value)}"' for name, value in pairs.items())
    return f"{line.name}{{{written}}} "
