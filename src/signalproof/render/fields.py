"""The field configuration of a panel: what its numbers are, and what sets one query or series apart from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

from signalproof.catalogue.units import EVENT
from signalproof.dashboard.asking import ShownTarget
from signalproof.dashboard.panels import BarGauge, Colour, Heatmap, QueryPanel, Stat, Table, TimeSeries
from signalproof.dashboard.resolve import ShownPanel
from signalproof.dashboard.states import State, StateTimeline, StatusHistory
from signalproof.render.colours import NEUTRAL, grafana_colour, meaning, shade
from signalproof.render.look import labels_of
from signalproof.render.thresholds import (
    Step,
    base_colour,
    panel_steps,
    query_steps,
    steps_of,
)

Json: TypeAlias = dict[str, Any]


def field(shown: ShownPanel) -> Json:
    """Return what holds for every field of the panel, thresholds apart."""
    panel, scale = shown.panel, shown.scale
    assert isinstance(panel, QueryPanel)
    found: Json = {"noValue": panel.nothing if panel.no_value is None else panel.no_value}
    if not isinstance(panel, Heatmap) and not getattr(panel, "states", ()):
        for name, value in (
            ("unit", scale.unit or None),
            ("min", scale.low),
            ("max", scale.high),
            ("decimals", scale.decimals),
        ):
            if value is not None:
                found[name] = value
    if shown.data_links:
        found["links"] = [
            {"title": link.title, "url": link.url, "targetBlank": link.new_tab} for link in shown.data_links
        ]
    match panel:
        case TimeSeries():
            found["color"] = {"mode": "palette-classic"}
        case StateTimeline() | StatusHistory():
            # in mode "thresholds" with one step, Grafana 12 puts all values into that step and ignores the mappings
            found["color"] = {"mode": "palette-classic" if panel.states else "thresholds"}
            found["mappings"] = _states(panel.states)
        case Table() | Heatmap():
            pass
        case _:
            found["color"] = {"mode": "thresholds"} if panel_steps(shown) else _fixed(base_colour(panel))
    return found


def steps(shown: ShownPanel) -> tuple[Step, ...]:
    """Return the thresholds of the panel.

    A gauge without any gets its own colour: left out, Grafana would colour it red from 80 upwards.
    """
    panel = shown.panel
    assert isinstance(panel, QueryPanel)
    found = panel_steps(shown)
    if found or isinstance(panel, TimeSeries | Heatmap | Table) or getattr(panel, "states", ()):
        return found
    return (Step(base_colour(panel), 0.0),)


def overrides(shown: ShownPanel) -> list[Json]:
    """Return what differs by query or by series; what stands later wins."""
    return list(_column_overrides(shown) if isinstance(shown.panel, Table) else _series_overrides(shown))


def _series_overrides(shown: ShownPanel) -> Iterator[Json]:
    panel, scale = shown.panel, shown.scale
    if isinstance(panel, TimeSeries | BarGauge | Stat):
        named: dict[str, Colour] = dict(one for target in shown.targets for one in _meanings(target))
        counts = all(target.value.unit == EVENT for target in shown.targets)
        seen: Counter[Colour] = Counter()
        for name, colour in named.items():
            yield _override("byName", name, **_by_meaning(panel, colour, seen[colour], counts))
            seen[colour] += 1
    for target, unit in zip(shown.targets, scale.units, strict=True):
        if unit and unit != scale.unit and not isinstance(panel, Heatmap | StateTimeline | StatusHistory):
            yield _override("byFrameRefID", target.ref, unit=unit)
    for ref, its in query_steps(shown):
        yield _override("byFrameRefID", ref, thresholds=_thresholds(its), color={"mode": "thresholds"})


def _by_meaning(panel: QueryPanel, colour: Colour, number: int, counts: bool) -> Json:
    shown = shade(colour, number)
    if isinstance(panel, Stat) and colour == "red" and counts:
        # no failure is no reason for red: the colour comes with the first one that is shown
        return {
            "color": {"mode": "thresholds"},
            "thresholds": _thresholds((Step(NEUTRAL, 0.0), Step(shown, 0.5))),
        }
    return {"color": _fixed(shown)}


def _meanings(target: ShownTarget) -> Iterator[tuple[str, Colour]]:
    """Yield (series name, colour) for the series of the query whose label value, or name, means something."""
    labels = labels_of(target.legend)
    if not labels and (colour := meaning(target.expr.name)):
        yield target.legend, colour
    if len(labels) == 1 and (domain := target.value.labels.known.get(labels[0])):
        for value in sorted(domain.values or ()):
            if colour := meaning(value):
                yield target.legend.replace(f"{{{{{labels[0]}}}}}", value), colour


def _column_overrides(shown: ShownPanel) -> Iterator[Json]:
    scale = shown.scale
    for label in sorted({label for target in shown.targets for label in target.value.labels.known}):
        values = {
            value
            for target in shown.targets
            if (domain := target.value.labels.known.get(label)) is not None
            for value in domain.values or ()
        }
        colours = {
            value: {"color": grafana_colour(colour)} for value in sorted(values) if (colour := meaning(value))
        }
        if colours:
            yield _override(
                "byName",
                label,
                mappings=[{"type": "value", "options": colours}],
                **{"custom.cellOptions": {"type": "color-text"}},
            )
    for target, unit, limit in zip(shown.targets, scale.units, scale.limits, strict=True):
        more: Json = {}
        if unit != scale.unit:
            more["unit"] = unit or "none"
        if target.value.unit == EVENT and scale.decimals is None:
            more["decimals"] = 0
        if limit is not None:
            more["thresholds"] = _thresholds(steps_of(limit))
            more["color"] = {"mode": "thresholds"}
            more["custom.cellOptions"] = {"type": "color-text"}
        if more:
            yield _override("byName", target.legend, **more)


def _override(matcher: str, options: str, /, **properties: Any) -> Json:
    return {
        "matcher": {"id": matcher, "options": options},
        "properties": [{"id": name, "value": value} for name, value in properties.items()],
    }


def _thresholds(its: tuple[Step, ...]) -> Json:
    return {"mode": "absolute", "steps": [step._asdict() for step in its]}


def _states(states: tuple[State, ...]) -> list[Json]:
    options = {
        f"{state.value:g}": {"text": state.text, "color": grafana_colour(state.color), "index": index}
        for index, state in enumerate(states)
    }
    return [{"type": "value", "options": options}] if options else []


def _fixed(colour: str) -> Json:
    return {"mode": "fixed", "fixedColor": colour}
