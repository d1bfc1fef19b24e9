"""The filters of a dashboard in its queries: ``job=~"$job"`` in every selector that can have the label."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from signalproof.catalogue.exposition import Exposition, Role
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Matcher,
    Node,
    Paren,
    Range,
    Selector,
    String,
    Subquery,
    Unary,
    Variable,
)
from signalproof.promql.tree import children

_OF_PROMETHEUS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""Series that Prometheus writes itself, without the labels of a target."""


def filtered(node: Node, labels: Collection[tuple[str, str]], exposition: Exposition) -> Node:
    """Return *node* with a matcher for each (label, variable) of *labels* in each of its selectors.

    A selector that matches the label already keeps its own matcher. A series that cannot have the label (a recording
    rule aggregated it away) is left alone: the matcher would make it disappear.
    """
    if not labels:
        return node
    more = _matchers(tuple(labels))
    order = [node]
    for one in order:  # grows while it is walked: a sum of thousands of terms is too deep to recurse into
        # the second argument of info() selects label sets to join, not series of the target
        order += one.args[:1] if isinstance(one, Call) and one.function == "info" else children(one)
    made: dict[int, Node] = {}
    for one in reversed(order):
        made[id(one)] = _rebuilt(one, made, more, exposition)
    return made[id(node)]


def _rebuilt(node: Node, made: Mapping[int, Node], more: Sequence[Matcher], exposition: Exposition) -> Node:
    """Return *node* over what was *made* of the nodes below it; it stands in no text yet, so it has no span."""
    # the type itself is compared, most frequent first: this is done for every node of every panel
    if type(node) is Call:
        return Call(node.function, tuple([made.get(id(arg), arg) for arg in node.args]))
    if type(node) is Selector:
        return _selector(node, more, exposition)
    if type(node) is Range:
        selector = made[id(node.selector)]
        assert isinstance(selector, Selector)
        return Range(selector, node.window)
    if type(node) is Aggregation:
        parameter = node.parameter and made[id(node.parameter)]
        return Aggregation(node.operator, made[id(node.expr)], parameter, node.grouping)
    if type(node) is Binary:
        left, right = made[id(node.left)], made[id(node.right)]
        return Binary(node.operator, left, right, node.matching, node.bool_modifier)
    if type(node) is Subquery:
        return Subquery(made[id(node.expr)], node.window, node.step, node.offset, node.at)
    if type(node) is Unary:
        return Unary(node.operator, made[id(node.expr)])
    if type(node) is Paren:
        return Paren(made[id(node.expr)])
    return node


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
    if series.role is Role.RECORDED:
        return series.open or label in series.labels
    return series.family not in _OF_PROMETHEUS
