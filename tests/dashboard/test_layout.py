"""The layout: 24 columns, every line filled, nothing outside of a row moves."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from signalproof.dashboard import Panel, Stat, Text, TimeSeries
from signalproof.dashboard.layout import Grid, place, row_height
from signalproof.promql.ast import Number
from signalproof.promql.expr import Expr

ONE = Expr(Number(1.0))


def series(count: int = 1, width: int = 0, height: int = 0) -> TimeSeries:
    return TimeSeries("x", (ONE,) * count, "why", width=width, height=height)


def stat(width: int = 0, height: int = 0) -> Stat:
    return Stat("x", ONE, "why", width=width, height=height)


PANELS = st.lists(
    st.one_of(
        st.builds(series, st.integers(1, 4), st.integers(0, 24), st.integers(0, 12)),
        st.builds(stat, st.integers(0, 24), st.integers(0, 12)),
        st.just(Text("x", "words")),
    ),
    max_size=12,
)


def test_four_plain_panels_stand_in_one_line() -> None:
    assert place([series()] * 4) == tuple(Grid(x, 0, 6, 8) for x in (0, 6, 12, 18))


def test_panels_with_three_quantiles_have_room() -> None:
    assert [grid.w for grid in place([series(3)] * 4)] == [12, 12, 12, 12]


def test_lines_are_broken_evenly() -> None:
    assert [(grid.y, grid.w) for grid in place([series()] * 6)] == [(0, 8)] * 3 + [(8, 8)] * 3


def test_a_given_width_is_kept_and_the_others_share_the_rest() -> None:
    assert [grid.w for grid in place([series(width=10), series(), series()])] == [10, 7, 7]


def test_given_widths_are_never_stretched() -> None:
    assert [grid.w for grid in place([series(width=8), series(width=8)])] == [8, 8]


def test_a_number_is_as_high_as_the_graph_beside_it() -> None:
    assert [grid.h for grid in place([stat(), series()])] == [8, 8]


def test_numbers_alone_stay_low() -> None:
    assert [grid.h for grid in place([stat()] * 6)] == [4] * 6


def test_an_empty_row_takes_no_room() -> None:
    assert row_height([]) == 0


@given(panels=PANELS)
def test_every_panel_lies_inside_the_grid(panels: list[Panel]) -> None:
    assert all(
        grid.x >= 0 and grid.w >= 1 and grid.h >= 1 and grid.x + grid.w <= 24 for grid in place(panels)
    )


@given(panels=PANELS)
def test_no_two_panels_overlap(panels: list[Panel]) -> None:
    taken: set[tuple[int, int]] = set()
    for grid in place(panels):
        cells = {(x, y) for x in range(grid.x, grid.x + grid.w) for y in range(grid.y, grid.y + grid.h)}
        assert not taken & cells
        taken |= cells


@given(panels=PANELS)
def test_panels_are_read_in_the_order_of_the_definition(panels: list[Panel]) -> None:
    assert all((a.y, a.x) < (b.y, b.x) for a, b in pairwise(place(panels)))


@given(panels=PANELS)
def test_a_line_with_a_free_width_is_full(panels: list[Panel]) -> None:
    grids = place(panels)
    for top in {grid.y for grid in grids}:
        line = [(grid, panel) for grid, panel in zip(grids, panels, strict=True) if grid.y == top]
        if any(not panel.width for _, panel in line):
            assert sum(grid.w for grid, _ in line) == 24


@given(panels=PANELS)
def test_the_same_panels_have_the_same_places(panels: list[Panel]) -> None:
    assert place(panels) == place(list(panels))
