"""What several rules ask about samples: whether they are raw counts, and where in the text these come from."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind, Value
from signalproof.lint.rule import Context
from signalproof.promql.ast import Aggregation, Binary, Call, Node, Paren, Range, Selector, Subquery, Unary
from signalproof.promql.tree import children, unwrap

COUNTING = frozenset({Kind.COUNTER, Kind.SUM, Kind.COUNT, Kind.BUCKET})
"""Kinds whose samples only ever grow, but for a restart: alone they say how long the process has been running."""

COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SETS = frozenset({"and", "or", "unless"})
RATES = frozenset({"rate", "irate", "increase"})
HISTOGRAM_FUNCTIONS = frozenset({"histogram_quantile", "histogram_quantiles", "histogram_fraction"})
"""Functions that read the buckets of a classic histogram."""

_TRANSPARENT = frozenset(
    {"label_replace", "label_join", "sort", "sort_desc", "abs", "round", "clamp_min", "clamp_max"}
)


def is_raw(node: Node, context: Context) -> bool:
    """Whether the samples of *node* are raw counts."""
    return context.value(node).kind in COUNTING


def raw_selector(node: Node, context: Context) -> Selector | None:
    """Return the selector whose raw counts *node* hands on as they are; None when it makes something else of them."""
    while True:
        node = unwrap(node)
        if isinstance(node, Selector):
            return node if is_raw(node, context) else None
        if isinstance(node, Unary):
            node = node.expr
        elif isinstance(node, Call) and node.function in _TRANSPARENT and node.args:
            node = node.args[0]
        elif isinstance(node, Binary) and node.matching is not None and node.matching.group:
            node = node.left if node.matching.group == "left" else node.right
        elif isinstance(node, Binary) and node.operator == "or":
            left = raw_selector(node.left, context)
            if left is not None:
                return left
            node = node.right
        elif isinstance(node, Binary) and node.operator in ("*", "/"):
            values = context.value(node.left), context.value(node.right)
            if Kind.NUMBER not in (values[0].kind, values[1].kind) or any(
                one.constant == 0 for one in values
            ):
                return None  # of two vectors something else is made; times 0 asks for presence
            node = node.right if values[0].kind is Kind.NUMBER else node.left
        else:
            return None


def limits(node: Node, context: Context) -> bool:
    """Whether *node* compares with something else than 0, so that it matters how much has been counted."""
    if not isinstance(node, Binary) or node.operator not in COMPARISONS:
        return False
    return all(context.value(one).constant != 0 for one in (node.left, node.right))


def asks_whether(node: Node, context: Context) -> bool:
    """Whether *node* makes 0 or 1 of a count: whether there was any."""
    return (
        isinstance(node, Binary)
        and node.bool_modifier
        and any(context.value(one).constant == 0 for one in (node.left, node.right))
    )


def is_difference(node: Binary, context: Context) -> bool:
    """Whether *node* takes a raw count from another with the same labels: one of another time, or what is done already."""
    left, right = context.value(node.left), context.value(node.right)
    return (
        node.operator == "-"
        and {left.kind, right.kind} <= COUNTING
        and left.labels.known.keys() == right.labels.known.keys()
    )


def divides_a_number(node: Node, context: Context) -> bool:
    """Whether *node* is a number divided by something: what the number is, seconds or nothing, is not written."""
    inner = unwrap(node)
    return (
        isinstance(inner, Binary)
        and inner.operator == "/"
        and context.value(inner.left).kind is Kind.NUMBER
        and context.value(inner.right).kind is not Kind.NUMBER
    )


def joins_series(below: Value, above: Value) -> bool:
    """Whether an aggregation of *below* into *above* loses a label in which the series may differ."""
    lost = (one for name, one in below.labels.known.items() if name not in above.labels.known)
    return any(one.at_most != 1 for one in lost)


def histogram_argument(call: Call) -> Node | None:
    """Return the buckets that a histogram function reads."""
    position = {"histogram_quantiles": 0, "histogram_fraction": 2}.get(call.function, 1)
    return call.args[position] if len(call.args) > position else None


def windowed(call: Call) -> Node:
    """Return what the window of a call over time is about: the selector, or the expression of the subquery."""
    argument = unwrap(call.args[1 if call.function == "quantile_over_time" else 0])
    if isinstance(argument, Range):
        return argument.selector
    return argument.expr if isinstance(argument, Subquery) else argument


def described(node: Node) -> str:
    """Return what to call *node* in a message: the metric when it has one."""
    for one in _first_path(node):
        if isinstance(one, Selector) and one.name:
            return one.name
    return "this expression"


def _first_path(node: Node) -> Iterator[Node]:
    while True:
        yield node
        below = [one for one in children(node) if isinstance(one, _VECTORS)]
        if not below:
            return
        node = below[0]


_VECTORS = (Selector, Range, Subquery, Call, Aggregation, Binary, Unary, Paren)
