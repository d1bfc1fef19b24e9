"""Which variables of a dashboard nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from signalproof.documents import Table, Text

_USE = re.compile(
    r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)|([A-Za-z_][A-Za-z0-9_]*))|\[\[([A-Za-z_][A-Za-z0-9_]*)|var-([A-Za-z_][A-Za-z0-9_]*)"
)
_ALWAYS = frozenset({"adhoc", "datasource", "system", "groupby"})
"""Kinds of variables that work, or may, without being named."""
_ALL = "__all_variables"
"""What hands on every variable to the target of a link."""


def unused_variables(spec: Table) -> Iterator[tuple[Text, int]]:
    """Yield the name and the line of every variable that nothing in the body of a dashboard names, itself apart."""
    declared = spec.table("templating").tables("list")
    used = _names({key: value for key, value in spec.items() if key != "templating"})
    if _ALL in used:
        return
    by_variable = [(one, _names(one)) for one in declared]
    for one, _ in by_variable:
        name = one.text("name")
        others = any(name in found for other, found in by_variable if other is not one)
        if name and one.text("type") not in _ALWAYS and name not in used and not others:
            yield name, name.line


def _names(tree: Any) -> set[str]:
    """Return the names of the variables in every text of *tree*; a panel that repeats names one without a dollar."""
    found: set[str] = set()
    pending = [tree]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            repeat = one.get("repeat")
            if isinstance(repeat, str):
                found.add(repeat)
            if one.get("includeVars") is True:
                found.add(_ALL)
            pending.extend(one.values())
            pending.extend(key for key in one if "$" in key)
        elif isinstance(one, list):
            pending.extend(one)
        elif isinstance(one, str) and ("$" in one or "[[" in one or "var-" in one):
            found.update(name for groups in _USE.findall(one) for name in groups if name)
    return found
