"""Bare queries to lint: one per line, or JSON lines with what stands around each in a panel."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from signalproof.errors import Location, SignalproofError, did_you_mean
from signalproof.promql.query import Query, Use

_KEYS = ("expr", "legend", "unit", "title", "panel_type")
_JSON = re.compile(r'\{\s*"[^"]*"\s*:')


def read_expressions(file: Path) -> Iterator[Query]:
    """Yield the query of every line of *file*; empty lines and lines that begin with ``#`` are passed over.

    A line that begins ``{"key":`` is a JSON object with ``expr`` and perhaps ``legend``, ``unit``, ``title``,
    ``panel_type``; no PromQL selector begins so.

    Raises:
        SignalproofError: The file cannot be read, or a JSON line is broken or has an unknown key.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SignalproofError(
            f"cannot read {file}: {said}", "give a readable file", where=Location(str(file))
        ) from None
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text and not text.startswith("#"):
            where = Location(str(file), number)
            yield _of_json(text, where) if _JSON.match(text) else Query(text, where, Use.EXPRESSION)


def _of_json(text: str, where: Location) -> Query:
    try:
        entry: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError as error:
        raise SignalproofError(f"not valid JSON: {error.msg}", "mend the line", where=where) from None
    for key, value in entry.items():
        if key not in _KEYS:
            raise SignalproofError(
                f"unknown key {key!r}", did_you_mean(key, _KEYS, f"keys: {', '.join(_KEYS)}"), where=where
            )
        if not isinstance(value, str):
            raise SignalproofError(f"{key!r} is no string", "put it in quotes", where=where)
    if "expr" not in entry:
        raise SignalproofError("a line without 'expr'", 'write {"expr": "…"}', where=where)
    use = Use.PANEL if entry.keys() - {"expr"} else Use.EXPRESSION
    return Query(
        entry["expr"],
        where,
        use,
        panel=entry.get("title", ""),
        panel_type=entry.get("panel_type", ""),
        legend=entry.get("legend", ""),
        unit=entry.get("unit", ""),
    )
