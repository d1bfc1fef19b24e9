"""The prometheus_client families of a catalogue, made once for each registry and name."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import nan
from typing import Any, Literal, Protocol
from weakref import WeakKeyDictionary

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric as Exposed
from prometheus_client.registry import Collector, CollectorRegistry, DuplicateTimeseries
from prometheus_client.samples import Sample

from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.catalogue.units import TIMESTAMP_SECONDS
from signalproof.errors import SignalproofError


class Numbers(Protocol):
    """Numbers that a backend keeps itself."""

    def samples(self, metric: Metric[Any]) -> Iterator[Sample]:
        """Yield the samples of *metric*."""
        ...

    def renew(self) -> None:
        """Start again at 0."""


class Family(Collector):
    """One metric of a catalogue in one registry.

    prometheus_client adds a ``_created`` series to every counter and histogram; they are left out, because nothing
    declares them and they double what is stored.

    Attributes:
        metric: What it exposes.
        backend: Name of the backend that writes it.
        users: How many installations need it.
        stock: prometheus_client's object.
        numbers: What is exposed instead of `stock`, where the backend keeps the numbers itself.
    """

    def __init__(self, metric: Metric[Any], backend: str) -> None:
        self.metric = metric
        self.backend = backend
        self.users = 0
        self.numbers: Numbers | None = None
        self._start()

    def _start(self) -> None:
        self.stock: MetricWrapperBase = stock(self.metric)
        self._children: dict[tuple[str, ...], MetricWrapperBase] = {}
        if not self.metric.labels.domains and not (isinstance(self.metric, Gauge) and self.metric.shared):
            self.child(())

    def child(self, values: tuple[str, ...]) -> MetricWrapperBase:
        """Return prometheus_client's object for the series with these label *values*, made at 0 if need be."""
        child = self._children.get(values)
        if child is None:
            child = self.stock.labels(*values) if self.metric.labels.domains else self.stock
            if isinstance(child, prometheus_client.Gauge) and isinstance(self.metric, BuildInfo):
                child.set(1)  # all that it ever says
            self._children[values] = child
        return child

    def forget(self, values: tuple[str, ...]) -> None:
        """Expose the series with these label *values* no more, until it is made again."""
        child = self._children.pop(values, None)
        if isinstance(child, prometheus_client.Gauge):  # what processes share in a file stays on their page
            child.set(nan)

    def renew(self) -> None:
        """Start again at 0 with new locks, as a forked child has to: a lock that another thread held stays held."""
        self._start()
        if self.numbers is not None:
            self.numbers.renew()

    def describe(self) -> Iterable[Exposed]:
        """Return the names that must not be taken in the registry."""
        return self.stock.describe()

    def collect(self) -> Iterator[Exposed]:
        """Yield the family with its samples: a list of them, or within `streamed` what gives one after the other."""
        for exposed in self.stock.describe():
            samples: Any = self.samples()
            exposed.samples = samples if _streaming.on else list(samples)
            yield exposed

    def samples(self) -> Iterator[Sample]:
        """Yield one sample after the other, each read when it is asked for."""
        if self.numbers is not None:
            yield from self.numbers.samples(self.metric)
            return
        names = tuple(self.metric.labels)
        for values, child in list(self._children.items()):
            labels = dict(zip(names, values, strict=True))
            for exposed in child.collect():
                for one in exposed.samples:
                    if not one.name.endswith("_created"):
                        yield Sample(one.name, {**labels, **one.labels}, one.value, None, one.exemplar)


class _Streaming(threading.local):
    on = False
    totals: dict[Any, list[float]] | None = None


_streaming = _Streaming()


@contextmanager
def streamed() -> Iterator[None]:
    """Let what this thread collects be one page, whose samples come one after the other, so that it can pause in between."""
    _streaming.on, _streaming.totals = True, {}
    try:
        yield
    finally:
        _streaming.on, _streaming.totals = False, None


def totals_of_the_page() -> dict[Any, list[float]] | None:
    """Return what is on the page that this thread makes, by what it was read from; None where it makes none."""
    return _streaming.totals


def stock(metric: Metric[Any]) -> MetricWrapperBase:
    """Return prometheus_client's object for *metric*, in no registry."""
    names, unit = tuple(metric.labels), metric.unit.suffix
    if isinstance(metric, Counter):
        return prometheus_client.Counter(metric.name, metric.help, names, unit=unit, registry=None)
    if isinstance(metric, Histogram):
        return prometheus_client.Histogram(
            metric.name, metric.help, names, unit=unit, registry=None, buckets=metric.buckets.bounds
        )
    if isinstance(metric, Gauge | BuildInfo):
        return prometheus_client.Gauge(
            metric.name, metric.help, names, unit=unit, registry=None, multiprocess_mode=_mode(metric)
        )
    raise TypeError(f"{metric.name} is a {type(metric).__name__}, which nothing exposes")


def _mode(metric: Gauge[Any] | BuildInfo) -> Literal["max", "livemax", "livesum"]:
    """Return what a gauge of several processes says: see `prometheus_client.Gauge`."""
    if metric.unit == TIMESTAMP_SECONDS:
        return "max"  # the latest, though the process that wrote it may be gone
    if isinstance(metric, BuildInfo) or metric.shared:
        return "livemax"  # all say the same
    return "livesum"


_SHELVES: WeakKeyDictionary[CollectorRegistry, dict[str, Family]] = WeakKeyDictionary()


def take(metrics: Iterable[Metric[Any]], registry: CollectorRegistry, backend: str) -> dict[str, Family]:
    """Return the families of *metrics* in *registry*, made and registered where they are not there yet.

    Raises:
        SignalproofError: A name is taken by another specification, by another backend, or by somebody else.
    """
    shelf = _SHELVES.setdefault(registry, {})
    taken: dict[str, Family] = {}
    try:
        for metric in metrics:
            family = shelf.get(metric.name)
            if family is None:
                family = Family(metric, backend)
                _register(family, registry)
                shelf[metric.name] = family
            else:
                _check_same(family, metric, backend)
            family.users += 1
            taken[metric.name] = family
    except BaseException:
        release(taken.values(), registry)
        raise
    return taken


def release(families: Iterable[Family], registry: CollectorRegistry) -> None:
    """Take from *registry* those of *families* that no other installation needs."""
    shelf = _SHELVES.get(registry, {})
    for family in families:
        family.users -= 1
        if not family.users and shelf.get(family.metric.name) is family:
            del shelf[family.metric.name]
            registry.unregister(family)


def _register(family: Family, registry: CollectorRegistry) -> None:
    try:
        registry.register(family)
    except DuplicateTimeseries:
        raise SignalproofError(
            f"{family.metric.name} is already in the registry, and no catalogue put it there",
            "expose it through the catalogue only, or install the catalogue in a registry of its own",
            where=family.metric.where,
        ) from None


def _check_same(family: Family, metric: Metric[Any], backend: str) -> None:
    if not same_specification(family.metric, metric):
        raise SignalproofError(
            f"{metric.name} is declared twice and differently, here and at {family.metric.where}",
            "give one of them another name",
            where=metric.where,
        )
    if family.backend != backend:
        raise SignalproofError(
            f"{metric.name} is already in the registry, written by the {family.backend!r} backend",
            f"install with backend={family.backend!r}, or uninstall first",
            where=metric.where,
        )


def same_specification(one: Metric[Any], other: Metric[Any]) -> bool:
    """Return whether both describe the same series; their help texts and places may differ."""
    return one is other or (
        one.kind == other.kind
        and one.unit == other.unit
        and list(one.labels.domains.items()) == list(other.labels.domains.items())
        and (not isinstance(one, Histogram) or one.buckets.bounds == getattr(other, "buckets").bounds)  # noqa: B009  # of the same kind, as the line above says
    )
