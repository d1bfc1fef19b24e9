"""From each alert to the panel that shows what it is about: two annotations make Grafana offer it as a button.

Source: https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rules/annotation-label/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from signalproof.catalogue.exposition import SCRAPE_SERIES
from signalproof.dashboard.model import Dashboard
from signalproof.dashboard.panels import TimeSeries
from signalproof.infer.names import names_read
from signalproof.promql.ast import Node, Selector
from signalproof.promql.printer import to_text
from signalproof.promql.tree import walk
from signalproof.rules.alert import Alert
from signalproof.rules.check import CheckedRules
from signalproof.rules.recording import RecordingRule

DASHBOARD: Final = "__dashboardUid__"
PANEL: Final = "__panelId__"


class _Read(NamedTuple):
    """What expressions read: metric names, and selectors with their matchers as text."""

    names: frozenset[str]
    selectors: frozenset[str]


class _Place(NamedTuple):
    """A panel of a dashboard, what it reads, and whether it shows the course of it."""

    uid: str
    id: int
    read: _Read
    over_time: bool


def with_panels(rules: CheckedRules, dashboards: Iterable[Dashboard]) -> CheckedRules:
    """Return *rules* with, for each alert, the panel of *dashboards* that reads most nearly what the alert reads.

    What a recording rule computes counts as what it is computed from. Of panels that are as near, one that shows the course
    over time is preferred, then the first. An alert about what no panel shows is left as it is.
    """
    recorded = {
        one.rule.record: one.rule.expr.node
        for group in rules.groups
        for one in group.rules
        if isinstance(one.rule, RecordingRule)
    }
    places = list(_places(dashboards, recorded))
    return replace(
        rules,
        groups=tuple(
            replace(
                group,
                rules=tuple(
                    replace(one, links=_link(_read([one.rule.expr.node], recorded), places))
                    if isinstance(one.rule, Alert)
                    else one
                    for one in group.rules
                ),
            )
            for group in rules.groups
        ),
    )


def _places(dashboards: Iterable[Dashboard], recorded: Mapping[str, Node]) -> Iterator[_Place]:
    for dashboard in dashboards:
        ids = dashboard.ids
        for row in dashboard.rows:
            for panel in row.panels:
                read = _read([expr.node for expr in panel.exprs], recorded)
                yield _Place(dashboard.uid, ids[row.key, panel.key], read, isinstance(panel, TimeSeries))


def _link(alert: _Read, places: Sequence[_Place]) -> dict[str, str]:
    def nearness(place: _Place) -> tuple[float, float, bool]:
        names, selectors = (_likeness(*pair) for pair in zip(alert, place.read, strict=True))
        return names, selectors, place.over_time

    best = max(places, key=nearness, default=None)
    if best is None or not nearness(best)[0]:
        return {}
    return {DASHBOARD: best.uid, PANEL: str(best.id)}


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return what both have, as a share (0..1) of what either has."""
    return len(one & other) / max(len(one | other), 1)


def _read(nodes: Iterable[Node], recorded: Mapping[str, Node]) -> _Read:
    names: set[str] = set()
    selectors: set[str] = set()
    pending, seen = list(nodes), set[str]()
    while pending:
        node = pending.pop()
        for name in names_read(node):
            if name in recorded and name not in seen:
                seen.add(name)
                pending.append(recorded[name])
            elif name not in recorded:
                names.add(name)
        for one in walk(node):
            if isinstance(one, Selector) and one.name not in recorded:
                selectors.add(to_text(Selector(one.name, one.matchers)))
    # whether a target is scraped at all is what many alerts ask besides, and few are about
    return _Read(frozenset(names - SCRAPE_SERIES.keys() or names), frozenset(selectors))
