"""Which data source each query of a classic dashboard body is asked of, by the reference that Grafana goes by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from signalproof.dashboard.foreign import panels_of
from signalproof.datasources import DataSources
from signalproof.documents import Table, Text
from signalproof.manifests import FILLED
from signalproof.promql.builtin import is_builtin

MIXED: Final = "-- Mixed --"
OWN: Final = frozenset({"-- Grafana --", "-- Dashboard --", "grafana", "__expr__", "-100", MIXED})
"""Names that Grafana keeps for itself."""
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)(?::\w+)?\]\]")


@dataclass(frozen=True)
class Reference:
    """Who asks which data source.

    Attributes:
        name: The uid or the name as written; None where none is given: the default one is asked.
        table: The panel, the variable or the annotation that asks.
        kind: ``panel``, ``variable`` or ``annotation``.
    """

    name: Text | None
    table: Table
    kind: str


def name_of(source: Any) -> Text | None:
    """Return the uid, or the name, in a reference to a data source; None for the default one."""
    name = source.get("uid") if isinstance(source, Table) else source
    return name if isinstance(name, Text) and name and name != "default" else None


def variable_of(name: str) -> str:
    """Return the variable that a reference *name* consists of; empty for any other name."""
    found = _VARIABLE.fullmatch(name)
    return next(filter(None, found.groups()), "") if found else ""


def effective(panel: Table, target: Table) -> Any:
    """Return the reference by which Grafana asks *target*: that of its panel, its own where the panel mixes or has none.

    A panel without a reference asks the first that one of its queries names.
    """
    own, of_panel = target.get("datasource"), panel.get("datasource")
    if name_of(of_panel) == MIXED:
        return own
    if name_of(of_panel) is not None:
        return of_panel
    return next(
        (one.get("datasource") for one in panel.tables("targets") if name_of(one.get("datasource"))), of_panel
    )


def asked(spec: Table, sources: DataSources) -> Iterator[Reference]:
    """Yield who asks a Prometheus, of all panels, query variables and annotations with an expression."""
    for panel in panels_of(spec):
        for target in panel.tables("targets"):
            text, source = target.text("expr"), effective(panel, target)
            if text and sources.other(source, text) is None and name_of(target.get("datasource")) not in OWN:
                yield Reference(name_of(source), panel, "panel")
    for one in spec.table("templating").tables("list"):
        source = one.get("datasource")
        if one.get("type") == "query" and sources.other(source, "") is None:
            yield Reference(name_of(source), one, "variable")
    for one in spec.table("annotations").tables("list"):
        text, source = one.text("expr") or one.table("target").text("expr"), one.get("datasource")
        if text and sources.other(source, text) is None:
            yield Reference(name_of(source), one, "annotation")


def references(spec: Table) -> Iterator[tuple[Text, Table]]:
    """Yield every reference to a data source by name, with the panel, variable or annotation in which it stands."""
    for panel in panels_of(spec):
        for one in (panel, *panel.tables("targets")):
            if name := name_of(one.get("datasource")):
                yield name, panel
    for key in ("templating", "annotations"):
        for one in spec.table(key).tables("list"):
            if name := name_of(one.get("datasource")):
                yield name, one


def known_to(spec: Table) -> set[str]:
    """Return the variables that a reference can name: those of the dashboard, and those that an import fills in."""
    names = {str(one.get("name")) for one in spec.table("templating").tables("list")}
    return (
        names
        | {str(one.get("name")) for one in spec.tables("__inputs")}
        | {str(one.get("inputName")) for one in spec.tables(FILLED)}
    )


def contrary(spec: Table) -> Iterator[tuple[Text, Text, Table]]:
    """Yield the data source of a panel, another one that a query of it names, and the panel."""
    known, sources = known_to(spec), DataSources(spec)
    for panel in panels_of(spec):
        of_panel = name_of(panel.get("datasource"))
        if of_panel is None or of_panel in OWN - {"grafana"}:
            continue
        for target in panel.tables("targets"):
            own = name_of(target.get("datasource"))
            if own is None or own in OWN:
                continue
            if sources.other(target.get("datasource"), target.text("expr")) is not None:
                continue
            alike = isinstance(panel["datasource"], Table) == isinstance(target.get("datasource"), Table)
            variable = variable_of(own)
            if not (alike or variable or variable_of(of_panel)) or (variable and variable not in known):
                continue  # a name and a uid may be one; that a variable does not exist is said already
            if (variable or own) != (variable_of(of_panel) or of_panel):
                yield of_panel, own, panel


def lost(spec: Table) -> dict[str, list[tuple[Text, Table]]]:
    """Return the variables in references that nothing declares or fills in, with the references."""
    known = known_to(spec)
    found: dict[str, list[tuple[Text, Table]]] = {}
    for name, table in references(spec):
        variable = variable_of(name)
        if variable and variable not in known and not is_builtin(variable):
            found.setdefault(variable, []).append((name, table))
    return found


def choices_of(spec: Table) -> list[Text]:
    """Return the variables by which the reader of a dashboard chooses a Prometheus."""
    sources = DataSources(spec)
    return [
        one.text("name")
        for one in spec.table("templating").tables("list")
        if one.get("type") == "datasource" and sources.other(one.text("name"), "") is None
    ]


def deaf(spec: Table, choices: list[Text]) -> tuple[dict[str, list[Reference]], list[Reference]]:
    """Return who does not follow one of *choices*: by the name that is asked, and those who name none where others follow."""
    fixed: dict[str, list[Reference]] = {}
    unsaid: list[Reference] = []
    followed = False
    for one in asked(spec, DataSources(spec)):
        if one.name is None:
            unsaid.append(one)
        elif variable_of(one.name) in choices:
            followed = True
        elif one.name not in OWN and one.name[0] not in "$[" and "{{" not in one.name:
            fixed.setdefault(one.name, []).append(one)
    return fixed, unsaid if followed else []
