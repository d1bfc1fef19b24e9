"""What several rules ask about labels: which series a selector names, and whether a label was ever there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from signalproof.catalogue.exposition import Role, Series
from signalproof.lint.rule import Context
from signalproof.promql.ast import GroupLabel, LabelName, Node, Selector
from signalproof.promql.tree import walk


def named(labels: Iterable[GroupLabel]) -> Iterator[LabelName]:
    """Yield the labels that are written out; what a Grafana variable stands for is not known."""
    return (one for one in labels if isinstance(one, LabelName))


def selected(selector: Selector, context: Context) -> tuple[Series, ...]:
    """Return the series that *selector* can name; none when that is not known."""
    if selector.name and not selector.name_variables:
        one = context.world.exposition.series.get(selector.name)
        return (one,) if one is not None else ()
    return context.value(selector).sources


def has_label(series: Series, label: str, context: Context) -> bool:
    """Whether a sample of *series* can carry *label*."""
    if series.open or label in series.labels:
        return True
    return series.role is not Role.RECORDED and label in context.world.exposition.target_labels


def was_there(label: str, node: Node, context: Context) -> bool:
    """Whether *label* can exist anywhere in *node*, before an aggregation or a join took it away."""
    return any(context.value(one).labels.can_have(label) for one in walk(node))


def possible(node: Node, context: Context) -> frozenset[str]:
    """Return the labels that *node* can have, as far as they are known."""
    return frozenset(context.value(node).labels.known)
