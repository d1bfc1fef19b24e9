"""A classic dashboard as a resource of Grafana's API in schema v2, which Grafana 13 serves as its stable version.

Left out is what says nothing of the dashboard that Grafana shows: its number and version in a database, the version of the
classic schema, the ids of rows, the data source of a panel that asks nothing, and the keys that no Grafana looks at
any more. Everything else is there, or is an error with its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signalproof.dashboard.v2_names import API_VERSION
from signalproof.documents import Table
from signalproof.errors import Location
from signalproof.render.normalise import Json
from signalproof.render.v2.kinds import OBJECT, SWITCH, TEXT, TEXTS, WHOLE, WHOLES, one_of
from signalproof.render.v2.layout import Laid, ids, layout
from signalproof.render.v2.queries import Plugins, data_query, reference
from signalproof.render.v2.source import Source
from signalproof.render.v2.variables import variable, word

_OF_NO_DASHBOARD = (
    "id", "version", "schemaVersion", "iteration", "style", "__requires", "hideControls", "sharedCrosshair",
)  # fmt: skip
_OF_NO_PICKER = ("time_options", "collapse", "enable", "notice", "now", "status", "type")
_WEEK = one_of("saturday", "monday", "sunday", "")
_PLACE = one_of("inControlsMenu")
_INTERVALS = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"]
"""Which times between two refreshes Grafana offers where a dashboard says nothing."""


def resource(model: Mapping[str, Any], where: Location, *, name: str = "") -> Json:
    """Return the classic dashboard *model* in schema v2.

    Args:
        model: A dashboard at schemaVersion 36 or later; it is not changed.
        where: Its file, or its definition; tables that know their line say it in an error.
        name: Its uid, where the model does not say it.

    Raises:
        SignalproofError: Something of it cannot be said in v2.
    """
    body = Source(model, f"dashboard {str(model.get('title', ''))!r}", where)
    uid = body.take("uid", "") or name
    if not uid:
        body.refuse("has no uid", "give it one: it is the name of the resource")
    metadata: Json = {"name": uid}
    if (number := body.pop("gnetId")) is not None:
        metadata["annotations"] = {"grafana.app/dashboard-gnet-id": str(number)}
    found = {"apiVersion": API_VERSION, "kind": "Dashboard", "metadata": metadata, "spec": _spec(body, model)}
    return _plain(found) if isinstance(model, Table) else found


def _plain(tree: Any) -> Any:
    """Return *tree* without the lines that its texts and tables know: what writes JSON takes plain keys only."""
    if isinstance(tree, dict):
        return {str(key): _plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_plain(one) for one in tree]
    return str(tree) if isinstance(tree, str) else tree


def _spec(body: Source, model: Mapping[str, Any]) -> Json:
    variables = _listed(body, "templating", "variable")
    plugins = {
        str(one.peek("name")): str(one.peek("query")) for one in variables if one.peek("type") == "datasource"
    }
    laid = Laid(plugins, ids(model.get("panels")))
    spec = {
        "title": body.take("title", ""),
        **body.given(description=TEXT, editable=SWITCH, liveNow=SWITCH, revision=WHOLE),
        "tags": body.given(tags=TEXTS).get("tags", []),
        "cursorSync": word(body, "graphTooltip"),
        "preload": body.take("preload", default=False),
        "links": [_link(one) for one in body.each("links", "link")],
        "timeSettings": _time_settings(body),
        "variables": [variable(one, plugins) for one in variables],
        "annotations": [_annotation(one, plugins) for one in _listed(body, "annotations", "annotation")],
        "layout": layout(body.each("panels", "panel"), laid),
        "elements": laid.elements,
    }
    body.ignore(*_OF_NO_DASHBOARD)
    body.end()
    return spec


def _listed(body: Source, key: str, what: str) -> list[Source]:
    holder = body.within(key)
    found = holder.each("list", what)
    holder.ignore("enable")
    holder.end()
    return found


def _time_settings(body: Source) -> Json:
    time, picker = body.within("time"), body.within("timepicker")
    refresh: Any = body.pop("refresh")
    found = {
        "from": time.take("from", "now-6h"),
        "to": time.take("to", "now"),
        "autoRefresh": body.checked(
            "refresh", refresh or "", TEXT
        ),  # false is how older dashboards say never
        "autoRefreshIntervals": picker.given(refresh_intervals=TEXTS).get("refresh_intervals") or _INTERVALS,
        "hideTimepicker": picker.take("hidden", default=False),
        "fiscalYearStartMonth": body.take("fiscalYearStartMonth", 0),
        **body.given(timezone=TEXT),
        **picker.given(nowDelay=TEXT),
    }
    if ranges := picker.each("quick_ranges", "a quick range"):
        found["quickRanges"] = [_range(one) for one in ranges]
    if week := body.given(weekStart=_WEEK).get("weekStart"):
        found["weekStart"] = week
    time.end()
    picker.ignore(*_OF_NO_PICKER)
    picker.end()
    return found


def _mapping(annotation: Source, value: Any) -> Json:
    told = Source(
        annotation.checked("mappings", value, OBJECT), f"mapping of {annotation.what}", annotation.where
    )
    found = told.given(source=TEXT, value=TEXT, regex=TEXT)
    told.end()
    return found


def _range(one: Source) -> Json:
    found = {key: one.take(key, "") for key in ("display", "from", "to")}
    one.end()
    return found


def _link(link: Source) -> Json:
    found = {
        "title": link.take("title", ""),
        "type": link.given(type=one_of("link", "dashboards")).get("type", "link"),
        **link.given(url=TEXT, placement=_PLACE),
        **{key: link.take(key, "") for key in ("icon", "tooltip")},
        "tags": link.given(tags=TEXTS).get("tags", []),
        **{
            key: link.take(key, default=False)
            for key in ("asDropdown", "targetBlank", "includeVars", "keepTime")
        },
    }
    link.end()
    return found


def _annotation(one: Source, plugins: Plugins) -> Json:
    """Return an annotation; what only its data source understands stands under ``legacyOptions``, as Grafana writes it."""
    built_in: Any = one.pop("builtIn")
    found = {
        "name": one.need("name", TEXT),
        "enable": one.take("enable", default=False),
        "hide": one.take("hide", default=False),
        "iconColor": one.take("iconColor", ""),
        "query": data_query(reference(one, plugins), one.take("target", {})),
        **({} if built_in is None else {"builtIn": bool(built_in)}),
        **one.given(placement=_PLACE),
    }
    if one.peek("filter") is not None:
        chosen = one.within("filter")
        found["filter"] = {"ids": [], **chosen.given(ids=WHOLES, exclude=SWITCH)}
        chosen.end()
    if one.peek("mappings") is not None:
        found["mappings"] = {key: _mapping(one, value) for key, value in one.take("mappings", {}).items()}
    return {
        "kind": "AnnotationQuery",
        "spec": {**found, "legacyOptions": rest} if (rest := one.rest()) else found,
    }
