"""How late a scrape of 10,000 series makes the timers of an asyncio loop in the same process.

A timer is due every 5 ms; its delay is how much later it runs. Another process scrapes without a pause meanwhile. For
comparison the same page is rendered inside the loop, as a handler of a web framework would do it.

Run as ``python tests/bench/instrument_scrape.py [--seconds 5]``. Exit code 1: the delay is 20 ms or more at p99.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from statistics import quantiles
from typing import Literal

from prometheus_client.exposition import generate_latest
from prometheus_client.registry import CollectorRegistry

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.instrument import argument, install, serve, track_request

PERIOD, WORST_P99 = 0.005, 0.020
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
    return f"p50 {quantiles(late, n=2)[0] * 1e3:.1f} ms, p99 {quantiles(late, n=100)[98] * 1e3:.1f} ms, max {max(late) * 1e3:.1f} ms"


def main() -> int:
    """Measure and print; 1 when a scrape delays the loop too much."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    sys.stdout.write(f"CPython {platform.python_version()}, a timer every {PERIOD * 1e3:g} ms\n")
    worst = 0.0
    backends: tuple[Literal["client", "cells"], ...] = ("client", "cells")
    for name in backends:
        registry = CollectorRegistry()
        series = fill(registry, name)
        alone = asyncio.run(delays(seconds))
        with serve(0, registry=registry) as server:
            scraper = subprocess.Popen(
                [sys.executable, "-c", SCRAPER, server.url], stdout=subprocess.PIPE, text=True
            )
            try:
                assert scraper.stdout is not None
                scraper.stdout.readline()
                scraped = asyncio.run(delays(seconds))
            finally:
                scraper.kill()
                scrapes = len(scraper.communicate()[0].splitlines())
        inside = asyncio.run(delays(seconds, partial(generate_latest, registry)))
        worst = max(worst, quantiles(scraped, n=100)[98])
        lines = (
            f"{name}: {series:,} series",
            f"  no scrape:                   {described(alone)}",
            f"  {scrapes / seconds:4.1f} scrapes/s, own thread:    {described(scraped)}",
            f"  rendered inside the loop:    {described(inside)}",
        )
        sys.stdout.write("\n".join(lines) + "\n")
    held = worst < WORST_P99
    sys.stdout.write(
        f"gate: delay at p99 {worst * 1e3:.1f} ms < {WORST_P99 * 1e3:g} ms{'' if held else ', not held'}\n"
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
