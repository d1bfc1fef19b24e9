"""Promises as Grafana's thresholds: colours from a value upwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from signalproof.dashboard.panels import QueryPanel, TimeSeries
from signalproof.dashboard.resolve import ShownPanel
from signalproof.promql.expr import Limit
from signalproof.render.colours import NEUTRAL, OWN


class Step(NamedTuple):
    """A colour from *value* upwards; the first step of a list begins at minus infinity, whatever its value."""

    color: str
    value: float


def steps_of(limit: Limit) -> tuple[Step, ...]:
    """Return green on the side where the promise is kept, red on the other."""
    below, above = ("green", "red") if limit.worse == "above" else ("red", "green")
    return Step(below, 0.0), Step(above, limit.value)


def panel_steps(shown: ShownPanel) -> tuple[Step, ...]:
    """Return the thresholds of the whole panel; empty where none hold for all of it.

    Over time, lines: Grafana draws those of one threshold list only, so promises of several queries are all in the
    panel's. Elsewhere, colours: a query that nothing was promised of must not look as if it kept something.
    """
    panel, limits = shown.panel, shown.scale.limits
    if isinstance(panel, TimeSeries):
        if shown.scale.common is not None:
            return steps_of(shown.scale.common)
        lines = {
            limit.value: Step(color, limit.value)
            for limit, color in zip(limits, line_colours(shown), strict=True)
            if limit is not None
        }
        return (Step("transparent", 0.0), *(lines[value] for value in sorted(lines))) if lines else ()
    if shown.scale.common is not None and all(limits):
        return steps_of(shown.scale.common)
    return ()


def query_steps(shown: ShownPanel) -> Iterable[tuple[str, tuple[Step, ...]]]:
    """Yield (refId, thresholds) for the queries whose promises the panel's thresholds do not draw."""
    if isinstance(shown.panel, TimeSeries) or panel_steps(shown):
        return
    for target, limit in zip(shown.targets, shown.scale.limits, strict=True):
        if limit is not None:
            yield target.ref, steps_of(limit)


def line_colours(shown: ShownPanel) -> Sequence[str]:
    """Return the colour of each query's line of promise.

    Where several differ, each query that is one series has a colour of its own and its line has the same, so that a
    reader sees which line is whose; where a query is many series, the lines are red.
    """
    promised = [
        target.ref
        for target, limit in zip(shown.targets, shown.scale.limits, strict=True)
        if limit is not None
    ]
    single = all("{{" not in target.legend for target in shown.targets if target.ref in promised)
    if shown.scale.common is not None or not single or len(promised) > len(OWN):
        return ["red"] * len(shown.targets)
    own = dict(zip(promised, OWN, strict=False))
    return [own.get(target.ref, "") for target in shown.targets]


def base_colour(panel: QueryPanel) -> str:
    """Return the colour of a panel that nothing was promised of."""
    return "blue" if panel.kind in ("gauge", "bargauge") else NEUTRAL
