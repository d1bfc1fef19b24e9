"""A panel of Grafana's JSON → the call that defines it: typed as far as it goes, the rest as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeAlias, cast

from signalproof.convert.calls import Known
from signalproof.convert.code import Call, Lines, Method
from signalproof.dashboard.asking import ShownTarget
from signalproof.dashboard.charts import BarChart, Histogram, Logs, PieChart, Traces
from signalproof.dashboard.keys import slug
from signalproof.dashboard.layout import Grid
from signalproof.dashboard.links import Link
from signalproof.dashboard.lists import AlertList, DashboardList
from signalproof.dashboard.panels import (
    BarGauge,
    Gauge,
    Heatmap,
    Panel,
    QueryPanel,
    Stat,
    Table,
    Text,
    TimeSeries,
)
from signalproof.dashboard.resolve import ShownPanel
from signalproof.dashboard.said import difference, read
from signalproof.dashboard.scale import Scale
from signalproof.dashboard.states import StateTimeline, StatusHistory
from signalproof.dashboard.targets import RawTarget, Target
from signalproof.errors import Location, SignalproofError
from signalproof.promql.build import promql
from signalproof.render import plain
from signalproof.render.controls import DATASOURCE

Json: TypeAlias = dict[str, Any]

KINDS: Mapping[str, type[Panel]] = {
    one.kind: one
    for one in (
        TimeSeries,
        Stat,
        Gauge,
        BarGauge,
        Heatmap,
        Table,
        Text,
        StateTimeline,
        StatusHistory,
        BarChart,
        PieChart,
        Histogram,
        Logs,
        Traces,
        AlertList,
        DashboardList,
    )
}
_NOWHERE = Location("", 0)
_GRID = {"h": 8, "w": 12, "x": 0, "y": 0}
_REFS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Keys:
    """Gives panels keys that no other of their row has."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, title: str) -> tuple[str, bool]:
        """Return a key for *title*, and whether it has to be written because it is not the one that follows from it."""
        wanted = slug(title) or "panel"
        key, number = wanted, 2
        while key in self._taken:
            key, number = f"{wanted}-{number}", number + 1
        self._taken.add(key)
        return key, key != slug(title)


def panel_call(data: Json, top: int, keys: Keys, known: Known | None = None) -> tuple[Call, str]:
    """Return the definition of a panel and its kind: that of a class, or ``raw``.

    Args:
        data: The panel, normalised.
        top: Line of the grid where the first line of its row begins.
        keys: Of its row.
        known: What the builder can make of queries.
    """
    title = data["title"] if str(data.get("title", "")).strip() else "Untitled"
    key, own_key = keys.of(title)
    grid = {**_GRID, **data.get("gridPos", {})}
    where: Json = {"width": grid["w"], "height": grid["h"], "at": (grid["x"], grid["y"] - top)}
    if own_key:
        where = {"key": key, **where}
    kind = KINDS.get(data.get("type", ""))
    if kind is not None:
        try:
            return _typed(
                kind, data, title, where, Grid(grid["x"], grid["y"], grid["w"], grid["h"]), known
            ), kind.kind
        except SignalproofError:
            pass  # a query that does not parse, say: the panel is kept as it is
    rest = {name: value for name, value in data.items() if name not in ("gridPos", "title")}
    raw = {} if data.get("title") == title else {"raw": {"title": data.get("title")}}
    return Call("RawPanel", (title,), {"json": rest, **where, **raw}), "raw"


def _typed(kind: type[Panel], data: Json, title: str, where: Json, grid: Grid, known: Known | None) -> Call:
    args: Json = {}
    calls: Json = {}
    targets: list[Target | RawTarget] = []
    asked: list[Any] = []
    for place, one in enumerate(data.get("targets", ())):
        target, call = _target(one, _REFS[place] if place < len(_REFS) else "", known)
        targets.append(target)
        asked.append(call)
    if issubclass(kind, QueryPanel):
        args, _ = read(kind, data)
        if data.get("datasource") == DATASOURCE:
            args.pop("datasource", None)
        args["queries"], args["why"] = tuple(targets), data.get("description", "")
        calls = {"links": _data_links(data)}
        if calls["links"] is None:
            calls = {}
    else:
        args, _ = read(kind, data)
    if kind is Text:
        args["markdown"] = data.get("options", {}).get("content", "")
    panel = _made(kind, title, args, calls.get("links"), _links(data), where)
    wanted = {**data, "id": 1, "gridPos": grid._asdict()}
    base = plain.panel(ShownPanel(
        panel, 1, grid, tuple(_shown(one) for one in targets if isinstance(one, Target)), Scale(),
        tuple(cast("tuple[Link, ...]", panel.links)),
        cast("tuple[Link, ...]", panel.data_links if isinstance(panel, QueryPanel) else ()),
    ))  # fmt: skip
    if "targets" in base and "targets" in wanted:
        base["targets"] = wanted["targets"]
    raw = difference(base, wanted)
    return Call(kind.__name__, *_arguments(kind, title, args, asked, panel, where, raw))


def _arguments(
    kind: type[Panel], title: str, args: Json, asked: list[Any], panel: Panel, where: Json, raw: Json
) -> tuple[tuple[Any, ...], Json]:
    named = {
        name: setting(value) for name, value in args.items() if name not in ("queries", "why", "markdown")
    }
    first: tuple[Any, ...] = (title,)
    if issubclass(kind, QueryPanel):
        first = (title, asked[0] if len(asked) == 1 else tuple(asked))
        if args["why"]:
            first = (*first, args["why"])
    elif kind is Text:
        first = (title, args["markdown"])
    if panel.links:
        named["links"] = tuple(setting(one) for one in panel.links)
    if isinstance(panel, QueryPanel) and panel.data_links:
        named["data_links"] = tuple(setting(one) for one in panel.data_links)
    return first, {**named, **where, **({"raw": raw} if raw else {})}


def _made(
    kind: type[Panel],
    title: str,
    args: Json,
    data_links: tuple[Link, ...] | None,
    links: tuple[Link, ...],
    where: Json,
) -> Panel:
    more: Json = {"links": links, "where": _NOWHERE, **where}
    if data_links:
        more["data_links"] = data_links
    if issubclass(kind, QueryPanel) and not args["queries"]:
        raise SignalproofError("a panel without a query is kept as it is", "")
    return kind(title, **args, **more)


def _target(data: Json, ref: str, known: Known | None) -> tuple[Target | RawTarget, Any]:
    text = data.get("expr")
    source = data.get("datasource")
    foreign = isinstance(source, dict) and source.get("type", "prometheus") not in (
        "prometheus",
        "datasource",
    )
    if foreign or not isinstance(text, str) or not text.strip():
        given = RawTarget(data)
        return given, Call("RawTarget", (data,))
    args, _ = read(Target, data)
    if data.get("datasource") == DATASOURCE:
        args.pop("datasource", None)
    legend = args.pop("legend", "")
    expr = promql(text, name=legend)
    made = known.call(expr.node) if known is not None else None
    call: Any = Call("promql", (Lines(expr.text),), {"name": legend} if legend else {})
    text = expr.text
    data = {**data, "expr": text}
    if made is not None:
        expr, call = made.expr.named(legend), Method(made.code, "named", (legend,)) if legend else made.code
    own_ref = data.get("refId", "")
    if own_ref != ref:
        args["ref"] = own_ref or ref
    target = Target(expr, **args)
    base = plain.with_target(
        {
            "refId": target.ref or ref,
            "datasource": DATASOURCE,
            "expr": text,
            **({"legendFormat": legend} if legend else {}),
        },
        target,
    )
    if raw := difference(base, data):
        args["raw"] = raw
        target = Target(expr, **args)
    return target, Call(
        "Target", (call,), {name: setting(value) for name, value in args.items()}
    ) if args else call


def _shown(target: Target) -> ShownTarget:
    return ShownTarget(
        target.ref, target.expr, target.expr.text, cast("Any", None), target.expr.name, False, "time_series"
    )


def _links(data: Json) -> tuple[Link, ...]:
    return _all_links(data.get("links", ())) or ()


def _data_links(data: Json) -> tuple[Link, ...] | None:
    return _all_links(data.get("fieldConfig", {}).get("defaults", {}).get("links", ()))


def _all_links(listed: Any) -> tuple[Link, ...] | None:
    """Return links, where each of them is nothing but title, address and whether it opens beside the dashboard."""
    found = []
    for one in listed:
        if one.keys() - {"title", "url", "targetBlank"} or not one.get("title") or not one.get("url"):
            return None
        if one.get("targetBlank", True) is not True and "targetBlank" in one:
            return None
        found.append(Link(one["title"], one["url"], new_tab="targetBlank" in one, where=_NOWHERE))
    return tuple(found)


def setting(value: Any) -> Any:
    """Return a setting as the call that makes it."""
    if isinstance(value, tuple):
        return tuple(setting(one) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    given = {
        one.name: setting(getattr(value, one.name))
        for one in fields(value)
        if one.name != "where" and getattr(value, one.name) != one.default
    }
    needed = [
        one.name
        for one in fields(value)
        if not one.kw_only and one.default is MISSING and one.default_factory is MISSING
    ]
    first = tuple(given.pop(name, None) for name in needed)
    return Call(type(value).__name__, first, given)
