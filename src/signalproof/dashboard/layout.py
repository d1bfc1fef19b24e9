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

from signalproof.dashboard.panels import COLUMNS, Panel, TimeSeries

LEGEND_RIGHT_FROM = 12
"""Columns from which a legend stands right of the plot, as a table."""
_SHORT_LIST = 3
"""Names that a quarter of the width holds in one line below the plot."""
_LEGEND_LINE, _FRAME, _UNIT = 27, 78, 38
"""Pixels of a line of the legend, of everything around its lines, and of a grid unit with its gap, in Grafana 12."""
_HIGHEST = 14
"""Grid units beyond which nobody sees a panel at once; what does not fit then is scrolled."""


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


def row_height(panels: Sequence[Panel], lines: Sequence[int] = ()) -> int:
    """Return how many grid units the panels of a row take, its header apart; *lines* as in `place`."""
    return max((grid.y + grid.h for grid in place(panels, lines)), default=0)


def place(panels: Sequence[Panel], lines: Sequence[int] = ()) -> tuple[Grid, ...]:
    """Return the place of each of a row's panels, counted from the top of the row's first line.

    Args:
        panels: In reading order.
        lines: How many series each of them draws, where that is known: its legend shall be whole.
    """
    return _place(tuple(map(_size, panels, lines or (0,) * len(panels))))


def _size(panel: Panel, lines: int) -> _Size:
    wish, high = panel.wish, panel.preferred_height
    if isinstance(panel, TimeSeries) and panel.legend != "hidden":
        if not panel.width and lines > _SHORT_LIST:
            wish = max(wish, LEGEND_RIGHT_FROM)
        # of the bars that may come, few do
        if (panel.width or wish) >= LEGEND_RIGHT_FROM and panel.style != "bars":
            high = min(max(high, -(-(lines * _LEGEND_LINE + _FRAME) // _UNIT)), _HIGHEST)
    return _Size(wish, panel.width, high, panel.height)


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
