"""Which metrics an expression names."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.selectors import matchers_of
from signalproof.infer.value import NAME
from signalproof.promql.ast import Matcher, Node, Selector
from signalproof.promql.tree import walk


def names_read(tree: Node) -> Iterator[str]:
    """Yield the metric names that an expression reads, as far as they are written out."""
    for node in walk(tree):
        if not isinstance(node, Selector) or node.name_variables:
            continue
        if node.name:
            yield node.name
            continue
        for matcher in matchers_of(node):
            if isinstance(matcher, Matcher) and matcher.label == NAME and matcher.operator == "=":
                yield matcher.value.value
