"""G002: the legend does not tell the lines apart."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.labels import LabelDomain
from signalproof.documents import is_number
from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel, recording
from signalproof.lint.templates import legend_labels
from signalproof.promql.ast import Matcher, Selector, Span, Variable
from signalproof.promql.query import Query, TemplateVariable, Use
from signalproof.promql.tree import walk

_LINES = frozenset({"timeseries", "graph", "barchart", "state-timeline", "status-history", "trend"})


class SameLegend(Rule[Query]):
    """Several lines of a panel carry the same name.

    The result has a label of several values that the legend does not show. Show it, or sum it away. A label of which a
    matcher chooses one value, ``status="$status"`` or ``=~`` with a variable of one value, tells no lines apart, nor does
    one that goes with a label of the legend in all that a dump shows: a number with its name.
    """

    code = "G002"
    slug = "same-legend"
    severity = "warning"
    visits = (Query,)
    about = ("panel_type",)
    uses = frozenset({Use.PANEL, Use.EXPRESSION})
    bad = (
        (
            panel("sum by (status) (rate(jobs_total[$__rate_interval]))", kind="timeseries", legend="jobs"),
            "jobs",
        ),
        (
            panel(
                "sum by (status, queue) (rate(jobs_total[$__rate_interval]))",
                kind="timeseries",
                legend="{{queue}}",
            ),
            "{{queue}}",
        ),
        (
            panel("rate(jobs_total[$__rate_interval])", kind="timeseries", legend="jobs per second"),
            "jobs per second",
        ),
        (
            panel(
                'sum by (status) (rate(jobs_total{status=~"$status"}[$__rate_interval]))',
                kind="timeseries",
                legend="jobs",
                variables={"status": TemplateVariable("status", multi=True)},
            ),
            "jobs",
        ),
    )
    good = (
        panel("sum by (status) (rate(jobs_total[$__rate_interval]))", kind="timeseries", legend="{{status}}"),
        panel(
            'sum by (status) (rate(jobs_total{status="success"}[$__rate_interval]))',
            kind="timeseries",
            legend="successes",
        ),
        panel(
            'sum by (status) (rate(jobs_total{status="$status"}[$__rate_interval]))',
            kind="timeseries",
            legend="jobs",
        ),
        panel(
            'sum by (status) (rate(jobs_total{status=~"$status"}[$__rate_interval]))',
            kind="timeseries",
            legend="jobs",
            variables={"status": TemplateVariable("status")},
        ),
        panel("sum by (status) (rate(jobs_total[$__rate_interval]))", kind="timeseries", legend="__auto"),
        panel(
            'http_request_duration_seconds_bucket{le=~"1|1.0",method="GET",handler="/"} * 0',
            kind="timeseries",
            legend="fast",
        ),
        (
            recording(
                "queue_job_instance:jobs:rate5m", "sum by (queue, job, instance) (rate(jobs_total[5m]))"
            ),
            panel("queue_job_instance:jobs:rate5m", kind="timeseries", legend="{{queue}}"),
        ),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the legend when a label is not in it that has several values, or was declared to."""
        if seen.panel_type not in _LINES or not seen.legend or seen.legend == "__auto" or seen.instant:
            return
        shown = {label for label, _ in legend_labels(seen.legend)}
        labels = context.inference.root.labels
        if context.inference.root.void or context.world.drawn(seen).hidden:
            return
        if context.inference.root.kind is Kind.INFO:
            return  # each target has one such series, and target labels are not asked for
        for name, domain in sorted(labels.known.items()):
            if name not in shown and _differs(name, domain, context) and not _follows(name, shown, context):
                yield Problem(
                    f"lines that differ in {name!r} carry the same name",
                    f"show it, {{{{{name}}}}}, or sum it away",
                    Span(0, len(seen.legend)),
                    text=seen.legend,
                    part="legend",
                )
                return


def _differs(name: str, domain: LabelDomain, context: Context) -> bool:
    """Whether lines can be expected to differ in a label: by its values, or by how its metric declares it."""
    if _is_one(name, context):
        return False
    if domain.values is not None:
        return len(domain.values) > 1
    if domain.assumed or name in context.world.exposition.target_labels:
        return False  # a recording rule hands on what a scrape added: no metric declares it
    declared = any(name in one.labels for one in context.inference.root.sources)
    # a label that some series lack often goes with another one, as the alias of a network device does with its name
    return declared and not domain.optional and domain.at_most != 1 and not _is_chosen(name, context)


def _follows(name: str, shown: set[str], context: Context) -> bool:
    """Whether a label of the legend says the value of this one, in all that was seen of the metrics."""
    sources = context.inference.root.sources
    return bool(sources) and all(shown & one.follows.get(name, frozenset()) for one in sources)


def _is_one(name: str, context: Context) -> bool:
    """Whether some matcher leaves one value of the label."""
    declared = context.query.variables
    for node in walk(context.root):
        for one in node.matchers if isinstance(node, Selector) else ():
            if isinstance(one, Variable) or one.label != name:
                continue
            filled = one.value.variables
            single = bool(filled) and all(
                each.name in declared and not declared[each.name].multi for each in filled
            )
            if one.operator == "=" or (one.operator == "=~" and (single or _is_one_number(one))):
                return True
    return False


def _is_one_number(matcher: Matcher) -> bool:
    """Whether a list of values holds one number in several spellings, as of ``le`` and ``quantile``: ``1|1.0``."""
    texts = matcher.value.value.replace("\\.", ".").split("|")
    return all(map(is_number, texts)) and len({float(one) for one in texts}) == 1


def _is_chosen(name: str, context: Context) -> bool:
    """Whether some matcher asks for one value of the label, or lets a variable choose."""
    return any(
        isinstance(matcher, Variable)
        or (matcher.label == name and (matcher.operator == "=" or matcher.value.variables))
        for node in walk(context.root)
        if isinstance(node, Selector)
        for matcher in node.matchers
    )
