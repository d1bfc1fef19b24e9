"""Writes a catalogue file: the head as plain JSON, then one family a line, so that a change of one is a change of one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HEAD = ("signalproof", "name", "version", "oldest", "date", "source", "how", "prefixes", "side_by_side")
_FAMILY = (
    *("name", "type", "unit", "labels", "open", "totals", "buckets", "native", "quantiles", "low", "high"),
    *(
        "monotonic",
        "zero",
        "initialised",
        "presence",
        "since",
        "until",
        "renamed_from",
        "stability",
        "declared",
    ),
)


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _ordered(family: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(family) - set(_FAMILY)
    if unknown:
        raise ValueError(f"{family.get('name')}: no such key of a family: {', '.join(sorted(unknown))}")
    return {key: family[key] for key in _FAMILY if key in family}


def dumps(catalogue: Mapping[str, Any]) -> str:
    """The text of a catalogue file."""
    unknown = set(catalogue) - {*_HEAD, "families"}
    if unknown:
        raise ValueError(f"no such key of a catalogue file: {', '.join(sorted(unknown))}")
    families = sorted(catalogue["families"], key=lambda family: str(family["name"]))
    names = [family["name"] for family in families]
    if len(set(names)) != len(names):
        raise ValueError(f"families named twice: {sorted({name for name in names if names.count(name) > 1})}")
    head = [f"{json.dumps(key)}: {_compact(catalogue[key])}" for key in _HEAD if key in catalogue]
    rows = ",\n".join(_compact(_ordered(family)) for family in families)
    return "{\n" + ",\n".join(head) + ',\n"families": [\n' + rows + "\n]\n}\n"


def write(catalogue: Mapping[str, Any], folder: Path) -> Path:
    """Write a catalogue file into a folder under the name it gives itself."""
    target = folder / f"{catalogue['name']}.json"
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(dumps(catalogue), encoding="utf-8")
    return target
