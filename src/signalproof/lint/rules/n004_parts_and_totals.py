"""N004: totals are added to their parts."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Series
from signalproof.infer.selectors import matchers_of
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.ast import Aggregation, LabelName, Matcher, Node, Paren, Selector
from signalproof.promql.tree import walk


class PartsAndTotals(Rule[Aggregation]):
    """A sum over series of which some carry a label and others do not.

    Where a program exposes each part under a label and the total of all parts without it, a sum of everything counts
    twice: the memory of every container, and of the pod that holds them. Say which are meant: ``container!=""`` for the
    parts, ``container=""`` for the total.

    It is known where a dump shows a series without the label beside others that differ in nothing else and nowhere exceed
    it, where a public exporter documents it, and where ``totals`` says it in the configuration.
    """

    code = "N004"
    slug = "parts-and-totals"
    severity = "warning"
    visits = (Aggregation,)
    names = frozenset({"sum", "avg", "count"})
    bad = (("sum(disk_used_bytes)", "sum"), ("sum by (job) (disk_used_bytes)", "sum"))
    good = (
        'sum(disk_used_bytes{volume!=""})',
        'sum(disk_used_bytes{volume=""})',
        "sum by (volume) (disk_used_bytes)",
        'sum(disk_used_bytes{volume=~"$volume"})',
        "count(count by (instance) (disk_used_bytes))",
    )

    def check(self, seen: Aggregation, context: Context) -> Iterator[Problem]:
        """Yield the operator when a label that tells the parts of its one metric from their total is left open and lost."""
        value = context.value(seen.expr)
        if len(value.sources) != 1:
            return
        left, metric = context.value(seen).labels, value.sources[0]
        if _chooses(seen.expr, metric) or (seen.operator == "count" and _is_counted(seen, context)):
            return
        domains = {name: value.labels.known.get(name) for name in metric.totals}
        if any(domain is None or not domain.optional for domain in domains.values()):
            return  # the parts are meant, or the total
        for name in sorted(domains):
            if not left.can_have(name) and not _is_grouped(seen, name):
                yield Problem(
                    f"some series of {metric.name} have a label {name!r} and some have none: totals and parts are mixed",
                    f'say which are meant: {name}!="" for the parts, {name}="" for the total',
                    seen.operator_span,
                )
                return


def _chooses(node: Node, metric: Series) -> bool:
    """Whether a matcher names one series of the hierarchy (``id="/"``), or lets the reader say which are meant."""
    return any(
        isinstance(one, Matcher)
        and (
            (one.label in metric.totals and one.value.variables)
            or (one.label in metric.labels and one.operator == "=" and one.value.value.startswith("/"))
        )
        for each in walk(node)
        if isinstance(each, Selector)
        for one in matchers_of(each)
    )


def _is_counted(node: Aggregation, context: Context) -> bool:
    """Whether the groups are counted, so that it does not matter how many series each has."""
    above = context.parent(node)
    while isinstance(above, Paren):
        above = context.parent(above)
    return isinstance(above, Aggregation) and above.operator in ("count", "group")


def _is_grouped(node: Aggregation, name: str) -> bool:
    grouping = node.grouping
    return grouping is not None and any(
        not isinstance(one, LabelName) or one.name == name for one in grouping.labels
    )
