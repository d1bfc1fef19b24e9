"""Dashboards as examples on the page of a rule: short, and of a second one only what differs from the first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from signalproof.documents import Table

_WIDTH = 110


class JsonExamples:
    """The dashboards of one page, in their order."""

    def __init__(self) -> None:
        self._before: list[set[str]] = []

    def lines(self, spec: Table, culprit: str) -> Iterator[str]:
        """Yield the lines of a dashboard, the culprit marked; only those that no dashboard so far has, where most are known."""
        laid_out = list(_laid_out(spec, ""))
        known = max(self._before, key=lambda one: len(one.intersection(laid_out)), default=set[str]())
        new = [one for one in laid_out if one not in known]
        self._before.append(set(laid_out))
        if len(new) * 2 < len(laid_out):
            yield "# the same with" if new else "# the same"
            laid_out = new
        at, column, width = _place(laid_out, culprit)
        for number, line in enumerate(laid_out):
            yield line
            if number == at:
                yield f"{'#'.ljust(column) if column else ''}{'^' * width}"


def _place(lines: list[str], culprit: str) -> tuple[int, int, int]:
    """Return the line, the column and the width of *culprit*, a whole text before a part of one; -1 for nowhere."""
    written = json.dumps(culprit, ensure_ascii=False)
    for wanted, off in ((written, 1), (written[1:-1], 0)) if culprit else ():
        for number, line in enumerate(lines):
            if wanted in line:
                return number, line.find(wanted) + off, len(written) - 2
    return -1, 0, 0


def _laid_out(value: Any, indent: str, before: str = "", after: str = "") -> Iterator[str]:
    """Yield *value* as JSON: on one line where it fits, else an entry a line."""
    line = f"{indent}{before}{json.dumps(value, ensure_ascii=False)}{after}"
    if len(line) <= _WIDTH or not isinstance(value, dict | list) or not value:
        yield line
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield f"{indent}{before}{opening}"
    entries: list[tuple[str, Any]] = (
        [(f"{json.dumps(key, ensure_ascii=False)}: ", one) for key, one in value.items()]
        if isinstance(value, dict)
        else [("", one) for one in value]
    )
    for number, (name, one) in enumerate(entries, 1):
        yield from _laid_out(one, f"{indent}  ", name, "," if number < len(entries) else "")
    yield f"{indent}{closing}{after}"
