"""Walking the syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    String,
    Subquery,
    Unary,
)
from signalproof.promql.foreign import Foreign
from signalproof.promql.node import Part, parts_of


def children(node: Node) -> tuple[Node, ...]:
    """Return the expressions directly below *node*, in the order of the text."""
    below = _BELOW.get(type(node))
    return () if below is None else below(node)


def _of_aggregation(node: Aggregation) -> tuple[Node, ...]:
    return (node.expr,) if node.parameter is None else (node.parameter, node.expr)


def _of_wrapper(node: Subquery | Unary | Paren) -> tuple[Node, ...]:
    return (node.expr,)


# a table, for the lint walks every tree several times, and a chain of isinstance costs three times as much
_BELOW: Mapping[type, Callable[[Any], tuple[Node, ...]]] = {
    Call: lambda node: node.args,
    Foreign: lambda node: node.args,
    Aggregation: _of_aggregation,
    Binary: lambda node: (node.left, node.right),
    Range: lambda node: (node.selector,),
    Subquery: _of_wrapper,
    Unary: _of_wrapper,
    Paren: _of_wrapper,
}


def rewritten(
    node: Node, change: Callable[[Node], Node], below: Callable[[Node], Sequence[Node]] = children
) -> Node:
    """Return *node* with each of its expressions replaced by what *change* makes of it, those below first.

    Args:
        node: The tree; it stays as it is.
        change: Called with each expression, over what was made of those below it.
        below: The expressions to go down to; the others stay.
    """
    order = [node]
    for one in order:  # grows while it is walked: a sum of thousands of terms is too deep to recurse into
        order += below(one)
    made: dict[int, Node] = {}
    for one in reversed(order):
        # most expressions are selectors and numbers, which have nothing below them
        made[id(one)] = change(one if type(one) in _LEAVES else _over(one, made))
    return made[id(node)]


_LEAVES = frozenset({Selector, Number, String})


def _over(node: Node, made: Mapping[int, Node]) -> Node:
    """Return *node* over what was *made* of the nodes below it; it stands in no text yet, so it has no span."""
    # the type itself is compared, most frequent first: this is done for every node of every panel
    if type(node) is Call:
        return Call(node.function, tuple([made.get(id(arg), arg) for arg in node.args]))
    if type(node) is Range:
        selector = made.get(id(node.selector), node.selector)
        assert isinstance(selector, Selector)
        return Range(selector, node.window)
    if type(node) is Aggregation:
        parameter = node.parameter and made.get(id(node.parameter), node.parameter)
        return Aggregation(node.operator, made.get(id(node.expr), node.expr), parameter, node.grouping)
    if type(node) is Binary:
        left, right = made.get(id(node.left), node.left), made.get(id(node.right), node.right)
        return Binary(node.operator, left, right, node.matching, node.bool_modifier)
    if type(node) is Subquery:
        return Subquery(made.get(id(node.expr), node.expr), node.window, node.step, node.offset, node.at)
    if type(node) is Unary:
        return Unary(node.operator, made.get(id(node.expr), node.expr))
    if type(node) is Paren:
        return Paren(made.get(id(node.expr), node.expr))
    return node


def walk(node: Node) -> Iterator[Node]:
    """Yield *node* and every expression below it, parents first."""
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        below = _BELOW.get(type(one))
        if below is not None:
            pending += below(one)[::-1]


def parts(tree: Node) -> Iterator[object]:
    """Yield every node of *tree*, whatever it is: expressions, matchers, labels, durations, variables."""
    pending: list[object] = [tree]
    while pending:
        one = pending.pop()
        if isinstance(one, tuple):
            pending.extend(reversed(one))
        elif isinstance(one, Part):
            yield one
            kind: type = type(one)
            pending.extend([getattr(one, name) for name in parts_of(kind)])


def unwrap(node: Node) -> Node:
    """Return what stands inside any parentheses around *node*."""
    while isinstance(node, Paren):
        node = node.expr
    return node
