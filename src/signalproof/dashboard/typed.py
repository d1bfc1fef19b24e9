"""Where the values of known types stand in a classic dashboard body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from signalproof.dashboard import json_types as types
from signalproof.dashboard.foreign import panels_of
from signalproof.dashboard.json_types import Type
from signalproof.documents import Table

_FIELDS: Mapping[str, Mapping[str, Type]] = {
    "": types.FIELD,
    "thresholds": types.THRESHOLDS,
    "color": types.COLOR,
}
_CUSTOM: Mapping[str, Mapping[str, Type]] = {
    "": types.GRAPH,
    "stacking": types.STACKING,
    "scaleDistribution": types.SCALE,
    "lineStyle": types.LINE_STYLE,
    "thresholdsStyle": types.LINES,
    "hideFrom": types.HIDDEN,
}
_OPTIONS: Mapping[str, Mapping[str, Mapping[str, Type]]] = {
    "timeseries": {"legend": types.LEGEND, "tooltip": types.TOOLTIP},
    "stat": {"": types.STAT, "reduceOptions": types.REDUCED},
    "gauge": {"": types.GAUGE, "reduceOptions": types.REDUCED},
    "bargauge": {"": types.BAR_GAUGE, "reduceOptions": types.REDUCED},
}
_PROMETHEUS = frozenset({"expr"})


def typed(spec: Table) -> Iterator[tuple[Table, Mapping[str, Type], Table]]:
    """Yield every table whose values are known, with the panel or whatever it belongs to."""
    yield spec, types.DASHBOARD, spec
    for one in spec.tables("links"):
        yield one, types.LINK, spec
    for one in spec.table("templating").tables("list"):
        yield one, types.VARIABLE, one
    for one in spec.table("annotations").tables("list"):
        yield one, types.ANNOTATION, one
    for one in spec.tables("panels"):
        if one.get("type") == "row":
            yield one, types.ROW, one
            yield one.table("gridPos"), types.GRID, one
    for panel in panels_of(spec):
        yield panel, types.PANEL, panel
        yield panel.table("gridPos"), types.GRID, panel
        for target in panel.tables("targets"):
            if target.keys() & _PROMETHEUS:
                yield target, types.TARGET, panel
        if panel.text("type") in _OPTIONS:
            yield from _of_options(panel)


def _of_options(panel: Table) -> Iterator[tuple[Table, Mapping[str, Type], Table]]:
    options, config = panel.table("options"), panel.table("fieldConfig")
    for key, known in _OPTIONS[panel.text("type")].items():
        yield options.table(key) if key else options, known, panel
    defaults = config.table("defaults")
    for key, known in _FIELDS.items():
        yield defaults.table(key) if key else defaults, known, panel
    for step in defaults.table("thresholds").tables("steps"):
        yield step, types.STEP, panel
    custom = defaults.table("custom")
    for key, known in _CUSTOM.items() if panel.get("type") == "timeseries" else ():
        yield custom.table(key) if key else custom, known, panel
    for override in config.tables("overrides"):
        for one in override.tables("properties"):
            yield from _of_property(one, panel)


def _of_property(one: Table, panel: Table) -> Iterator[tuple[Table, Mapping[str, Type], Table]]:
    """Yield a property that an override sets, as if it stood among the defaults."""
    path = one.text("id")
    group, _, name = path.rpartition(".")
    known: Mapping[str, Type] = {}
    if not group:
        known = _FIELDS.get(name, {}) if isinstance(one.get("value"), Table) else types.FIELD
    elif group == "custom" and panel.get("type") == "timeseries":
        known = _CUSTOM.get(name, {}) if isinstance(one.get("value"), Table) else types.GRAPH
    if isinstance(one.get("value"), Table):
        yield one.table("value"), known, panel
    elif name in known and not isinstance(one.get("value"), list):
        single = Table(one.line)
        single[name] = one.get("value")
        yield single, known, panel
