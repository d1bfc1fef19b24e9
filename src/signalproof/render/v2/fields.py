"""The field configuration of a panel: the same in both schemas, but v2 takes no key that it does not know."""

from __future__ import annotations

from typing import Any

from signalproof.render.normalise import Json
from signalproof.render.v2.kinds import NUMBER, OBJECT, OBJECTS, SWITCH, TEXT, WHOLE, Kind, one_of
from signalproof.render.v2.source import Source

_FIELD: dict[str, Kind] = {
    **dict.fromkeys(("displayName", "displayNameFromDS", "description", "path", "unit", "noValue"), TEXT),
    **dict.fromkeys(("writeable", "filterable", "fieldMinMax"), SWITCH),
    **dict.fromkeys(("decimals", "min", "max"), NUMBER),
    **dict.fromkeys(("links", "actions"), OBJECTS),
    "nullValueMode": one_of("null", "connected", "null as zero"),
    "custom": OBJECT,
}
_COLOR = one_of(
    "thresholds", "palette-classic", "palette-classic-by-name", "continuous-viridis", "continuous-magma",
    "continuous-plasma", "continuous-inferno", "continuous-cividis", "continuous-GrYlRd", "continuous-RdYlGr",
    "continuous-BlYlRd", "continuous-YlRd", "continuous-BlPu", "continuous-YlBl", "continuous-blues", "continuous-reds",
    "continuous-greens", "continuous-purples", "fixed", "shades",
)  # fmt: skip
_BY = one_of("min", "max", "last")
_SCOPE = one_of("series", "nested", "annotation", "exemplar")
_MODE = one_of("absolute", "percentage")
_MAPPED: dict[str, dict[str, Kind]] = {
    "range": {"from": NUMBER, "to": NUMBER},
    "regex": {"pattern": TEXT},
    "special": {"match": one_of("true", "false", "null", "nan", "null+nan", "empty")},
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
        found["color"] = {"mode": color.need("mode", _COLOR), **color.given(fixedColor=TEXT, seriesBy=_BY)}
        color.end()
    defaults.ignore("thresholds", "color")  # where they are empty
    defaults.end()
    overrides = [_override(one) for one in config.each("overrides", "an override")]
    config.end()
    return {"defaults": found, "overrides": overrides}


def matcher(source: Source) -> Json:
    """Return which fields or frames are meant."""
    found = {"id": source.take("id", ""), **source.given(scope=_SCOPE)}
    options: Any = source.pop("options")
    if options is not None:
        found["options"] = options
    source.end()
    return found


def _override(override: Source) -> Json:
    found = {
        "matcher": matcher(override.within("matcher")),
        "properties": [_property(one) for one in override.each("properties", "a property")],
        **override.given(__systemRef=TEXT),
    }
    override.end()
    return found


def _property(one: Source) -> Json:
    found = {"id": one.need("id", TEXT)}
    value: Any = one.pop("value")
    one.end()
    return found if value is None else {**found, "value": value}


def _thresholds(thresholds: Source) -> Json:
    steps = []
    for one in thresholds.each("steps", "a threshold"):
        steps.append({"value": None, **one.given(value=NUMBER), "color": one.need("color", TEXT)})
        one.ignore("index", "state")  # of forms long gone, without a meaning since
        one.end()
    mode = thresholds.given(mode=_MODE).get("mode", "absolute")
    thresholds.end()
    return {"mode": mode, "steps": steps}


def _mapping(mapping: Source) -> Json:
    kind = mapping.need("type", TEXT)
    options = mapping.within("options")
    mapping.end()
    found: Json
    if kind == "value":
        found = {
            value: _result(Source(options.checked(value, result, OBJECT), mapping.what, mapping.where))
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
    found = result.given(text=TEXT, color=TEXT, icon=TEXT, index=WHOLE)
    result.end()
    return found
