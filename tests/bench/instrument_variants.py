"""The ways to instrument a function that are measured against each other: by hand, this library, and the peers."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal

from prometheus_client import Counter, Histogram
from prometheus_client.registry import CollectorRegistry

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.instrument import install, track_request

BARE, HAND = "no instruments", "hand-written, children bound beforehand"
CLIENT, CELLS = "signalproof, `client`", "signalproof, `cells`"


class Failure(ClosedLabel, name="error_type"):
    """Why the measured function failed."""

    VALUE = "ValueError"
    OTHER = "other"


def work(x: int) -> int:
    """Do nothing: what is measured is everything else."""
    return x


async def work_later(x: int) -> int:
    """Do nothing, asynchronously."""
    return x


def fail(x: int) -> int:
    """Fail."""
    raise ValueError


async def fail_later(x: int) -> int:
    """Fail, asynchronously."""
    raise ValueError


@dataclass(frozen=True)
class Variant:
    """One way to instrument the four functions.

    Attributes:
        name: As in the table.
        plain: `work`, instrumented.
        later: `work_later`, instrumented; None where the library cannot.
        failing: `fail`, instrumented.
        failing_later: `fail_later`, instrumented; None as above.
        note: What the table has to say of it.
    """

    name: str
    plain: Callable[[int], Any]
    later: Callable[[int], Awaitable[Any]] | None
    failing: Callable[[int], Any]
    failing_later: Callable[[int], Awaitable[Any]] | None
    note: str = ""

    @property
    def title(self) -> str:
        """The name with the note."""
        return f"{self.name} ({self.note})" if self.note else self.name


def bare() -> Variant:
    """Return the functions as they are."""
    return Variant(BARE, work, work_later, fail, fail_later)


def by_hand(bounds: tuple[float, ...]) -> Variant:
    """Return what a careful person writes with prometheus_client: duration, calls by status, errors by type."""
    registry = CollectorRegistry()
    duration = Histogram("hand_seconds", "d", registry=registry, buckets=bounds)
    calls = Counter("hand_calls", "c", ["status"], registry=registry)
    errors = Counter("hand_errors", "e", ["error_type"], registry=registry)
    success, failure, of_type = calls.labels("success"), calls.labels("failure"), errors.labels("ValueError")

    def plain(x: int) -> int:
        start = perf_counter()
        try:
            result = x
        except Exception:
            failure.inc()
            of_type.inc()
            raise
        else:
            success.inc()
        finally:
            duration.observe(perf_counter() - start)
        return result

    async def later(x: int) -> int:
        start = perf_counter()
        try:
            result = x
        except Exception:
            failure.inc()
            of_type.inc()
            raise
        else:
            success.inc()
        finally:
            duration.observe(perf_counter() - start)
        return result

    def failing(x: int) -> int:
        start = perf_counter()
        try:
            raise ValueError
        except Exception:
            failure.inc()
            of_type.inc()
            raise
        finally:
            duration.observe(perf_counter() - start)

    async def failing_later(x: int) -> int:
        start = perf_counter()
        try:
            raise ValueError
        except Exception:
            failure.inc()
            of_type.inc()
            raise
        finally:
            duration.observe(perf_counter() - start)

    return Variant(HAND, plain, later, failing, failing_later)


def by_hand_with_labels(bounds: tuple[float, ...]) -> Variant:
    """Return the same, with ``.labels()`` at every call, as most code has it."""
    registry = CollectorRegistry()
    duration = Histogram("labels_seconds", "d", ["component"], registry=registry, buckets=bounds)
    calls = Counter("labels_calls", "c", ["component", "status"], registry=registry)
    errors = Counter("labels_errors", "e", ["component", "error_type"], registry=registry)

    def plain(x: int) -> int:
        start = perf_counter()
        result = x
        calls.labels("bench", "success").inc()
        duration.labels("bench").observe(perf_counter() - start)
        return result

    async def later(x: int) -> int:
        start = perf_counter()
        result = x
        calls.labels("bench", "success").inc()
        duration.labels("bench").observe(perf_counter() - start)
        return result

    def failing(x: int) -> int:
        start = perf_counter()
        try:
            raise ValueError
        except ValueError as error:
            calls.labels("bench", "failure").inc()
            errors.labels("bench", type(error).__name__).inc()
            raise
        finally:
            duration.labels("bench").observe(perf_counter() - start)

    async def failing_later(x: int) -> int:
        start = perf_counter()
        try:
            raise ValueError
        except ValueError as error:
            calls.labels("bench", "failure").inc()
            errors.labels("bench", type(error).__name__).inc()
            raise
        finally:
            duration.labels("bench").observe(perf_counter() - start)

    return Variant("hand-written, `.labels()` at every call", plain, later, failing, failing_later)


def by_client_decorators(bounds: tuple[float, ...]) -> Variant:
    """Return what prometheus_client's own decorators give; they time a coroutine function only until it is made."""
    registry = CollectorRegistry()
    duration = Histogram("decorated_seconds", "d", registry=registry, buckets=bounds)
    calls = Counter("decorated_calls", "c", ["status"], registry=registry)
    success, failure = calls.labels("success"), calls.labels("failure")

    @failure.count_exceptions()
    @duration.time()
    def plain(x: int) -> int:
        success.inc()
        return x

    failing = failure.count_exceptions()(duration.time()(fail))
    note = "wrong on coroutines; no error types"
    return Variant("prometheus_client's decorators", plain, None, failing, None, note)


def by_signalproof(name: str, backend: Literal["client", "cells"]) -> Variant:
    """Return the decorators of this library, on a backend."""
    operation = Request(f"bench_{backend}", "a measured call", labels(), Failure, owner="bench.work")
    install(Catalogue.of_entries([operation]), CollectorRegistry(), backend=backend)
    track = track_request(operation)
    return Variant(name, track(work), track(work_later), track(fail), track(fail_later))


def by_autometrics() -> Variant:
    """Return the decorators of autometrics, on its prometheus_client tracker."""
    autometrics: Any = importlib.import_module("autometrics")
    autometrics.init(tracker="prometheus", service_name="bench")
    track: Callable[[Callable[[int], Any]], Callable[[int], Any]] = autometrics.autometrics
    version = importlib.metadata.version("autometrics")
    functions = track(work), track(work_later), track(fail), track(fail_later)
    return Variant(f"autometrics {version}", *functions, note="no error types")


def by_opentelemetry(bounds: tuple[float, ...]) -> Variant:
    """Return a decorator on instruments of the OpenTelemetry SDK, attributes made beforehand."""
    sdk: Any = importlib.import_module("opentelemetry.sdk.metrics")
    export: Any = importlib.import_module("opentelemetry.sdk.metrics.export")
    provider = sdk.MeterProvider(metric_readers=[export.InMemoryMetricReader()], shutdown_on_exit=False)
    meter = provider.get_meter("bench")
    record = meter.create_histogram("d", unit="s", explicit_bucket_boundaries_advisory=list(bounds)).record
    add = meter.create_counter("c").add
    success, failure = {"status": "success"}, {"status": "failure", "error_type": "ValueError"}

    def track(function: Callable[[int], Any]) -> Callable[[int], Any]:
        @functools.wraps(function)
        def tracked(x: int) -> Any:
            start = perf_counter()
            try:
                result = function(x)
            except Exception:
                record(perf_counter() - start)
                add(1, failure)
                raise
            record(perf_counter() - start)
            add(1, success)
            return result

        return tracked

    async def later(x: int) -> int:
        start = perf_counter()
        result = await work_later(x)
        record(perf_counter() - start)
        add(1, success)
        return result

    async def failing_later(x: int) -> int:
        start = perf_counter()
        try:
            return await fail_later(x)
        except Exception:
            record(perf_counter() - start)
            add(1, failure)
            raise

    version = importlib.metadata.version("opentelemetry-sdk")
    return Variant(f"OpenTelemetry SDK {version}", track(work), later, track(fail), failing_later)


def variants() -> tuple[list[Variant], list[str]]:
    """Return what is measured, and the names of the peers that are not installed."""
    example = Request("bench", "a measured call", labels(), Failure, owner="bench.work")
    bounds = example.duration.buckets.bounds
    found = [bare(), by_hand(bounds), by_signalproof(CLIENT, "client"), by_signalproof(CELLS, "cells")]
    found += [by_client_decorators(bounds), by_hand_with_labels(bounds)]
    absent: list[str] = []
    peers: dict[str, Callable[[], Variant]] = {
        "autometrics": by_autometrics,
        "opentelemetry-sdk": lambda: by_opentelemetry(bounds),
    }
    for name, make in peers.items():
        try:
            found.append(make())
        except ImportError:
            absent.append(name)
    return found, absent
