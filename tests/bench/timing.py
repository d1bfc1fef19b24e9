"""How the benchmarks that compare in one process measure."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of *work*, the collector at rest before it."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start
