"""Seeded faults: real queries are broken in every way we know, and the lint has to notice.

Run with ``pytest -s`` to see the figures and the survivors. The queries are the Hive's, with its catalogue, and those
of kube-prometheus, with a catalogue built from them: what is rated counts, and a label exists where some query uses it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from signalproof.catalogue.exposition import SCRAPE_SERIES, Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import EVENT, SECOND
from signalproof.cli.project import load_project
from signalproof.config import Config
from signalproof.lint.project import lint
from signalproof.lint.sources import read_path
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    LabelName,
    Matcher,
    Node,
    Number,
    Range,
    Selector,
    Span,
    String,
)
from signalproof.promql.parser import parse
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import walk

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "kube-prometheus"

Mutation = Callable[[Query, Node, Exposition], Iterator[Query]]
MUTATIONS: dict[str, Mutation] = {}


def mutation(function: Mutation) -> Mutation:
    MUTATIONS[function.__name__.strip("_").replace("_", " ")] = function
    return function


def cut(query: Query, span: Span, new: str) -> Query:
    return replace(query, text=query.text[: span.start] + new + query.text[span.end :])


def of(tree: Node, kind: type[Node]) -> Iterator[Node]:
    return (one for one in walk(tree) if isinstance(one, kind))


def text_of(query: Query, node: Node) -> str:
    return query.text[node.span.start : node.span.end]


@mutation
def _metric_misspelt(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Selector) and one.name in world.series:
            yield cut(query, one.name_span, one.name[:1] + one.name[2:])


@mutation
def _total_forgotten(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if (
            isinstance(one, Selector)
            and one.name.endswith(("_total", "_bucket"))
            and one.name in world.series
        ):
            yield cut(query, one.name_span, one.name.rpartition("_")[0])


@mutation
def _matcher_label_misspelt(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Selector) and one.name in world.series:
            for matcher in one.matchers:
                if isinstance(matcher, Matcher) and isinstance(matcher.label, str) and matcher.value.value:
                    yield cut(query, matcher.label_span, f"{matcher.label}s")


@mutation
def _value_misspelt(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        series = world.series.get(one.name) if isinstance(one, Selector) else None
        if series is None or not isinstance(one, Selector):
            continue
        for matcher in one.matchers:
            if isinstance(matcher, Matcher) and matcher.operator == "=" and not matcher.value.variables:
                domain = series.labels.get(str(matcher.label))
                if domain is not None and domain.values and matcher.value.value:
                    yield cut(query, matcher.value.span, f'"{matcher.value.value[:-1]}x"')


@mutation
def _grouping_label_misspelt(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Aggregation) and one.grouping is not None and not one.grouping.without:
            for label in one.grouping.labels:
                if isinstance(label, LabelName) and label.name != "le":
                    yield cut(query, label.span, f"{label.name}x")


@mutation
def _le_dropped(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for call in walk(tree):
        if isinstance(call, Call) and call.function == "histogram_quantile":
            for one in walk(call):
                if isinstance(one, Aggregation) and one.grouping is not None and not one.grouping.without:
                    names = [label.name for label in one.grouping.labels if label.name != "le"]
                    yield cut(query, one.grouping.span, f"by ({', '.join(names)})")


@mutation
def _rate_dropped(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if (
            isinstance(one, Call)
            and one.function in ("rate", "irate", "increase")
            and isinstance(one.args[0], Range)
        ):
            yield cut(query, one.span, text_of(query, one.args[0].selector))


@mutation
def _delta_of_a_counter(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Call) and one.function in ("rate", "increase"):
            yield cut(query, one.name_span, "delta")


@mutation
def _average_of_a_counter(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Call) and one.function in ("rate", "increase"):
            yield cut(query, one.name_span, "avg_over_time")


@mutation
def _rate_of_a_gauge(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    ranged = {id(one.selector) for one in walk(tree) if isinstance(one, Range)}
    for one in walk(tree):
        series = world.series.get(one.name) if isinstance(one, Selector) and id(one) not in ranged else None
        if (
            series is not None
            and series.role is Role.GAUGE
            and isinstance(one, Selector)
            and one.offset is None
        ):
            yield cut(query, one.span, f"rate({text_of(query, one)}[5m])")


@mutation
def _rate_of_a_sum(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Aggregation) and one.operator == "sum" and isinstance(one.expr, Call):
            inner = one.expr
            if inner.function == "rate" and isinstance(inner.args[0], Range):
                summed = text_of(query, one).replace(
                    text_of(query, inner), text_of(query, inner.args[0].selector)
                )
                yield cut(query, one.span, f"rate({summed}[5m:1m])")


@mutation
def _quantile_in_percent(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Call) and one.function == "histogram_quantile" and isinstance(one.args[0], Number):
            yield cut(query, one.args[0].span, f"{one.args[0].value * 100:g}")


@mutation
def _quantiles_averaged(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Call) and one.function == "histogram_quantile":
            yield cut(query, one.span, f"avg({text_of(query, one)})")


@mutation
def _bound_misspelt(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Selector) and world.series.get(one.name, _NOTHING).bounds:
            for matcher in one.matchers:
                if isinstance(matcher, Matcher) and matcher.label == "le" and matcher.operator == "=":
                    yield cut(query, matcher.value.span, f'"{matcher.value.value}0"')


@mutation
def _window_too_short(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Call) and one.function == "rate" and isinstance(one.args[0], Range):
            yield cut(query, one.args[0].window.span, "20s")


@mutation
def _ratio_without_sums(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if not isinstance(one, Binary) or one.operator != "/":
            continue
        sides = (one.left, one.right)
        if all(isinstance(side, Aggregation) and side.operator == "sum" for side in sides):
            bare = [text_of(query, side.expr) for side in sides if isinstance(side, Aggregation)]
            names = [{leaf.name for leaf in walk(side) if isinstance(leaf, Selector)} for side in sides]
            if names[0] == names[1]:
                yield cut(query, one.span, f"{bare[0]} / {bare[1]}")


@mutation
def _grouping_lost_on_one_side(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Binary) and one.matching is None and isinstance(one.right, Aggregation):
            grouping, left = one.right.grouping, one.left
            if (
                grouping is not None
                and not grouping.without
                and grouping.labels
                and isinstance(left, Aggregation)
            ):
                yield cut(query, grouping.span, "by ()")


@mutation
def _matching_dropped(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    for one in walk(tree):
        if isinstance(one, Binary) and one.matching is not None and one.matching.group:
            yield cut(query, one.matching.span, " ")


@mutation
def _legend_of_another_label(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    if query.use is Use.PANEL and isinstance(tree, Aggregation):
        yield replace(query, legend="{{nonsense}}")


@mutation
def _unit_of_another_scale(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    other = {"s": "ms", "percentunit": "percent", "Bps": "bps", "bytes": "bits", "binBps": "binbps"}
    if query.unit in other and query.use is Use.PANEL:
        yield replace(query, unit=other[query.unit])


@mutation
def _bracket_lost(query: Query, tree: Node, world: Exposition) -> Iterator[Query]:
    if query.text.rstrip().endswith(")"):
        yield replace(query, text=query.text.rstrip()[:-1])


_NOTHING = Series("", "", Role.UNKNOWN)


def _kube() -> tuple[list[Query], Exposition]:
    """Return the queries of kube-prometheus and the catalogue that they imply."""
    queries = list(read_path(CORPUS))
    recorded = {one.panel for one in queries if one.use is Use.RECORDING}
    labels: dict[str, set[str]] = defaultdict(set)
    values: dict[tuple[str, str], set[str] | None] = {}
    counts: set[str] = set()
    for query in queries:
        tree = parse(query.text, None)
        names = {one.name for one in walk(tree) if isinstance(one, Selector)}
        used = set(
            re.findall(r"[A-Za-z_][A-Za-z0-9_]*", query.legend + " ".join(query.annotations.values()))
        ) & {"job"}
        for one in walk(tree):
            used |= {label.name for label in _labels(one)}
            if isinstance(one, Call) and one.function in ("rate", "irate", "increase"):
                counts |= {leaf.name for leaf in walk(one) if isinstance(leaf, Selector)}
            if isinstance(one, Selector):
                for matcher in one.matchers:
                    if isinstance(matcher, Matcher):
                        labels[one.name].add(str(matcher.label))
                        _observe(values, one.name, matcher)
        for name in names:
            labels[name] |= used
        if query.use is Use.VARIABLE and query.label:
            for name in names:
                labels[name].add(query.label)
    series = (_series(name, labels[name], values, name in counts) for name in sorted(labels) if name)
    known = {one.name: one for one in series if one.name not in recorded}
    return queries, Exposition(
        {**SCRAPE_SERIES, **known}, frozenset({"job", "instance", "cluster", "namespace"})
    )


def _labels(node: Node) -> Iterator[LabelName]:
    if isinstance(node, Aggregation) and node.grouping is not None:
        yield from (one for one in node.grouping.labels if isinstance(one, LabelName))
    if isinstance(node, Binary) and node.matching is not None:
        matching = node.matching
        yield from (one for one in (*matching.labels, *matching.include) if isinstance(one, LabelName))
    if isinstance(node, Call) and node.function in ("label_replace", "label_join"):
        yield from (LabelName(one.value) for one in node.args[3:4] if isinstance(one, String) and one.value)


def _observe(values: dict[tuple[str, str], set[str] | None], name: str, matcher: Matcher) -> None:
    key, known = (name, str(matcher.label)), values.setdefault((name, str(matcher.label)), set())
    listed = re.fullmatch(r"[\w|.-]+", matcher.value.value) and not matcher.value.variables
    if matcher.operator in ("=", "=~") and listed and known is not None:
        known.update(matcher.value.value.split("|"))
    else:
        values[key] = None


def _series(
    name: str, labels: set[str], values: Mapping[tuple[str, str], set[str] | None], counts: bool
) -> Series:
    bucket = name.endswith("_bucket")
    role = Role.BUCKET if bucket else Role.COUNTER if counts else Role.GAUGE
    own = {
        one: LabelDomain(
            one, frozenset(found) if (found := values.get((name, one))) and one != "le" else None
        )
        for one in sorted(labels | ({"le"} if bucket else set()) - (set() if bucket else {"le"}))
    }
    unit = (
        EVENT
        if bucket or name.endswith("_count")
        else SECOND
        if name.endswith(("_seconds_sum", "_seconds"))
        else None
    )
    family = name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
    return Series(name, family, role, own, unit, low=0.0, monotonic=counts)


def _hive() -> tuple[list[Query], Exposition]:
    project = load_project(ROOT / "pyproject.toml")
    return list(project.queries()), project.exposition


def _found(mutants: list[Query], exposition: Exposition, config: Config) -> set[int]:
    """Return the ids of the mutants of which something is said; a broken rule must not change what others read."""
    found = set[int]()
    others = [one for one in mutants if one.use is not Use.RECORDING]
    for batch in (others, *([one] for one in mutants if one.use is Use.RECORDING)):
        found |= {id(one.query) for one in lint(batch, exposition, config=config).findings}
    return found


@pytest.mark.parametrize("world", [_hive, _kube], ids=["hive", "kube-prometheus"])
def test_at_least_95_of_100_mutants_are_found(
    world: Callable[[], tuple[list[Query], Exposition]], figure: Callable[..., None]
) -> None:
    if world is _kube and not CORPUS.is_dir():
        pytest.skip("the corpus of published dashboards is not beside the checkout")
    queries, exposition = world()
    config = Config(ROOT)
    # what recording rules record is known to every query, as in a lint of the whole
    rules = [one for one in queries if one.use is Use.RECORDING]
    from signalproof.lint.recorded import with_recorded

    exposition = with_recorded(exposition, rules, [parse(one.text, None) for one in rules], 15.0)
    distinct = {(one.text, one.use, one.legend, one.unit): replace(one, allow={}) for one in queries}
    sound = [one for one in distinct.values() if not lint([one], exposition, config=config).findings]
    mutants: list[tuple[str, Query]] = []
    for query in sound:
        tree = parse(query.text, None)
        mutants += [
            (name, one) for name, mutate in MUTATIONS.items() for one in mutate(query, tree, exposition)
        ]
    made = Counter(name for name, _ in mutants)
    found = _found([one for _, one in mutants], exposition, config)
    killed = Counter(name for name, one in mutants if id(one) in found)
    survivors: dict[str, list[str]] = defaultdict(list)
    for name, one in mutants:
        if id(one) not in found:
            survivors[name].append(one.text)
    share = sum(killed.values()) / sum(made.values())
    lines = [f"mutants: {sum(killed.values())} of {sum(made.values())} found, {share:.1%}"]
    for name in MUTATIONS:
        lines.append(f"  {killed[name]:5} of {made[name]:5}  {name}")
        lines += [f"{'survived: ':>28}{' '.join(text.split())[:150]}" for text in survivors[name][:4]]
    figure(*lines)
    assert share >= 0.95
