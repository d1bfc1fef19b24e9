"""Where the panels lie: rows of schema v2 with a grid in each, or a single grid where there are no rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from signalproof.render.normalise import Json
from signalproof.render.v2.kinds import WHOLE, one_of
from signalproof.render.v2.panels import element
from signalproof.render.v2.queries import Plugins
from signalproof.render.v2.source import Source

_OF_NO_ROW = ("type", "id", "datasource", "targets", "repeatDirection")
"""What a classic row may have, and Grafana looks at in no row of v2: it has no id, and nothing is asked for it."""
_SIZE = (6, 3)
"""Columns and lines that Grafana gives a panel which does not say how large it is."""


@dataclass
class Laid:
    """Panels that have been laid out.

    Attributes:
        plugins: The variables for data sources.
        ids: The ids that panels have, and that no other may be given.
        elements: The panels by their name.
    """

    plugins: Plugins
    ids: set[int]
    elements: Json = field(default_factory=dict)

    def item(self, panel: Source, top: int) -> Json:
        """Take *panel* in, and return its place in the grid that begins at line *top* of the dashboard.

        Raises:
            SignalproofError: Something of it cannot be said, or another panel has its id.
        """
        if _is_row(panel):
            panel.refuse("is a row in a row", "put its panels into one of them")
        number = panel.take("id", 0) or next(one for one in _numbers() if one not in self.ids)
        self.ids.add(number)
        name = f"panel-{number}"
        if name in self.elements:
            panel.refuse(f"has the id {number}, as another panel has", "give each its own")
        place = panel.within("gridPos")
        spec = {
            "x": place.take("x", 0),
            "y": place.take("y", 0) - top,
            "width": place.take("w", _SIZE[0]),
            "height": place.take("h", _SIZE[1]),
            "element": {"kind": "ElementReference", "name": name},
        }
        place.ignore("static")
        place.end()
        direction = panel.given(repeatDirection=one_of("h", "v", "")).get("repeatDirection")
        most = panel.given(maxPerRow=WHOLE)
        if repeat := panel.take("repeat", ""):
            shown = {"direction": direction} if direction else {}
            spec["repeat"] = {"mode": "variable", "value": repeat, **shown, **most}
        self.elements[name] = element(panel, number, self.plugins)
        return {"kind": "GridLayoutItem", "spec": spec}


def layout(panels: list[Source], laid: Laid) -> Json:
    """Return the layout of the classic *panels*, and put them into *laid*.

    What stands before the first row, or after a folded one, which holds its panels itself, is in no row: in v2 that is a
    row without a header.
    """
    if not any(_is_row(one) for one in panels):
        return _grid([laid.item(one, 0) for one in panels])
    rows: list[Json] = []
    items: list[Json] | None = None
    top = 0
    for one in panels:
        if _is_row(one):
            folded = one.take("collapsed", default=False)
            top = one.within("gridPos").take("y", 0) + 1
            inside = [laid.item(panel, top) for panel in one.each("panels", "panel")]
            rows.append(_row(inside, title=one.take("title", ""), collapse=folded, **_repeat(one)))
            one.ignore(*_OF_NO_ROW)
            one.end()
            items = None if folded else inside
        else:
            if items is None:
                items = []
                rows.append(_row(items, title="", collapse=False, hideHeader=True))
            items.append(laid.item(one, top))
    return {"kind": "RowsLayout", "spec": {"rows": rows}}


def _is_row(panel: Source) -> bool:
    return bool(panel.peek("type") == "row")


def _row(items: list[Json], **said: Any) -> Json:
    return {"kind": "RowsLayoutRow", "spec": {**said, "layout": _grid(items)}}


def _repeat(row: Source) -> Json:
    name = row.take("repeat", "")
    return {"repeat": {"mode": "variable", "value": name}} if name else {}


def _grid(items: list[Json]) -> Json:
    return {"kind": "GridLayout", "spec": {"items": items}}


def ids(panels: Any) -> set[int]:
    """Return the ids of classic *panels*, of those in rows, too."""
    tables = [one for one in _list(panels) if isinstance(one, dict)]
    inside = [each for one in tables for each in _list(one.get("panels")) if isinstance(each, dict)]
    return {one["id"] for one in (*tables, *inside) if isinstance(one.get("id"), int)}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _numbers() -> Iterator[int]:
    number = 1
    while True:
        yield number
        number += 1
