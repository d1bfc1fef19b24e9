"""Putting another node into a syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from signalproof.promql.ast import Aggregation, Binary, Call, Node, Paren, Range, Selector, Subquery, Unary
from signalproof.promql.tree import children

Put: TypeAlias = Callable[[Node], Node]
"""Returns the whole tree with another node in the place."""


def places(tree: Node) -> Iterator[tuple[Node, Put, tuple[Node, ...]]]:
    """Yield every node of *tree*, what puts another one into its place, and the nodes above it, the nearest first."""
    pending: list[tuple[Node, Put, tuple[Node, ...]]] = [(tree, lambda new: new, ())]
    while pending:
        node, put, above = pending.pop()
        yield node, put, above
        for index, child in enumerate(children(node)):
            pending.append((child, _put_below(node, index, put), (node, *above)))


def _put_below(node: Node, index: int, put: Put) -> Put:
    return lambda new: put(with_child(node, index, new))


def with_child(node: Node, index: int, new: Node) -> Node:
    """Return *node* with *new* as its child number *index*, counted as `children` does."""
    match node:
        case Call():
            return replace(node, args=(*node.args[:index], new, *node.args[index + 1 :]))
        case Aggregation():
            parameter = node.parameter is not None and index == 0
            return replace(node, parameter=new) if parameter else replace(node, expr=new)
        case Binary():
            return replace(node, left=new) if index == 0 else replace(node, right=new)
        case Range():
            if not isinstance(new, Selector):
                raise TypeError(f"a range is of a selector, not of {type(new).__name__}")
            return replace(node, selector=new)
        case Subquery() | Unary() | Paren():
            return replace(node, expr=new)
        case _:
            raise TypeError(f"{type(node).__name__} has no children")


def after(below: Put, above: Put) -> Put:
    """Return what puts a node into a place of a part of the tree, and that part back into the tree."""
    return lambda new: above(below(new))
