"""Walking the syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from signalproof.promql.ast import Aggregation, Binary, Call, Node, Paren, Range, Subquery, Unary
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
