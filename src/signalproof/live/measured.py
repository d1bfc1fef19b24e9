"""What a query looks at that compares: the part of its expression that has to return data while nothing is the matter."""

from __future__ import annotations

from signalproof.promql.ast import Aggregation, Binary, Call, Node, Number, Paren, Subquery, Unary
from signalproof.promql.tree import unwrap

_COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
_ABSENCE = frozenset({"absent", "absent_over_time"})


def measured(node: Node) -> list[Node]:
    """Return the expressions that *node* compares, each of which has to return data.

    ``a / b > 0.1`` looks at ``a / b``, ``a > 1 and b > 2`` at ``a and b``, ``a > 1 or b > 2`` at ``a`` and at ``b``,
    ``a > 1 unless b`` at ``a``, ``(a > 0) * 1000`` at ``a * 1000``, ``a > on (x) b`` at ``a - on (x) b``, ``absent(a)`` at ``a``.
    """
    found: list[Node] = []
    pending = [node]
    while pending:
        one = unwrap(pending.pop())
        if isinstance(one, Binary) and one.operator == "or":
            pending += [one.right, one.left]
        else:
            found.append(_looked_at(one))
    return found


def _looked_at(node: Node) -> Node:
    """Return *node* with the filters taken out of it, down to what is neither a filter nor around one."""
    match node:
        case Paren():
            return Paren(_looked_at(node.expr))
        case Unary():
            return Unary(node.operator, _looked_at(node.expr))
        case Aggregation():
            return Aggregation(node.operator, _looked_at(node.expr), node.parameter, node.grouping)
        case Subquery():
            return Subquery(_looked_at(node.expr), node.window, node.step, node.offset, node.at)
        case Call():
            if node.function in _ABSENCE:
                inner = _looked_at(node.args[0])
                return inner if node.function == "absent" else Call("last_over_time", (inner,))
            return Call(node.function, tuple(map(_looked_at, node.args)))
        case Binary() if node.operator in _COMPARISONS and not node.bool_modifier:
            return _compared(node)
        case Binary(operator="unless"):
            return _looked_at(node.left)
        case Binary(operator="and"):
            # what must be absent is no part of what must be there
            if _is_absence(node.right):
                return _looked_at(node.left)
            if _is_absence(node.left):
                return _looked_at(node.right)
            return Binary("and", _looked_at(node.left), _looked_at(node.right), node.matching)
        case Binary() if node.operator != "or":
            left, right = _looked_at(node.left), _looked_at(node.right)
            return Binary(node.operator, left, right, node.matching, node.bool_modifier)
        case _:
            return node


def _compared(node: Binary) -> Node:
    if isinstance(unwrap(node.left), Number):
        return _looked_at(node.right)
    if node.matching is None and _is_scalar(unwrap(node.right)):
        return _looked_at(node.left)
    # the difference of two vectors exists exactly where the comparison finds partners
    return Binary("-", _looked_at(node.left), _looked_at(node.right), node.matching)


def _is_scalar(node: Node) -> bool:
    return isinstance(node, Number) or (isinstance(node, Call) and node.function in {"scalar", "time", "pi"})


def _is_absence(node: Node) -> bool:
    one = unwrap(node)
    return isinstance(one, Call) and one.function in _ABSENCE
