"""Where Grafana variables stand in an expression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signalproof.promql.ast import Matcher, Node, String, Variable
from signalproof.promql.tree import walk

_TIMES = ("window", "step", "offset", "at")


def variables_in(tree: Node) -> Iterator[Variable]:
    """Yield every Grafana variable of *tree*, those in strings, durations and label lists among them."""
    for node in walk(tree):
        yield from _of(node)


def _of(node: Any) -> Iterator[Variable]:
    """Yield the variables of one node, without those of the expressions below it."""
    if isinstance(node, Variable):
        yield node
    elif isinstance(node, String):
        yield from node.variables
    elif isinstance(node, Matcher):
        yield from _of(node.label)
        yield from _of(node.value)
    elif node is not None and not isinstance(node, str | float):
        yield from getattr(node, "name_variables", ())
        for name in (*_TIMES, "matchers", "labels", "include", "operands", "time"):
            inner = getattr(node, name, None)
            for one in inner if isinstance(inner, tuple) else (inner,):
                yield from _of(one)
        for name in ("grouping", "matching"):
            yield from _of(getattr(node, name, None))
