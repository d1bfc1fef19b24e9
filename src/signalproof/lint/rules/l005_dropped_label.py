"""L005: a label that the project keeps everywhere is aggregated away or left out of a join."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from signalproof.config import Config, LintConfig
from signalproof.errors import Location
from signalproof.lint.finding import Problem
from signalproof.lint.labels import narrowed
from signalproof.lint.matching import keys, sides
from signalproof.lint.rule import Context, Joined, Rule, Setting
from signalproof.promql.ast import Aggregation, Binary, Node, Selector, Span
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import walk

_REGION = Config(Path(), lint=LintConfig(kept_labels=("region",)))


def _asked(text: str) -> Setting:
    return Setting((Query(text, Location("example", 1)),), config=_REGION)


class DroppedLabel(Rule[Aggregation | Binary]):
    """What comes from different regions, clusters or tenants is mixed, although this project keeps them apart.

    An aggregation that drops the label makes one alert of many, or hides a broken cluster behind the healthy ones; a
    join that does not compare it pairs what belongs to different ones. Name such labels under ``kept_labels`` in
    ``[tool.signalproof.lint]``; without them the rule is silent, and so it is where the query has chosen one already.
    """

    code = "L005"
    slug = "dropped-label"
    severity = "warning"
    visits = (Aggregation, Joined)
    configured = "kept_labels"
    uses = frozenset(Use) - {Use.VARIABLE}
    bad = (
        (_asked("sum by (job) (workers) > 3"), "by (job)"),
        (_asked("sum(workers) > 3"), "sum"),
        (_asked("sum without (region, instance) (workers) > 3"), "without (region, instance)"),
        (_asked("workers and on (job, instance) workers offset 1h > 1"), "and"),
    )
    good = (
        _asked("sum by (region) (workers) > 3"),
        _asked('sum(workers{region="eu"}) > 3'),
        _asked('sum(workers{region=~"$region"}) > 3'),
        _asked("workers and on (job, instance, region) workers offset 1h > 1"),
        _asked("sum(rate(jobs_total[5m]))"),
        "sum(workers) > 3",
    )

    def check(self, seen: Aggregation | Binary, context: Context) -> Iterator[Problem]:
        """Yield the grouping, or the operator of the join, that loses one of the kept labels."""
        for label in context.world.config.lint.kept_labels:
            lost = _aggregated if isinstance(seen, Aggregation) else _not_compared
            span = lost(seen, label, context)  # type: ignore[arg-type]  # chosen by its type
            if span is not None:
                yield Problem(
                    f"{label!r} is lost here: what belongs to different ones is mixed",
                    f"keep it, kept_labels asks for that: add {label!r} to the labels",
                    span,
                )
                return


def _aggregated(seen: Aggregation, label: str, context: Context) -> Span | None:
    """Return where the aggregation drops *label*, or None when it keeps it or never had it."""
    below = context.value(seen.expr).labels
    if not below.can_have(label) or context.value(seen).labels.can_have(label) or _chosen(seen.expr, label):
        return None
    if seen.grouping is not None:
        return seen.grouping.span
    return Span(seen.span.start, seen.span.start + len(seen.operator))


def _not_compared(seen: Binary, label: str, context: Context) -> Span | None:
    """Return the operator that pairs series of different *label*, or None when it does not."""
    both, compared = sides(seen, context), keys(seen)
    if both is None or compared.unknown or compared.compares(label):
        return None
    if not all(one.labels.can_have(label) for one in both):
        return None
    return None if _chosen(seen.left, label) or _chosen(seen.right, label) else seen.operator_span


def _chosen(node: Node, label: str) -> bool:
    """Whether every selector in *node* says which value of *label* it means."""
    return all(narrowed(one, label) for one in walk(node) if isinstance(one, Selector))
