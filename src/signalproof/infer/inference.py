"""The abstract interpretation of a whole expression: one pass, from the leaves up."""

from __future__ import annotations

from typing import Final

from signalproof.catalogue.exposition import Exposition
from signalproof.infer.aggregations import aggregation_value
from signalproof.infer.binaries import binary_value, unary_value
from signalproof.infer.calls import call_value
from signalproof.infer.selectors import displaced, selector_value
from signalproof.infer.value import NO_LABELS, UNKNOWN, Kind, Shape, Value
from signalproof.infer.windows import seconds_of
from signalproof.infer.world import World, world_of
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Duration,
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

_RANGE: Final = Shape.RANGE
_SCALAR: Final = Shape.SCALAR
_NUMBER: Final = Kind.NUMBER
_STRING: Final = Value(Shape.STRING, Kind.ANY, NO_LABELS, empty="", cardinality=1)


class Inference:
    """What is known of every node of one syntax tree, which it keeps alive.

    Attributes:
        node: The tree.
        root: What is known of the whole expression.
        kinds: What the samples mean that it selects.
    """

    __slots__ = ("_values", "kinds", "node", "root")

    def __init__(self, node: Node, values: dict[int, Value], kinds: frozenset[Kind]) -> None:
        self.node = node
        self.kinds = kinds
        self.root = values[id(node)]
        self._values = values

    def value(self, node: Node) -> Value:
        """Return what is known of *node*; ⊤ when it is no part of the tree."""
        return self._values.get(id(node), UNKNOWN)


def infer(node: Node, exposition: Exposition, *, scrape_interval: float = 15.0) -> Inference:
    """Return what is known of *node* and of every node below it; it never raises.

    Args:
        node: A parsed or built expression.
        exposition: Every series that exists.
        scrape_interval: Seconds between two scrapes.
    """
    world = world_of(exposition, scrape_interval)
    values: dict[int, Value] = {}
    kinds: set[Kind] = set()
    inner: list[Aggregation | Binary | Call | Paren | Subquery | Unary] = []
    pending: list[Node] = [node]
    for one in pending:  # grows while it is walked: parents stand before their children
        if isinstance(one, Selector):
            selected = values[id(one)] = selector_value(world, one)
            kinds.add(selected.kind)
        elif isinstance(one, Number):
            values[id(one)] = _number(one)
        elif isinstance(one, Range):
            selected = values[id(one.selector)] = selector_value(world, one.selector)
            values[id(one)] = _range(one, selected)
            kinds.add(selected.kind)
        elif isinstance(one, Aggregation):
            inner.append(one)
            pending.append(one.expr)
            if one.parameter is not None:
                pending.append(one.parameter)
        elif isinstance(one, Call):
            inner.append(one)
            pending += one.args
        elif isinstance(one, Binary):
            inner.append(one)
            pending.append(one.left)
            pending.append(one.right)
        elif isinstance(one, String):
            values[id(one)] = _STRING
        elif isinstance(one, Variable):
            values[id(one)] = UNKNOWN
        else:  # Paren, Subquery, Unary
            inner.append(one)
            pending.append(one.expr)
    for one in inner[::-1]:
        if isinstance(one, Aggregation):
            parameter = None if one.parameter is None else values[id(one.parameter)]
            values[id(one)] = aggregation_value(world, one, values[id(one.expr)], parameter)
        elif isinstance(one, Call):
            values[id(one)] = call_value(world, one, [values[id(each)] for each in one.args])
        elif isinstance(one, Binary):
            values[id(one)] = binary_value(world, one, values[id(one.left)], values[id(one.right)], values)
        elif isinstance(one, Paren):
            values[id(one)] = values[id(one.expr)]
        elif isinstance(one, Unary):
            values[id(one)] = unary_value(one, values[id(one.expr)])
        else:
            values[id(one)] = _subquery(world, one, values[id(one.expr)])
    return Inference(node, values, frozenset(kinds))


def _number(node: Number) -> Value:
    number = node.value
    if number != number:  # NaN: no range holds it, so any does
        return _NOT_A_NUMBER
    return Value(_SCALAR, _NUMBER, NO_LABELS, None, number, number, "", "", True, 1)


_NOT_A_NUMBER: Final = Value(Shape.SCALAR, Kind.NUMBER, NO_LABELS, empty="", full=True, cardinality=1)


def _range(node: Range, one: Value) -> Value:
    window = node.window
    return Value(
        _RANGE, one.kind, one.labels, one.unit, one.low, one.high, one.empty, one.void, one.full, one.cardinality,
        window.seconds if type(window) is Duration else seconds_of(window), one.sources,
    )  # fmt: skip


def _subquery(world: World, node: Subquery, one: Value) -> Value:
    if one.shape not in (Shape.INSTANT, Shape.SCALAR):
        one = UNKNOWN
    # other series may be chosen at each step, so only the labels bound how many there are in all
    found = Value(
        Shape.RANGE, one.kind, one.labels, one.unit, one.low, one.high, one.empty, one.void, one.full,
        world.bound(one.labels), seconds_of(node.window), one.sources,
    )  # fmt: skip
    return displaced(found, node.offset, node.at)
