"""D011: a query that asks another data source than was meant, or none."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.dashboard.references import (
    MIXED,
    choices_of,
    contrary,
    deaf,
    known_to,
    lost,
    variable_of,
)
from signalproof.documents import Table, Text
from signalproof.errors import did_you_mean
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.pointing import panel_problem, times
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import dashboard, later

_SOURCES = """{%s
  "title": "Queues",
  "templating": {"list": [{"type": "datasource", "name": "datasource", "query": "prometheus"}]},
  "panels": [
    {"title": "Waiting", "datasource": %s, "targets": [{"refId": "A", "expr": "sum(queue_length)"%s}]},
    {"title": "Running", "datasource": "$datasource", "targets": [{"refId": "A", "expr": "sum(workers)"}]}
  ]
}"""
_VARIABLE = """{
  "title": "Queues",
  "templating": {"list": [
    {"type": "datasource", "name": "datasource", "query": "prometheus"},
    {"type": "query", "name": "queue", "query": "label_values(queue_length, queue)", "datasource": {"uid": "%s"}}
  ]},
  "panels": [{"title": "Waiting", "datasource": {"uid": "${datasource}"},
    "targets": [{"refId": "A", "expr": "sum(queue_length{queue='$queue'})"}]}]
}"""
_INPUT = '"__inputs": [{"name": "DS_MAIN", "type": "datasource", "pluginId": "prometheus"}],'


class OtherSource(Rule[Everything]):
    """A panel, a variable or an annotation that does not ask the data source that the reader chooses, or asks none.

    Where a dashboard has a variable for the data source, whatever names another one, or none, goes on asking that one, or
    Grafana's default, whatever is chosen: its numbers are those of another server, without a hint.

    ``${DS_PROMETHEUS}`` is what an export leaves for the import to fill in, by ``__inputs``; without them, as with any name
    of a variable that does not exist, there is no such data source. Whether something else fills it in before Grafana
    reads the file cannot be seen from it.

    A query with another data source than its panel is asked of that of the panel, unless the panel is ``-- Mixed --``: a
    fault where the query names a variable, and info where it names another one that was left there.
    """

    code = "D011"
    slug = "other-source"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            (dashboard(_SOURCES % ("", '"main"', "")), "main"),
            (dashboard(_SOURCES % ("", '{"type": "prometheus", "uid": "main"}', "")), "main"),
            (dashboard(_SOURCES % ("", "null", "")), "Waiting"),
            (dashboard(_SOURCES % ("", '"${DS_MAIN}"', "")), "${DS_MAIN}"),
            (dashboard(_SOURCES % ("", '"$datasorce"', "")), "$datasorce"),
            (dashboard(_VARIABLE % "main"), "main"),
            (dashboard(_SOURCES % ("", '"$datasource"', ', "datasource": "other"')), "other"),
        )
    )
    good = later(
        lambda: (
            dashboard(_SOURCES % ("", '"$datasource"', "")),
            dashboard(_SOURCES % ("", '{"uid": "${datasource:text}"}', "")),
            dashboard(_SOURCES % ("", "null", ', "datasource": "$datasource"')),
            dashboard(_SOURCES % ("", '"-- Mixed --"', ', "datasource": "$datasource"')),
            dashboard(_SOURCES % ("", '{"type": "loki", "uid": "logs"}', "")),
            dashboard(_SOURCES % ("", '"$datasource"', ', "datasource": "__expr__"')),
            dashboard(_SOURCES % (_INPUT, '"${DS_MAIN}"', "")),
            dashboard(_VARIABLE % "$datasource"),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every reference that does not lead where it should, of equal ones the first."""
        for found in seen.dashboards:
            if "templating" in found.spec or found.spec.get("title"):  # else it is a part: a library panel
                yield from _unknown(found)
                yield from _deaf(found)
                yield from _contrary(found)


def _unknown(found: ForeignDashboard) -> Iterator[Problem]:
    """Yield the references by a variable that nothing declares or fills in."""
    known = known_to(found.spec)
    for variable, places in lost(found.spec).items():
        name, table = places[0]
        sources = [
            str(one.get("name"))
            for one in found.spec.table("templating").tables("list")
            if one.get("type") == "datasource"
        ]
        of_export = variable.startswith("DS_")
        message = (
            f"nothing fills in {name}: the dashboard has no __inputs for it"
            if of_export
            else f"there is no variable ${variable}: no data source has this name"
        )
        hint = (
            f"write ${{{sources[0]}}}"
            if sources
            else "add a variable of the type datasource, and write its name"
        )
        remedy = hint if of_export else did_you_mean(variable, known, hint)
        yield panel_problem(f"{message}{times(len(places))}", remedy, name, "data source", table, found)


def _deaf(found: ForeignDashboard) -> Iterator[Problem]:
    """Yield what does not follow the choice of the data source."""
    choices = choices_of(found.spec)
    if not choices:
        return
    fixed, unsaid = deaf(found.spec, choices)
    remedy = f"write ${{{choices[0]}}}"
    for name, places in fixed.items():
        first = places[0]
        message = f"the {first.kind} always asks {name!r}, whatever ${choices[0]} is{times(len(places))}"
        yield panel_problem(message, remedy, first.name or "", "data source", first.table, found)
    if unsaid:
        first = unsaid[0]
        message = (
            f"the {first.kind} asks the default data source, whatever ${choices[0]} is{times(len(unsaid))}"
        )
        title = first.table.text("title") or first.table.text("name") or Text.at(first.kind, first.table.line)
        yield panel_problem(message, remedy, title, first.kind, first.table, found)


def _contrary(found: ForeignDashboard) -> Iterator[Problem]:
    """Yield queries with another data source than their panel, which Grafana asks instead."""
    choices = choices_of(found.spec)
    pairs: dict[tuple[str, str], list[tuple[Text, Table]]] = {}
    for of_panel, own, panel in contrary(found.spec):
        pairs.setdefault((of_panel, own), []).append((own, panel))
    for (theirs, ours), places in pairs.items():
        if choices and not variable_of(theirs):
            continue  # that the panel does not follow is said already
        text, panel = places[0]
        yield panel_problem(
            f"the query names {ours!r}, and Grafana asks {theirs!r}, that of the panel{times(len(places))}",
            f"give both the same, or set that of the panel to {MIXED!r}",
            text,
            "data source",
            panel,
            found,
            severity=None if variable_of(ours) in choices else Severity.INFO,
        )
