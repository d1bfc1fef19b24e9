"""How many pixels Grafana gives to a panel, to its title, its legend and its plot, at a given width of the window.

The figures were measured in Grafana 12.4's front end (Chromium, its own font, menu docked as it is by default), on panels of
all widths and heights with legends of every kind; `tests/dashboards/test_pixels.py` holds some of them. Widths of texts are
estimates, a few pixels off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal, NamedTuple

from signalproof.dashboard.panels import COLUMNS

GAP = 8
"""Pixels between two panels, beside and above each other."""
UNIT = 30
"""Pixels of one unit of height."""
_MENU = 300
_MENU_FROM = 1200
"""Windows from this width on show the menu beside the dashboard."""
_MARGIN = 16
_ONE_COLUMN_BELOW = 769
"""In narrower windows every panel is as wide as the dashboard."""
_BELOW_UNTIL = 992
"""In narrower windows a legend on the right stands below."""

_HEADER = 34
"""The title and both borders of a panel."""
_PADDING = 8
_AXIS = 29
"""The labels of the time axis."""
_TITLE = 58
"""What the title's line holds besides the title: padding and the menu of the panel."""
_MARK = 32
"""A sign behind the title: one for a description, one for links."""

_LEGEND_SHARE = 0.35
"""Of the height, what a legend below takes at most; what is beyond it has to be scrolled."""
LEGEND_SIDE = 0.6
"""Of the width, what a legend on the right takes at most."""
_TABLE_HEAD = 24
_TABLE_LINE = 23.85
_TABLE_NAME = 38.4
"""Beside the longest name: the sign of the series and padding."""
_TABLE_COLUMN = 38
"""Beside the head of a column of figures: padding, and room for the sign that it is sorted."""
_TABLE_CELL = 16
"""Beside a figure."""
_LIST_HEAD = 8
_LIST_LINE = 23.5
_LIST_TEXT = 18.85
_LIST_NAME = 32.2
_LIST_FIGURE = 10
"""Between a name and its figure, and between two figures."""
_SPARE = 8
"""What the estimates of widths may be off."""
_SIDE_HEAD = 4
_SIDE_LINE = 22.85

_WIDTHS = {
    3.0: "ijlI1'|!",
    3.5: " .,:;·",
    3.9: "ft",
    4.4: "/()[]{}",
    4.9: 'r"',
    5.5: "-_",
    6.4: "szxk–*",
    6.9: "acvyeLJ",
    7.3: "bdghnopqu02356789EFvT",
    7.8: "4BPRSVZK~+=",
    8.4: "AXYCD",
    9.0: "GHNU",
    9.2: "OQ",
    9.9: "w",
    10.7: "mM",
    12.0: "%W@",
}
_OF = {one: width for width, text in _WIDTHS.items() for one in text}
_ANY = 7.5
_BETWEEN = 0.1
"""Between two characters."""
_TITLE_SIZE = 1.18
"""A title beside a legend, both of one text: 14 pixels and a heavier face."""


_FIGURES = {
    "s": "1.97 mins",
    "percentunit": "98.7%",
    "percent": "98.7%",
    "bytes": "12.3 MiB",
    "ops": "0.123 ops/s",
    "reqps": "0.123 req/s",
    "Bps": "12.3 MB/s",
}


class Size(NamedTuple):
    """Width and height in pixels."""

    width: float
    height: float


@dataclass(frozen=True)
class Legend:
    """How the series of a graph are listed.

    Attributes:
        mode: One after the other, or one a line with figures in columns.
        placement: Where it stands.
        figures: What is said of each series, as the heads of the columns: ``Last *``, ``Max`` …
        widest: The longest of the figures, as it is written; see `widest_figure`.
        width: Pixels that a legend on the right is given; 0 for as many as it needs.
    """

    mode: Literal["list", "table"] = "list"
    placement: Literal["bottom", "right"] = "bottom"
    figures: tuple[str, ...] = ()
    widest: str = "1.97 mins"
    width: int = 0


@dataclass(frozen=True)
class Graph:
    """What is seen of a graph.

    Attributes:
        panel: The whole panel.
        plot: Between the axes; the labels of the values lie inside its width.
        whole: How many lines of the legend can be read without scrolling.
        cut: How many cannot.
    """

    panel: Size
    plot: Size
    whole: int
    cut: int

    @property
    def share(self) -> float:
        """The plot's part of the panel's height, 0 to 1."""
        return max(self.plot.height, 0.0) / self.panel.height


def text_width(text: str) -> float:
    """Return about how many pixels *text* takes in a legend."""
    return sum(_OF.get(one, _ANY) + _BETWEEN for one in text)


def widest_figure(unit: str) -> str:
    """Return a figure in Grafana's *unit* that is about as long as its figures become, with three digits."""
    if unit.startswith("suffix:"):
        return f"5.12 {unit.removeprefix('suffix:').strip()}"
    return _FIGURES.get(unit, "12.3 K")


def panel_size(window: int, w: int, h: int) -> Size:
    """Return the size of a panel of *w* columns and *h* units of height in a window of that many pixels' width."""
    room = window - 2 * _MARGIN - (_MENU if window >= _MENU_FROM else 0)
    height = h * UNIT + (h - 1) * GAP
    if window < _ONE_COLUMN_BELOW:
        return Size(room, height)
    column = (room - (COLUMNS - 1) * GAP) / COLUMNS
    return Size(w * column + (w - 1) * GAP, height)


def title_room(panel: Size, *, description: bool = False, links: bool = False) -> float:
    """Return how many pixels the title of a panel may take before it is cut."""
    return panel.width - _TITLE - _MARK * (description + links)


def title_width(title: str) -> float:
    """Return about how many pixels the title of a panel takes."""
    return text_width(title) * _TITLE_SIZE


def graph(window: int, w: int, h: int, legend: Legend | None, names: Sequence[str]) -> Graph:
    """Return what is seen of a time series panel.

    Args:
        window: Pixels of the window's width.
        w: Columns of the panel.
        h: Its units of height.
        legend: How its series are listed; ``None`` without a legend.
        names: What stands in the legend, in its order.
    """
    panel = panel_size(window, w, h)
    inside = Size(panel.width - 2 - 2 * _PADDING, panel.height - _HEADER - 2 * _PADDING)
    if legend is None or not names:
        return Graph(panel, Size(inside.width, inside.height - _AXIS), 0, 0)
    if legend.placement == "right" and window >= _BELOW_UNTIL:
        taken, whole = _beside(inside, legend, names)
        plot = Size(inside.width - taken, inside.height - _AXIS)
    else:
        taken, whole = _below(inside, legend, names)
        plot = Size(inside.width, inside.height - taken - _AXIS)
    return Graph(panel, plot, whole, len(names) - whole)


def _beside(inside: Size, legend: Legend, names: Sequence[str]) -> tuple[float, int]:
    """Return the width of a legend on the right, and how many of its lines are whole."""
    most = inside.width * LEGEND_SIDE
    if legend.mode == "table":
        needed = [_table_line(one, legend) for one in names]
        fit = int((inside.height - _TABLE_HEAD) // _TABLE_LINE)
    else:
        needed = [_list_item(one, legend) + 2 * _SIDE_HEAD for one in names]
        fit = int((inside.height - _SIDE_HEAD - _LIST_TEXT) // _SIDE_LINE) + 1
    taken = min(legend.width or max(needed), most)
    if legend.mode == "table" and max(needed) > taken:
        return taken, 0  # the columns of figures stand where the longest name lets them
    return taken, sum(one <= taken for one in needed[:fit])


def _below(inside: Size, legend: Legend, names: Sequence[str]) -> tuple[float, int]:
    """Return the height of a legend below, and how many of its names are whole."""
    most = inside.height * _LEGEND_SHARE
    if legend.mode == "table":
        height = _TABLE_HEAD + _TABLE_LINE * len(names)
        fit = int((most - _TABLE_HEAD) // _TABLE_LINE)
        too_wide = max(_table_line(one, legend) for one in names) > inside.width
        return min(height, most), 0 if too_wide else max(min(fit, len(names)), 0)
    room = inside.width - 2 * _SIDE_HEAD
    lines: list[list[float]] = [[]]
    for one in names:
        width = _list_item(one, legend)
        if lines[-1] and sum(lines[-1]) + width > room:
            lines.append([])
        lines[-1].append(width)
    fit = int((most - _LIST_HEAD - _LIST_TEXT) // _LIST_LINE) + 1
    whole = sum(width <= room for line in lines[:fit] for width in line)
    return min(_LIST_HEAD + _LIST_LINE * len(lines), most), whole


def legend_width(names: Sequence[str], legend: Legend) -> int:
    """Return the pixels that a table on the right needs for these *names*: given more, it takes them from the plot."""
    return ceil(max(_table_line(one, legend) for one in names)) + _SPARE


def _table_line(name: str, legend: Legend) -> float:
    cell = text_width(legend.widest) + _TABLE_CELL
    columns = sum(max(text_width(head) + _TABLE_COLUMN, cell) for head in legend.figures)
    return _TABLE_NAME + text_width(name) + columns


def _list_item(name: str, legend: Legend) -> float:
    figures = sum(text_width(f"{head}: {legend.widest}") + _LIST_FIGURE for head in legend.figures)
    return _LIST_NAME + text_width(name) + figures
