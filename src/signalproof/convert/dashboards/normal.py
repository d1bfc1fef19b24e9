"""What is the same of two dashboards: their JSON without what Grafana counts, and without what says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from string import ascii_uppercase
from typing import Any, TypeAlias

from signalproof.errors import Location, SignalproofError
from signalproof.promql.parser import parse
from signalproof.promql.printer import to_text

Json: TypeAlias = dict[str, Any]

OLDEST = 30
"""The oldest schema that is read: the panels of older ones have other keys."""
_COUNTED = frozenset(
    {"id", "version", "iteration", "gnetId", "__inputs", "__requires", "__elements", "schemaVersion"}
)
"""Keys of a dashboard that Grafana counts or that belong to an export; they are written anew."""
_REFS = (*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2)))
_OF_PANEL = frozenset({"id", "pluginVersion"})


def normalised(spec: Json) -> Json:
    """Return *spec* with one way to write each thing; the input is not changed.

    Left out are versions and ids, which are given anew; nulls; empty lists, objects and texts of the dashboard, of its
    panels, queries and variables; and ``collapsed: false`` of a row that is open. Without a time range it shows the last six
    hours, a place without a column is at the left, a query without a refId has the next letter, one without a
    data source has that of its panel, and ``$name`` is ``${name}``
    as a data source.
    """
    found = {key: value for key, value in spec.items() if key not in _COUNTED}
    found["time"] = {"from": "now-6h", "to": "now", **(spec.get("time") or {})}
    found["panels"] = [_panel(one) for one in spec.get("panels", ())]
    listed = (spec.get("templating") or {}).get("list") or []
    found["templating"] = {"list": [without_nothing(one) for one in listed]}
    return _kept(found)


def _panel(panel: Json) -> Json:
    found = _sourced({key: value for key, value in panel.items() if key not in _OF_PANEL})
    if isinstance(found.get("gridPos"), dict):
        found["gridPos"] = {"x": 0, "y": 0, **found["gridPos"]}
    if "targets" in found:
        source = {"datasource": found["datasource"]} if isinstance(found.get("datasource"), dict) else {}
        letters = zip(found["targets"] or (), _REFS, strict=False)
        found["targets"] = [
            without_nothing({"refId": ref, **source, **_sourced(one)}) for one, ref in letters
        ]
    if "links" in found:
        found["links"] = [without_nothing(one) for one in found["links"] or ()]
    if panel.get("type") == "row":
        if not found.get("collapsed"):
            found.pop("collapsed", None)
        found["panels"] = [_panel(one) for one in panel.get("panels") or ()]
    return _kept(found)


def _sourced(data: Json) -> Json:
    """Return what has a data source with ``${name}`` for ``$name`` in its uid."""
    source = data.get("datasource")
    if isinstance(source, dict) and isinstance(source.get("uid"), str):
        uid = re.sub(r"^\$(\w+)$", r"${\1}", source["uid"])
        return {**data, "datasource": {**source, "uid": uid}}
    return data


def _kept(data: Json) -> Json:
    found: Json = without_nothing(data)
    return found


def without_nothing(data: Any) -> Any:
    """Return *data* without the nulls and the empty texts, lists and objects of its objects; what is listed is kept."""
    if not isinstance(data, dict):
        return data
    below = {key: without_nothing(value) for key, value in data.items()}
    return {key: value for key, value in below.items() if value is not None and value not in ("", [], {})}


def check_version(spec: Json, where: Location) -> None:
    """Raise unless *spec* is a dashboard that can be read.

    Raises:
        SignalproofError: It is none, or its schema is older than `OLDEST`.
    """
    version = spec.get("schemaVersion")
    if not isinstance(spec.get("panels", []), list) or not isinstance(spec.get("title"), str):
        raise SignalproofError(
            "this is no dashboard",
            "give the JSON that Grafana exports: Share, Export, Save to file",
            where=where,
        )
    if "rows" in spec or not isinstance(version, int) or version < OLDEST:
        raise SignalproofError(
            f"a dashboard of schemaVersion {version}, whose panels have other keys",
            "open it in Grafana, save it, and export it again: it is brought up to date there",
            where=where,
        )


def _query(text: str) -> str:
    """Return a query written in one way, as far as it parses."""
    try:
        return to_text(parse(text))
    except SignalproofError:
        return text


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Yield where two pieces of JSON differ: ``panels[3].options.legend``."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            if key not in one or key not in other:
                yield f"{path}.{key}".lstrip(".")
            else:
                yield from differences(one[key], other[key], f"{path}.{key}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{path}[{place}]")
    elif path.endswith(".expr") and isinstance(one, str) and isinstance(other, str):
        if one != other and _query(one) != _query(other):
            yield path
    elif one != other or isinstance(one, bool) is not isinstance(other, bool):
        yield path
