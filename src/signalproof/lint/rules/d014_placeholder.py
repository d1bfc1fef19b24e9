"""D014: a placeholder that nothing replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.documents import Table, Text
from signalproof.errors import did_you_mean
from signalproof.lint.finding import Problem
from signalproof.lint.placeholders import labels_in_braces, undeclared, unrendered
from signalproof.lint.pointing import panel_problem, times
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import dashboard, later
from signalproof.promql.ast import Span

_PANEL = """{
  "title": "Queues", "templating": {"list": [{"type": "query", "name": "queue"}]},
  "panels": [{
    "type": "timeseries", "title": "%s", "description": "%s",
    "targets": [{"refId": "A", "expr": "sum(queue_length{queue=~'$queue'%s})", "legendFormat": "%s"}],
    "fieldConfig": {"defaults": {"unit": "%s"}}
  }]
}"""
_RIGHT = ("Jobs of $queue", "Per {{queue}}.", "", "jobs of ${queue}", "short")
_VARIABLE = re.compile(r"\{\{\s*+\$\{?(\w++)\}?\s*+\}\}")


def _with(place: int, text: str) -> ForeignDashboard:
    return dashboard(_PANEL % (*_RIGHT[:place], text, *_RIGHT[place + 1 :]))


class Placeholder(Rule[Everything]):
    """A placeholder in a title, a legend, a description, a unit or a query that nothing replaced.

    What Helm, Jinja, Jsonnet or envsubst should have filled in is shown as it stands, and in a query it matches nothing:
    ``{{ .Values.job }}``, ``{% if x %}``, ``%(job)s``, ``<no value>``, and ``${TEAM}`` or ``[[team]]`` where the dashboard has
    no variable of this name. ``{{pod}}`` shows a label in a legend, and itself in a title or a display name. If the file is
    rendered before Grafana reads it, lint what comes out.
    """

    code = "D014"
    slug = "placeholder"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            (_with(0, "Jobs of {{ .Values.team }}"), "{{ .Values.team }}"),
            (_with(0, "Jobs of ${TEAM}"), "${TEAM}"),
            (_with(0, "Jobs of [[team]]"), "[[team]]"),
            (_with(0, "Jobs of {{queue}}"), "{{queue}}"),
            (_with(1, "Jobs of {% if team %}"), "{% if team %}"),
            (_with(2, ", job='{{ $.Values.job }}'"), "{{ $.Values.job }}"),
            (_with(3, "jobs of %(team)s"), "%(team)s"),
            (_with(3, "jobs of {{ include 'team' . }}"), "{{ include 'team' . }}"),
            (_with(3, "jobs of {{ $team }}"), "{{ $team }}"),
            (_with(4, "<no value>"), "<no value>"),
        )
    )
    good = later(
        lambda: (
            dashboard(_PANEL % _RIGHT),
            _with(0, "Jobs of [[queue]], ${queue:csv}, ${__interval}, 100 %"),
            _with(0, "Cost in $US, {a, b}, {{}}, [[1]]"),
            _with(1, "Set it by `job: {{ job }}` and `[[ x ]]`; 5 % (some) of all."),
            _with(3, "{{$queue}} of {{ ${queue} }}, {{k8s.pod.name}}"),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield the first place of every placeholder of a dashboard."""
        for found in seen.dashboards:
            names = {str(one.get("name")) for one in found.spec.table("templating").tables("list")}
            declared = names | {str(one.get("name")) for one in found.spec.tables("__inputs")}
            alone = "templating" not in found.spec and not found.spec.get("title")
            places: dict[str, list[tuple[Text, Span, str, Table]]] = {}
            for text, part, owner in _texts(found.spec, seen):
                for span in _left(text, part, None if alone else declared):
                    places.setdefault(text[span.start : span.end], []).append((text, span, part, owner))
            for placeholder, where in places.items():
                yield _problem(placeholder, where, names, found)


def _problem(
    placeholder: str, where: list[tuple[Text, Span, str, Table]], names: set[str], found: ForeignDashboard
) -> Problem:
    text, span, part, owner = where[0]
    if placeholder.startswith(("${", "[[")):
        name = placeholder.strip("${}[]").partition(":")[0]
        remedy = did_you_mean(name, names, "declare the variable, or write the text")
        message = f"there is no variable {name!r}: {placeholder} is shown as it stands"
    elif part in ("title", "display name") and not any(unrendered(placeholder)):
        label = placeholder.strip("{} ")
        message = f"Grafana replaces {placeholder} in legends only: the {part} shows it as it stands"
        remedy = (
            f"write ${{__field.labels.{label}}}" if part == "display name" else "write a variable, or a text"
        )
    elif part == "legend" and (variable := _VARIABLE.fullmatch(placeholder)):
        message = f"{placeholder} names no label, and there is no variable ${variable[1]}"
        remedy = f"write {{{{{variable[1]}}}}}"
    else:
        message = f"{placeholder} was not rendered: Grafana does not replace it"
        remedy = "render the file before it is linted and installed, or write the value"
    return panel_problem(f"{message}{times(len(where))}", remedy, text, part, owner, found, span=span)


def _left(text: Text, part: str, declared: set[str] | None) -> Iterator[Span]:
    for span in unrendered(text):
        variable = _VARIABLE.search(text, span.start, span.end)
        filled = variable is not None and (declared is None or variable[1] in declared or part != "legend")
        if not filled:  # a variable is filled in before the labels are: {{$group}} becomes {{pod}}
            yield span
    if part in ("title", "display name"):
        yield from labels_in_braces(text)
    if part in ("title", "legend", "unit") and declared is not None:
        yield from (span for _, span in undeclared(text, declared))


def _texts(spec: Table, seen: Everything) -> Iterator[tuple[Text, str, Table]]:
    """Yield every text of a dashboard that is shown or asked, what it is, and the panel or whatever it belongs to."""
    yield spec.text("title"), "title", spec
    yield spec.text("description"), "description", spec
    for one in spec.table("templating").tables("list"):
        yield one.text("label"), "title", one
    for panel in panels_of(spec):
        yield panel.text("title"), "title", panel
        yield panel.text("description"), "description", panel
        defaults = panel.table("fieldConfig").table("defaults")
        yield defaults.text("unit"), "unit", panel
        yield defaults.text("displayName"), "display name", panel
        for target in panel.tables("targets"):
            if seen.context_of(target) is not None:  # what is no PromQL for it is said there
                yield target.text("legendFormat"), "legend", panel
                yield target.text("expr"), "query", panel
    for row in spec.tables("panels"):
        if row.get("type") == "row":
            yield row.text("title"), "title", row
