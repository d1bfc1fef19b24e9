"""What answers yes or no: expressions whose every sample is 0 or 1."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.samples import COMPARISONS
from signalproof.promql.ast import Aggregation, Binary, Call, Node
from signalproof.promql.tree import unwrap

_HANDED_ON = frozenset({"label_replace", "label_join", "sort", "sort_desc"})
_BOTH = frozenset({"*", "+"})
_EITHER = frozenset({"and", "or", "unless"})
_REDUCED = frozenset({"sum", "max", "min", "avg", "topk", "bottomk"})


def is_comparison(node: Node) -> bool:
    """Whether *node* is a comparison that answers with 0 or 1."""
    return isinstance(node, Binary) and node.bool_modifier and node.operator in COMPARISONS


def is_answer(node: Node) -> bool:
    """Whether every sample of *node* is 0 or 1: of a comparison with ``bool``, of a product or the largest of some."""
    pending: list[Node] = [node]
    while pending:
        one = unwrap(pending.pop())
        if isinstance(one, Binary) and one.operator == "*":
            pending += (one.left, one.right)
        elif isinstance(one, Aggregation) and one.operator in ("max", "min"):
            pending.append(one.expr)
        elif isinstance(one, Call) and one.function in _HANDED_ON and one.args:
            pending.append(one.args[0])
        elif not is_comparison(one):
            return False
    return True


def zeros_kept(node: Node) -> Iterator[Binary]:
    """Yield the comparisons with ``bool`` whose 0 gets into *node*, or is taken there for a yes, as nothing compares it."""
    pending = [node]
    while pending:
        one = unwrap(pending.pop())
        if isinstance(one, Aggregation) and one.operator in _REDUCED:
            pending.append(one.expr)
        elif isinstance(one, Call) and one.function in _HANDED_ON and one.args:
            pending.append(one.args[0])
        elif isinstance(one, Binary):
            if is_comparison(one):
                yield one
            elif one.operator in _EITHER or (
                one.operator in _BOTH and all(any(zeros_kept(side)) for side in (one.left, one.right))
            ):
                pending += (one.right, one.left)
