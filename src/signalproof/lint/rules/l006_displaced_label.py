"""L006: the label is that of the target; the metric's own has another name."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.errors import Location
from signalproof.lint.finding import Problem
from signalproof.lint.labels import named, selected
from signalproof.lint.rule import Context, Filtered, Grouped, Rule, Setting
from signalproof.promql.ast import Aggregation, Matcher, Selector, Span
from signalproof.promql.query import Query

_LABELS = {"exported_namespace": LabelDomain("exported_namespace"), "job_name": LabelDomain("job_name")}
_JOBS = Exposition(
    {"batch_job_failed": Series("batch_job_failed", "batch_job_failed", Role.GAUGE, _LABELS)},
    frozenset({"job", "instance", "namespace"}),
)


def _asked(text: str) -> Setting:
    return Setting((Query(text, Location("q")),), _JOBS)


class DisplacedLabel(Rule[Selector | Aggregation]):
    """The metric has this label, and so has its target: what is asked for is the target's.

    Prometheus keeps the label of the target and stores that of the metric as ``exported_…``, unless the scrape says
    ``honor_labels``. An alert on the jobs of namespace ``shop`` then looks for jobs that the exporter in namespace
    ``shop`` tells of. Where the target's is meant, allow it with the reason; where the scrape honours the labels of the
    metric, say so: ``honor_labels`` in the configuration.
    """

    code = "L006"
    slug = "displaced-label"
    severity = "warning"
    visits = (Filtered, Grouped)
    bad = (
        (_asked('batch_job_failed{namespace="shop"} > 0'), "namespace"),
        (_asked("sum by (namespace) (batch_job_failed)"), "namespace"),
    )
    good = (
        _asked('batch_job_failed{exported_namespace="shop"} > 0'),
        _asked('sum by (namespace, exported_namespace) (batch_job_failed{namespace="ops"})'),
        _asked("sum by (job_name, job) (batch_job_failed)"),
    )

    def check(self, seen: Selector | Aggregation, context: Context) -> Iterator[Problem]:
        """Yield a target label that displaced one of the metric, where the query never asks for the displaced one."""
        if not context.world.displaced or "exported_" in context.query.text:
            return
        if isinstance(seen, Selector):
            series = selected(seen, context)
            asked = [
                (one.label, one.label_span)
                for one in seen.matchers
                if isinstance(one, Matcher) and isinstance(one.label, str)
            ]
        elif seen.grouping is None or seen.grouping.without:
            return
        else:
            series = context.value(seen.expr).sources
            asked = [(one.name, one.span) for one in named(seen.grouping.labels)]
        for label, span in asked:
            yield from _displaced(label, span, series, context)


def _displaced(label: str, span: Span, series: tuple[Series, ...], context: Context) -> Iterator[Problem]:
    if label not in context.world.displaced or not series:
        return
    domains = [one.labels.get(f"exported_{label}") for one in series]
    if all(domain is not None and not domain.assumed for domain in domains):
        yield Problem(
            f"{label!r} is here that of the target: the one of {series[0].name} is stored as 'exported_{label}'",
            f"write exported_{label}, or say honor_labels in the configuration where the scrape does",
            span,
        )
