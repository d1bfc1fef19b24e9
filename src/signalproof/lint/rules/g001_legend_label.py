"""G001: the legend shows a label that cannot exist."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.errors import did_you_mean
from signalproof.lint.drawn import NUMBERS
from signalproof.lint.finding import Problem
from signalproof.lint.labels import groups_by_nothing
from signalproof.lint.rule import Context, Rule, words
from signalproof.lint.shown import dashboard, later, panel
from signalproof.lint.templates import legend_labels
from signalproof.promql.query import Query

_HIDDEN = """{"panels": [{"type": "timeseries", "title": "Jobs", "targets": [
  {"refId": "A", "hide": %s, "legendFormat": "{{queue}}", "expr": "sum(rate(jobs_total[$__rate_interval]))"}
]}]}"""
_TABLES = frozenset({"table", "table-old"})


class LegendLabel(Rule[Query]):
    """The legend names a label that the result does not have.

    Grafana writes nothing in its place: every line of the panel carries the same name, or none. Nothing is said where no
    legend is drawn: of a table, of a hidden query, of a stat or a gauge of one series.
    """

    code = "G001"
    slug = "legend-label"
    severity = "warning"
    visits = (Query,)
    about = ("legend",)
    bad = later(
        lambda: (
            (panel("sum by (status) (rate(jobs_total[5m]))", legend="{{queue}}"), "{{queue}}"),
            (panel("sum(rate(jobs_total[5m]))", legend="jobs of {{ queue }}"), "{{ queue }}"),
            (panel("sum by (status) (rate(jobs_total[5m]))", legend="{{queue}}", kind="stat"), "{{queue}}"),
            (dashboard(_HIDDEN % "false"), "{{queue}}"),
        )
    )
    good = later(
        lambda: (
            panel("sum by (status) (rate(jobs_total[5m]))", legend="{{status}}"),
            panel("sum by ($group) (rate(jobs_total[5m]))", legend="{{queue}}"),
            panel("sum(rate(jobs_total[5m]))", legend="jobs"),
            dashboard(_HIDDEN % "true"),
            panel("sum(rate(jobs_total[5m]))", legend="{{queue}}", kind="stat"),
            panel("sum by (status) (rate(jobs_total[5m]))", legend="{{queue}}", kind="table"),
        )
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield every label of the legend that no series of the result can have."""
        root = context.inference.root
        if not seen.legend or root.void or seen.panel_type in _TABLES or context.world.drawn(seen).hidden:
            return
        if seen.panel_type in NUMBERS and not root.labels.open and not root.labels.known:
            return
        for label, span in legend_labels(seen.legend):
            if not root.labels.can_have(label) and not groups_by_nothing(context.root, context):
                known = root.labels.listed
                yield Problem(
                    f"the result has no label {label!r}: the legend stays empty there",
                    did_you_mean(label, known, f"it has {words(known)}" if known else "it has no labels"),
                    span,
                    text=seen.legend,
                    part="legend",
                )
