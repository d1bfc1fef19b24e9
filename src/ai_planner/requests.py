"""What comes with a task on the command line: facts, and what to deploy."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hive.storage import DeploymentRequest
from hive.storage.requests import check
from signalproof.errors import Location, SignalproofError, did_you_mean

_PARTS = ("strategy", "target", "release", "spec")


def facts_of(given: Iterable[str]) -> dict[str, str]:
    """Return the facts that ``name=value`` texts give.

    Raises:
        SignalproofError: One has no name or no ``=``.
    """
    facts: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise SignalproofError(f"{one!r} is no fact", "write it as name=value")
        facts[name.strip()] = value
    return facts


def deployment_request(file: Path) -> DeploymentRequest:
    """Return what a JSON *file* says is to be deployed.

    Raises:
        SignalproofError: It cannot be read, lacks a part, or names a strategy that there is not.
    """
    where = Location(str(file))
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SignalproofError(
            f"cannot read what to deploy: {error}", "name a JSON file", where=where
        ) from None
    remedy = f"its parts: {', '.join(_PARTS)}"
    if not isinstance(found, dict):
        raise SignalproofError("what to deploy is no JSON object", remedy, where=where)
    for name in found:
        if name not in _PARTS:
            raise SignalproofError(f"unknown part {name!r}", did_you_mean(name, _PARTS, remedy), where=where)
    for name in _PARTS[:3]:
        if not isinstance(found.get(name), str):
            raise SignalproofError(f"no {name}, or one that is no text", remedy, where=where)
    if not isinstance(found.get("spec", {}), dict):
        raise SignalproofError("spec is no JSON object", remedy, where=where)
    request = DeploymentRequest(**found)
    try:
        check(request)
    except SignalproofError as mistake:
        raise SignalproofError(str(mistake), mistake.help, where=where) from None
    return request
