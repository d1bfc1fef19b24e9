"""Queries with two ways to an answer: recorded series while all are chosen, and else the series of those that are.

Both stand in one expression, ``recorded{x=~"$x"} or chosen{x=~"$x",x!~"$x$x"}``; why only one of them finds samples, says
`signalproof.dashboard.recorded`.
"""

from __future__ import annotations

from signalproof.promql.ast import Binary, Matcher, Node, Selector
from signalproof.promql.tree import walk

_ALL = ".*"


def guards(node: Node, label: str = "") -> set[str]:
    """Return what ``label!~"$x$x"`` guards against in *node*: each ``$x``; of one *label*, or of any."""
    return {
        value[: len(value) // 2]
        for one in walk(node)
        if isinstance(one, Selector)
        for matcher in one.matchers
        if isinstance(matcher, Matcher) and matcher.operator == "!~" and label in ("", matcher.label)
        if (value := matcher.value.value) and value == value[: len(value) // 2] * 2
    }


def answering(node: Node) -> Node:
    """Return the way of *node*, in which variables have their values, that can find samples; any other node as it is."""
    if not isinstance(node, Binary) or node.operator != "or":
        return node
    chosen = guards(node.right)
    if not chosen:
        return node
    return node.left if chosen == {_ALL} else node.right
