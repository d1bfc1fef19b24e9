"""What the reader of a dashboard chooses, and where an expression forgets it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from signalproof.infer.selectors import labels_of, matchers_of
from signalproof.lint.drawn import NUMBERS
from signalproof.lint.finding import Problem
from signalproof.lint.labels import has_label, selected
from signalproof.lint.rule import Context
from signalproof.promql.ast import Binary, Matcher, Node, Selector, Variable
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap, walk

_WHOLE: Final = re.compile(
    r"(?i)\b(?:totals?|all|overall|clusters?|global(?:ly)?|whole|any|every|fleet|entire|combined)\b"
)
_NAMED: Final = re.compile(r"\$\{?(\w+)|\[\[(\w+)")
_TARGET: Final = frozenset({"job", "instance"})
_OF_ALL: Final = frozenset({"up", "ALERTS"})
"""Metrics that say something else for each job."""
_EVERYTHING: Final = frozenset({".+", ".*"})
_KIN: Final = "_…"
_ENOUGH: Final = 3
"""So many panels have to follow a variable, and so many times those that do not, before that is taken for a slip."""


def means_the_whole(query: Query) -> bool:
    """Whether a panel says that it shows everything, whatever is chosen."""
    return bool(_WHOLE.search(f"{query.panel} {query.legend}"))


def other_choice(operation: Binary, context: Context) -> Iterator[Problem]:
    """Yield the side of an operation that a variable does not filter while it filters the other, by a label of both.

    A share of the whole is meant: sides that differ in what is chosen alone.
    """
    if means_the_whole(context.query):
        return
    for here, there in ((operation.left, operation.right), (operation.right, operation.left)):
        for label, variable in sorted(chosen(here).items()):
            kept = context.value(operation).labels.can_have(label)
            if kept or mentions(there, label) or variable in _variables(there):
                continue
            alike = _metrics(there) <= _metrics(here)
            if (_fixed(here) == _fixed(there)) if alike else not _surely_has(here, there, label, context):
                continue
            yield Problem(
                f"${variable} filters the other side by {label!r}, and not this one",
                f'add {label}=~"${variable}" here, too',
                unwrap(there).span,
            )


def _surely_has(here: Node, there: Node, label: str, context: Context) -> bool:
    """Whether every series of *there* has *label* by what is known of its metric.

    A job and its instances are others for each exporter. What a scrape adds beside them counts where both sides follow
    the same variable by another label.
    """
    exposition = context.world.exposition
    of_target = label in exposition.target_labels or label in exposition.assumed
    if label in _TARGET or not has(there, label, context):
        return False
    return not of_target or bool(chosen(here).items() & chosen(there).items())


def has(side: Node, label: str, context: Context) -> bool:
    """Whether every series that *side* selects is known to carry *label*."""
    selectors = _selectors(side)
    return bool(selectors) and all(
        (series := selected(one, context)) and all(has_label(each, label, context) for each in series)
        for one in selectors
    )


def chosen(side: Node) -> dict[str, str]:
    """Return the labels that a variable filters in every selector of *side*, with the variable."""
    found = [_chosen(one) for one in _selectors(side)]
    if not found:
        return {}
    first, *rest = found
    return {label: name for label, name in first.items() if all(label in one for one in rest)}


def mentions(side: Node, label: str) -> bool:
    """Whether a selector of *side* has a matcher on *label*, or one that a variable may stand for."""
    return any(
        isinstance(matcher, Variable) or matcher.label == label
        for one in _selectors(side)
        for matcher in matchers_of(one)
    )


@dataclass
class Board:
    """The queries of one dashboard, and what they follow.

    Attributes:
        contexts: Its panels and annotations, with their selectors.
        repeated: Variables that a panel or a row is repeated for: beside those, the rest is the overview.
        needs: Variable → the variables by which its own values are narrowed.
        following: Metric, or the beginning of several → label and variable → the panels that follow, with the labels that each selector filters.
        numbers: The variables that panels of single numbers follow.
    """

    repeated: frozenset[str] = frozenset()
    contexts: list[tuple[Context, list[Selector]]] = field(default_factory=list)
    needs: dict[str, set[str]] = field(default_factory=dict)
    following: dict[str, dict[tuple[str, str], dict[str, set[frozenset[str]]]]] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)

    def add(self, one: Context) -> None:
        """Add a query."""
        if one.query.use is Use.VARIABLE:
            self.needs[one.query.panel] = {name for pair in _NAMED.findall(one.query.text) for name in pair}
            return
        selectors = [each for each in _selectors(one.root) if each.name and not each.name_variables]
        self.contexts.append((one, selectors))
        for selector in selectors if "$" in one.query.text or "[[" in one.query.text else ():
            for label, variable in _chosen(selector).items() if selector.name not in _OF_ALL else ():
                for metric in _metric_and_kin(selector.name):
                    panels = self.following.setdefault(metric, {}).setdefault((label, variable), {})
                    panels.setdefault(one.query.panel, set()).add(labels_of(selector))
                if one.query.panel_type in NUMBERS:
                    self.numbers.add(variable)

    def narrowed(self, variables: Iterable[str]) -> set[str]:
        """Return *variables* and those that narrow what they can be."""
        found: set[str] = set()
        pending = list(variables)
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending.extend(self.needs.get(name, ()))
        return found

    def forgotten(self) -> Iterator[Problem]:
        """Yield the selectors that do not follow what nearly all others of their metric do."""
        slips: dict[tuple[str, str, str], list[tuple[Context, Selector, Matcher | None]]] = {}
        for one, selectors in self.contexts:
            asked = (metric for each in selectors for metric in _metric_and_kin(each.name))
            if any(metric in self.following for metric in asked) and not means_the_whole(one.query):
                self._look(one, selectors, slips)
        for (metric, label, variable), found in slips.items():
            panels = self.following[metric][label, variable]
            those = {one.query.panel for one, _, _ in found}
            if len(those) * _ENOUGH > len(panels) or (metric.endswith(_KIN) and len(those) > 1):
                continue
            for one, selector, matcher in found:
                count = len(panels.keys() - {one.query.panel})
                says = (
                    f"${variable} filters {metric} by {label!r} in {count} other panels, and not here"
                    if matcher is None
                    else f"{label!r} of {metric} is fixed here, and ${variable} chooses it in {count} other panels"
                )
                span = selector.span if matcher is None else matcher.span
                yield Problem(says, f'write {label}=~"${variable}"', span, query=one.query)

    def _look(
        self,
        one: Context,
        selectors: list[Selector],
        slips: dict[tuple[str, str, str], list[tuple[Context, Selector, Matcher | None]]],
    ) -> None:
        used: set[str] | None = None
        said: set[tuple[str, str]] = set()
        for selector, metric in ((each, name) for each in selectors for name in _metric_and_kin(each.name)):
            for (label, variable), panels in self.following.get(metric, {}).items():
                others = panels.keys() - {one.query.panel}
                if len(others) < _ENOUGH or variable in self.repeated:
                    continue
                if metric.endswith(_KIN) and not _always_has(selector.name, label, one):
                    continue
                asked = labels_of(selector) | {label}
                if not any(asked in panels[panel] for panel in others):
                    continue
                if one.query.panel_type in NUMBERS and variable not in self.numbers:
                    continue
                if used is None:
                    used = self.narrowed(name for pair in _NAMED.findall(one.query.text) for name in pair)
                if variable in used or (
                    one.query.use is Use.PANEL and one.inference.root.labels.can_have(label)
                ):
                    continue
                slip = _slip(selector, label, one.query)
                mixed = slip != (None,) and not _chosen(selector) and bool(_variables(one.root))
                if slip is not None and not mixed and (selector.name, variable) not in said:
                    said.add((selector.name, variable))
                    slips.setdefault((metric, label, variable), []).append((one, selector, slip[0]))


def _metric_and_kin(name: str) -> tuple[str, ...]:
    """Return *name* and what stands for all metrics of its beginning, ``container_network_…``."""
    words = name.split("_")
    return (name, "_".join(words[:2]) + _KIN) if len(words) > 2 else (name,)


def _always_has(metric: str, label: str, context: Context) -> bool:
    """Whether somebody said that every series of *metric* has *label*; jobs and instances differ by exporter."""
    series = context.series(metric)
    domain = None if series is None else series.labels.get(label)
    own = domain is not None and not domain.optional and not domain.assumed
    return own or label in context.world.exposition.target_labels - _TARGET


def _slip(selector: Selector, label: str, query: Query) -> tuple[Matcher | None] | None:
    """Return the matcher that fixes *label*, or None in its place where there is none; None where it may be meant."""
    fixed: Matcher | None = None
    for one in selector.matchers:
        if isinstance(one, Variable):
            return None
        if one.label == label:
            wide = one.operator == "=~" and one.value.value in _EVERYTHING
            exact = one.operator == "=" and one.value.value
            named = str(one.value.value).lower() in f"{query.panel} {query.legend}".lower()
            if fixed is not None or one.value.variables or not (wide or (exact and not named)):
                return None
            fixed = one
    return (fixed,)


def _selectors(side: Node) -> list[Selector]:
    return [one for one in walk(side) if isinstance(one, Selector)]


def _chosen(selector: Selector) -> dict[str, str]:
    matchers = (
        one
        for one in matchers_of(selector)
        if isinstance(one, Matcher) and one.value.variables and one.operator in ("=", "=~")
    )
    return {str(one.label): one.value.variables[0].name for one in matchers}


def _variables(side: Node) -> set[str]:
    return {
        variable.name
        for one in _selectors(side)
        for matcher in matchers_of(one)
        for variable in ([matcher] if isinstance(matcher, Variable) else matcher.value.variables)
    }


def _metrics(side: Node) -> set[str]:
    return {one.name for one in _selectors(side)}


def _fixed(side: Node) -> set[tuple[str, str, str, str]]:
    """Return what the selectors of *side* say without a variable."""
    return {
        (one.name, str(each.label), each.operator, str(each.value.value))
        for one in _selectors(side)
        for each in matchers_of(one)
        if isinstance(each, Matcher) and not each.value.variables
    }
