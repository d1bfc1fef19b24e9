"""The text of a ``/metrics`` page, made politely: in small parts, with a pause after each.

Whoever renders holds the interpreter's lock and gives it up only every five milliseconds. The pauses let the program's
other threads, an event loop above all, have it sooner.

The program goes on meanwhile, so a page is no snapshot of everything: the later a family stands on it, the more it has
seen. What can be relied on:

- of a histogram, ``_count`` is the bucket ``+Inf``, and no bucket is smaller than the one before;
- no counter falls from one page to the next;
- with the ``cells`` backend, all numbers of one series of an operation are of one moment: buckets, ``_count``, ``_sum``,
  calls and errors are those of the same calls;
- with the ``client`` backend they are read one after the other. ``_sum`` may hold the durations of calls that ended while
  the buckets were read, and calls and errors may be ahead of the histogram by those that ended while the page was made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from copy import copy
from itertools import islice

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from signalproof.instrument.families import streamed
from signalproof.text import written

_SAMPLES_PER_PART, _PAUSE_SECONDS = 100, 0.0005
_END = b"# EOF\n"


class _Part:
    """A registry with some samples of one family, or with nothing."""

    def __init__(self, *families: Metric) -> None:
        self._families = families

    def collect(self) -> tuple[Metric, ...]:
        return self._families


def render(registry: Collector, encode: Callable[[Collector], bytes]) -> bytes:
    """Return the page of *registry* in the format of *encode*."""
    parts: list[bytes] = []
    with streamed():
        for family in registry.collect():
            samples = iter(family.samples)
            parts.append(_text(family, list(islice(samples, _SAMPLES_PER_PART)), encode))
            while more := list(islice(samples, _SAMPLES_PER_PART)):
                parts.append(_without_head(_text(family, more, encode)))
    return b"".join(parts) + encode(_Part())


def _text(family: Metric, samples: list[Sample], encode: Callable[[Collector], bytes]) -> bytes:
    part = copy(family)
    part.samples = samples
    try:
        text = encode(_Part(part)).removesuffix(_END)
    except (
        UnicodeEncodeError
    ):  # of a collector that no catalogue describes: it must not cost the others their page
        part.documentation, part.samples = written(family.documentation), [*map(_written, samples)]
        text = encode(_Part(part)).removesuffix(_END)
    time.sleep(_PAUSE_SECONDS)
    return text


def _written(sample: Sample) -> Sample:
    """Return *sample* with labels that UTF-8 can write, and still of one series each."""
    exemplar = sample.exemplar and sample.exemplar._replace(labels=_labels(sample.exemplar.labels))
    return sample._replace(labels=_labels(sample.labels), exemplar=exemplar)


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    return {written(name): written(value) for name, value in labels.items()}


def _without_head(text: bytes) -> bytes:
    while text.startswith(b"# "):
        text = text.partition(b"\n")[2]
    return text
