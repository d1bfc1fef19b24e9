"""For the tests of instrumented programs: what was recorded, and whether it is what the catalogue says.

In a ``conftest.py``, ``pytest_plugins = ["signalproof.testing"]`` gives the fixture `recorded`: the catalogue of the
project, installed in a registry of its own for one test.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from typing import Any, Literal

import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import CollectorRegistry

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Role, Series
from signalproof.catalogue.family import series_of
from signalproof.catalogue.labels import OTHER, L, Label
from signalproof.catalogue.metric import Histogram, Metric
from signalproof.config import load_config
from signalproof.errors import SignalproofError, caller
from signalproof.instrument.installation import install, installed

_Key = tuple[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Recorded:
    """What a catalogue has recorded in a registry of its own.

    Attributes:
        catalogue: The catalogue.
        registry: Nothing else is in it.
    """

    catalogue: Catalogue
    registry: CollectorRegistry

    def value(self, metric: Metric[L], *labels: L) -> float:
        """Return the number of the series with these *labels*; of a histogram, how many values it has taken.

        Raises:
            AssertionError: There is no such series.
        """
        return _value(self.registry, metric, labels)

    def sum(self, histogram: Histogram[L], *labels: L) -> float:
        """Return the sum of the values that the series of *histogram* with these *labels* has taken.

        Raises:
            AssertionError: There is no such series.
        """
        return _sample(self.registry, f"{histogram.name}_sum", histogram, labels)

    def text(self) -> str:
        """Return what ``/metrics`` answers."""
        return generate_latest(self.registry).decode()

    def openmetrics(self) -> str:
        """Return what ``/metrics`` answers to whoever asks for OpenMetrics."""
        answer: bytes = generate_openmetrics(self.registry)  # type: ignore[no-untyped-call]  # prometheus_client left it untyped
        return answer.decode()


@contextmanager
def record(
    catalogue: Catalogue, backend: Literal["client", "cells"] = "client", **options: Any
) -> Iterator[Recorded]:
    """Record *catalogue* in a registry of its own while the ``with`` block runs.

    Args:
        catalogue: What is recorded.
        backend: As of `signalproof.instrument.install`, like the *options*.
        options: ``clock=``, ``now=``, ``max_series=``, ``max_value_length=``, ``exemplars=``.
    """
    registry = CollectorRegistry()
    with install(catalogue, registry, backend=backend, **options):
        yield Recorded(catalogue, registry)


@pytest.fixture
def catalogue() -> Catalogue:
    """Return the catalogue that the project's configuration names; override it to test another one."""
    name = load_config().catalogue
    if not name:
        raise SignalproofError(
            "[tool.signalproof] names no catalogue", 'set catalogue = "package.module"', where=caller()
        )
    module, _, attribute = name.partition(":")
    found = getattr(importlib.import_module(module), attribute or "CATALOGUE", None)
    if not isinstance(found, Catalogue):
        raise SignalproofError(
            f"{name} is no catalogue", "name a module with a CATALOGUE in it", where=caller()
        )
    return found


@pytest.fixture
def recorded(catalogue: Catalogue) -> Iterator[Recorded]:
    """Yield what the project's catalogue records during one test."""
    with record(catalogue) as found:
        yield found


@contextmanager
def assert_emits(metric: Metric[L], *labels: L, by: float = 1) -> Iterator[None]:
    """Assert that the ``with`` block moves the series of *metric* with these *labels* by exactly *by*.

    Args:
        metric: An installed metric; of a histogram, the count of its values is looked at.
        labels: All labels of the series that are not fixed.
        by: 0 asserts that it does not move.

    Raises:
        AssertionError: It moved by something else; the message says what did move.
    """
    installation = installed(metric)
    assert installation is not None, f"{metric.name} is not installed: no catalogue that has it is"
    registry = installation.registry
    before, start = _numbers(registry), _value(registry, metric, labels)
    yield
    moved = _value(registry, metric, labels) - start
    if moved != by:
        wanted = "{" + ", ".join(f'{name}="{value}"' for name, value in _texts(metric, labels).items()) + "}"
        lines = [f"{metric.name}{wanted} moved by {moved:g}, not by {by:g}; what moved was:"]
        lines += _moves(before, _numbers(registry)) or ["  nothing"]
        raise AssertionError("\n".join(lines))


def _moves(before: Mapping[_Key, float], after: Mapping[_Key, float]) -> list[str]:
    lines: list[str] = []
    for (name, labels), value in after.items():
        moved = value - before.get((name, labels), 0.0)
        if moved and not name.endswith(("_bucket", "_sum")):
            shown = ", ".join(f'{key}="{text}"' for key, text in sorted(labels))
            lines.append(f"  {name}{{{shown}}} by {moved:g}")
    return lines


def _numbers(registry: CollectorRegistry) -> dict[_Key, float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in registry.collect()
        for sample in family.samples
    }


def _value(registry: CollectorRegistry, metric: Metric[Any], labels: Iterable[Label]) -> float:
    name = f"{metric.name}_count" if isinstance(metric, Histogram) else metric.name
    return _sample(registry, name, metric, labels)


def _sample(registry: CollectorRegistry, name: str, metric: Metric[Any], labels: Iterable[Label]) -> float:
    wanted = _texts(metric, labels)
    value = registry.get_sample_value(name, wanted)
    if value is None:
        there = sorted(
            str(dict(one)) for found, one in _numbers(registry) if found == name and "le" not in dict(one)
        )
        raise AssertionError(f"there is no {name} with {wanted}; there are: {', '.join(there) or 'none'}")
    return value


def _texts(metric: Metric[Any], labels: Iterable[Label]) -> dict[str, str]:
    return {**metric.labels.fixed, **{type(one).label_name: str(one) for one in labels}}


def assert_registry_matches(
    catalogue: Catalogue, registry: CollectorRegistry | None = None, *, external: Iterable[str] = ()
) -> None:
    """Assert that a registry exposes every series of *catalogue*, and none other.

    Every combination of closed labels is there, every label has a declared value, bounded labels keep their bound,
    and types and bucket bounds are those of the catalogue. The library's own count of faults is part of each that it
    records something of.

    Args:
        catalogue: What should be exposed.
        registry: What exposes it; the one that *catalogue* is installed in when left out.
        external: Names, or patterns with ``*``, of metrics that others put there: ``process_*``.

    Raises:
        AssertionError: With every difference.
    """
    if registry is None:
        first = next(iter(catalogue.metrics.values()))
        installation = installed(first)
        assert installation is not None, "the catalogue is not installed"
        registry = installation.registry
    assert_exposition_matches(catalogue, generate_latest(registry).decode(), external=external)


def assert_exposition_matches(catalogue: Catalogue, text: str, *, external: Iterable[str] = ()) -> None:
    """Assert that the *text* of a ``/metrics`` page shows every series of *catalogue*, and none other.

    See `assert_registry_matches`.
    """
    found = _differences(catalogue, text, tuple(external))
    assert not found, "the exposition is not what the catalogue says:\n  " + "\n  ".join(found)


def _differences(catalogue: Catalogue, text: str, external: tuple[str, ...]) -> list[str]:
    metrics = {**catalogue.metrics, **catalogue.installed}
    declared = {series.name: series for metric in metrics.values() for series in series_of(metric.family)}
    types: dict[str, str] = {}
    seen: dict[str, list[dict[str, str]]] = defaultdict(list)
    # prometheus_client adds when each series began, unless it is told not to; the instrumentation tells it
    created = {f"{name.removesuffix('_total')}_created" for name, one in metrics.items() if one.existing}
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if name in created - metrics.keys() or any(fnmatchcase(name, pattern) for pattern in external):
            continue
        types[name] = family.type
        for sample in family.samples:
            seen[sample.name].append(sample.labels)
    lines = [
        f"{name} is a {types.get(name, 'metric that is not there')}, declared as a {metric.exposed_as}"
        for name, metric in metrics.items()
        if types.get(name) != metric.exposed_as
    ]
    lines += [f"{name} is in no catalogue" for name in seen if name not in declared]
    for name, series in declared.items():
        lines += _wrong_labels(series, seen[name])
    return lines


def _wrong_labels(series: Series, seen: list[dict[str, str]]) -> Iterator[str]:
    names = frozenset(series.labels)
    for labels in seen:
        if labels.keys() != names and not (series.open and labels.keys() > names):
            yield f"{series.name} has labels {sorted(labels)}, declared are {sorted(names)}"
            return
    for name, domain in series.labels.items():
        values = {labels[name] for labels in seen}
        if domain.values is not None:
            for value in sorted(values - domain.values):
                yield f"{series.name}: label {name!r} has the undeclared value {value!r}"
        elif domain.at_most is not None and len(values - {OTHER}) > (most := max(domain.at_most - 1, 1)):
            yield f"{series.name}: label {name!r} has {len(values)} values, at most {most} are promised"
    if series.initialised and series.role is not Role.UNKNOWN:
        closed = [sorted(domain.values or ()) for domain in series.labels.values()]
        there = {tuple(labels[name] for name in series.labels) for labels in seen}
        for combination in product(*closed):
            if combination not in there:
                yield f"{series.name}{dict(zip(series.labels, combination, strict=True))} is not initialised"
