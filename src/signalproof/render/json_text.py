"""JSON as it is written to a file: indented, with the short objects that never grow on one line each.

A data source, a place in the grid, a threshold and an override are read as one thing, and change as one. On one line
they make a dashboard a fifth shorter and its diff easier to read.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from signalproof.render.normalise import Json
from signalproof.render.writable import check_writable

_SORTED = orjson.OPT_SORT_KEYS
_INDENTED = _SORTED | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

_SHORT_KINDS = ("GridLayoutItem",)
_SHORT_KEYS = ("datasource", "repeat", "current")
_AS_THEY_ARE = ("fieldConfig", "options", "legacyOptions")
"""Of v2: what has short objects of its own, and what others decide the shape of."""


def json_text(model: Json) -> bytes:
    """Return the file of a dashboard *model*, classic or a resource, which is left as it is.

    Raises:
        SignalproofError: A text of it has a NUL, or half a character.
    """
    spec = model.get("spec", model)
    try:
        short = _shortened(spec) if "elements" in spec else _classic(spec)
        data = orjson.dumps({**model, "spec": short} if "spec" in model else short, option=_INDENTED)
    except TypeError:
        check_writable(model)
        raise
    if b"\\u0000" in data:  # or text that looks so
        check_writable(model)
    return data


def _classic(model: Json) -> Json:
    return {**model, "panels": [_panel(panel) for panel in model["panels"]]}


def _shortened(tree: Any) -> Any:
    """Return a part of a v2 spec with its short objects on a line each: every one has a kind there, or stands under its key."""
    if isinstance(tree, list):
        return [_shortened(one) for one in tree]
    if not isinstance(tree, dict):
        return tree
    if tree.get("kind") in _SHORT_KINDS:
        return _line(tree)
    short = {
        key: _line(value) if key in _SHORT_KEYS else value if key in _AS_THEY_ARE else _shortened(value)
        for key, value in tree.items()
    }
    if "fieldConfig" in short:
        short["fieldConfig"] = _field_config(tree["fieldConfig"])
    return short


def _panel(panel: Json) -> Json:
    short = {**panel, "gridPos": _line(panel["gridPos"])}
    if "datasource" in panel:
        short["datasource"] = _source(panel["datasource"])
    if "targets" in panel:
        short["targets"] = [
            {**one, "datasource": _source(one["datasource"])} if "datasource" in one else one
            for one in panel["targets"]
        ]
    if "fieldConfig" in panel:
        short["fieldConfig"] = _field_config(panel["fieldConfig"])
    if panel.get("panels"):
        short["panels"] = [_panel(one) for one in panel["panels"]]
    return short


def _field_config(config: Json) -> Json:
    short = dict(config)
    if "overrides" in config:
        short["overrides"] = [_line(one) for one in config["overrides"]]
    defaults = config.get("defaults", {})
    if "steps" in defaults.get("thresholds", ()):
        steps = [_line(step) for step in defaults["thresholds"]["steps"]]
        short["defaults"] = {**defaults, "thresholds": {**defaults["thresholds"], "steps": steps}}
    return short


def _source(source: Any) -> Any:
    """Return a data source on one line: nearly always the same one, so it is written once."""
    if isinstance(source, dict) and source.keys() == {"type", "uid"}:
        return _datasource(**source)
    return source


@lru_cache(maxsize=16)
def _datasource(**reference: str) -> orjson.Fragment:
    return _line(reference)


def _line(value: Any) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(value, option=_SORTED))
