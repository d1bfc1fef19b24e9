"""Panels as elements of schema v2."""

from __future__ import annotations

from signalproof.dashboard.v2_names import QUERY_OPTIONS
from signalproof.render.normalise import Json
from signalproof.render.v2.fields import field_config, matcher
from signalproof.render.v2.kinds import OF_TYPE, SWITCH, TEXT, one_of
from signalproof.render.v2.queries import Plugins, panel_queries
from signalproof.render.v2.source import Source


def element(panel: Source, number: int, plugins: Plugins) -> Json:
    """Return a panel, whose place and repetition have been taken, as an element.

    Args:
        panel: The panel.
        number: Its id.
        plugins: The variables for data sources.

    Raises:
        SignalproofError: Something of it cannot be said.
    """
    library = panel.within("libraryPanel")
    if uid := library.take("uid", ""):
        return _library(panel, number, library, uid)
    title, description = panel.take("title", ""), panel.take("description", "")
    shown = {
        "kind": "VizConfig",
        "group": panel.need("type", TEXT),
        "version": panel.take("pluginVersion", ""),
        "spec": {
            "options": panel.take("options", {}),
            "fieldConfig": field_config(panel.within("fieldConfig")),
        },
    }
    spec = {
        "id": number,
        "title": title,
        "description": description,
        "links": [_link(one) for one in panel.each("links", "a link")],
        "data": _data(panel, plugins),
        "vizConfig": shown,
        **panel.given(transparent=SWITCH),
    }
    panel.end()
    return {"kind": "Panel", "spec": spec}


def _library(panel: Source, number: int, library: Source, uid: str) -> Json:
    """Return a panel of the library: what else stands in the dashboard is a copy, which Grafana does not look at."""
    title = panel.take("title", "")
    spec = {
        "id": number,
        "title": title,
        "libraryPanel": {"uid": uid, "name": library.take("name", "") or title},
    }
    return {"kind": "LibraryPanel", "spec": spec}


def _link(link: Source) -> Json:
    found = {"title": link.take("title", ""), "url": link.take("url", ""), **link.given(targetBlank=SWITCH)}
    link.end()
    return found


def _data(panel: Source, plugins: Plugins) -> Json:
    spec = {
        "queries": panel_queries(panel, plugins),
        "transformations": [
            _transformation(one) for one in panel.each("transformations", "a transformation")
        ],
        "queryOptions": panel.given(**{key: OF_TYPE[kind] for key, kind in QUERY_OPTIONS.items()}),
    }
    return {"kind": "QueryGroup", "spec": spec}


def _transformation(step: Source) -> Json:
    group = step.need("id", TEXT)
    spec = {
        "options": step.take("options", {}),
        **step.given(disabled=SWITCH, topic=one_of("series", "annotations", "alertStates")),
    }
    if step.peek("filter") is not None:
        spec["filter"] = matcher(step.within("filter"))
    step.end()
    return {"kind": "Transformation", "group": group, "spec": spec}
