"""What a condition says of the labels that it asks for."""

from __future__ import annotations

from signalproof.templates.tree import Name, Operand, Pipeline, String
from signalproof.templates.values import Value


def guarded(node: Pipeline, value: Value) -> tuple[frozenset[str], frozenset[str]]:
    """Return the labels that are there where a condition holds, and those that are there where it does not.

    ``not`` and a comparison with the empty text turn it round.
    """
    turned = False
    inner: Operand = node
    while isinstance(inner, Pipeline) and len(inner.commands) == 1:
        operands = inner.commands[0].operands
        first = operands[0]
        if isinstance(first, Name) and first.name == "not" and len(operands) == 2:
            turned = not turned
            inner = operands[1]
        elif len(operands) == 1 and isinstance(first, Pipeline):
            inner = first
        else:
            named = isinstance(first, Name) and first.name == "eq"
            turned ^= named and any(isinstance(one, String) and not one.value for one in operands[1:])
            break
    nothing: frozenset[str] = frozenset()
    return (nothing, value.asked) if turned else (value.asked, nothing)
