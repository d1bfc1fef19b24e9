"""Variables of schema v2, each kind with what is its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from signalproof.dashboard.v2_names import PLAIN_QUERY, VARIABLES, WORDS
from signalproof.errors import did_you_mean
from signalproof.render.normalise import Json
from signalproof.render.v2.kinds import CHOICE, OBJECT, SWITCH, TEXT, TEXTS, Kind, one_of
from signalproof.render.v2.queries import Plugins, data_query, reference
from signalproof.render.v2.source import Source

_FORGOTTEN = (
    "error",
    "tags",
    "tagsQuery",
    "tagValuesQuery",
    "useTags",
    "queryValue",
    "global",
    "index",
    "id",
)
"""What Grafana no longer looks at: the tags of values, and what it once kept while a dashboard was open."""

_APPLIED = one_of("value", "text")
_ORDER = one_of("before", "after", "sorted")
_NOTHING: list[Any] = []

_FILTER: Mapping[str, Kind] = {
    **dict.fromkeys(("keyLabel", "condition"), TEXT),
    **dict.fromkeys(("values", "valueLabels"), TEXTS),
    "forceEdit": SWITCH,
    "origin": one_of("dashboard"),
}


def variable(source: Source, plugins: Plugins) -> Json:
    """Return a classic variable as one of v2.

    Raises:
        SignalproofError: v2 has none of its type, or something of it cannot be said.
    """
    kind = source.take("type", "query")
    if kind not in VARIABLES:
        source.refuse(
            f"is of the type {kind!r}", did_you_mean(kind, VARIABLES, f"v2 has {', '.join(VARIABLES)}")
        )
    spec = {
        "name": source.need("name", TEXT),
        **source.given(label=TEXT, description=TEXT),
        "hide": word(source, "hide"),
        "skipUrlSync": source.take("skipUrlSync", default=False),
        **_SPECS[kind](source, plugins),
    }
    asked = reference(source, plugins).json() if kind in ("adhoc", "groupby") else {}
    source.ignore(*_FORGOTTEN)
    source.end()
    return {"kind": VARIABLES[kind], **asked, "spec": spec}


def word(source: Source, key: str) -> str:
    """Return the word that v2 has for the number under *key*; the first where there is none."""
    value: Any = source.pop(key)
    known = WORDS[key]
    if value is None or value == "":
        return known[0]
    if value in known:
        return str(value)
    if not isinstance(value, int) or not 0 <= value < len(known):
        source.refuse(f"has {str(value)[:40]!r} as {key!r}", f"known are 0 to {len(known) - 1}")
    return known[value]


def _current(source: Source, default: str = "") -> Json:
    """Return what is chosen; nothing where nothing is said."""
    current = source.within("current")
    chosen = {"text": default, "value": default, **current.given(text=CHOICE, value=CHOICE)}
    current.ignore("selected", "tags", "isNone")  # of the list that it was chosen from
    current.end()
    return chosen


def _options(source: Source, key: str = "options") -> list[Json]:
    found = []
    for one in source.each(key, "an option"):
        said = one.given(text=CHOICE, value=CHOICE, selected=SWITCH, properties=OBJECT)
        found.append({"text": "", "value": "", **said})
        one.ignore("isNone")
        one.end()
    return found


def _several(source: Source) -> Json:
    return {
        "multi": source.take("multi", default=False),
        "includeAll": source.take("includeAll", default=False),
        "allowCustomValue": source.take("allowCustomValue", default=True),
        "current": _current(source),
        "options": _options(source),
        **source.given(allValue=TEXT),
    }


def _query(source: Source, plugins: Plugins) -> Json:
    asked: Any = source.pop("query")
    spec = asked if isinstance(asked, dict) else {PLAIN_QUERY: asked} if asked else {}
    found = {
        **_several(source),
        "query": data_query(reference(source, plugins), spec),
        "refresh": word(source, "refresh"),
        "sort": word(source, "sort"),
        "regex": source.take("regex", ""),
        **source.given(definition=TEXT, placeholder=TEXT, regexApplyTo=_APPLIED, staticOptionsOrder=_ORDER),
    }
    if static := _options(source, "staticOptions"):
        found["staticOptions"] = static
    return found


def _datasource(source: Source, _: Plugins) -> Json:
    return {
        **_several(source),
        "pluginId": source.need("query", TEXT),
        "refresh": word(source, "refresh"),
        "regex": source.take("regex", ""),
    }


def _custom(source: Source, _: Plugins) -> Json:
    return {
        **_several(source),
        "query": source.take("query", ""),
        **source.given(valuesFormat=one_of("csv", "json")),
    }


def _interval(source: Source, _: Plugins) -> Json:
    source.ignore("refresh")  # v2 knows one only: with the time range
    return {
        "query": source.take("query", ""),
        "current": _current(source),
        "options": _options(source),
        "auto": source.take("auto", default=False),
        "auto_min": source.take("auto_min", ""),
        "auto_count": source.take("auto_count", 0),
        "refresh": "onTimeRangeChanged",
    }


def _text(source: Source, _: Plugins) -> Json:
    source.ignore("options")  # the text once more
    query = source.take("query", "")
    return {"query": query, "current": _current(source, query)}


def _adhoc(source: Source, _: Plugins) -> Json:
    keys = [_key(one, source) for one in source.take("defaultKeys", _NOTHING)]
    return {
        "baseFilters": [_filter(one) for one in source.each("baseFilters", "a filter")],
        "filters": [_filter(one) for one in source.each("filters", "a filter")],
        "defaultKeys": keys,
        "allowCustomValue": source.take("allowCustomValue", default=True),
        **source.given(enableGroupBy=SWITCH),
    }


def _key(one: Any, source: Source) -> Json:
    if isinstance(one, str):
        return {"text": one, "value": one}
    key = Source(source.checked("defaultKeys", one, OBJECT), f"a key of {source.what}", source.where)
    found = {"text": key.need("text", TEXT), **key.given(value=TEXT, group=TEXT, expandable=SWITCH)}
    key.end()
    return found


def _filter(one: Source) -> Json:
    found = {
        "key": one.take("key", ""),
        "operator": one.take("operator", "="),
        "value": one.take("value", ""),
        **one.given(**_FILTER),
    }
    one.end()
    return found


def _groupby(source: Source, _: Plugins) -> Json:
    found = {
        "current": _current(source),
        "options": _options(source),
        "multi": source.take("multi", default=True),
    }
    if source.peek("defaultValue") is not None:
        value = source.within("defaultValue")
        found["defaultValue"] = {"text": "", "value": "", **value.given(text=CHOICE, value=CHOICE)}
        value.end()
    return found


def _switch(source: Source, _: Plugins) -> Json:
    """Return a switch: the first of its options is on, the second off."""
    values = [source.checked("value", one["value"], TEXT) for one in _options(source)]
    if len(values) not in (0, 2):
        source.refuse(f"has {len(values)} options", "give it two: on, and off")
    on, off = values or ("true", "false")
    source.ignore("query")
    current = source.checked("current", _current(source, off)["value"], TEXT)
    return {"enabledValue": on, "disabledValue": off, "current": current}


_SPECS: Mapping[str, Callable[[Source, Plugins], Json]] = {
    "query": _query,
    "custom": _custom,
    "datasource": _datasource,
    "interval": _interval,
    "textbox": _text,
    "constant": _text,
    "adhoc": _adhoc,
    "groupby": _groupby,
    "switch": _switch,
}
