"""What recording rules record: series like any other, known to every query of the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.infer.inference import Inference, infer
from signalproof.infer.names import names_read
from signalproof.infer.value import Value
from signalproof.promql.ast import Node
from signalproof.promql.parser import PromQLSyntaxError
from signalproof.promql.query import Query, Use


def with_recorded(
    exposition: Exposition,
    queries: Sequence[Query],
    trees: Sequence[Node | PromQLSyntaxError],
    scrape_interval: float,
) -> Exposition:
    """Return *exposition* and the series that the recording rules among *queries* record; see `follow`."""
    return follow(exposition, queries, trees, scrape_interval)[0]


def follow(
    exposition: Exposition,
    queries: Sequence[Query],
    trees: Sequence[Node | PromQLSyntaxError],
    scrape_interval: float,
) -> tuple[Exposition, dict[int, Inference]]:
    """Return *exposition* with what the recording rules among *queries* record, and what was inferred of each tree.

    A rule is inferred after those it reads. A name that several rules record has what any of them gives it.
    """
    rules: dict[str, list[tuple[Query, Node]]] = {}
    for query, tree in zip(queries, trees, strict=True):
        if query.use is Use.RECORDING and query.panel:
            found = rules.setdefault(query.panel, [])
            if not isinstance(tree, PromQLSyntaxError):
                found.append((query, tree))
    if not rules:
        return exposition, {}
    # before a rule is inferred it is known to exist, and nothing else: rules that read each other stay open
    series = dict(exposition.series)
    for name in rules:
        series.setdefault(name, Series(name, name, Role.RECORDED, open=True))
    growing = replace(exposition, series=series)
    reads = {
        name: {read for _, tree in found for read in names_read(tree) if read in rules}
        for name, found in rules.items()
    }
    inferred: dict[int, Inference] = {}
    for name in _in_order(reads):
        recorded: list[Series] = []
        for query, tree in rules[name]:
            # equal expressions share a tree: what reads nothing that is recorded means the same each time
            known = None if reads[name] else inferred.get(id(tree))
            if known is None:
                known = inferred[id(tree)] = infer(tree, growing, scrape_interval=scrape_interval)
            recorded.append(_series(query, known.root))
        if recorded:
            series[name] = _united(recorded)
    return replace(exposition, series=series), inferred


def _in_order(reads: Mapping[str, set[str]]) -> list[str]:
    """Return the names so that each stands after those it reads, circles apart."""
    done: dict[str, None] = {}
    for first, below in reads.items():
        if not below:
            done.setdefault(first)
            continue
        pending = [(first, iter(sorted(below)))]
        opened = {first}
        while pending:
            name, rest = pending[-1]
            following = next((one for one in rest if one not in done and one not in opened), None)
            if following is None:
                pending.pop()
                done.setdefault(name)
            else:
                opened.add(following)
                pending.append((following, iter(sorted(reads[following]))))
    return list(done)


def _series(query: Query, value: Value) -> Series:
    labels = dict(value.labels.known)
    for name, text in query.labels.items():
        fixed = "{{" not in text
        labels[name] = LabelDomain(name, frozenset({text}) if fixed else None, 1 if fixed else None)
    return Series(
        query.panel, query.panel, Role.RECORDED, labels, value.unit, (), value.low, value.high,
        open=value.labels.open, meaning=value.kind.value, where=query.where,
    )  # fmt: skip


def _united(recorded: list[Series]) -> Series:
    first, *rest = recorded
    if not rest:
        return first
    names = {name for one in recorded for name in one.labels}
    return Series(
        first.name,
        first.family,
        Role.RECORDED,
        {name: _either([one.labels.get(name) for one in recorded], name) for name in sorted(names)},
        first.unit if all(one.unit == first.unit for one in rest) else None,
        low=min(one.low for one in recorded),
        high=max(one.high for one in recorded),
        open=any(one.open for one in recorded),
        meaning=first.meaning if all(one.meaning == first.meaning for one in rest) else "",
        where=first.where,
    )


def _either(domains: list[LabelDomain | None], name: str) -> LabelDomain:
    """Return the domain of a label of which any one of *domains* may hold; None is a rule without the label."""
    values: frozenset[str] | None = frozenset()
    for domain in domains:
        more = frozenset() if domain is None else domain.values
        values = None if values is None or more is None else values | more
    optional = any(domain is None or domain.optional for domain in domains)
    assumed = all(domain is not None and domain.assumed for domain in domains)
    return LabelDomain(name, values, None if values is None else len(values), optional, assumed)
