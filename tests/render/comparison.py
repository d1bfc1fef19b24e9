"""What is compared with what others say a dashboard is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator


def errors(schema: dict[str, Any], definition: str, value: Any) -> list[str]:
    """Return what is wrong with *value* as the *definition* of a schema."""
    validator = Draft7Validator({**schema, "$ref": f"#/definitions/{definition}"})
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def lost(ours: object, theirs: object, path: str = "$") -> Iterator[str]:
    """Yield what of *ours* is missing or different in *theirs*."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            if key in theirs:
                yield from lost(value, theirs[key], f"{path}.{key}")
            elif value is not None:
                yield f"{path}.{key} is gone"
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from lost(one, other, f"{path}[{index}]")
    elif ours != theirs:
        yield f"{path}: {ours!r} became {theirs!r}"


def v2_schema(shared: Path) -> dict[str, Any]:
    """Return Grafana's schema v2; where its source says ``_``, anything, the published form says an object."""
    found: dict[str, Any] = json.loads((shared / "grafana-schemas/dashboardv2.jsonschema.json").read_text())
    definitions = found["definitions"]
    definitions["MatcherConfig"]["properties"]["options"] = {}
    definitions["DynamicConfigValue"]["properties"]["value"] = {}
    definitions["AnnotationQuerySpec"]["properties"]["legacyOptions"] = {"type": "object"}
    return found
