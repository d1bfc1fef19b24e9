"""What can be said of a rendered dashboard before anybody has drawn it: each function names what a person cannot read.

A dashboard is Grafana's JSON; what it shows is given as the names of the series of each panel, by its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from signalproof.dashboard.pixels import (
    Graph,
    Legend,
    graph,
    panel_size,
    title_room,
    title_width,
    widest_figure,
)

Json: TypeAlias = dict[str, Any]
Shown: TypeAlias = Mapping[str, Sequence[str]]

WINDOWS = (1366, 1600, 1920)
LINES = 40
MARKS = 30
SHARE = 0.6
"""Of a graph's height, what its plot shall have; the median of a dashboard."""

_HEADS = {"lastNotNull": "Last *", "sum": "Total"}
_STATES = ("state-timeline", "status-history")
_BY_VALUE = ("palette-classic", "palette-classic-by-name")


def panels(dashboard: Json) -> Iterator[Json]:
    """Yield every panel, those of collapsed rows too, and no row."""
    for one in dashboard["panels"]:
        yield from one.get("panels", ())
        if one["type"] != "row":
            yield one


def cut_titles(dashboard: Json, window: int) -> list[str]:
    """Return the titles that end in dots in a window of that many pixels' width."""
    return [
        one["title"]
        for one in panels(dashboard)
        if one.get("title") and title_width(one["title"]) > _title_room(one, window)
    ]


def _title_room(panel: Json, window: int) -> float:
    place = panel["gridPos"]
    return title_room(
        panel_size(window, place["w"], place["h"]),
        description=bool(panel.get("description")),
        links=bool(panel.get("links")),
    )


def graphs(dashboard: Json, shown: Shown, window: int) -> dict[str, Graph]:
    """Return what is seen of each time series panel, by its title."""
    return {
        one["title"]: graph(
            window,
            one["gridPos"]["w"],
            one["gridPos"]["h"],
            _legend(one),
            _listed(one, shown.get(one["title"], ())),
        )
        for one in panels(dashboard)
        if one["type"] == "timeseries"
    }


def _legend(panel: Json) -> Legend | None:
    given = panel.get("options", {}).get("legend", {})
    if given.get("showLegend") is False or given.get("displayMode") == "hidden":
        return None
    return Legend(
        "table" if given.get("displayMode") == "table" else "list",
        "right" if given.get("placement") == "right" else "bottom",
        tuple(str(_HEADS.get(one) or str(one).title()) for one in given.get("calcs", ())),
        widest_figure(panel.get("fieldConfig", {}).get("defaults", {}).get("unit", "")),
        int(given.get("width", 0)),
    )


def _listed(panel: Json, names: Sequence[str]) -> list[str]:
    """Return *names* without those that an override keeps out of the legend."""
    hidden: list[str] = []
    for one in panel.get("fieldConfig", {}).get("overrides", ()):
        if any(
            own["id"] == "custom.hideFrom" and (own.get("value") or {}).get("legend")
            for own in one["properties"]
        ):
            match, options = one["matcher"]["id"], str(one["matcher"].get("options"))
            pattern = options.strip("/") if match == "byRegexp" else re.escape(options)
            hidden += [name for name in names if re.search(f"^(?:{pattern})$", name)]
    return [name for name in names if name not in hidden]


def cut_legends(dashboard: Json, shown: Shown, window: int) -> list[str]:
    """Return how many lines of which panel's legend have to be scrolled for."""
    return [
        f"{title}: {one.cut} of {one.cut + one.whole}"
        for title, one in graphs(dashboard, shown, window).items()
        if one.cut
    ]


def crowded(dashboard: Json, shown: Shown, most: int = LINES) -> list[str]:
    """Return the panels that draw more than *most* series."""
    return [
        f"{one['title']}: {len(shown[one['title']])}"
        for one in panels(dashboard)
        if len(shown.get(one.get("title", ""), ())) > most
    ]


def states_without_words(dashboard: Json) -> list[str]:
    """Return the panels of states whose numbers are drawn as numbers.

    With colours by thresholds, Grafana 12 merges all values of one range and ignores their mappings.
    """
    return [
        one["title"]
        for one in panels(dashboard)
        if one["type"] in _STATES
        and not (
            one["fieldConfig"]["defaults"].get("mappings")
            and one["fieldConfig"]["defaults"].get("color", {}).get("mode") in _BY_VALUE
        )
    ]


def sources_without_default(dashboard: Json) -> list[str]:
    """Return the data source variables that take the first source by name where several are there."""
    return [
        one["name"]
        for one in dashboard.get("templating", {}).get("list", ())
        if one["type"] == "datasource" and not (one.get("current") or {}).get("value")
    ]


def buried(dashboard: Json, marks: Mapping[str, int], most: int = MARKS) -> list[str]:
    """Return the panels that more than *most* marks lie over.

    Args:
        dashboard: The dashboard.
        marks: Name of each annotation → how many marks it sets in the range.
        most: How many can be told apart.
    """
    lie: list[str] = []
    for one in panels(dashboard):
        over = sum(
            marks.get(each["name"], 0)
            for each in dashboard.get("annotations", {}).get("list", ())
            if each.get("enable") and lies_over(each, one)
        )
        if one["type"] == "timeseries" and over > most:
            lie.append(f"{one['title']}: {over}")
    return lie


def lies_over(annotation: Json, panel: Json) -> bool:
    chosen = annotation.get("filter") or {}
    ids = chosen.get("ids", ())
    if not ids:
        return True
    return (panel.get("id") in ids) != bool(chosen.get("exclude"))


def regions(points: Sequence[Sequence[tuple[float, float]]], *, value_is_time: bool, step: float) -> int:
    """Return how many marks Grafana makes of the series of an annotation.

    Args:
        points: Of each series: Unix time in milliseconds and value.
        value_is_time: Whether the value says when it was (``useValueForTime``).
        step: Milliseconds between two points; marks that lie no further apart are one.
    """
    count = 0
    for series in points:
        last = float("-inf")
        for at, value in series:
            when = value if value_is_time else at
            if value_is_time or value > 0:
                count += last + step < when
                last = when
    return count
