"""Recorded rates in the queries of a dashboard: who asks about all instances need not add them up.

A sum of rates over a thousand processes reads millions of samples at each refresh; a recording rule that holds that sum
(`signalproof.rules.rates`) reads them once. It knows no instance, so it answers for all of them only. Where a dashboard
lets its reader choose, both ways stand in the query, and Prometheus finds samples for one of them:

- the recorded series has no label ``instance``, which is the same as an empty one: ``instance=~"$instance"`` is true of it
  when ``$instance`` is ``.*`` (all), and false for any chosen names;
- ``instance!~"$instance$instance"`` is false of every instance when ``$instance`` is ``.*``, and true when it is names:
  none is called by two names in a row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Duration,
    Matcher,
    Node,
    Number,
    Range,
    Selector,
    String,
    Time,
    Variable,
)
from signalproof.promql.grouping import names_of
from signalproof.promql.tree import rewritten

_SECONDS: Mapping[str, tuple[str, float]] = {
    "__rate_interval": ("__rate_interval_ms", 1000.0),
    "__interval": ("__interval_ms", 1000.0),
    "__range": ("__range_s", 1.0),
}
"""Variable that is a window → the one that is its length as a number, and how many of that are a second."""


def records_rates(exposition: Exposition) -> bool:
    """Return whether rules record rates that `recorded` could ask; told once, it spares looking for each query."""
    return any(one.rate_of for one in exposition.series.values() if one.role is Role.RECORDED)


def recorded(node: Node, labels: Collection[tuple[str, str]], exposition: Exposition) -> Node:
    """Return *node* asked of recorded rates where there are some, and as it is where not all instances are shown.

    Args:
        node: A query with its filters.
        labels: Label and variable of each filter of the dashboard whose ``All`` is ``.*``.
        exposition: With the series that rules record.
    """
    rates: dict[str, list[Series]] = {}
    for one in exposition.series.values():
        if one.role is Role.RECORDED and one.rate_of and not one.open:
            rates.setdefault(one.rate_of, []).append(one)
    if not rates:
        return node
    filters = _Filters(labels)
    replaced = 0

    def from_recorded(one: Node) -> Node:
        nonlocal replaced
        found = _found(one, rates, filters)
        if found is None:
            return one
        replaced += 1
        return found

    short = rewritten(node, from_recorded)
    if not replaced:
        return node
    if not filters.dropped:
        return short

    def guarded(one: Node) -> Node:
        return filters.guarded(one) if _found(one, rates, filters) is not None else one

    return Binary("or", short, rewritten(node, guarded))


class _Filters:
    """The filters of a dashboard, and those that a recorded series cannot have."""

    def __init__(self, labels: Collection[tuple[str, str]]) -> None:
        self._of = {label: Variable(variable, f"${variable}") for label, variable in labels}
        self.dropped: dict[str, Variable] = {}

    def can_drop(self, matcher: Matcher) -> bool:
        """Whether *matcher* is a filter of the dashboard."""
        variable = self._of.get(str(matcher.label))
        return variable is not None and matcher.operator == "=~" and matcher.value.value == variable.text

    def drop(self, label: str) -> None:
        self.dropped[label] = self._of[label]

    def guarded(self, node: Node) -> Node:
        """Return a sum of rates without a sample while all instances are shown."""
        assert isinstance(node, Aggregation)
        assert isinstance(node.expr, Call)
        of = node.expr.args[0]
        assert isinstance(of, Range)
        guards = tuple(
            Matcher(label, "!~", String(one.text * 2, variables=(one, one)))
            for label, one in self.dropped.items()
        )
        selector = of.selector
        matchers = (*selector.matchers, *guards)
        more = Selector(
            selector.name, matchers, selector.name_variables, selector.offset, selector.at, selector.mode
        )
        call = Call(node.expr.function, (Range(more, of.window),))
        return Aggregation(node.operator, call, node.parameter, node.grouping)


def _found(node: Node, rates: Mapping[str, list[Series]], filters: _Filters) -> Node | None:
    """Return the sum of rates *node* as one of recorded rates, if it is one and they are recorded."""
    if not (isinstance(node, Aggregation) and node.operator == "sum" and isinstance(node.expr, Call)):
        return None
    call, grouping = node.expr, node.grouping
    of = call.args[0] if call.function in ("rate", "increase") else None
    if not isinstance(of, Range) or (grouping is not None and grouping.without):
        return None
    listed = () if grouping is None else names_of(grouping.listed)
    wanted = {name for name in listed if name is not None}
    if len(wanted) < len(listed):
        return None
    matchers = [one for one in of.selector.matchers if isinstance(one, Matcher)]
    if len(matchers) < len(of.selector.matchers):
        return None
    wanted |= {str(one.label) for one in matchers if not filters.can_drop(one)}
    seconds = _seconds(of.window)
    series = next((one for one in rates.get(of.selector.name, ()) if wanted <= one.labels.keys()), None)
    if series is None or seconds is None:
        return None
    for one in matchers:
        if str(one.label) not in series.labels:
            filters.drop(str(one.label))
    name = of.selector
    selector = Selector(series.name, name.matchers, (), name.offset, name.at, name.mode)
    mean: Node = Call("avg_over_time", (Range(selector, of.window),))
    if call.function == "increase":
        length, parts = seconds
        mean = Binary("*", mean, length)
        mean = Binary("/", mean, Number(parts)) if parts != 1 else mean
    return Aggregation("sum", mean, None, grouping)


def _seconds(window: Time) -> tuple[Node, float] | None:
    """Return the length of *window* as a number, and how many of that are a second."""
    if isinstance(window, Duration):
        return Number(window.seconds), 1.0
    if isinstance(window, Variable) and window.name in _SECONDS:
        name, parts = _SECONDS[window.name]
        return Variable(name, f"${name}"), parts
    return None
