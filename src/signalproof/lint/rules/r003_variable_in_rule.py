"""R003: a Grafana variable in a rule."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import recording
from signalproof.lint.variables import variables_in
from signalproof.promql.query import Query, Use


class VariableInRule(Rule[Query]):
    """A Grafana variable in a recording rule or an alert.

    Prometheus knows no variables. Outside of strings it refuses the whole rule file; inside a string the text is taken
    as it stands, and no label has such a value.
    """

    code = "R003"
    slug = "variable-in-rule"
    severity = "error"
    promql_only = True
    visits = (Query,)
    uses = frozenset({Use.RECORDING, Use.ALERT})
    bad = (
        (
            recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[$__rate_interval]))"),
            "$__rate_interval",
        ),
        (recording("queue:jobs:rate5m", 'sum by (queue) (rate(jobs_total{queue=~"$queue"}[5m]))'), "$queue"),
    )
    good = (recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[5m]))"),)

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield every variable in the expression of a rule."""
        for variable in variables_in(context):
            yield Problem(
                f"{variable.text} is a Grafana variable, and Prometheus knows none",
                "write the value: a fixed window, or the label's own value",
                variable.span,
            )
