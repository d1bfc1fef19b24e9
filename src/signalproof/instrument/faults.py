"""Mistakes inside the metrics layer: counted and logged once, never seen by the instrumented function's caller."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress

from signalproof.catalogue.instrumentation import FAULTS, Stage

LOGGER = logging.getLogger("signalproof.instrument")

Count = Callable[[str, Stage], bool]
"""Counts a fault of that operation or metric, and returns whether it knows the name."""

_counts: list[Count] = []
_logged: set[tuple[str, Stage]] = set()


def blame(name: str, stage: Stage, fault: BaseException | str) -> None:
    """Count a *fault* of the metrics layer and log the first of its kind; never raises.

    Args:
        name: Exposed prefix of the operation, or the name of the metric.
        stage: What was being done.
        fault: What went wrong.
    """
    with suppress(Exception):  # a broken log handler must not break the caller either
        if (name, stage) not in _logged:
            _logged.add((name, stage))
            LOGGER.warning(
                "metrics of %s are incomplete from now on: %s: %s (counted in %s, logged once)",
                name,
                stage.value,
                fault,
                FAULTS.name,
                exc_info=fault if isinstance(fault, BaseException) else None,
            )
    with suppress(Exception):  # the last line of defence: nothing is left to count it with
        any(count(name, stage) for count in reversed(_counts))


def count_with(count: Count) -> None:
    """Ask *count* first from now on."""
    _counts.append(count)


def stop_counting_with(count: Count) -> None:
    """Ask *count* no more."""
    if count in _counts:
        _counts.remove(count)


def log_again() -> None:
    """Log the next fault of every kind, as if none had been logged yet."""
    _logged.clear()
