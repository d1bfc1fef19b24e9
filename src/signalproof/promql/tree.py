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
from signalproof.promql.node import FIELDS


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


def parts(tree: Node) -> Iterator[object]:
    """Yield every node of *tree*, whatever it is: expressions, matchers, labels, durations, variables."""
    pending: list[object] = [tree]
    while pending:
        one = pending.pop()
        if isinstance(one, tuple):
            pending.extend(reversed(one))
        elif (names := FIELDS.get(type(one))) is not None:
            yield one
            pending.extend([getattr(one, name) for name in names])


def unwrap(node: Node) -> Node:
    """Return what stands inside any parentheses around *node*."""
    while isinstance(node, Paren):
        node = node.expr
    return node
