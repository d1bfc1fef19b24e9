"""A small program with a small catalogue of its own: it works, serves its metrics, and waits to be told to stop.

Run by test_sample_program.py, as ``python sample_program.py client`` or ``… cells``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Generator
from typing import Literal, cast

from prometheus_client.registry import CollectorRegistry

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.operation import Adapter, Loop, Objective, Request
from signalproof.catalogue.units import COUNT
from signalproof.instrument import (
    argument,
    count,
    install,
    iteration,
    serve,
    track_adapter_request,
    track_loop,
    track_request,
    use,
)


class Component(ClosedLabel):
    """The part of the program."""

    BAKER = "baker"


class Bread(ClosedLabel):
    """What is baked."""

    RYE = "rye"
    WHEAT = "wheat"
    OTHER = "other"


class Customer(BoundedLabel, at_most=3):
    """Who buys."""


class BakingError(ClosedLabel, name="error_type"):
    """Why nothing came of it."""

    BURNT = "BurntError"
    OTHER = "other"


OVEN = Gauge("oven_loaves", "Loaves in the oven.", labels(), COUNT, low=0)
BAKE = Request(
    "bake",
    "a loaf, from dough to bread",
    labels(Component.BAKER, Bread),
    BakingError,
    owner="sample_program.bake",
    in_flight=OVEN,
    objective=Objective(latency=0.5, success=0.9),
)
SLICE = Request("slice", "a loaf cut into slices", labels(), BakingError, owner="sample_program.slices")
DELIVER = Request("deliver", "loaves carried out", labels(), BakingError, owner="sample_program.deliver")
MILL = Adapter(
    "mill", "flour asked of the mill", labels(), BakingError, owner="sample_program.mill", buckets="database"
)
DAY = Loop(
    "bakery_day", "one day of the bakery", labels(Component.BAKER), BakingError, owner="sample_program.live"
)
SOLD = Counter("loaves_sold_total", "Loaves sold.", labels(Bread, Customer))
CATALOGUE = Catalogue.of_entries([BAKE, SLICE, DELIVER, MILL, DAY, SOLD])
use(CATALOGUE)


class BurntError(Exception):
    """The loaf was too long in the oven."""


@track_request(BAKE, labels=[argument(Bread, "bread")])
async def bake(bread: str, *, burn: bool = False) -> str:
    """Bake a loaf."""
    await asyncio.sleep(0)
    if burn:
        raise BurntError(bread)
    return bread


@track_adapter_request("mill")
def mill() -> str:
    """Get flour."""
    return "flour"


@track_request("slice")
def slices(loaf: str) -> Generator[str, None, None]:
    """Cut a loaf."""
    yield from loaf


@track_request(DELIVER)
async def deliver(loaves: list[str]) -> AsyncGenerator[str, None]:
    """Carry loaves out."""
    for loaf in loaves:
        yield loaf


@track_loop(DAY)
async def live(days: int) -> None:
    """Live in the bakery."""
    for _ in range(days):
        with iteration(DAY):
            mill()
            loaf = await bake("rye")
            await bake("sponge cake")
            try:
                await bake("wheat", burn=True)
            except BurntError:
                list(slices(loaf))
            async for _loaf in deliver([loaf]):
                count(SOLD, Bread.RYE, Customer("ann"))


def main() -> None:
    """Work, serve, and wait for the end of standard input."""
    backend = cast(Literal["client", "cells"], sys.argv[1])
    with install(CATALOGUE, CollectorRegistry(), backend=backend), serve(0) as server:
        asyncio.run(live(2))
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
