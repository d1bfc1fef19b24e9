"""What an instrumented call costs above the same call without instruments, against writing it by hand and the peers.

All variants run interleaved in one process, a slice each in turn, so that whatever else the machine does hits all of
them alike. Figures are CPU time, the median over the rounds; ratios are the median of the ratios of each round.

Run as ``python tests/bench/instrument_calls.py [--rounds 41] [--calls 5000] [--write PAGE]``; ``--write`` puts the tables between the
two ``bench`` comments of a Markdown page. Exit code 1: a gate is not held. autometrics and the OpenTelemetry SDK are
measured where they are installed.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import gc
import importlib
import importlib.metadata
import platform
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, process_time_ns
from typing import Any, Literal

from prometheus_client import Counter, Histogram
from prometheus_client.registry import CollectorRegistry

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.instrument import install, track_request

HAND = "hand-written, children bound beforehand"
CLIENT, CELLS = "signalproof, `client`", "signalproof, `cells`"
START, END = "<!-- bench: written by make bench-instrument -->", "<!-- bench: end -->"
THREADS = 8


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


@dataclass(frozen=True)
class Variant:
    """One way to instrument the three functions.

    Attributes:
        name: As in the table.
        plain: `work`, instrumented.
        later: `work_later`, instrumented; None where the library cannot.
        failing: `fail`, instrumented.
        note: What the table has to say of it.
    """

    name: str
    plain: Callable[[int], Any]
    later: Callable[[int], Awaitable[Any]] | None
    failing: Callable[[int], Any]
    note: str = ""


def bare() -> Variant:
    """Return the functions as they are."""
    return Variant("no instruments", work, work_later, fail)


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

    return Variant(HAND, plain, later, failing)


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

    return Variant("hand-written, `.labels()` at every call", plain, later, failing)


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
    return Variant(
        "prometheus_client's decorators", plain, None, failing, "wrong on coroutines; no error types"
    )


def by_signalproof(name: str, backend: Literal["client", "cells"]) -> Variant:
    """Return the decorators of this library, on a backend."""
    operation = Request(f"bench_{backend}", "a measured call", labels(), Failure, owner="bench.work")
    install(Catalogue.of_entries([operation]), CollectorRegistry(), backend=backend)
    track = track_request(operation)
    return Variant(name, track(work), track(work_later), track(fail))


def by_autometrics() -> Variant:
    """Return the decorators of autometrics, on its prometheus_client tracker."""
    autometrics: Any = importlib.import_module("autometrics")
    autometrics.init(tracker="prometheus", service_name="bench")
    track: Callable[[Callable[[int], Any]], Callable[[int], Any]] = autometrics.autometrics
    version = importlib.metadata.version("autometrics")
    return Variant(f"autometrics {version}", track(work), track(work_later), track(fail))


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

    version = importlib.metadata.version("opentelemetry-sdk")
    return Variant(f"OpenTelemetry SDK {version}", track(work), later, track(fail))


def variants(bounds: tuple[float, ...]) -> tuple[list[Variant], list[str]]:
    """Return what is measured, and the names of the peers that are not installed."""
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


def catching(failing: Callable[[int], Any]) -> Callable[[int], None]:
    """Return *failing* with its error caught, as its caller does."""

    def caught(x: int) -> None:
        try:
            failing(x)
        except ValueError:
            return

    return caught


@dataclass
class Measured:
    """Seconds per call in each round.

    Attributes:
        rounds: Variant → one figure for each round.
    """

    rounds: dict[str, list[float]] = field(default_factory=dict)

    def above_bare(self, name: str) -> list[float]:
        """Return what *name* costs above the bare function, round by round."""
        return [
            one - base for one, base in zip(self.rounds[name], self.rounds["no instruments"], strict=True)
        ]

    def cost(self, name: str) -> float:
        """Return the median of that."""
        return median(self.above_bare(name))

    def ratio(self, name: str, to: str = HAND, in_run: Measured | None = None) -> float:
        """Return the median of the ratios of *name* to another variant, round by round."""
        base = (in_run or self).above_bare(to)
        return median(one / other for one, other in zip(self.above_bare(name), base, strict=True))


def measure(drivers: dict[str, Callable[[int], None]], rounds: int, calls: int) -> Measured:
    """Run every driver for that many *calls* in each of the *rounds*, in turn, and starting with another each time."""
    found = Measured({name: [] for name in drivers})
    names = list(drivers)
    for drive in drivers.values():
        drive(calls // 4)  # the interpreter has specialised by then
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                start = process_time_ns()
                drivers[name](calls)
                found.rounds[name].append((process_time_ns() - start) / calls / 1e9)
    finally:
        gc.enable()
    return found


def repeat(function: Callable[[int], Any]) -> Callable[[int], None]:
    """Return what calls *function* so many times."""

    def drive(calls: int) -> None:
        for _ in range(calls):
            function(1)

    return drive


def repeat_awaiting(
    function: Callable[[int], Awaitable[Any]], loop: asyncio.AbstractEventLoop
) -> Callable[[int], None]:
    """Return what calls *function* and awaits it so many times."""

    async def all_of_them(calls: int) -> None:
        for _ in range(calls):
            await function(1)

    return lambda calls: loop.run_until_complete(all_of_them(calls))


def calls_per_second(function: Callable[[int], Any], calls: int) -> float:
    """Return how many calls 8 threads get done each second of wall time when all of them call at once."""
    barrier = threading.Barrier(THREADS + 1)

    def drive() -> None:
        barrier.wait()
        for _ in range(calls):
            function(1)

    threads = [threading.Thread(target=drive) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    barrier.wait()
    start = perf_counter()
    for thread in threads:
        thread.join()
    return THREADS * calls / (perf_counter() - start)


def measure_threads(found: list[Variant], rounds: int, calls: int) -> dict[str, list[float]]:
    """Return calls per second with 8 threads, in each round."""
    rates: dict[str, list[float]] = {one.name: [] for one in found}
    for _ in range(rounds):
        for one in found:
            rates[one.name].append(calls_per_second(one.plain, calls))
    return rates


@dataclass(frozen=True)
class Results:
    """All figures of one run.

    Attributes:
        variants: What was measured.
        plain: Calls of a plain function.
        later: Calls of a coroutine function.
        failing: Calls that fail.
        threads: Calls per second of 8 threads, by variant and round.
    """

    variants: list[Variant]
    plain: Measured
    later: Measured
    failing: Measured
    threads: dict[str, list[float]]

    def contended(self, name: str) -> float:
        """Return the median of the ratios of calls per second to hand-written ones."""
        return median(a / b for a, b in zip(self.threads[name], self.threads[HAND], strict=True))

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of the table, its head first."""
        yield [
            "",
            "sync µs",
            "× hand",
            "async µs",
            "× hand",
            "error µs",
            "× own success",
            f"{THREADS} threads kcall/s",
            "× hand",
        ]
        for one in self.variants:
            name = one.name
            rate = f"{median(self.threads[name]) / 1e3:,.0f}"
            if name == "no instruments":
                yield [name, "0", "", "0", "", "0", "", rate, ""]
                continue
            later = (
                [f"{self.later.cost(name) * 1e6:.2f}", f"{self.later.ratio(name):.2f}"]
                if one.later
                else ["wrong", ""]
            )
            yield [
                f"{name}" + (f" ({one.note})" if one.note else ""),
                f"{self.plain.cost(name) * 1e6:.2f}",
                f"{self.plain.ratio(name):.2f}",
                *later,
                f"{self.failing.cost(name) * 1e6:.2f}",
                f"{self.failing.ratio(name, to=name, in_run=self.plain):.2f}",
                rate,
                f"{self.contended(name):.2f}",
            ]

    def gates(self) -> Iterator[tuple[str, float, str, float]]:
        """Yield what must hold: a sentence, the figure, ``≤`` or ``≥``, and the bound."""
        yield "sync call on client, × hand-written", self.plain.ratio(CLIENT), "≤", 1.25
        yield "async call on client, × hand-written", self.later.ratio(CLIENT), "≤", 1.25
        yield "sync call on cells, × hand-written", self.plain.ratio(CELLS), "≤", 0.5
        yield "async call on cells, × hand-written", self.later.ratio(CELLS), "≤", 0.5
        yield "failing call on client, × success", self.failing.ratio(CLIENT, CLIENT, self.plain), "≤", 2.0
        yield "failing call on cells, × success", self.failing.ratio(CELLS, CELLS, self.plain), "≤", 2.0
        yield f"calls/s of {THREADS} threads on cells, × hand-written", self.contended(CELLS), "≥", 3.0


def run(rounds: int, calls: int) -> tuple[Results, list[str]]:
    """Measure everything, and return it with the names of the peers that are not installed."""
    bounds = Request(
        "bench", "a measured call", labels(), Failure, owner="bench.work"
    ).duration.buckets.bounds
    found, absent = variants(bounds)
    loop = asyncio.new_event_loop()
    try:
        results = Results(
            found,
            measure({one.name: repeat(one.plain) for one in found}, rounds, calls),
            measure(
                {one.name: repeat_awaiting(one.later, loop) for one in found if one.later}, rounds, calls
            ),
            measure({one.name: repeat(catching(one.failing)) for one in found}, rounds, calls),
            measure_threads(found, max(3, rounds // 8), calls),
        )
    finally:
        loop.close()
    return results, absent


def report(results: Results, absent: list[str], rounds: int, calls: int) -> str:
    """Return the figures as Markdown."""
    client = importlib.metadata.version("prometheus-client")
    rows = list(results.rows())
    table = [rows[0], ["---", *("---:" for _ in rows[0][1:])], *rows[1:]]
    lines = ["| " + " | ".join(row) + " |" for row in table]
    gates = [
        f"- {sentence}: {figure:.2f} {sign} {bound:g}"
        + ("" if held(figure, sign, bound) else " **not held**")
        for sentence, figure, sign, bound in results.gates()
    ]
    conditions = (
        f"{platform.python_implementation()} {platform.python_version()}, prometheus_client {client}, {rounds} rounds of "
        f"{calls:,} calls of each variant in turn, CPU time above the call without instruments (medians); threads: wall time."
    )
    if absent:
        conditions += f" Not measured, because not installed: {', '.join(absent)}."
    return "\n".join([conditions, "", *lines, "", "Gates:", "", *gates])


def held(figure: float, sign: str, bound: float) -> bool:
    """Return whether a gate is held."""
    return figure <= bound if sign == "≤" else figure >= bound


def write(page: Path, text: str) -> None:
    """Put *text* between the two comments of *page*."""
    before, _, rest = page.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Measure, print, and write the page if asked to; 1 when a gate is not held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--write", type=Path, help="Markdown page to put the tables into")
    options = parser.parse_args()
    results, absent = run(options.rounds, options.calls)
    text = report(results, absent, options.rounds, options.calls)
    sys.stdout.write(text + "\n")
    if options.write is not None:
        write(options.write, text)
    return 0 if all(held(figure, sign, bound) for _, figure, sign, bound in results.gates()) else 1


if __name__ == "__main__":
    sys.exit(main())
