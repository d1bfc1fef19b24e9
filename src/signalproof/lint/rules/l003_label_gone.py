"""L003: the label was aggregated away before."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import NAME
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.labels import named, possible, was_there
from signalproof.lint.rule import Context, Grouped, Rule, words
from signalproof.promql.ast import Aggregation


class LabelGone(Rule[Aggregation]):
    """The label exists on the metric, but no longer here.

    An aggregation keeps only the labels it is told to, a join only those of one side. Grouping by a label that was
    lost below puts everything into one group, without an error. The name of the metric, ``__name__``, is a label, too:
    rate() and every other function that changes the value drop it.
    """

    code = "L003"
    slug = "label-gone"
    severity = "error"
    visits = (Grouped,)
    bad = (
        ("max by (queue) (sum by (status) (rate(jobs_total[5m])))", "queue"),
        ("sum by (queue, status) (sum(rate(jobs_total[5m])) by (queue))", "status"),
        ("sum without (queue) (sum by (status) (rate(jobs_total[5m])))", "queue"),
        ("sum by (__name__) (rate(jobs_total[5m]))", "__name__"),
    )
    good = ("max by (queue) (sum by (queue, status) (rate(jobs_total[5m])))",)

    def check(self, seen: Aggregation, context: Context) -> Iterator[Problem]:
        """Yield every grouping label that was lost below."""
        labels = context.value(seen.expr).labels
        if seen.grouping is None or not labels.lack(seen.grouping.names):
            return
        severity = Severity.WARNING if seen.grouping.without else None
        for label in named(seen.grouping.labels):
            if label.name == NAME and not labels.can_have(NAME):
                yield Problem(
                    "the name of the metric is gone here: rate(), operators and aggregations drop it",
                    "leave it out: it has no effect"
                    if seen.grouping.without
                    else "leave it out, or ask each metric by itself",
                    label.span,
                    severity,
                )
            elif not labels.can_have(label.name) and was_there(label.name, seen.expr, context):
                left = possible(seen.expr, context)
                yield Problem(
                    f"label {label.name!r} cannot exist here: it was aggregated away before",
                    f"keep it in the aggregation below; what is left is {words(left)}"
                    if not seen.grouping.without
                    else "leave it out: it has no effect",
                    label.span,
                    severity,
                )
