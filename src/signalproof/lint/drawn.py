"""What a panel of a foreign dashboard draws of its queries: hidden ones, thresholds, and what its description says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.documents import Table, Text
from signalproof.promql.query import Query

Place: TypeAlias = tuple[str, str, str, str]
"""File, dashboard, title of the panel, letter of the target."""

NUMBERS = frozenset({"stat", "singlestat", "gauge", "bargauge"})
"""Panels of single numbers: they take their colour from thresholds unless told otherwise."""
_ADDED = frozenset({"sum", "total"})
_PLAIN_CELLS = frozenset({"auto", "none", ""})


@dataclass(frozen=True)
class Drawn:
    """How one target is drawn.

    Attributes:
        hidden: Whether it is asked only for other targets of the panel.
        thresholds: Whether the panel draws its thresholds, as lines, areas or colours.
        description: What the panel says of itself.
    """

    hidden: bool = False
    thresholds: bool = True
    description: str = ""


AS_SAID = Drawn()
"""Of a query that stands in no foreign dashboard: what it says of itself is drawn."""


def drawn_of(dashboards: Iterable[ForeignDashboard]) -> Mapping[Place, Drawn]:
    """Return how each target is drawn; of two in one place what both draw."""
    found: dict[Place, Drawn] = {}
    for dashboard in dashboards:
        for panel in panels_of(dashboard.spec):
            thresholds, description = _thresholds(panel), str(panel.text("description"))
            for target in panel.tables("targets"):
                place = (dashboard.file, dashboard.uid, str(panel.text("title")), str(target.text("refId")))
                other = found.get(place, Drawn(hidden=True))
                found[place] = Drawn(
                    target.get("hide") is True and other.hidden, thresholds and other.thresholds, description
                )
    return found


def place_of(query: Query) -> Place:
    """Return where *query* stands."""
    return query.where.file, query.dashboard, query.panel, query.target


def _thresholds(panel: Table) -> bool:
    """Whether a panel shows its thresholds."""
    kind, config = panel.text("type"), panel.table("fieldConfig")
    defaults = config.table("defaults")
    custom = defaults.table("custom")
    if kind in NUMBERS:
        return panel.table("options").text("colorMode") != "none"
    if kind in ("table", "table-old"):
        cell = custom.table("cellOptions").text("type") or custom.text("displayMode")
        return cell not in _PLAIN_CELLS or _overridden(config, "custom.cellOptions", "custom.displayMode")
    if custom.table("thresholdsStyle").text("mode") not in ("off", ""):
        return True
    return defaults.table("color").text("mode") == "thresholds" or _overridden(
        config, "custom.thresholdsStyle", "color"
    )


def _overridden(config: Table, *names: str) -> bool:
    properties: list[Any] = [
        one.get("id") for override in config.tables("overrides") for one in override.tables("properties")
    ]
    return any(one in names for one in properties)


def adding(panel: Table) -> Iterator[Text]:
    """Yield the words that make a panel add up the points of a series."""
    options, old = panel.table("options"), panel.table("legend")
    legend, reduced = options.table("legend"), options.table("reduceOptions")
    listed = []
    if legend.get("showLegend") is not False and legend.get("displayMode") != "hidden":
        listed.append(legend.get("calcs"))
    if reduced.get("values") is not True:
        listed.append(reduced.get("calcs"))
    listed += [
        one.table("options").get("reducers")
        for one in panel.tables("transformations")
        if one.get("id") == "reduce" and one.get("disabled") is not True
    ]
    for words in listed:
        for one in words if isinstance(words, list) else ():
            if isinstance(one, Text) and one in _ADDED:
                yield one
    if panel.get("type") == "graph" and all(old.get(key) is True for key in ("show", "values", "total")):
        yield Text.at("total", old.line)
    if panel.get("type") == "singlestat" and panel.text("valueName") == "total":
        yield panel.text("valueName")
