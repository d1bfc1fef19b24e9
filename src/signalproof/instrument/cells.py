"""Numbers that many threads count at once without a lock: every thread has a cell of its own, and a reader adds them up.

A cell has one writer, so nothing can be lost between reading a number and writing it back. That one thread is also the
signal handlers and finalisers that interrupt it: they run between byte codes that call or jump back, and
``cell[i] += 1`` has neither in it.
"""

from __future__ import annotations

import math
import threading
from collections import deque

Cell = list[float]
"""Whole numbers, and last the sum of the durations."""

_KEPT_CELLS_OF_THE_DEAD = 64


class Layout:
    """Where in a cell the numbers of an operation are.

    Attributes:
        bounds: Of the buckets.
        width: How many buckets there are, from 0 those of the calls that returned.
        first: Type of error → place of the first bucket of the calls that failed so.
        cancelled: Place of the count of cancelled calls.
        last: Place of the sum of the durations.
    """

    __slots__ = ("bounds", "cancelled", "first", "last", "width")

    def __init__(self, bounds: tuple[float, ...], kinds: tuple[str, ...]) -> None:
        self.bounds = bounds
        self.width = len(bounds) + 1
        self.first = {kind: self.width * (1 + number) for number, kind in enumerate(kinds)}
        self.cancelled = self.width * (1 + len(kinds))
        self.last = self.cancelled + 1


class _Tenant:
    """Lives as long as the thread that a cell belongs to, and hands the cell over when the thread is gone."""

    __slots__ = ("_cell", "_left")

    def __init__(self, cell: Cell, left: deque[Cell]) -> None:
        self._cell = cell
        self._left = left

    def __del__(self) -> None:
        self._left.append(self._cell)


class Cells:
    """One cell for each thread.

    Attributes:
        local: Its attribute ``cell`` is the cell of the calling thread, once `move_in` has made it.
    """

    def __init__(self, size: int) -> None:
        """Start at 0.

        Args:
            size: How many numbers are counted, the sum among them.
        """
        self.local = threading.local()
        self._size = size
        self._all: list[Cell] = []
        self._left: deque[Cell] = deque()
        self._counted_by_the_dead = [0.0] * (size - 1)
        self._summed_by_the_dead: list[float] = []
        self._reading = threading.Lock()

    def move_in(self) -> Cell:
        """Return a new cell for the calling thread."""
        cell: Cell = [0] * (self._size - 1) + [0.0]
        self._all.append(cell)
        self.local.tenant = _Tenant(cell, self._left)
        self.local.cell = cell
        if len(self._left) > _KEPT_CELLS_OF_THE_DEAD and self._reading.acquire(blocking=False):
            try:
                self._clear_up()
            finally:
                self._reading.release()
        return cell

    def total(self) -> Cell:
        """Return the sum of all cells; no number of it is ever smaller than in the total before.

        A cell is copied in one step, and whoever counts a call adds its duration before another thread may run: the
        counts and the sum are those of the same calls.

        The sum of the durations is rounded once, from the exact sum. Rounding on the way would depend on the order of
        the cells, and so could let it fall by the last digit, which Prometheus would take for a restart.
        """
        with self._reading:
            self._clear_up()
            cells = [cell[:] for cell in list(self._all)]
            counts = [
                sum(column)
                for column in zip(self._counted_by_the_dead, *(cell[:-1] for cell in cells), strict=True)
            ]
            return [*counts, math.fsum((*self._summed_by_the_dead, *(cell[-1] for cell in cells)))]

    def __len__(self) -> int:
        return len(self._all)

    def _clear_up(self) -> None:
        """Keep only the numbers of the cells whose threads are gone; one thread at a time."""
        for _ in range(len(self._left)):
            cell = self._left.popleft()
            self._counted_by_the_dead = [
                a + b for a, b in zip(self._counted_by_the_dead, cell[:-1], strict=True)
            ]
            add_exactly(self._summed_by_the_dead, cell[-1])
            del self._all[next(i for i, one in enumerate(self._all) if one is cell)]


def add_exactly(parts: list[float], number: float) -> None:
    """Add *number* to the sum that *parts* are, in place and without rounding.

    Source: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997, grow-expansion.
    """
    kept = 0
    for part in list(parts):
        larger, smaller = (number, part) if abs(number) >= abs(part) else (part, number)
        number = larger + smaller
        error = smaller - (number - larger)
        if error:
            parts[kept] = error
            kept += 1
    parts[kept:] = [number]
