"""Selectors: what the catalogue says of the series they name, after the matchers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from math import inf
from typing import Final

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.infer import intervals, labelsets, patterns, windows
from signalproof.infer.matchers import matched
from signalproof.infer.value import ANY_LABELS, NAME, NO_LABELS, Kind, Labels, Shape, Value
from signalproof.infer.world import World
from signalproof.promql.ast import (
    At,
    Braces,
    Matcher,
    Pattern,
    Selector,
    Time,
    Variable,
)

INSTANT: Final = Shape.INSTANT
_ANY: Final = Kind.ANY

KINDS: Final[Mapping[Role, Kind]] = {
    Role.COUNTER: Kind.COUNTER,
    Role.GAUGE: Kind.GAUGE,
    Role.BUCKET: Kind.BUCKET,
    Role.SUM: Kind.SUM,
    Role.COUNT: Kind.COUNT,
    Role.INFO: Kind.INFO,
    Role.SUMMARY: Kind.QUANTILE,
    Role.NATIVE: Kind.NATIVE,
    Role.RECORDED: Kind.ANY,
    Role.UNKNOWN: Kind.ANY,
}
"""What a sample of a series means, by its role in the family."""

_MEANINGS: Final = {kind.value: kind for kind in Kind}
_NOT_SCRAPED: Final = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
_OF_EVERY_SCRAPE: Final = tuple(LabelDomain(name, assumed=True) for name in ("job", "instance"))
_MOST_SERIES: Final = 64


def selector_value(world: World, node: Selector) -> Value:
    """Return what is known of a selector."""
    pattern = node.pattern
    key: object = node.name
    if type(pattern) is Braces:
        key = (node.name, not node.name_variables, pattern)
    elif pattern or node.name_variables:
        parts: list[object] = [node.name, not node.name_variables]
        for one in matchers_of(node):
            if isinstance(one, Variable):
                parts.append(one)
            else:
                parts += (one.label, one.operator, one.value.value, not one.value.variables)
        key = tuple(parts)
    found = world.selected.get(key)
    if found is None:
        found = world.remember(key, _selected(world, node, pattern))
    if node.offset is not None or node.at is not None:
        found = displaced(found, node.offset, node.at)
    if node.mode and not found.empty:
        return emptied(found, f"{node.mode} needs samples around the window")
    return found


def matchers_of(node: Selector) -> tuple[Matcher | Variable, ...]:
    """Return the matchers of *node*, whose spans do not matter here: of parsed texts those that many share."""
    pattern = node.pattern
    return pattern.matchers if isinstance(pattern, Braces) else pattern


def labels_of(node: Selector) -> frozenset[str]:
    """Return the labels that the matchers of *node* are about, those that a Grafana variable names apart."""
    pattern = node.pattern
    if isinstance(pattern, Braces):
        return pattern.labels
    return frozenset(one.label for one in pattern if isinstance(one, Matcher) and isinstance(one.label, str))


def displaced(value: Value, offset: Time | None, at: At | None) -> Value:
    """Return *value* as it was at another time."""
    reason = ""
    if at is not None:
        reason = "nothing may have been scraped at the time after @"
    elif offset is not None:
        seconds = windows.seconds_of(offset)
        if seconds is None:
            reason = "how far the offset reaches is not known"
        elif seconds < 0:
            reason = "it looks into the future"
    if not reason or value.empty:
        return value
    return emptied(value, reason)


def emptied(value: Value, reason: str) -> Value:
    """Return *value* with a reason why it may be empty; an earlier one stays."""
    return Value(
        value.shape, value.kind, value.labels, value.unit, value.low, value.high, value.empty or reason, value.void,
        False, value.cardinality, value.window, value.sources,
    )  # fmt: skip


def _selected(world: World, node: Selector, pattern: Pattern) -> Value:
    name, exposition = node.name, world.exposition
    matchers = pattern.matchers if type(pattern) is Braces else pattern
    named: list[Matcher] = []
    if type(pattern) is not Braces or pattern.named:
        named = [one for one in matchers if isinstance(one, Matcher) and one.label == NAME]
    if name and not named and not node.name_variables:
        series = exposition.series.get(name)
        if series is not None:
            return _of_series(world, series, matchers)
        if not exposition.complete:
            return _foreign(world, pattern, f"nothing is known of {name}", frozenset((name,)))
        return _unknown(f"no series is called {name}")
    reason, candidates = _candidates(exposition, node, matchers, named)
    if reason:
        return _foreign(world, pattern, reason, None)
    values = [_of_series(world, one, matchers) for one in candidates]
    alive = [one for one in values if not one.void]
    if len(alive) > _MOST_SERIES:
        return _foreign(world, pattern, "too many metrics are meant", None)
    if alive:
        return reduce(joined, alive)
    if not values:
        return _unknown("no series has such a name")
    return values[0] if len(values) == 1 else _nothing("no series matches all of the matchers")


def _nothing(reason: str) -> Value:
    """Return what is known of no series: any claim about them holds."""
    return Value(INSTANT, Kind.ANY, NO_LABELS, empty=reason, void=reason, cardinality=0)


def _unknown(reason: str) -> Value:
    """Return what is said of series that do not exist: nothing but that, so that one finding names the cause."""
    return Value(INSTANT, empty=reason, void=reason)


def _candidates(
    exposition: Exposition, node: Selector, matchers: Iterable[Matcher | Variable], named: list[Matcher]
) -> tuple[str, list[Series]]:
    """Return why the series cannot be listed that a selector may mean without a plain name, and which they are."""
    if node.name_variables:
        return "which metric the variable names is not known", []
    if any(isinstance(one, Variable) or isinstance(one.label, Variable) for one in matchers):
        return "which series the variable leaves is not known", []
    unlisted = "which metrics are meant is not known"
    if not exposition.complete or any(one.value.variables for one in named):
        return unlisted, []
    names = frozenset(exposition.series)
    if node.name:
        names &= {node.name}
    for one in named:
        left = patterns.kept(names, one.operator, one.value.value)
        if left is None:
            return unlisted, []
        names = left
    return "", [exposition.series[one] for one in sorted(names)]


def _foreign(world: World, pattern: Pattern, reason: str, names: frozenset[str] | None) -> Value:
    """Return what is known of a selector without its series: what the matchers say, whatever they are about."""
    if type(pattern) is Braces:
        found = world.said.get(pattern)
        if found is None:
            labels, void, _ = matched(ANY_LABELS, pattern.matchers, "it")
            found = world.said[pattern] = labels, void
        labels, void = found
    elif pattern:
        labels, void, _ = matched(ANY_LABELS, pattern, "it")
    else:
        labels, void = ANY_LABELS, ""
    known = labels.known if names is None else _scraped(world, labels, names)
    labels = Labels(known, True, labels.impossible, names, True)
    return Value(INSTANT, _ANY, labels, None, -inf, inf, void or reason, void)


def _scraped(world: World, labels: Labels, names: frozenset[str]) -> Mapping[str, LabelDomain]:
    """Return the *labels* of series that a scrape brought, for each has a job and an instance, whatever else it has.

    Not so the results of rules, whose names have a colon, and not where a matcher asks for series without one.
    """
    if any(":" in one or one in _NOT_SCRAPED for one in names):
        return labels.known
    known = labels.known
    for scraped in _OF_EVERY_SCRAPE:
        name = scraped.name
        domain = known.get(name)
        unsure = (
            name not in labels.impossible if domain is None else domain.optional and domain.values is None
        )
        if unsure and name in world.target:
            known = {**known, name: scraped}
    return known


def _of_series(world: World, series: Series, matchers: Iterable[Matcher | Variable]) -> Value:
    """Return what is known of one series after the matchers."""
    own = {name: one for name, domain in series.labels.items() if (one := _present(domain)) is not None}
    if series.role is not Role.RECORDED and series.name not in _NOT_SCRAPED:
        own |= {name: one for name, one in world.target_domains.items() if name not in own}
    labels = Labels(own, series.open, frozenset(), frozenset({series.name}), named=True)
    labels, void, undecided = matched(labels, matchers, series.name)
    empty = void or undecided
    if not void and not series.initialised:
        empty = f"{series.name} may have no series yet"
    kind = _MEANINGS.get(series.meaning, Kind.ANY) if series.meaning else KINDS[series.role]
    full = not empty and not any(one.optional for one in labels.known.values())
    return Value(
        INSTANT, kind, labels, series.unit, series.low, series.high, empty, void,
        full, 0 if void else world.bound(labels), None, (series,),
    )  # fmt: skip


def _present(domain: LabelDomain) -> LabelDomain | None:
    """Return the domain without the empty value, which stands for a missing label."""
    if domain.values is None or "" not in domain.values:
        return domain
    return labelsets.domain_of(domain.name, domain.values)


def joined(a: Value, b: Value, labels: Labels | None = None) -> Value:
    """Return what is known of a vector whose series come from either of two, with the *labels* of their union."""
    cardinality = None if a.cardinality is None or b.cardinality is None else a.cardinality + b.cardinality
    low, high = intervals.hull((a.low, a.high), (b.low, b.high))
    both_void = bool(a.void and b.void)
    return Value(
        INSTANT, a.kind if a.kind is b.kind else Kind.ANY, labels or labelsets.union(a.labels, b.labels),
        a.unit if a.unit == b.unit else None, low, high,
        a.empty and b.empty, a.void if both_void else "", False, cardinality,
        a.window if a.window == b.window else None, merged_sources(a.sources, b.sources),
    )  # fmt: skip


_MOST_SOURCES: Final = 32


def merged_sources(a: tuple[Series, ...], b: tuple[Series, ...]) -> tuple[Series, ...]:
    """Return the series of both, each once, in order; the first 32 of them."""
    if not b or a is b:
        return a
    if not a:
        return b
    if len(a) >= _MOST_SOURCES:
        return a
    seen = {id(one) for one in a}
    more = tuple(one for one in b if id(one) not in seen)
    return (*a, *more)[:_MOST_SOURCES] if more else a
