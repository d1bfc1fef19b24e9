"""Instruments of OpenTelemetry in Python source, as Prometheus sees them.

Names: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from signalproof.catalogue.exposition import Role, format_bound
from signalproof.catalogue.family import ENDINGS, Family, Type
from signalproof.catalogue.labels import LabelDomain
from signalproof.convert.constants import Scope
from signalproof.convert.environments import scopes
from signalproof.convert.found import Check, Found
from signalproof.convert.tree import Site, Tree
from signalproof.knowledge.suffixes import promised

_KINDS: Final[Mapping[str, Type]] = {
    "create_counter": Type.COUNTER,
    "create_observable_counter": Type.COUNTER,
    "create_up_down_counter": Type.GAUGE,
    "create_observable_up_down_counter": Type.GAUGE,
    "create_gauge": Type.GAUGE,
    "create_observable_gauge": Type.GAUGE,
    "create_histogram": Type.HISTOGRAM,
}
_UNITS: Final = {
    "d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds",
    "By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes", "KBy": "kilobytes", "MBy": "megabytes",
    "GBy": "gigabytes", "m": "meters", "V": "volts", "A": "amperes", "J": "joules", "W": "watts", "g": "grams", "Cel": "celsius",
    "Hz": "hertz", "%": "percent",
}  # fmt: skip
_DEFAULT: Final = (
    0.0,
    5.0,
    10.0,
    25.0,
    50.0,
    75.0,
    100.0,
    250.0,
    500.0,
    750.0,
    1000.0,
    2500.0,
    5000.0,
    7500.0,
    10000.0,
)
_NAME_DOUBT: Final = "as OpenTelemetry's exporter for Prometheus writes it; it may add otel_scope_ labels"


def declared_by_meters(tree: Tree) -> Iterator[Found | Check]:
    """Yield the instruments that *tree* creates, and those whose name is made at run time."""
    for method, kind in _KINDS.items():
        for site in tree.calls.get(method, ()):
            if not isinstance(site.call.func, ast.Attribute) or not _is_meter(site):
                continue
            tree.steps = 0
            made = [
                one
                for scope in scopes(site, tree)
                if (one := _instrument(site, kind, scope, tree)) is not None
            ]
            yield from made
            if not made:
                yield Check(
                    site.where, method, "an instrument whose name is made at run time; declare it by hand"
                )


def _is_meter(site: Site) -> bool:
    assert isinstance(site.call.func, ast.Attribute)
    receiver = ast.unparse(site.call.func.value).lower()
    return "meter" in receiver or any(one.startswith("opentelemetry") for one in site.module.imports.values())


def _instrument(site: Site, kind: Type, scope: Scope, tree: Tree) -> Found | None:
    call = site.call
    observed = "observable" in getattr(call.func, "attr", "")
    order = ("name", "callbacks", "unit", "description") if observed else ("name", "unit", "description")
    given = dict(zip(order, call.args, strict=False)) | {
        one.arg: one.value for one in call.keywords if one.arg
    }
    values: dict[str, Any] = {name: scope.value(node) for name, node in given.items()}
    if not isinstance(values.get("name"), str):
        return None
    doubts = {"name": _NAME_DOUBT}
    unit = values.get("unit", "")
    if not isinstance(unit, str):
        doubts["name"], unit = "its unit is made at run time, and a part of the name", ""
    unit = re.sub(r"\{[^}]*\}", "", unit)
    name = re.sub(r"[^a-zA-Z0-9_:]+", "_", values["name"]).strip("_")
    word = "ratio" if unit == "1" and kind is Type.GAUGE else _UNITS.get(unit, "")
    name = name.removesuffix("_total")
    if word and not name.endswith(f"_{word}"):
        name += f"_{word}"
    name += "_total" if kind is Type.COUNTER else ""
    help_text = values.get("description", "")
    if not isinstance(help_text, str):
        doubts["help"], help_text = "its help text is made at run time", ""
    labels = {} if observed else {key: LabelDomain(key) for key in _attributes(site, tree)}
    doubts["labels"] = (
        "the attributes that the source writes out; are there others?"
        if labels
        else "which attributes does it have?"
    )
    buckets = None
    if kind is Type.HISTOGRAM:
        advised = values.get("explicit_bucket_boundaries_advisory", _DEFAULT)
        if isinstance(advised, tuple) and advised and all(isinstance(one, int | float) for one in advised):
            buckets = tuple(format_bound(float(one)) for one in sorted(set(advised)))
            doubts["buckets"] = "a View may give it others"
        else:
            doubts["buckets"] = "its buckets are made at run time"
    family = Family(
        name=name,
        type=kind,
        help=help_text,
        unit=promised(name, next(iter(ENDINGS[kind].values()), Role.UNKNOWN), word, help_text),
        labels=labels,
        open=True,
        buckets=buckets,
        where=site.where,
    )
    return Found(family, site.variable if site.variable.isupper() else "", doubts)


def _attributes(site: Site, tree: Tree) -> list[str]:
    """Return the keys of the attributes that ``add``, ``record`` and ``set`` give what *site* makes."""
    found: dict[str, None] = {}
    for method in ("add", "record", "set"):
        for use in tree.calls.get(method, ()):
            held = use.call.func.value if isinstance(use.call.func, ast.Attribute) else None
            name = (
                held.id
                if isinstance(held, ast.Name)
                else held.attr
                if isinstance(held, ast.Attribute)
                else ""
            )
            if not site.variable or name != site.variable:
                continue
            given = [
                *use.call.args[1:2],
                *(one.value for one in use.call.keywords if one.arg == "attributes"),
            ]
            for one in given:
                if isinstance(one, ast.Dict):
                    keys = (key.value for key in one.keys if isinstance(key, ast.Constant))
                    found.update((re.sub(r"[^a-zA-Z0-9_]", "_", str(key)), None) for key in keys)
    return list(found)
