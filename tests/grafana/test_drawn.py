"""Every dashboard of the project, drawn by a real Grafana with data in it, can be read."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

import pytest
from tests.dashboards.readable import LINES, MARKS, SHARE
from tests.grafana.conftest import MEASURED
from tests.grafana.drawn import Panel, Seen

pytestmark = pytest.mark.grafana


def each(seen: list[Seen]) -> Iterator[tuple[str, Panel]]:
    """Yield every panel with the place where it was seen."""
    for one in seen:
        for width, panels in one.panels.items():
            for panel in panels:
                yield f"{one.uid} at {width}: {panel.title}", panel


def medians(seen: list[Seen]) -> dict[tuple[str, int], float]:
    """Return the median share of the plots by dashboard and width."""
    return {
        (one.uid, width): statistics.median(each.share for each in panels if each.plot)
        for one in seen
        for width, panels in one.panels.items()
        if any(each.plot for each in panels)
    }


def table(one: Seen) -> Iterator[str]:
    """Yield the lines that say what was seen of a dashboard."""
    widths = [str(width) for width in one.panels]
    yield f"{one.uid}: {one.requests} requests, {one.seconds:.1f} s until it stood there"
    yield f"  {'row / panel':60} {'lines':>5} {'cut at':>14}  plot {' '.join(f'{one:>5}' for one in widths)}  marks"
    at = {width: {(each.row, each.title): each for each in panels} for width, panels in one.panels.items()}
    for panel in one.panels[MEASURED[0]]:
        key = (panel.row, panel.title)
        own = {width: found[key] for width, found in at.items() if key in found}
        cut = ",".join(str(width) for width, each in own.items() if each.cut) or "n"
        shares = " ".join(f"{each.share:5.0%}" if each.plot else "    –" for each in own.values())
        name = f"{panel.row.split(' – ')[0]} / {panel.title}"
        yield f"  {name[:60]:60} {panel.lines:5} {cut:>14}       {shares}  {panel.marks:5}"
    yield f"  pictures: {len(one.pictures)}"
    yield from (f"    {file}" for file in one.pictures)


def test_what_is_seen_is_told(seen: list[Seen], figure: Callable[..., None]) -> None:
    lines = [line for one in seen for line in table(one)]
    graphs = [panel for _, panel in each(seen) if panel.plot]
    medians_of = ", ".join(f"{width} px {share:.0%}" for (_, width), share in medians(seen).items())
    figure(
        *lines,
        f"graphs seen {len(graphs)}, legends cut {sum(one.cut > 0 for one in graphs)} (goal 0)",
        f"median plot share {medians_of} (goal {SHARE:.0%})",
    )
    assert graphs


def test_no_panel_bears_the_sign_of_an_error(seen: list[Seen]) -> None:
    assert [place for place, panel in each(seen) if panel.error] == []


def test_no_panel_is_without_data(seen: list[Seen]) -> None:
    assert [place for place, panel in each(seen) if panel.empty] == []


def test_no_legend_is_cut(seen: list[Seen]) -> None:
    assert [f"{place}: {panel.cut} of {panel.lines}" for place, panel in each(seen) if panel.cut] == []


def test_no_title_is_cut(seen: list[Seen]) -> None:
    assert [place for place, panel in each(seen) if panel.title_cut] == []


def test_no_panel_has_more_lines_than_can_be_told_apart(seen: list[Seen]) -> None:
    assert [f"{place}: {panel.lines}" for place, panel in each(seen) if panel.lines > LINES] == []


def test_no_panel_is_buried_under_marks(seen: list[Seen]) -> None:
    assert [f"{place}: {panel.marks}" for place, panel in each(seen) if panel.marks > MARKS] == []


def test_plots_have_most_of_their_panels(seen: list[Seen]) -> None:
    assert {place: share for place, share in medians(seen).items() if share < SHARE} == {}


def test_the_browser_has_nothing_to_complain_of(seen: list[Seen]) -> None:
    assert {one.uid: one.errors for one in seen if one.errors} == {}


def test_every_row_has_its_pictures(seen: list[Seen]) -> None:
    assert [
        one.uid for one in seen if not one.pictures or not all(each.is_file() for each in one.pictures)
    ] == []
