"""A dashboard of Grafana's JSON → a package of definitions: ``__init__.py``, a module for each row, and shared settings."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from signalproof.convert.calls import BUILDER, Known
from signalproof.convert.code import WIDTH, Call, Name, names_in, source
from signalproof.convert.dashboards.normal import normalised
from signalproof.convert.dashboards.panels import Keys, panel_call, setting
from signalproof.convert.dashboards.shared import shared_by, with_names
from signalproof.convert.dashboards.variables import variable_call
from signalproof.dashboard.keys import slug
from signalproof.dashboard.layout import place
from signalproof.dashboard.links import DashboardLink, Link
from signalproof.dashboard.model import Dashboard
from signalproof.dashboard.panels import Text
from signalproof.dashboard.said import difference, read
from signalproof.render.plain import dashboard_link

Json: TypeAlias = dict[str, Any]

_TAKEN = frozenset({"annotations", "promql"})
"""Names that a module imports already."""
_HEAD = "from __future__ import annotations\n"
_OF_DASHBOARD = frozenset(
    {"uid", "title", "time", "templating", "description", "tags", "refresh", "links", "panels"}
)


@dataclass(frozen=True)
class Package:
    """What a dashboard became.

    Attributes:
        name: Of the package.
        files: File name → source.
        kinds: Panels by kind; those that are kept as they are under ``raw`` and the name of their kind.
    """

    name: str
    files: Mapping[str, str]
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Row:
    call: Call
    module: str = ""


def package_of(spec: Json, fallback: str, folder: str = "", known: Known | None = None) -> Package:
    """Return the package of a dashboard.

    Args:
        spec: The classic model, of a schema that is read (see `normal.check_version`).
        fallback: What it is called where its title has no letters.
        folder: Folder of Grafana; that of the library when empty.
        known: What the builder can make of queries; without it they stay as they are written.
    """
    data = normalised(spec)
    kinds: Counter[tuple[str, str]] = Counter()
    rows = _rows(data.get("panels", ()), kinds, known)
    shared = shared_by(row.call for row in rows)
    rows = [replace(row, call=with_names(row.call, shared)) for row in rows]
    modules = _modules(rows)
    title = str(data.get("title", fallback))
    name = identifier(title) or identifier(fallback) or "dashboard"
    files = {}
    if shared:
        files["_settings.py"] = _settings_module(title, shared)
    for module, row in modules.items():
        files[f"{module}.py"] = _module(f"Row: {row.call.args[0]}.", [("ROW", row.call)], shared, known)
    files["__init__.py"] = _init(data, title, fallback, folder, rows, modules, shared, known)
    return Package(name, dict(sorted(files.items())), kinds)


def identifier(text: str, most: int = 60) -> str:
    """Return *text* as a name of a module of at most so many letters; empty where it has none."""
    found = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    found = re.sub(r"^(?=\d)", "d_", found)[:most].rstrip("_")
    return f"{found}_" if keyword.iskeyword(found) or found in _TAKEN else found


def _rows(panels: Iterable[Json], kinds: Counter[tuple[str, str]], known: Known | None) -> list[_Row]:
    """Return the rows: what stands before the first header is one without a header."""
    groups: list[tuple[Json | None, list[Json]]] = []
    for one in panels:
        if one.get("type") == "row":
            groups.append((one, list(one.get("panels", ()))))
        elif not groups or (groups[-1][0] or {}).get("collapsed"):
            groups.append((None, [one]))
        else:
            groups[-1][1].append(one)
    found, taken, bottom = [], Keys(), 0
    for header, listed in groups:
        title = (
            str((header or {}).get("title", "")) if str((header or {}).get("title", "")).strip() else "Panels"
        )
        key, own_key = taken.of(title)
        at = header.get("gridPos", {}).get("y", bottom) if header else bottom
        top = at + 1 if header else at
        keys, calls = Keys(), []
        for one in listed:
            call, kind = panel_call(one, top, keys, known)
            kinds[kind, str(one.get("type"))] += 1
            calls.append(call)
        calls = _flowing(calls)
        named: Json = {"key": key} if own_key else {}
        if header is None:
            named["header"] = False
        else:
            named |= _header(header, title)
        if at != bottom:
            named["at"] = at
        found.append(_Row(Call("Row", (title, tuple(calls)), named)))
        lowest = [
            one["y"] + one["h"] for one in (panel.get("gridPos", {"y": top, "h": 8}) for panel in listed)
        ]
        bottom = top if header and header.get("collapsed") else max([top, *lowest])
    return found


def _flowing(panels: list[Call]) -> list[Call]:
    """Return the panels of a row without their places, where the layout would put each of them there by itself."""
    sizes = [Text("x", "x", width=one.named["width"], height=one.named["height"]) for one in panels]
    if any((grid.x, grid.y) != one.named["at"] for grid, one in zip(place(sizes), panels, strict=True)):
        return panels
    return [
        replace(one, named={key: value for key, value in one.named.items() if key != "at"}) for one in panels
    ]


def _header(header: Json, title: str) -> Json:
    named: Json = {}
    if header.get("collapsed"):
        named["collapsed"] = True
    if header.get("repeat"):
        named["repeat"] = header["repeat"]
    own = {key: value for key, value in header.items() if key not in ("panels", "repeat")}
    y = header.get("gridPos", {}).get("y", 0)
    base: Json = {"type": "row", "title": title, "gridPos": {"h": 1, "w": 24, "x": 0, "y": y}}
    if header.get("collapsed"):
        base["collapsed"] = True
    if raw := difference(base, own):
        named["raw"] = raw
    return named


def _modules(rows: list[_Row]) -> dict[str, _Row]:
    """Return the module of each row; none where there is one row only."""
    found: dict[str, _Row] = {}
    if len(rows) < 2:
        return found
    for row in rows:
        name = wanted = identifier(re.split(r"\s[-–—]\s|[:?(]", str(row.call.args[0]))[0], 40) or "row"
        number = 2
        while name in found:
            name, number = f"{wanted}_{number}", number + 1
        found[name] = row
    return found


def _module(
    words: str, assigned: list[tuple[str, Any]], shared: Mapping[str, tuple[str, Any]], known: Known | None
) -> str:
    used = {name for _, value in assigned for name in names_in(value)}
    lines = [
        f'"""{words.replace(chr(92), " ").replace(chr(34), chr(39))}"""',
        "",
        _HEAD,
        *_imports(used, known),
    ]
    own = sorted(used & {name for name, _ in shared.values()})
    if own:
        lines += [_import("._settings", own), ""]
    for name, value in assigned:
        lines += [f"{name} = {source(value, 0, len(name) + 3)}"]
    return "\n".join(lines) + "\n"


def _imports(used: set[str], known: Known | None) -> list[str]:
    from signalproof import dashboard

    words = sorted(used & set(dashboard.__all__))
    lines = []
    if words:
        lines.append(_import("signalproof.dashboard", words))
    built = sorted(used & BUILDER)
    if built:
        lines.append(_import("signalproof.promql.build", built))
    if known is not None:
        lines += [_import(module, names) for module, names in known.imports(used - BUILDER).items()]
    lines.sort(key=lambda line: line.split(maxsplit=2)[1])
    return [*lines, ""] if lines else []


def _import(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    return (
        line
        if len(line) <= WIDTH
        else "\n".join([f"from {module} import (", *(f"    {one}," for one in names), ")"])
    )


def _settings_module(title: str, shared: Mapping[str, tuple[str, Any]]) -> str:
    return _module(f"What several panels of {title} have in common.", list(shared.values()), {}, None)


def _init(
    data: Json,
    title: str,
    fallback: str,
    folder: str,
    rows: list[_Row],
    modules: Mapping[str, _Row],
    shared: Mapping[str, tuple[str, Any]],
    known: Known | None,
) -> str:
    listed: tuple[Any, ...] = tuple(Name(f"{module}.ROW") for module in modules)
    listed = listed or tuple(row.call for row in rows)
    named: Json = {"plain": True}
    if folder:
        named["folder"] = folder
    if data.get("description"):
        named["description"] = data["description"]
    if data.get("tags"):
        named["tags"] = tuple(data["tags"])
    if variables := data.get("templating", {}).get("list"):
        named["variables"] = tuple(variable_call(one) for one in variables)
    if links := _links(data.get("links", [])):
        named["links"] = tuple(setting(one) for one in links)
    named["filters"] = ()
    time = data.get("time", {})
    named |= {"time_from": time.get("from", "now-6h"), "time_to": time.get("to", "now")}
    named["refresh"] = data.get("refresh", "") if isinstance(data.get("refresh", ""), str) else ""
    said, rest = read(Dashboard, data)
    named |= said
    raw = {key: value for key, value in rest.items() if key not in _OF_DASHBOARD}
    if not isinstance(data.get("refresh", ""), str):
        raw["refresh"] = data["refresh"]
    if data.get("links") and not links:
        raw["links"] = data["links"]
    if raw:
        named["raw"] = raw
    call = Call("Dashboard", (data.get("uid") or slug(title) or slug(fallback), title, listed), named)
    text = _module(f"{title}.", [("DASHBOARD", call)], shared, known)
    if modules:
        head, _, body = text.partition("\nDASHBOARD = ")
        text = f"{head.rstrip()}\n\n{_import('.', sorted(modules))}\n\nDASHBOARD = {body}"
    return text


def _links(listed: list[Json]) -> list[Link | DashboardLink]:
    found: list[Link | DashboardLink] = []
    for one in listed:
        link: Link | DashboardLink
        if one.get("type") == "link" and one.get("title") and one.get("url"):
            link = Link(one["title"], one["url"], new_tab=bool(one.get("targetBlank")))
        elif one.get("type") == "dashboards" and one.get("tags"):
            link = DashboardLink(tuple(one["tags"]), one.get("title", ""), menu=bool(one.get("asDropdown")))
        else:
            return []
        if dashboard_link(link) != one:
            return []
        found.append(link)
    return found
