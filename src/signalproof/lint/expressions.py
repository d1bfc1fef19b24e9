"""Bare queries: one per line, or JSON lines that say what surrounds them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from signalproof.errors import Location, SignalproofError
from signalproof.promql.query import Query, Use
from signalproof.text_files import read_text, shown

_FIELDS = {"expr": "expr", "legend": "legend", "unit": "unit", "title": "panel", "panel_type": "panel_type"}
"""Key of a JSON line → field of the query."""


def read_expressions(path: Path) -> Iterator[Query]:
    """Yield the queries of the file *path*, or of standard input when it is ``-``; blank lines and comments apart.

    A line is a PromQL expression, or a JSON object: ``{"expr": …, "legend": …, "unit": …, "title": …, "panel_type": …}``.
    Other keys are the writer's own.

    Raises:
        SignalproofError: The file cannot be read, or a value of a JSON line is no text.
    """
    text = read_text(path, "give a readable file, or - for standard input")
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _query(line.strip(), Location(shown(path), number))


def _query(line: str, where: Location) -> Query:
    table = _table(line)
    if table is None:
        return Query(line, where, Use.EXPRESSION)
    fields: dict[str, str] = {}
    for key, name in _FIELDS.items():
        value = table.get(key) or ""
        if not isinstance(value, str):
            raise SignalproofError(f"the {key} is no text", f'write "{key}": "…"', where=where)
        fields[name] = value
    return Query(fields.pop("expr"), where, Use.EXPRESSION, **fields)  # type: ignore[arg-type]  # all of these are texts


def _table(line: str) -> dict[str, Any] | None:
    """Return the object of a JSON line; None for PromQL, which may begin with a brace, too."""
    if not line.startswith("{"):
        return None
    try:
        table = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) and "expr" in table else None
