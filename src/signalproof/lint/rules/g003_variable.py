"""G003: a Grafana variable that is not declared, not used, or used wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.errors import Location, did_you_mean
from signalproof.infer.selectors import matchers_of
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Everything, Filtered, Rule, words
from signalproof.lint.shown import dashboard, later, panel
from signalproof.lint.unused import unused_variables
from signalproof.lint.variables import variables_in
from signalproof.promql.ast import Matcher, Selector, Span, Variable
from signalproof.promql.grafana import is_builtin
from signalproof.promql.query import Query, TemplateVariable, Use

_UNUSED = """{
  "templating": {"list": [{"type": "query", "name": "queue", "query": "label_values(queue_length, queue)"}]},
  "links": [{"title": "other", %s}],
  "panels": [{"targets": [{"expr": "sum(queue_length)"}]}]
}"""
_VARIABLES = {"queue": TemplateVariable("queue", multi=True), "status": TemplateVariable("status")}

_WRITTEN = re.compile(r"\$\{?(\w+)|\[\[(\w+)")


class Variables(Rule[Query | Selector | Everything]):
    """A dashboard variable that is not declared, never used, or compared with = although it may hold several values.

    What is not declared is sent to Prometheus as it stands. Of several chosen values Grafana makes ``(a|b)``, which
    ``=`` compares as text: nothing matches; ``=~`` takes it as it is meant. A variable that lists the values of a label
    that the metric does not have is empty.

    A link that hands on all variables (``includeVars``, ``${__all_variables}``) uses them all. In files of others an
    unused variable is info.
    """

    code = "G003"
    slug = "variable"
    severity = "warning"
    visits = (Query, Filtered, Everything)
    about = ("variables", "label")
    bad = later(
        lambda: (
            (panel('sum(rate(jobs_total{queue=~"$queu"}[$__rate_interval]))', variables=_VARIABLES), "$queu"),
            (
                panel('sum(rate(jobs_total{queue="$queue"}[$__rate_interval]))', variables=_VARIABLES),
                'queue="$queue"',
            ),
            (
                Query("jobs_total", Location("example"), Use.VARIABLE, panel="queue", label="que"),
                "jobs_total",
            ),
            (dashboard(_UNUSED % '"url": "/d/other"'), "queue"),
        )
    )
    good = later(
        lambda: (
            'sum(rate(jobs_total{queue=~"$queue", status="failure"}[5m])) / sum(rate(jobs_total{queue=~"$queue"}[5m]))',
            panel(
                'sum(rate(jobs_total{queue=~"$queue", status="$status"}[$__rate_interval]))',
                variables=_VARIABLES,
            ),
            Query("jobs_total", Location("example"), Use.VARIABLE, panel="queue", label="queue"),
            dashboard(_UNUSED % '"includeVars": true'),
            dashboard(_UNUSED % '"url": "/d/other?${__all_variables}"'),
        )
    )

    def check(self, seen: Query | Selector | Everything, context: Context) -> Iterator[Problem]:
        """Yield undeclared variables, matchers with = on several values, labels to list that are not there, unused ones."""
        if isinstance(seen, Selector):
            if context.query.variables and any(map(_is_filled, matchers_of(seen))):
                for matcher in seen.matchers:
                    if isinstance(matcher, Matcher) and matcher.operator in ("=", "!="):
                        yield from _single(matcher, context.query)
        elif isinstance(seen, Query):
            yield from _undeclared(seen, context)
            yield from _listed(seen, context)
        else:
            for one in seen.dashboards:
                yield from _unused(one, context.world.house)


def _is_filled(one: Matcher | Variable) -> bool:
    return isinstance(one, Matcher) and bool(one.value.variables)


def _undeclared(query: Query, context: Context) -> Iterator[Problem]:
    if query.use not in (Use.PANEL, Use.ANNOTATION, Use.VARIABLE) or not query.variables:
        return
    written = {name for pair in _WRITTEN.findall(query.text) for name in pair if name}
    if all(name in query.variables or is_builtin(name) for name in written):
        return  # most queries: no tree has to be walked
    for variable in variables_in(context):
        if variable.name not in query.variables and not is_builtin(variable.name):
            yield Problem(
                f"the variable ${variable.name} is not declared",
                did_you_mean(variable.name, query.variables, f"declared: {words(query.variables)}"),
                variable.span,
            )


def _single(matcher: Matcher, query: Query) -> Iterator[Problem]:
    for variable in matcher.value.variables:
        declared = query.variables.get(variable.name)
        if declared is not None and declared.multi and variable.text == matcher.value.value:
            name = matcher.label if isinstance(matcher.label, str) else matcher.label.text
            yield Problem(
                f"${variable.name} may hold several values, and {matcher.operator} compares them as one text",
                f"write {name}{'=~' if matcher.operator == '=' else '!~'}{matcher.value.text}; or, where one value is meant, "
                f'give the variable "multi": false and "includeAll": false',
                matcher.span,
            )


def _listed(query: Query, context: Context) -> Iterator[Problem]:
    if query.use is Use.VARIABLE and query.label and "$" not in query.label:
        labels = context.inference.root.labels
        if not labels.can_have(query.label) and not context.inference.root.void:
            yield Problem(
                f"no label {query.label!r} to list the values of",
                did_you_mean(query.label, labels.listed, f"it has {words(labels.listed)}"),
                context.root.span,
            )


def _unused(found: ForeignDashboard, severity: Severity | None) -> Iterator[Problem]:
    for name, line in unused_variables(found.spec):
        yield Problem(
            f"the variable ${name} is declared and never used",
            "use it in a query, or take it out",
            Span(0, len(name)),
            severity,
            text=name,
            part="variable",
            query=Query("", Location(found.file, line), Use.VARIABLE, found.uid, name),
        )
