"""The arithmetic of Grafana's layout, against what its front end (12.4) drew."""

from __future__ import annotations

import pytest

from signalproof.dashboard.pixels import (
    Legend,
    graph,
    panel_size,
    text_width,
    title_room,
    title_width,
    widest_figure,
)

EIGHT = (
    *("p50", "planning p95", "deployment success", "async planner ai-planner-0:9100"),
    *("kubernetes BuildError", "docker", "failure", "cancelled by a person"),
)
LIST = Legend("list", "bottom")
TABLE = Legend("table", "bottom", ("Last *", "Max"), "8.25 s")
SIDE = Legend("table", "right", ("Last *", "Max"), "8.25 s")


@pytest.mark.parametrize(
    ("window", "w", "h", "width", "height"),
    [
        (1600, 6, 6, 311, 220),
        (1600, 12, 8, 630, 296),
        (1600, 24, 10, 1268, 372),
        (1366, 8, 12, 339, 448),
        (1920, 8, 8, 524, 296),
        (1190, 24, 8, 1158, 296),
        (800, 8, 8, 251, 296),
        (700, 6, 6, 668, 220),
    ],
)
def test_a_panel_is_as_large_as_grafana_draws_it(
    window: int, w: int, h: int, width: int, height: int
) -> None:
    assert panel_size(window, w, h) == pytest.approx((width, height), abs=1)


@pytest.mark.parametrize(
    ("window", "w", "h", "legend", "width", "height"),
    [
        # width: the panel's, within the legend beside it; height: from the top of the plot to the time axis
        (1600, 6, 8, LIST, 293, 130),
        (1600, 8, 8, LIST, 399, 138),
        (1600, 12, 8, LIST, 612, 162),
        (1600, 24, 8, LIST, 1250, 185),
        (1366, 8, 8, LIST, 321, 130),
        (1600, 12, 6, TABLE, 612, 81),
        (1600, 24, 12, TABLE, 1250, 229),
        (1600, 12, 8, SIDE, 250, 217),
        (1600, 24, 6, SIDE, 888, 141),
        (1366, 8, 8, SIDE, 128, 217),
        (1920, 8, 8, SIDE, 202, 217),
        (800, 8, 8, SIDE, 233, 130),
    ],
)
def test_a_plot_is_as_large_as_grafana_draws_it(
    window: int, w: int, h: int, legend: Legend, width: int, height: int
) -> None:
    assert graph(window, w, h, legend, EIGHT).plot == pytest.approx((width, height), abs=3)


@pytest.mark.parametrize(
    ("window", "w", "h", "legend", "whole"),
    [
        (1600, 12, 8, LIST, 8),
        (1600, 8, 8, LIST, 8),
        (1600, 12, 8, TABLE, 2),
        (1600, 12, 12, TABLE, 4),
        (1600, 12, 6, SIDE, 6),
        (1600, 12, 8, SIDE, 8),
        (1600, 6, 8, SIDE, 0),  # the figures lie beyond the edge
        (1366, 24, 6, SIDE, 6),
    ],
)
def test_as_many_lines_of_a_legend_are_whole_as_grafana_shows(
    window: int, w: int, h: int, legend: Legend, whole: int
) -> None:
    seen = graph(window, w, h, legend, EIGHT)
    assert (seen.whole, seen.cut) == (whole, 8 - whole)


def test_a_graph_without_a_legend_has_most_of_its_panel() -> None:
    assert graph(1600, 12, 8, None, EIGHT).share == pytest.approx(217 / 296)


def test_a_legend_of_no_series_takes_no_room() -> None:
    assert graph(1600, 12, 8, SIDE, ()) == graph(1600, 12, 8, None, ())


def test_a_legend_on_the_right_stands_below_in_a_narrow_window() -> None:
    assert graph(900, 12, 8, SIDE, EIGHT) == graph(900, 12, 8, TABLE, EIGHT)


def test_a_legend_with_a_width_keeps_it_and_what_is_longer_is_cut() -> None:
    narrow = Legend("table", "right", ("Last *", "Max"), "8.25 s", width=330)
    seen = graph(1920, 12, 9, narrow, EIGHT)
    assert (round(seen.plot.width), seen.cut) == (442, 8)
    assert graph(1920, 12, 9, narrow, ("p50", "planning p95")).cut == 0


@pytest.mark.parametrize(
    ("text", "pixels"),
    [("p50", 22.2), ("async planner ai-planner-0:9100", 188), ("kubernetes BuildError", 126)],
)
def test_a_text_is_about_as_wide_as_it_is_drawn(text: str, pixels: float) -> None:
    assert text_width(text) == pytest.approx(pixels, abs=3)


@pytest.mark.parametrize(
    ("unit", "width"),
    # two columns, head and figure of the wider kind each
    [("s", 142.3), ("percentunit", 135.4), ("suffix: turns/min", 194.2), ("short", 135.4)],
)
def test_columns_of_figures_are_as_wide_as_grafana_draws_them(unit: str, width: float) -> None:
    with_figures = Legend("table", "right", ("Last *", "Max"), widest_figure(unit))
    without = Legend("table", "right")
    plots = [graph(1600, 24, 8, one, ["p50"]).plot.width for one in (without, with_figures)]
    assert plots[0] - plots[1] == pytest.approx(width, abs=4)


def test_long_figures_beside_long_names_are_cut() -> None:
    names = ["async planner p95"]
    short = Legend("table", "right", ("Last *", "Max"), widest_figure("short"))
    long = Legend("table", "right", ("Last *", "Max"), widest_figure("suffix: turns/min"))
    assert [graph(1366, 12, 8, one, names).cut for one in (short, long)] == [0, 1]


def test_a_title_is_about_as_wide_as_it_is_drawn() -> None:
    title = "A title as long as it has to be to be cut in a panel list bottom 0 6 6"
    assert title_width(title) == pytest.approx(439, rel=0.02)


def test_every_sign_behind_a_title_takes_from_its_room() -> None:
    panel = panel_size(1366, 8, 8)
    rooms = [
        title_room(panel),
        title_room(panel, links=True),
        title_room(panel, description=True, links=True),
    ]
    assert rooms == pytest.approx([281, 249, 217], abs=1)
