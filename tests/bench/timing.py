"""How the benchmarks that compare in one process measure."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from prometheus_client import Histogram
from tests.bench.instrument_variants import bare, by_hand

from signalproof.catalogue.exposition import Exposition
from signalproof.promql import labels, selectors


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of *work*, the collector at rest before it and during it."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()


def call_seconds() -> float:
    """Return the CPU seconds of one hand-written instrumented call: what a machine is compared with another by.

    Absolute figures say as much of the processor and of how the interpreter was built as of what is measured. A bar in
    seconds is therefore held in calls that a careful person has instrumented with prometheus_client, as if one of them
    took a microsecond.
    """
    hand, nothing = by_hand(Histogram.DEFAULT_BUCKETS[:-1]).plain, bare().plain
    calls = range(20_000)

    def repeated(function: Callable[[int], object]) -> Callable[[], None]:
        def repeat() -> None:
            for one in calls:
                function(one)

        return repeat

    return (seconds(repeated(hand)) - seconds(repeated(nothing))) / len(calls)


def forgetful() -> Exposition:
    """Return a world that nothing is known of, with nothing kept of what was parsed before."""
    selectors.forget()
    labels.forget()
    return Exposition({}, complete=False)
