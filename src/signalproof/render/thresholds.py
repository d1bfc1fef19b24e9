"""Promises as Grafana's thresholds: colours from a value upwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from signalproof.dashboard.panels import QueryPanel, TimeSeries
from signalproof.dashboard.resolve import ShownPanel
from signalproof.promql.expr import Limit
from signalproof.render.colours import NEUTRAL


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
        lines = {limit.value: Step(line_colour(limit), limit.value) for limit in limits if limit is not None}
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


def line_colour(limit: Limit) -> str:
    """Return the colour of a line that must not be crossed: red where it was promised, amber where it is a mark to go by."""
    return "red" if limit.promised else "orange"


def base_colour(panel: QueryPanel) -> str:
    """Return the colour of a panel that nothing was promised of."""
    return "blue" if panel.kind in ("gauge", "bargauge") else NEUTRAL
