"""Where the panels go: rows from top to bottom, panels in reading order, every line filled.

A line is broken where the wishes no longer fit into 24 columns, as evenly as the order allows; then the panels whose
width was left to the layout share what the line has left, and those whose height was left to it become as high as the
highest. What is placed in one row depends on nothing outside it, so a new panel moves others of its row, and the rows
below as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from signalproof.dashboard.panels import COLUMNS, Panel


class Grid(NamedTuple):
    """A place in Grafana's grid: 24 columns, units of 30 pixels downwards."""

    x: int
    y: int
    w: int
    h: int


class _Size(NamedTuple):
    """What a panel asks for; a fixed size is exactly that, a wish is where the layout starts from."""

    wish: int
    width: int
    high: int
    height: int


def row_height(panels: Sequence[Panel]) -> int:
    """Return how many grid units the panels of a row take, its header apart."""
    return max((grid.y + grid.h for grid in place(panels)), default=0)


def place(panels: Sequence[Panel]) -> tuple[Grid, ...]:
    """Return the place of each of a row's panels, counted from the top of the row's first line."""
    return _place(
        tuple(_Size(panel.wish, panel.width, panel.preferred_height, panel.height) for panel in panels)
    )


@lru_cache(maxsize=1024)
def _place(sizes: tuple[_Size, ...]) -> tuple[Grid, ...]:
    grids: list[Grid] = []
    y = 0
    for line in _lines(sizes):
        widths = _widths(line)
        tallest = max(size.height or size.high for size in line)
        x = 0
        for size, width in zip(line, widths, strict=True):
            grids.append(Grid(x, y, width, size.height or tallest))
            x += width
        y += tallest
    return tuple(grids)


def _lines(sizes: tuple[_Size, ...]) -> list[tuple[_Size, ...]]:
    """Return the sizes broken into as few lines as they fit, with the least sum of squared gaps.

    Squares, as in Knuth's paragraphs: two gaps of four columns look better than one of eight.
    """
    best: list[tuple[int, int, int]] = [
        (0, 0, 0)
    ]  # per length of the beginning: lines, squared gaps, last break
    for end in range(1, len(sizes) + 1):
        choices = []
        used = 0
        for start in range(end - 1, -1, -1):
            used += sizes[start].width or sizes[start].wish
            if used > COLUMNS:
                break
            lines, gaps, _ = best[start]
            choices.append((lines + 1, gaps + (COLUMNS - used) ** 2, start))
        best.append(min(choices))
    broken: list[tuple[_Size, ...]] = []
    end = len(sizes)
    while end:
        start = best[end][2]
        broken.append(sizes[start:end])
        end = start
    return broken[::-1]


def _widths(line: tuple[_Size, ...]) -> list[int]:
    """Return the widths on one line: fixed ones as they are, the others in proportion to their wishes."""
    free = COLUMNS - sum(size.width for size in line)
    wishes = sum(size.wish for size in line if not size.width)
    widths = [size.width or free * size.wish // wishes for size in line]
    spare = COLUMNS - sum(widths)
    for index, size in enumerate(line):
        if spare and not size.width:
            widths[index] += 1
            spare -= 1
    return widths
