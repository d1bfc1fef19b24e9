"""What an instrumented call costs above the same call without instruments, against writing it by hand and the peers.

All variants and all paths run interleaved in one process, a slice each in turn, so that whatever else the machine does
hits all of them alike. Figures are CPU time, the median over the rounds; ratios are the median of the ratios of each
round. Eight threads run until each of them has had several turns, so that they meet inside the locks.

Run by ``make bench-instrument`` as ``python -m tests.bench.instrument_calls [--rounds 121] [--calls 1500] [--write PAGE]``;
``--write`` puts the tables between the two ``bench`` comments of a Markdown page. Exit code 1: a gate is not held.
autometrics and the OpenTelemetry SDK are measured where they are installed, and have to be with ``--all``.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib.metadata
import platform
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, perf_counter_ns, process_time_ns
from typing import Any

from tests.bench.instrument_variants import BARE, CELLS, CLIENT, HAND, Variant, variants

START, END = "<!-- bench: written by make bench-instrument -->", "<!-- bench: end -->"
SYNC, ASYNC, ERROR, ASYNC_ERROR = "sync", "async", "sync error", "async error"
THREADS, SECONDS_OF_THREADS, ROUNDS_BETWEEN = 8, 0.1, 5

Drive = Callable[[int], None]
"""Makes so many calls."""


def catching(failing: Callable[[int], Any]) -> Callable[[int], None]:
    """Return *failing* with its error caught, as its caller does."""

    def caught(x: int) -> None:
        try:
            failing(x)
        except ValueError:
            return

    return caught


def repeat(function: Callable[[int], Any]) -> Drive:
    """Return what calls *function* so many times."""

    def drive(calls: int) -> None:
        for _ in range(calls):
            function(1)

    return drive


def repeat_awaiting(function: Callable[[int], Awaitable[Any]], loop: asyncio.AbstractEventLoop) -> Drive:
    """Return what calls *function* and awaits it so many times."""

    async def all_of_them(calls: int) -> None:
        for _ in range(calls):
            await function(1)

    return lambda calls: loop.run_until_complete(all_of_them(calls))


def repeat_catching(function: Callable[[int], Awaitable[Any]], loop: asyncio.AbstractEventLoop) -> Drive:
    """Return what calls *function*, awaits it and catches its error so many times."""

    async def all_of_them(calls: int) -> None:
        for _ in range(calls):
            try:
                await function(1)
            except ValueError:
                continue

    return lambda calls: loop.run_until_complete(all_of_them(calls))


def drivers(found: list[Variant], loop: asyncio.AbstractEventLoop) -> dict[tuple[str, str], Drive]:
    """Return (path, name of the variant) → what calls it on that path."""
    all_of_them: dict[tuple[str, str], Drive] = {}
    for one in found:
        all_of_them[SYNC, one.name] = repeat(one.plain)
        all_of_them[ERROR, one.name] = repeat(catching(one.failing))
        if one.later is not None:
            all_of_them[ASYNC, one.name] = repeat_awaiting(one.later, loop)
        if one.failing_later is not None:
            all_of_them[ASYNC_ERROR, one.name] = repeat_catching(one.failing_later, loop)
    return all_of_them


@dataclass
class Results:
    """All figures of one run.

    Attributes:
        variants: What was measured.
        seconds: Path and variant → seconds of CPU per call, of each round.
        rates: Variant → calls per second of eight threads at once, of each round in which they ran.
    """

    variants: list[Variant]
    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    rates: dict[str, list[float]] = field(default_factory=dict)

    def above_bare(self, path: str, name: str) -> list[float]:
        """Return what a call of *name* costs above one of the bare function, round by round."""
        pairs = zip(self.seconds[path, name], self.seconds[path, BARE], strict=True)
        return [one - base for one, base in pairs]

    def cost(self, path: str, name: str) -> float:
        """Return the median of that."""
        return median(self.above_bare(path, name))

    def ratio(self, path: str, name: str, to_path: str = "", to: str = HAND) -> float:
        """Return the median of the ratios to another variant, or to another path, round by round."""
        base = self.above_bare(to_path or path, to)
        return median(one / other for one, other in zip(self.above_bare(path, name), base, strict=True))

    def contended(self, name: str) -> float:
        """Return the median of the ratios of calls per second of eight threads to hand-written ones."""
        return median(a / b for a, b in zip(self.rates[name], self.rates[HAND], strict=True))

    def cells(self, path: str, name: str, to_path: str = "", to: str = HAND) -> list[str]:
        """Return microseconds and ratio, for a table."""
        if name == BARE:
            return ["0", ""]
        if (path, name) not in self.seconds:
            return ["wrong", ""]
        return [f"{self.cost(path, name) * 1e6:.2f}", f"{self.ratio(path, name, to_path, to):.2f}"]

    def returning(self) -> Iterator[list[str]]:
        """Yield the rows of the calls that return, their head first."""
        yield ["calls that return", "sync µs", "× hand", "async µs", "× hand", "8 threads kcall/s", "× hand"]
        for one in self.variants:
            rate = f"{median(self.rates[one.name]) / 1e3:,.0f}"
            threads = [rate, "" if one.name == BARE else f"{self.contended(one.name):.2f}"]
            yield [one.title, *self.cells(SYNC, one.name), *self.cells(ASYNC, one.name), *threads]

    def failing(self) -> Iterator[list[str]]:
        """Yield the rows of the calls that fail, their head first."""
        head = ["calls that fail", "sync µs", "× hand", "× own success"]
        yield [*head, "async µs", "× hand", "× own success"]
        for one in self.variants:
            name = one.name
            yield [
                one.title,
                *self.cells(ERROR, name),
                self.cells(ERROR, name, SYNC, name)[1],
                *self.cells(ASYNC_ERROR, name),
                self.cells(ASYNC_ERROR, name, ASYNC, name)[1],
            ]

    def gates(self) -> Iterator[tuple[str, float, str, float]]:
        """Yield what must hold: a sentence, the figure, ``≤`` or ``≥``, and the bound."""
        for path in (SYNC, ASYNC):
            yield f"{path} call on client, × hand-written", self.ratio(path, CLIENT), "≤", 1.25
        for path in (SYNC, ASYNC):
            yield f"{path} call on cells, × hand-written", self.ratio(path, CELLS), "≤", 0.5
        for name, backend in ((CLIENT, "client"), (CELLS, "cells")):
            for path, good in ((ERROR, SYNC), (ASYNC_ERROR, ASYNC)):
                yield f"{path} on {backend}, × success", self.ratio(path, name, good, name), "≤", 2.0
        yield f"calls/s of {THREADS} threads on cells, × hand-written", self.contended(CELLS), "≥", 3.0


def calls_per_second(function: Callable[[int], Any]) -> float:
    """Return how many calls 8 threads get done in a second when all of them call at once for a while.

    By the clock on the wall: waiting for a lock that another thread holds takes no CPU, and is what contention costs.
    """
    barrier = threading.Barrier(THREADS + 1)
    done: list[int] = []

    def drive() -> None:
        calls = 0
        barrier.wait()
        end = perf_counter() + SECONDS_OF_THREADS
        while perf_counter() < end:
            for _ in range(100):
                function(1)
            calls += 100
        done.append(calls)

    threads = [threading.Thread(target=drive) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    start = perf_counter_ns()
    barrier.wait()
    for thread in threads:
        thread.join()
    return sum(done) / (perf_counter_ns() - start) * 1e9


def measure(found: list[Variant], rounds: int, calls: int) -> Results:
    """Run every variant on every path for that many *calls* in each of the *rounds*, starting with another each time."""
    loop = asyncio.new_event_loop()
    results = Results(found)
    driven = drivers(found, loop)
    keys = list(driven)
    gc.collect()
    gc.disable()
    try:
        for drive in driven.values():
            drive(calls // 4)  # the interpreter has specialised by then
        for turn in range(rounds):
            for key in _from(keys, turn):
                start = process_time_ns()
                driven[key](calls)
                spent = process_time_ns() - start
                results.seconds.setdefault(key, []).append(spent / calls / 1e9)
            if turn % ROUNDS_BETWEEN == 0:
                for one in _from(found, turn):
                    rate = calls_per_second(one.plain)
                    results.rates.setdefault(one.name, []).append(rate)
    finally:
        gc.enable()
        loop.close()
    return results


def _from(items: list[Any], first: int) -> list[Any]:
    """Return *items* beginning with the one number *first*, and round again."""
    place = first % len(items)
    return items[place:] + items[:place]


def report(results: Results, absent: list[str], rounds: int, calls: int) -> str:
    """Return the figures as Markdown."""
    client = importlib.metadata.version("prometheus-client")
    conditions = (
        f"{platform.python_implementation()} {platform.python_version()}, prometheus_client {client}, one run: {rounds} "
        f"rounds of {calls:,} calls of each variant on each path in turn; CPU time above the call without instruments, "
        f"medians; {THREADS} threads at once for {SECONDS_OF_THREADS:g} s in every {ROUNDS_BETWEEN}th round, calls per second."
    )
    if absent:
        conditions += f" Not measured, because not installed: {', '.join(absent)}."
    gates = [
        f"- {sentence}: {figure:.2f} {sign} {bound:g}"
        + ("" if held(figure, sign, bound) else " **not held**")
        for sentence, figure, sign, bound in results.gates()
    ]
    tables = [*_table(list(results.returning())), "", *_table(list(results.failing()))]
    return "\n".join([conditions, "", *tables, "", "Gates:", "", *gates])


def _table(rows: list[list[str]]) -> list[str]:
    rule = ["---", *("---:" for _ in rows[0][1:])]
    return ["| " + " | ".join(row) + " |" for row in (rows[0], rule, *rows[1:])]


def held(figure: float, sign: str, bound: float) -> bool:
    """Return whether a gate is held."""
    return figure <= bound if sign == "≤" else figure >= bound


def write(page: Path, text: str) -> None:
    """Put *text* between the two comments of *page*."""
    before, _, rest = page.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Measure, print, and write the page if asked to; 1 when a gate is not held, 2 when a peer is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=121)
    parser.add_argument("--calls", type=int, default=1500)
    parser.add_argument("--all", action="store_true", help="every peer must be installed")
    parser.add_argument("--write", type=Path, help="Markdown page to put the tables into")
    options = parser.parse_args()
    found, absent = variants()
    if options.all and absent:
        sys.stderr.write(f"not installed: {', '.join(absent)}\n")
        return 2
    results = measure(found, options.rounds, options.calls)
    text = report(results, absent, options.rounds, options.calls)
    sys.stdout.write(text + "\n")
    if options.write is not None:
        write(options.write, text)
    return 0 if all(held(figure, sign, bound) for _, figure, sign, bound in results.gates()) else 1


if __name__ == "__main__":
    sys.exit(main())
