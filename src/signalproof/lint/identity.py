"""Whether the two sides of an operation are the same series once they have found each other.

They are when both are written alike but for their matchers, and every label that these matchers are about is kept by
everything on the way up and is compared by the operation. A pair then agrees on these labels, so each side's matchers
hold on the other side as well, and both are made of the same series. This holds whatever the data are.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from signalproof.infer.matching import keys_of
from signalproof.infer.selectors import matchers_of
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Grouping,
    Matcher,
    Node,
    Range,
    Selector,
    Subquery,
    Unary,
    Variable,
)
from signalproof.promql.tree import unwrap

_SERIES_BY_SERIES = frozenset(
    {
        "rate", "irate", "increase", "delta", "idelta", "deriv", "changes", "resets", "abs", "ceil", "floor", "round",
        "avg_over_time", "min_over_time", "max_over_time", "sum_over_time", "count_over_time", "last_over_time",
        "first_over_time", "stddev_over_time", "stdvar_over_time", "clamp_min", "clamp_max", "clamp", "sqrt",
    }
)  # fmt: skip
_GROUPING = frozenset({"sum", "avg", "min", "max", "count", "stddev", "stdvar"})


def differing_labels(binary: Binary) -> frozenset[str] | None:
    """Return the labels by whose matchers the two sides differ, when each pair is the same series; else None."""
    matching = binary.matching
    if matching is not None and (matching.fill_left is not None or matching.fill_right is not None):
        return None
    labels = _differing(binary.left, binary.right)
    keys = keys_of(matching)
    if labels is None or (keys.unknown and labels):
        return None
    if keys.unknown or not all(keys.compares(one) for one in labels):
        return None
    if not labels and (keys.on or keys.names):
        return None  # a pair may be two series that differ in a label that is not compared
    return labels


def _differing(left: Node, right: Node) -> frozenset[str] | None:
    """Return the labels by whose matchers two expressions differ; None when they differ otherwise or lose one."""
    left, right = unwrap(left), unwrap(right)
    match left, right:
        case Selector(), Selector():
            return _differing_matchers(left, right)
        case Range(), Range() if left.window == right.window:
            return _differing(left.selector, right.selector)
        case Subquery(), Subquery() if replace(left, expr=right.expr) == right:
            return _differing(left.expr, right.expr)
        case Unary(), Unary() if left.operator == right.operator:
            return _differing(left.expr, right.expr)
        case Call(), Call() if left.function == right.function and left.function in _SERIES_BY_SERIES:
            return _differing_call(left, right)
        case Aggregation(), Aggregation() if left.operator == right.operator and left.operator in _GROUPING:
            return _differing_groups(left, right)
        case _:
            return None


def _differing_call(left: Call, right: Call) -> frozenset[str] | None:
    if left.args[1:] != right.args[1:] or not left.args or not right.args:
        return None
    return _differing(left.args[0], right.args[0])


def _differing_groups(left: Aggregation, right: Aggregation) -> frozenset[str] | None:
    if not _group_alike(left.grouping, right.grouping):
        return None
    labels = _differing(left.expr, right.expr)
    if not labels:
        return labels
    if left.grouping is None or None in left.grouping.names:
        return None
    listed = {*left.grouping.names}
    kept = labels.isdisjoint(listed) if left.grouping.without else labels <= listed
    return labels if kept else None


def _group_alike(left: Grouping | None, right: Grouping | None) -> bool:
    if left is None or right is None:
        return left is right
    plain = None not in left.names  # variables are told apart by more than their names
    return (left.without, left.names) == (right.without, right.names) if plain else left == right


def _differing_matchers(left: Selector, right: Selector) -> frozenset[str] | None:
    a, b = [(one.name, one.offset, one.at, one.mode) for one in (left, right)]
    if not left.name or a != b:
        return None
    here, there = matchers_of(left), matchers_of(right)
    if here is there:
        return frozenset()
    ours, theirs = {_said(one): one for one in here}, {_said(one): one for one in there}
    labels = set[str]()
    for said in ours.keys() ^ theirs.keys():
        one = ours.get(said) or theirs[said]
        if not isinstance(one, Matcher) or not isinstance(one.label, str) or one.label == "__name__":
            return None
        labels.add(one.label)
    return frozenset(labels)


def _said(one: Matcher | Variable) -> Hashable:
    """Return what two matchers that mean the same have in common."""
    if isinstance(one, Variable):
        return one
    return one.label, one.operator, one.value.value, one.value.bare
