"""The filters of a dashboard in its queries: ``job=~"$job"`` in every selector that can have the label."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from signalproof.catalogue.exposition import Exposition, Role
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Matcher,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    String,
    Subquery,
    Unary,
    Variable,
)

_OF_PROMETHEUS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""Series that Prometheus writes itself, without the labels of a target."""


def filtered(node: Node, labels: Collection[tuple[str, str]], exposition: Exposition) -> Node:
    """Return *node* with a matcher for each (label, variable) of *labels* in each of its selectors.

    A selector that matches the label already keeps its own matcher. A series that cannot have the label (a recording
    rule aggregated it away) is left alone: the matcher would make it disappear.
    """
    return _filtered(node, _matchers(tuple(labels)), exposition) if labels else node


def _filtered(node: Node, more: Sequence[Matcher], exposition: Exposition) -> Node:
    # constructors instead of dataclasses.replace: this walks every query of every panel, and replace costs 5 times as much
    match node:
        case Selector():
            return _selector(node, more, exposition)
        case Range():
            return Range(_selector(node.selector, more, exposition), node.window, node.span)
        case Call(function="info", args=(first, *rest)):
            # the second argument of info() selects label sets to join, not series of the target
            args = (_filtered(first, more, exposition), *rest)
            return Call(node.function, args, node.name_span, node.span)
        case Call():
            args = tuple(_filtered(arg, more, exposition) for arg in node.args)
            return Call(node.function, args, node.name_span, node.span)
        case Aggregation():
            return Aggregation(
                node.operator,
                _filtered(node.expr, more, exposition),
                node.parameter and _filtered(node.parameter, more, exposition),
                node.grouping,
                node.operator_span,
                node.span,
            )
        case Binary():
            left = _filtered(node.left, more, exposition)
            right = _filtered(node.right, more, exposition)
            return replace(node, left=left, right=right)
        case Subquery() | Unary() | Paren():
            return replace(node, expr=_filtered(node.expr, more, exposition))
        case Number() | String() | Variable():
            return node


@lru_cache(maxsize=256)
def _matchers(labels: tuple[tuple[str, str], ...]) -> tuple[Matcher, ...]:
    return tuple(
        Matcher(label, "=~", String(f"${variable}", variables=(Variable(variable, f"${variable}"),)))
        for label, variable in labels
    )


def _selector(node: Selector, more: Sequence[Matcher], exposition: Exposition) -> Selector:
    present = {one.label for one in node.matchers if isinstance(one, Matcher)}
    missing = tuple(
        one for one in more if one.label not in present and _can_have(node.name, str(one.label), exposition)
    )
    return replace(node, matchers=(*node.matchers, *missing)) if missing else node


def _can_have(name: str, label: str, exposition: Exposition) -> bool:
    series = exposition.series.get(name)
    if series is None:
        return True
    if series.role is Role.RECORDED:
        return series.open or label in series.labels
    return series.family not in _OF_PROMETHEUS
