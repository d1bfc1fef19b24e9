"""Declarations of prometheus_client in Python source, as metrics to declare; read, and never run.

https://prometheus.github.io/client_python/instrumenting/: a name is namespace, subsystem, name and unit with ``_`` between.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from signalproof.catalogue.existing import CLIENT
from signalproof.catalogue.exposition import Role, format_bound
from signalproof.catalogue.family import ENDINGS, Family, Type
from signalproof.catalogue.labels import LabelDomain
from signalproof.convert.constants import Scope
from signalproof.convert.environments import scopes
from signalproof.convert.found import Check, Found, of_label
from signalproof.convert.tree import Site, Tree, read_tree
from signalproof.convert.uses import info_keys, label_values
from signalproof.convert.values import UNKNOWN
from signalproof.errors import Location, SignalproofError
from signalproof.knowledge.suffixes import UNIT_NAMES, promised

_KINDS: Final[Mapping[str, Type]] = {
    "Counter": Type.COUNTER,
    "Gauge": Type.GAUGE,
    "Histogram": Type.HISTOGRAM,
    "Summary": Type.SUMMARY,
    "Info": Type.INFO,
    "Enum": Type.STATESET,
}
_PARAMETERS: Final = ("name", "documentation", "labelnames", "namespace", "subsystem", "unit")
_PART: Final = {"documentation": "help", "labelnames": "labels", "buckets": "buckets"}
"""What of a declaration is in doubt with a parameter; with all others the name is."""
_NONE: Final[Mapping[str, Any]] = {"labelnames": (), "namespace": "", "subsystem": "", "unit": ""}


def declarations(path: Path) -> tuple[list[Found], list[Check]]:
    """Return the metrics that the source at *path* declares, and what of it could not be read.

    Raises:
        SignalproofError: There is no source, or it declares nothing.
    """
    from signalproof.convert.opentelemetry import declared_by_meters

    tree = read_tree(path)
    found: dict[str, Found] = {}
    called: dict[str, set[str]] = {}
    unread = list(tree.unread)
    for site, kind in _sites(tree):
        tree.steps = 0
        named = False
        for scope in scopes(site, tree):
            one = _declared(site, kind, scope)
            if isinstance(one, Found):
                named = True
                _add(found, one)
                called.setdefault(one.family.name, set()).add(site.variable or scope.assigned)
        if not named:
            said = ast.unparse(_arguments(site.call).get("name", ast.Constant("…")))
            unread.append(
                Check(site.where, said, f"a {kind} whose name is made at run time; declare it by hand")
            )
    for otel in declared_by_meters(tree):
        if isinstance(otel, Check):
            unread.append(otel)
        else:
            _add(found, otel)
    if not found:
        raise SignalproofError(
            f"nothing in {path} declares a metric whose name stands in the source",
            "give the source that calls prometheus_client or OpenTelemetry, or the URL of its /metrics",
            where=unread[0].where if unread else Location(str(path)),
        )
    return [_with_uses(one, tree, called.get(name, set()) - {""}) for name, one in found.items()], unread


def _sites(tree: Tree) -> Iterator[tuple[Site, str]]:
    """Yield the calls that make a metric of prometheus_client, in the order of the files."""
    listed = []
    for name, sites in tree.calls.items():
        for site in sites:
            if name not in _KINDS and site.module.imports.get(name, "").rpartition(".")[2] not in _KINDS:
                continue
            origin, _, kind = tree.dotted(site.call.func, site.module).rpartition(".")
            if kind in _KINDS and origin in ("prometheus_client", "prometheus_client.metrics"):
                listed.append((site, kind))
    yield from sorted(
        listed, key=lambda one: (str(one[0].module.file), one[0].call.lineno, one[0].call.col_offset)
    )


def _arguments(call: ast.Call) -> dict[str, ast.expr]:
    given = dict(
        zip(_PARAMETERS, (one for one in call.args if not isinstance(one, ast.Starred)), strict=False)
    )
    return given | {one.arg: one.value for one in call.keywords if one.arg}


def _declared(site: Site, kind: str, scope: Scope) -> Found | None:
    """Return the metric that one call makes; None where its name is not in the source."""
    doubts: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, node in _arguments(site.call).items():
        scope.tree.assumed.clear()
        values[name] = scope.value(node)
        if scope.tree.assumed:
            part = _PART.get(name, "name")
            doubts[part] = f"its {part} {' and '.join(sorted(scope.tree.assumed))}"
    for one in site.call.keywords:
        if one.arg is None and isinstance(more := scope.value(one.value), dict):
            values.update(more)
    values = {**_NONE, **values}
    parts = [values[key] for key in ("namespace", "subsystem", "name") if key in values]
    if "name" not in values or not all(isinstance(one, str) for one in parts) or not values["name"]:
        return None
    name = "_".join(filter(None, parts))
    unit = values["unit"]
    if not isinstance(unit, str):
        doubts["name"], unit = "its unit is made at run time, and a part of the name", ""
    type_ = _KINDS[kind]
    name = name.removesuffix("_total") if type_ is Type.COUNTER else name
    if unit and not name.endswith(f"_{unit}"):
        name += f"_{unit}"
    name += {Type.COUNTER: "_total", Type.INFO: "_info"}.get(type_, "")
    help_text = values.get("documentation", UNKNOWN)
    if not isinstance(help_text, str):
        doubts["help"], help_text = "its help text is made at run time", ""
    labels = _labels(values["labelnames"], doubts)
    if type_ is Type.STATESET:
        labels = {**(labels or {}), name: _states(values.get("states", UNKNOWN), name, doubts)}
    family = Family(
        name=name,
        type=type_,
        help=help_text,
        unit=promised(name, _role(type_), unit if unit in UNIT_NAMES else "", help_text),
        labels=labels or {},
        open="labels" in doubts,
        buckets=_buckets(values.get("buckets", CLIENT.bounds), doubts) if type_ is Type.HISTOGRAM else None,
        quantiles=() if type_ is Type.SUMMARY else None,
        where=site.where,
    )
    variable = site.variable or scope.assigned
    return Found(family, variable if variable.isupper() and not _in_loop(site) else "", doubts)


def _role(kind: Type) -> Role:
    return next(iter(ENDINGS[kind].values()), Role.UNKNOWN)


def _in_loop(site: Site) -> bool:
    return any(isinstance(one, ast.For | ast.AsyncFor | ast.comprehension) for one in site.frames)


def _labels(names: Any, doubts: dict[str, str]) -> dict[str, LabelDomain] | None:
    names = tuple(names) if isinstance(names, dict) else names
    if not isinstance(names, tuple):
        doubts["labels"] = "its labels are made at run time"
        return None
    known = [one for one in names if isinstance(one, str)]
    if len(known) < len(names):
        doubts["labels"] = "some of its labels are made at run time"
    return {one: LabelDomain(one) for one in known}


def _states(states: Any, name: str, doubts: dict[str, str]) -> LabelDomain:
    if isinstance(states, tuple) and all(isinstance(one, str) for one in states):
        return LabelDomain(name, frozenset(states), len(states))
    doubts[of_label(name)] = "its states are made at run time"
    return LabelDomain(name)


def _buckets(bounds: Any, doubts: dict[str, str]) -> tuple[str, ...] | None:
    try:  # prometheus_client takes "+Inf" as well
        numbers = {float(one) for one in bounds} - {float("inf")}
    except (TypeError, ValueError):
        numbers = set()
    if not numbers:
        doubts["buckets"] = "its buckets are made at run time"
        return None
    return tuple(map(format_bound, sorted(numbers)))


def _add(found: dict[str, Found], one: Found) -> None:
    name = one.family.name
    other = found.setdefault(name, one)
    if other is one or (other.family.type, set(other.family.labels)) == (
        one.family.type,
        set(one.family.labels),
    ):
        return
    doubt = f"{one.family.where} declares it differently"
    found[name] = replace(other, doubts={**other.doubts, "name": doubt})


def _with_uses(one: Found, tree: Tree, called: set[str]) -> Found:
    """Return *one* with the label values that the source gives it, and what is to be checked of each label."""
    family, doubts = one.family, dict(one.doubts)
    labels = dict(family.labels)
    if family.type is Type.INFO and not labels and (keys := info_keys(tree, called)):
        labels = {key: LabelDomain(key) for key in keys}
    elif family.type is Type.INFO and not labels:
        doubts.setdefault("labels", "what it says is made at run time")
        family = replace(family, open=True)
    values = label_values(tree, family, called)
    for name, domain in labels.items():
        if domain.values is not None or family.type is Type.INFO:
            continue
        if seen := values.get(name):
            labels[name] = LabelDomain(name, frozenset(seen), len(seen))
            doubts.setdefault(of_label(name), "the values in the source; are there others?")
        else:
            doubts.setdefault(
                of_label(name), "which values? list them (ClosedLabel), or bound them (BoundedLabel)"
            )
    return replace(one, family=replace(family, labels=labels), doubts=doubts)
