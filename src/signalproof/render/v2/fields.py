"""The field configuration of a panel: the same in both schemas, but v2 takes no key that it does not know."""

from __future__ import annotations

from typing import Any

from signalproof.render.normalise import Json
from signalproof.render.v2.source import NUMBER, Kind, Source

_FIELD: dict[str, Kind] = {
    **dict.fromkeys(("displayName", "displayNameFromDS", "description", "path", "unit", "noValue"), str),
    **dict.fromkeys(("writeable", "filterable", "fieldMinMax"), bool),
    **dict.fromkeys(("decimals", "min", "max"), NUMBER),
    **dict.fromkeys(("links", "actions"), list),
    "nullValueMode": str,
    "custom": dict,
}
_MAPPED: dict[str, dict[str, Kind]] = {
    "range": {"from": NUMBER, "to": NUMBER},
    "regex": {"pattern": str},
    "special": {"match": str},
}
"""What a mapping of values asks for, besides its result."""


def field_config(config: Source) -> Json:
    """Return the field configuration of a panel.

    Raises:
        SignalproofError: It has a key of an old form.
    """
    defaults = config.within("defaults")
    found = defaults.given(**_FIELD)
    mappings = [_mapping(one) for one in defaults.each("mappings", "a value mapping")]
    if mappings:
        found["mappings"] = mappings
    if defaults.peek("thresholds"):
        found["thresholds"] = _thresholds(defaults.within("thresholds"))
    if defaults.peek("color"):
        color = defaults.within("color")
        found["color"] = {"mode": color.need("mode", str), **color.given(fixedColor=str, seriesBy=str)}
        color.end()
    defaults.ignore("thresholds", "color")  # where they are empty
    defaults.end()
    overrides = [_override(one) for one in config.each("overrides", "an override")]
    config.end()
    return {"defaults": found, "overrides": overrides}


def matcher(source: Source) -> Json:
    """Return which fields or frames are meant."""
    found = {"id": source.take("id", ""), **source.given(scope=str)}
    options: Any = source.pop("options")
    if options is not None:
        found["options"] = options
    source.end()
    return found


def _override(override: Source) -> Json:
    found = {
        "matcher": matcher(override.within("matcher")),
        "properties": [_property(one) for one in override.each("properties", "a property")],
        **override.given(__systemRef=str),
    }
    override.end()
    return found


def _property(one: Source) -> Json:
    found = {"id": one.need("id", str)}
    value: Any = one.pop("value")
    one.end()
    return found if value is None else {**found, "value": value}


def _thresholds(thresholds: Source) -> Json:
    steps = []
    for one in thresholds.each("steps", "a threshold"):
        steps.append({"value": None, **one.given(value=NUMBER), "color": one.need("color", str)})
        one.ignore("index", "state")  # of forms long gone, without a meaning since
        one.end()
    mode = thresholds.take("mode", "absolute")
    thresholds.end()
    return {"mode": mode, "steps": steps}


def _mapping(mapping: Source) -> Json:
    kind = mapping.need("type", str)
    options = mapping.within("options")
    mapping.end()
    found: Json
    if kind == "value":
        found = {
            value: _result(Source(options.checked(value, result, dict), mapping.what, mapping.where))
            for value, result in options.rest().items()
        }
    elif kind in _MAPPED:
        known = _MAPPED[kind]
        found = {**(dict.fromkeys(known) if kind == "range" else {}), **options.given(**known)}
        found["result"] = _result(options.within("result"))
        options.end()
    else:
        mapping.refuse(f"has the type {kind!r}", f"known are value, {', '.join(_MAPPED)}")
    return {"type": kind, "options": found}


def _result(result: Source) -> Json:
    found = result.given(text=str, color=str, icon=str, index=int)
    result.end()
    return found
