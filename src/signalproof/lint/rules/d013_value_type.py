"""D013: a value of the dashboard's JSON that has another type than Grafana expects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.dashboard.json_types import BOOLEAN, NUMBER, Type, is_of
from signalproof.dashboard.typed import typed
from signalproof.documents import Table, Text
from signalproof.errors import did_you_mean
from signalproof.lint.finding import Problem
from signalproof.lint.pointing import panel_problem, times
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import dashboard, later

_PANEL = """{"title": "Jobs", "schemaVersion": %s, "panels": [{
  "id": 1, "type": "stat", "title": "Waiting", "gridPos": {"h": 8, "w": 12, "x": 0, "y": %s},
  "targets": [{"refId": "A", "expr": "sum(queue_length)", "instant": true}],
  "options": {"graphMode": %s},
  "fieldConfig": {"defaults": {"decimals": %s, "thresholds": {"steps": [{"value": null}, {"value": %s}]}}}
}]}"""


class ValueType(Rule[Everything]):
    """A text where a number belongs, a number where a text belongs, a word that is none of those that Grafana knows.

    Grafana reads dashboards without asking for types, and then works with what is there: texts are compared as texts and
    put together where numbers are added, so that a row of ``"y": "8"`` with 8 more is row 88; what is no known word is
    taken for the default, or for nothing. Its API and the tools that check against its schemas refuse such a file. Known are
    the values that Grafana 12.4 writes, of a dashboard, its variables, annotations, links and queries, of fields and their
    overrides, and the options of time series, stats, gauges and bar gauges. A value that is left out, or ``null``, is right.
    """

    code = "D013"
    slug = "value-type"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            (dashboard(_PANEL % (41, 0, '"area"', '"2"', 80)), "2"),
            (dashboard(_PANEL % (41, 0, '"area"', 2, '"80"')), "80"),
            (dashboard(_PANEL % ('"41"', 0, '"area"', 2, 80)), "41"),
            (dashboard(_PANEL % (41, '"8"', '"area"', 2, 80)), "8"),
            (dashboard(_PANEL % (41, 0, '"aria"', 2, 80)), "aria"),
        )
    )
    good = later(
        lambda: (
            dashboard(_PANEL % (41, 0, '"area"', 2, 80)),
            dashboard(_PANEL % (41, 8, '"none"', "null", 0.5)),
            dashboard(_PANEL.replace("graphMode", "shape") % (41, 0, '"round"', 2, 80)),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every value of another type; equal ones of a dashboard once."""
        for found in seen.dashboards:
            if _has_numbers(found.spec):  # YAML is read without numbers: what was one cannot be told there
                wrong: dict[tuple[str, str], list[tuple[Any, Type, Table, Table]]] = {}
                for key, value, kind, holder, panel in _wrong(found.spec):
                    wrong.setdefault((key, json.dumps(value)), []).append((value, kind, holder, panel))
                for (key, _), places in wrong.items():
                    yield _problem(key, places, found)


def _problem(key: str, places: list[tuple[Any, Type, Table, Table]], found: ForeignDashboard) -> Problem:
    value, kind, holder, panel = places[0]
    text = value if isinstance(value, Text) else Text.at(json.dumps(value), holder.line)
    is_a = "text" if isinstance(value, str) else BOOLEAN if isinstance(value, bool) else NUMBER
    if not isinstance(kind, tuple):
        message = f"{key} is the {is_a} {str(text)!r}, where Grafana expects a {kind}"
        right = _converted(value, kind)
        remedy = f"write {right}" if right else "take it out"
    else:
        known = [str(one) for one in kind]
        message = f"{key} is {str(text)!r}, which Grafana does not know"
        right = f"write {text}" if str(text) in known else ""
        remedy = right or did_you_mean(text, known, f"known are {', '.join(known)}")
    return panel_problem(f"{message}{times(len(places))}", remedy, text, key, panel, found)


def _converted(value: Any, kind: Type) -> str:
    """Return *value* as it has to be written, where that can be told."""
    if kind == NUMBER and isinstance(value, str):
        try:
            return f"{float(value):g}" if "." in value else str(int(value))
        except ValueError:
            return ""
    if kind == BOOLEAN and str(value).lower() in ("true", "false"):
        return str(value).lower()
    return json.dumps(json.dumps(value)) if not isinstance(value, str | bool) and kind == "text" else ""


def _wrong(spec: Table) -> Iterator[tuple[str, Any, Type, Table, Table]]:
    """Yield the key, the value, the type, the table that holds it, and the panel or whatever it belongs to."""
    for holder, known, owner in typed(spec):
        for key, value in holder.items():
            kind = known.get(key)
            if kind is not None and not is_of(value, kind) and not _is_meant(key, value, holder):
                yield key, value, kind, holder, owner


def _is_meant(key: str, value: Any, holder: Table) -> bool:
    """Whether Grafana takes a value for what it is, by a rule of its own."""
    if key == "refresh" and value in (False, ""):
        return True  # no refresh, as it was written up to version 9
    if value == "" and key not in ("h", "w", "x", "y"):
        return True  # nothing, as forms leave it
    return isinstance(value, str) and "$" in value and holder.get(key) is value


def _has_numbers(spec: Table) -> bool:
    pending: list[Any] = [spec]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
        elif isinstance(one, int | float) and not isinstance(one, bool):
            return True
    return False
