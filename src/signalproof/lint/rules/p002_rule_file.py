"""P002: a rule file that Prometheus refuses."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.documents import Text
from signalproof.errors import Location
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.lint.shown import later
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use

_TWICE = """groups:
- name: jobs
  rules: [{alert: JobsWait, expr: queue_length > 100}]
- name: %s
  rules: [{record: "queue:queue_length:sum", expr: sum by (queue) (queue_length)}]
"""
_ALERT = """groups:
- name: jobs
  rules:
  - alert: JobsWait
    expr: queue_length > 100
    %s
"""
_RECORD = """groups:
- name: jobs
  rules:
  - record: %s
    expr: sum by (queue) (queue_length)
    %s
"""


class RuleFileRefused(Rule[Everything]):
    """Prometheus refuses the rule file, and with it every rule in it.

    A group's name used twice, a rule with both ``alert`` and ``record`` or neither, no ``expr``, a recording rule with
    ``for``, a name that is no name of a metric or label, a duration that is none, a field that does not exist or stands
    there twice: a server that starts with such a file ends, one that reloads goes on with its old rules. Since 3.0 names may be of any
    characters; that holds here where ``prometheus`` in the configuration says so. Fields of Thanos, Mimir, Loki and
    vmalert are let pass.
    """

    code = "P002"
    slug = "rule-file"
    severity = "error"
    visits = (Everything,)
    bad = later(
        lambda: (
            (Setting(rule_file=_TWICE % "jobs"), "jobs"),
            (Setting(rule_file=_ALERT % "record: 'jobs:waiting'"), "jobs:waiting"),
            (Setting(rule_file=_ALERT % "for: 5 minutes"), "5 minutes"),
            (Setting(rule_file=_ALERT % "form: 5m"), "form"),
            (Setting(rule_file=_ALERT % "labels: {team-name: a}"), "team-name"),
            (Setting(rule_file=_ALERT % "expr: queue_length > 200"), "expr"),
            (Setting(rule_file=_RECORD % ("queue-length", "")), "queue-length"),
            (Setting(rule_file=_RECORD % ("queue:queue_length:sum", "for: 5m")), "5m"),
        )
    )
    good = later(
        lambda: (
            Setting(rule_file=_TWICE % "recorded"),
            Setting(rule_file=_ALERT % "for: 1h30m"),
            Setting(rule_file=_RECORD % ("queue:queue_length:sum", "labels: {team: a}")),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every reason for which a rule file is refused."""
        if not seen.rules:
            return
        from signalproof.rules.refused import refusals

        version = context.world.config.prometheus
        for one in seen.rules:
            for found in refusals(one, utf8=not version.startswith(("1.", "2."))):
                use = Use.ALERT if found.rule else Use.RECORDING
                place = Query("", Location(one.file, found.line), use, found.group, found.rule)
                text = Text.at(found.culprit, found.line)
                yield Problem(
                    found.message, found.help, Span(0, len(text)), text=text, part="rule file", query=place
                )
