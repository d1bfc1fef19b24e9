"""Queries in schema v2, and the data sources that they are asked of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from string import ascii_uppercase
from typing import Any, NamedTuple, TypeAlias

from signalproof.render.normalise import Json
from signalproof.render.v2.kinds import OBJECT
from signalproof.render.v2.source import Source

Plugins: TypeAlias = Mapping[str, str]
"""Name of a variable for data sources → their type."""

_VARIABLE = re.compile(r"\$\{?(\w+)(?::\w+)?\}?|\[\[(\w+)(?::\w+)?\]\]")
_MIXED = "-- Mixed --"
_BUILT_IN = {"-- Grafana --": "grafana", "-- Dashboard --": "-- Dashboard --", _MIXED: _MIXED}
"""What Grafana answers itself: its name → its uid."""
_BUILT_IN_TYPES = {
    "grafana": "datasource",
    "-- Grafana --": "grafana",
    "-- Dashboard --": "datasource",
    _MIXED: "datasource",
}
"""The same by uid → its type, as Grafana writes them."""

_LETTERS = (*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2)))


class Reference(NamedTuple):
    """A data source: its type, empty where only Grafana knows, and its uid, empty for the default one of the type."""

    group: str
    uid: str

    def json(self) -> Json:
        """Return it as the keys of a query or a variable."""
        return {"group": self.group} | ({"datasource": {"name": self.uid}} if self.uid else {})


NOWHERE = Reference("", "")
"""Where nothing is said: Grafana asks its default data source."""


def reference(source: Source, plugins: Plugins) -> Reference:
    """Return the data source of an object.

    Raises:
        SignalproofError: It is called by its name, as before Grafana 8.3; v2 knows uids only.
    """
    value: Any = source.pop("datasource")
    if isinstance(value, str):
        if value in _BUILT_IN:
            return Reference("datasource", _BUILT_IN[value])
        if value in ("", "default"):
            return NOWHERE
        if not _VARIABLE.fullmatch(value):
            source.refuse(
                f"asks the data source {str(value)!r} by its name",
                "schema v2 knows a data source by type and uid: write {'type': …, 'uid': …}",
            )
        return Reference(_plugin(value, plugins), value)
    if value is None:
        return NOWHERE
    told = Source(source.checked("datasource", value, OBJECT), f"data source of {source.what}", source.where)
    uid, group = told.take("uid", ""), told.take("type", "")
    told.ignore("apiVersion")
    told.end()
    return Reference(group or _BUILT_IN_TYPES.get(uid) or _plugin(uid, plugins), uid)


def _plugin(uid: str, plugins: Plugins) -> str:
    found = _VARIABLE.fullmatch(uid)
    return plugins.get(found[1] or found[2], "") if found else ""


def data_query(asked: Reference, spec: Json) -> Json:
    """Return the query *spec* of a data source."""
    return {"kind": "DataQuery", "version": "v0", **asked.json(), "spec": spec}


def panel_queries(panel: Source, plugins: Plugins) -> list[Json]:
    """Return the queries of a panel; one without a data source is asked of that of the panel, if that is a single one."""
    of_panel = reference(panel, plugins)
    targets = panel.each("targets", "a query")
    taken = [one.take("refId", "") for one in targets]
    free = _free(set(taken))
    return [
        _query(one, ref or next(free), NOWHERE if of_panel.uid == _MIXED else of_panel, plugins)
        for one, ref in zip(targets, taken, strict=True)
    ]


def _free(taken: set[str]) -> Iterator[str]:
    """Yield letters that no query has, in the order in which Grafana gives them."""
    return (one for one in _LETTERS if one not in taken)


def _query(target: Source, ref: str, of_panel: Reference, plugins: Plugins) -> Json:
    hidden = target.take("hide", default=False)
    own = reference(target, plugins)
    asked = of_panel if own == NOWHERE else own
    spec = {"refId": ref, "hidden": hidden, "query": data_query(asked, target.rest())}
    return {"kind": "PanelQuery", "spec": spec}
