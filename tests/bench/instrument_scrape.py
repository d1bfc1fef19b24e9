"""How late a scrape of 10,000 series makes the timers of an asyncio loop in the same process.

A timer is due every 5 ms; its delay is how much later it runs. Another process scrapes without a pause meanwhile. For
comparison the same page is rendered inside the loop, as a handler of a web framework would do it.

Run by ``make bench-instrument`` as ``python -m tests.bench.instrument_scrape [--seconds 5] [--write PAGE]``. Exit code 1: the delay is 20 ms or more at p99.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Literal

from prometheus_client.exposition import generate_latest
from prometheus_client.registry import CollectorRegistry

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.instrument import argument, install, serve, track_request

PERIOD, WORST_P99 = 0.005, 0.020
START, END = "<!-- scrape: written by make bench-instrument -->", "<!-- scrape: end -->"
SCRAPER = """
import sys, urllib.request
while True:
    page = urllib.request.urlopen(sys.argv[1]).read()
    sys.stdout.write(f"{len(page)}\\n")
    sys.stdout.flush()
"""


class Failure(ClosedLabel, name="error_type"):
    """Why a call failed."""

    VALUE = "ValueError"
    OTHER = "other"


class Customer(BoundedLabel, at_most=1000):
    """Who asked; many of them, so that there are many series."""


def fill(registry: CollectorRegistry, backend: Literal["client", "cells"]) -> int:
    """Install and call until there are 10,000 series, and return how many there are."""
    operation = Request("ask", "a question", labels(Customer), Failure, owner="bench.ask")
    install(Catalogue.of_entries([operation]), registry, backend=backend)

    @track_request(operation, labels=[argument(Customer, "customer")])
    def ask(customer: str) -> None:
        """Do nothing."""

    for number in range(500):  # 20 series each
        ask(f"customer {number}")
    return sum(len(family.samples) for family in registry.collect())


async def delays(seconds: float, between: Callable[[], object] | None = None) -> list[float]:
    """Return how late each timer was; *between* runs in the loop, a tenth of a second apart."""
    loop = asyncio.get_running_loop()
    found: list[float] = []
    end = loop.time() + seconds
    last = loop.time()
    while (now := loop.time()) < end:
        due = now + PERIOD
        await asyncio.sleep(PERIOD)
        found.append(loop.time() - due)
        if between is not None and loop.time() - last > 0.1:
            due = loop.time() + PERIOD
            loop.call_soon(between)
            await asyncio.sleep(PERIOD)
            found.append(loop.time() - due)
            last = loop.time()
    return found


def described(late: list[float]) -> str:
    """Return median, p99 and maximum in milliseconds."""
    return f"{quantiles(late, n=2)[0] * 1e3:.1f}, {p99(late) * 1e3:.1f}, {max(late) * 1e3:.1f}"


def p99(late: list[float]) -> float:
    """Return the 99th percentile."""
    return quantiles(late, n=100)[98]


def measure(seconds: float) -> tuple[list[list[str]], float]:
    """Return the rows of the table, and the worst p99 while a scrape goes on."""
    rows: list[list[str]] = []
    worst = 0.0
    backends: tuple[Literal["client", "cells"], ...] = ("client", "cells")
    for name in backends:
        registry = CollectorRegistry()
        series = fill(registry, name)
        alone = asyncio.run(delays(seconds))
        with serve(0, registry=registry) as server:
            command = [sys.executable, "-c", SCRAPER, server.url]
            scraper = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            try:
                assert scraper.stdout is not None
                scraper.stdout.readline()
                scraped = asyncio.run(delays(seconds))
            finally:
                scraper.kill()
                scrapes = len(scraper.communicate()[0].splitlines())
        inside = asyncio.run(delays(seconds, partial(generate_latest, registry)))
        worst = max(worst, p99(scraped))
        scraped_row = f"{described(scraped)} ({scrapes / seconds:.1f} scrapes/s)"
        rows.append([f"`{name}`", f"{series:,}", described(alone), scraped_row, described(inside)])
    return rows, worst


def main() -> int:
    """Measure, print, and write the page if asked to; 1 when a scrape delays the loop too much."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--write", type=Path, help="Markdown page to put the table into")
    options = parser.parse_args()
    rows, worst = measure(options.seconds)
    table = [
        ["backend", "series", "no scrape", "scraped without a pause", "rendered in the loop"],
        ["---"] * 5,
        *rows,
    ]
    text = "\n".join(
        [
            f"CPython {platform.python_version()}, a timer every {PERIOD * 1e3:g} ms, its delay in milliseconds: p50, p99, worst.",
            "",
            *("| " + " | ".join(row) + " |" for row in table),
            "",
            f"Gate: delay at p99 while scraped {worst * 1e3:.1f} ms < {WORST_P99 * 1e3:g} ms"
            + ("." if worst < WORST_P99 else ": **not held**."),
        ]
    )
    sys.stdout.write(text + "\n")
    if options.write is not None:
        before, _, rest = options.write.read_text(encoding="utf-8").partition(START)
        _, _, after = rest.partition(END)
        options.write.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")
    return 0 if worst < WORST_P99 else 1


if __name__ == "__main__":
    sys.exit(main())
