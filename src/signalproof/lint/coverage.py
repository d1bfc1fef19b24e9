"""Which metrics and labels the queries read, for the reports on what is declared and never looked at."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import SCRAPE_SERIES, Series
from signalproof.errors import Location
from signalproof.infer.selectors import matchers_of
from signalproof.lint.asked import names_asked
from signalproof.lint.rule import Context, Everything
from signalproof.lint.templates import legend_labels, template_labels
from signalproof.promql.ast import Aggregation, Binary, LabelName, Matcher, Selector
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import walk


def own_families(everything: Everything) -> Iterator[tuple[str, tuple[Series, ...]]]:
    """Yield the families that programs expose: neither recorded, nor what Prometheus itself adds."""
    for name, series in everything.world.families.items():
        if name not in SCRAPE_SERIES and all(one.meaning == "" and ":" not in one.name for one in series):
            yield name, series


def read_families(everything: Everything) -> dict[str, list[Context]]:
    """Return the families that any query reads, each with the queries that do."""
    found: dict[str, list[Context]] = {}
    for context in everything.contexts:
        seen = {
            series.family
            for node in walk(context.root)
            if isinstance(node, Selector)
            for series in context.value(node).sources
        }
        listed = everything.world.exposition.series
        seen |= {listed[name].family for name in names_asked((context.query,)) if name in listed}
        for family in seen:
            found.setdefault(family, []).append(context)
    return found


def used_labels(context: Context) -> set[str]:
    """Return the labels that a query names anywhere, or leaves in its result."""
    used = set(context.inference.root.labels.known)
    query = context.query
    used |= {label for label, _ in legend_labels(query.legend)} | {query.label}
    for text in (*query.annotations.values(), *query.labels.values()):
        used |= {label for label, _ in template_labels(text)}
    for node in walk(context.root):
        if isinstance(node, Selector):
            used |= {str(one.label) for one in matchers_of(node) if isinstance(one, Matcher)}
        elif isinstance(node, Aggregation) and node.grouping is not None:
            used |= {one.name for one in node.grouping.labels if isinstance(one, LabelName)}
        elif isinstance(node, Binary) and node.matching is not None:
            matching = node.matching
            used |= {one.name for one in (*matching.labels, *matching.include) if isinstance(one, LabelName)}
    return used


def declaration(series: Series) -> Query:
    """Return the place of a metric's declaration, as findings name it."""
    return Query("", series.where or Location("catalogue"), Use.EXPRESSION, panel=series.family)
