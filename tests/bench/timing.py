"""How the benchmarks that compare in one process measure."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

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


def forgetful() -> Exposition:
    """Return a world that nothing is known of, with nothing kept of what was parsed before."""
    selectors.forget()
    labels.forget()
    return Exposition({}, complete=False)
