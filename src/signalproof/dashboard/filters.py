"""The filters of a dashboard in its queries: ``job=~"$job"`` in every selector that can have the label."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from signalproof.catalogue.exposition import Exposition, Role
from signalproof.promql.ast import Call, Matcher, Node, Selector, String, Variable
from signalproof.promql.tree import children, rewritten

_OF_PROMETHEUS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""Series that Prometheus writes itself, without the labels of a target."""


def filtered(node: Node, labels: Collection[tuple[str, str]], exposition: Exposition) -> Node:
    """Return *node* with a matcher for each (label, variable) of *labels* in each of its selectors.

    A selector that matches the label already keeps its own matcher. A series that cannot have the label (a recording
    rule aggregated it away), and one of an exporter that the project only reads, is left alone: the matcher would make it
    disappear. Whoever wants to filter such a series writes the matcher: ``promql('node_load1{instance=~"$instance"}')``.
    """
    if not labels:
        return node
    more = _matchers(tuple(labels))

    def change(one: Node) -> Node:
        return _selector(one, more, exposition) if type(one) is Selector else one

    return rewritten(node, change, _below)


def _below(node: Node) -> Sequence[Node]:
    # the second argument of info() selects label sets to join, not series of the target
    return node.args[:1] if isinstance(node, Call) and node.function == "info" else children(node)


@lru_cache(maxsize=256)
def _matchers(labels: tuple[tuple[str, str], ...]) -> tuple[Matcher, ...]:
    return tuple(
        Matcher(label, "=~", String(f"${variable}", variables=(Variable(variable, f"${variable}"),)))
        for label, variable in labels
    )


def _selector(node: Selector, more: Sequence[Matcher], exposition: Exposition) -> Selector:
    present = {one.label for one in node.matchers if isinstance(one, Matcher)}
    missing = [
        one for one in more if one.label not in present and _can_have(node.name, str(one.label), exposition)
    ]
    if not missing:
        return node
    matchers = (*node.matchers, *missing)
    return Selector(node.name, matchers, node.name_variables, node.offset, node.at, node.mode)


def _can_have(name: str, label: str, exposition: Exposition) -> bool:
    series = exposition.series.get(name)
    if series is None:
        return True
    family = exposition.families.get(series.family)
    if family is not None and family.source:
        # of an exporter, whose job and instance are others than those of the applications: nothing would be left of it
        return False
    if series.role is Role.RECORDED:
        return series.open or label in series.labels
    return series.family not in _OF_PROMETHEUS
