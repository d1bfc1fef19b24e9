"""Walking the syntax tree."""

from __future__ import annotations

from collections.abc import Iterator

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
    Variable,
)


def children(node: Node) -> tuple[Node, ...]:
    """Return the expressions directly below *node*, in the order of the text."""
    match node:
        case Call():
            return node.args
        case Aggregation():
            return (node.expr,) if node.parameter is None else (node.parameter, node.expr)
        case Binary():
            return (node.left, node.right)
        case Range():
            return (node.selector,)
        case Subquery() | Unary() | Paren():
            return (node.expr,)
        case Number() | String() | Variable() | Selector():
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield *node* and every expression below it, parents first."""
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(reversed(children(one)))


def unwrap(node: Node) -> Node:
    """Return what stands inside any parentheses around *node*."""
    while isinstance(node, Paren):
        node = node.expr
    return node
