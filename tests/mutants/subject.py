"""A sound query, about to be made wrong: with its tree, what is known of each node, and where it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from signalproof.catalogue.exposition import Exposition, Series
from signalproof.infer.inference import Inference
from signalproof.infer.value import Value
from signalproof.lint.templates import legend_labels, template_labels
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Duration,
    LabelName,
    Node,
    Selector,
    Time,
    Variable,
)
from signalproof.promql.printer import to_text
from signalproof.promql.query import Query, Use


@dataclass(frozen=True)
class Subject:
    """A query that the lint is silent about.

    Attributes:
        query: The query.
        root: Its syntax tree.
        inference: What is known of each node.
        exposition: Every series that exists.
        scrape_interval: Seconds between two scrapes.
        readers: The queries that read what it records.
    """

    query: Query
    root: Node
    inference: Inference
    exposition: Exposition
    scrape_interval: float
    readers: tuple[Query, ...] = ()

    def value(self, node: Node) -> Value:
        """Return what is known of *node*."""
        return self.inference.value(node)

    def series(self, selector: Selector) -> Series | None:
        """Return the one series that *selector* names, if the catalogue knows it."""
        known = None if selector.name_variables else self.exposition.series.get(selector.name)
        return None if known is None or known.open else known

    def mutant(self, tree: Node) -> Query:
        """Return the query with another expression."""
        return replace(self.query, text=to_text(tree))

    def window(self) -> Time:
        """Return a window that is right in this query."""
        if self.query.use in (Use.PANEL, Use.ANNOTATION):
            return Variable("__rate_interval", "$__rate_interval")
        return Duration(300.0)

    def shows(self, label: str) -> bool:
        """Whether *label* is read outside of the expression: by legend, annotation, rule name, or who reads the rule."""
        query = self.query
        shown = {name for name, _ in legend_labels(query.legend)}
        for template in (*query.annotations.values(), *query.labels.values()):
            shown |= {name for name, _ in template_labels(template)}
        level = query.panel.partition(":")[0] if query.use is Use.RECORDING else ""
        word = re.compile(rf"\b{re.escape(label)}\b")
        return label in shown or label == level or any(word.search(one.text) for one in self.readers)


Operator = Callable[[Subject], Iterator[Query]]


KEEPS_LABELS = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
"""Aggregations that choose among series and keep their labels."""


def slip(name: str) -> str:
    """Return *name* with a slip of the keyboard: two letters in the middle changed places, or one too many."""
    at = len(name) // 2
    swapped = name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]
    return swapped if at and swapped != name else name + "x"


def names_label(node: Node, label: str) -> bool:
    """Whether an aggregation or a matching names *label* itself."""
    listed: tuple[object, ...] = ()
    if isinstance(node, Aggregation) and node.grouping is not None and not node.grouping.without:
        listed = node.grouping.labels
    elif isinstance(node, Binary) and node.matching is not None:
        listed = (*(node.matching.labels if node.matching.on else ()), *node.matching.include)
    return any(isinstance(one, LabelName) and one.name == label for one in listed)
