"""D017: states that are drawn as ranges of thresholds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.documents import Table, is_number
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.pointing import panel_problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import dashboard, later

_PANEL = """{"panels": [{
  "type": "%s", "title": "Loops running", "options": {"mergeValues": %s},
  "targets": [{"refId": "A", "expr": "min by (region) (workers > bool 0)"}],
  "fieldConfig": {"defaults": {
    "color": {"mode": "%s"},
    "mappings": [{"type": "value", "options": {"0": {"text": "stopped"%s}, "1": {"text": "running"}}}],
    "thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": null}%s]}
  }}
}]}"""
_RED: Final = ', "color": "red"'
_TWO: Final = ', {"color": "green", "value": 1}'
_BY_DEFAULT: Final = (-math.inf, 80.0)
"""The steps that Grafana takes where a panel has none."""
_REMEDY: Final = (
    'write "color": {"mode": "palette-classic"}, and the colour of each state into its value mapping'
)


class _State(NamedTuple):
    """A number that a value mapping gives a text.

    Attributes:
        number: The number, or one of the range.
        text: What is shown for it.
        coloured: Whether the mapping gives it a colour, too.
    """

    number: float
    text: str
    coloured: bool


class StatesByThresholds(Rule[Everything]):
    """A state timeline with value mappings that takes its colours from thresholds.

    With the colour mode ``thresholds``, and values that are merged as they are unless told otherwise, a state timeline does
    not draw values but the ranges of the thresholds: value mappings are ignored. A single step is a single range, and
    "stopped" and "running" are one unbroken band with the label ``-∞+``. With a step for each state the colours are right,
    but the labels are ``< 1`` and ``1+`` instead of the words: that is said as info.

    A status history keeps the words. There the colour of the thresholds, which is its default, is one for all states where
    these lie in one range and their mappings have no colours.
    """

    code = "D017"
    slug = "states-by-thresholds"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            (dashboard(_PANEL % ("state-timeline", "true", "thresholds", _RED, "")), "thresholds"),
            (dashboard(_PANEL % ("state-timeline", "true", "thresholds", _RED, _TWO)), "thresholds"),
            (dashboard(_PANEL % ("status-history", "true", "thresholds", "", "")), "thresholds"),
            (dashboard(_PANEL % ("status-history", "true", "", "", "")), "status-history"),
        )
    )
    good = later(
        lambda: (
            dashboard(_PANEL % ("state-timeline", "true", "palette-classic", _RED, "")),
            dashboard(_PANEL % ("state-timeline", "false", "thresholds", _RED, "")),
            dashboard(_PANEL % ("status-history", "true", "thresholds", _RED, "")),
            dashboard(_PANEL % ("status-history", "true", "thresholds", "", _TWO)),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield the colour mode of every panel that draws its states as ranges."""
        for found in seen.dashboards:
            for panel in panels_of(found.spec):
                if panel.get("type") in ("state-timeline", "status-history"):
                    yield from _problems(panel, found)


def _problems(panel: Table, found: ForeignDashboard) -> Iterator[Problem]:
    config = panel.table("fieldConfig")
    defaults = config.table("defaults")
    is_timeline = panel.get("type") == "state-timeline"
    mode = defaults.table("color").text("mode")
    states = list(_states(defaults))
    if not states or (mode != "thresholds" and (is_timeline or mode)):
        return
    if (is_timeline and panel.table("options").get("mergeValues") is False) or _may_differ(panel):
        return
    steps = _steps(defaults.table("thresholds"))
    if steps is None:
        return
    shared = _in_one_range(states, steps)
    if is_timeline:
        alike = f"{shared} are one band" if shared else "the words of its value mappings are not shown"
        message = f"a state timeline in the colour mode thresholds draws ranges, not values: {alike}"
    elif shared and not any(one.coloured for one in states):
        message = f"{shared} have one colour: that of the one range of the thresholds in which they lie"
    else:
        return
    yield panel_problem(
        message,
        _REMEDY,
        mode or panel.text("type"),
        "color mode" if mode else "panel type",
        panel,
        found,
        severity=None if shared else Severity.INFO,
    )


def _may_differ(panel: Table) -> bool:
    """Whether single fields may have other colours, or other values than numbers."""
    overridden = (
        one.get("id")
        for override in panel.table("fieldConfig").tables("overrides")
        for one in override.tables("properties")
    )
    converted = (one.get("id") for one in panel.tables("transformations"))
    return "color" in overridden or "thresholds" in overridden or "convertFieldType" in converted


def _states(defaults: Table) -> Iterator[_State]:
    """Yield the numbers that have words, in the form of today and in that of Grafana 7."""
    for mapping in defaults.tables("mappings"):
        options = mapping.table("options")
        if mapping.get("type") == "value":
            for key, result in options.items():
                if isinstance(result, Table):
                    yield from _state(key, result)
        elif mapping.get("type") == "range":
            start = options.get("from")
            yield from _state(options.get("to") if start is None else start, options.table("result"))
        elif "text" in mapping:
            yield from _state(mapping.get("value", mapping.get("from")), mapping)


def _state(number: Any, result: Table) -> Iterator[_State]:
    text = str(result.text("text"))
    if text and is_number(str(number)) and math.isfinite(float(str(number))):
        yield _State(float(str(number)), text, bool(result.get("color")))


def _steps(thresholds: Table) -> tuple[float, ...] | None:
    """Return where the ranges begin; None where that depends on the values."""
    if thresholds.get("mode") == "percentage":
        return None
    steps = thresholds.tables("steps")
    if not steps:
        return _BY_DEFAULT
    values = [one.get("value") for one in steps[1:]]
    numbers = [float(str(one)) for one in values if is_number(str(one))]
    return (-math.inf, *numbers) if len(numbers) == len(values) else None


def _in_one_range(states: list[_State], steps: tuple[float, ...]) -> str:
    """Return the words of states that lie in one range, or what else lies there; empty where each has its own."""
    ranges: dict[int, list[str]] = {}
    for one in states:
        words = ranges.setdefault(sum(step <= one.number for step in steps), [])
        if one.text not in words:
            words.append(one.text)
    shared = max(ranges.values(), key=len)
    if len(shared) > 1:
        return " and ".join(repr(one) for one in shared[:3])
    return f"{shared[0]!r} and all other values" if len(steps) == 1 else ""
