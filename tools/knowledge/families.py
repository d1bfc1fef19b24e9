"""Turns declarations of Go source into families of a catalogue file, claiming only what they prove."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from tools.knowledge.gosource import Declaration
from tools.knowledge.versions import Family, labels

UNITS = {  # by the end of a name, a counter's _total left out
    "_timestamp_seconds": "timestamp_seconds",
    "_time_seconds": None,  # a length or a point in time
    "_seconds": "seconds",
    "_bytes": "bytes",
    "_celsius": "celsius",
    "_volts": "volts",
    "_amperes": "amperes",
    "_joules": "joules",
    "_ratio": None,  # some of them pass 1
    "_meters": "meters",
    "_grams": "grams",
}

_BYTES = re.compile(r"_bytes_(sent|received|read|written|transmitted|in|out|downloaded|uploaded)_total$")


def unit(name: str, kind: str) -> object | None:
    """The unit that a metric's name says, when it says one by the naming conventions."""
    bare = name.removesuffix("_total")
    if kind in ("info", "stateset"):
        return None
    if kind == "counter" and bare.endswith("_seconds"):
        return None if bare.endswith("_timestamp_seconds") else "seconds"
    if kind == "counter" and _BYTES.search(name):
        return "bytes"
    for end, found in UNITS.items():
        if bare.endswith(end):
            return found
    if (
        kind == "counter"
        and name.endswith("_total")
        and not re.search(r"_(milli|micro|nano)?(second|s)s?$|_[mun]s$", bare)
    ):
        return (
            "events"
            if not re.search(r"bytes|seconds|joule|time|duration|cost|size|energy|ms$", bare)
            else None
        )
    return None


def kind_of(declaration: Declaration) -> str:
    """The type on the metric's TYPE line; when source chooses between counter and gauge by the name's end, so do we."""
    if declaration.type == "untyped":
        return "unknown"
    if set(declaration.types) == {"counter", "gauge"} and declaration.name.endswith("_total"):
        return "counter"
    return declaration.type


def family(rows: Sequence[Declaration]) -> Family:
    """The family of all declarations of one name (in one release)."""
    first = rows[0]
    kinds = {kind_of(row) for row in rows} - {"unknown"}
    kind = kinds.pop() if len(kinds) == 1 else "unknown"
    out: Family = {"name": first.name, "type": kind}
    found = unit(first.name, kind)
    if found is not None:
        out["unit"] = found
    if all(row.labels is not None for row in rows):
        out["labels"] = labels([_labels(row) for row in rows])
        if any(row.labels_open or row.const_open for row in rows):
            out["open"] = True
    if kind == "histogram":
        bounds = {row.buckets for row in rows}
        if len(bounds) == 1 and first.buckets is not None:
            out["buckets"] = list(first.buckets)
        natives = {row.native for row in rows}
        if natives == {"only"}:
            out["native"] = "only"
        elif natives & {"true", "only"}:
            out["native"] = True
    if kind == "summary" and len({row.quantiles for row in rows}) == 1 and first.quantiles is not None:
        out["quantiles"] = list(first.quantiles)
    if all(row.stability == first.stability for row in rows) and first.stability in (
        "stable",
        "alpha",
        "beta",
    ):
        out["stability"] = first.stability
    if all(row.deprecated for row in rows):
        out["stability"] = "deprecated"
    out["declared"] = first.where
    return out


def _labels(row: Declaration) -> dict[str, dict[str, Any]]:
    out: dict[str, dict[str, Any]] = {}
    for label in row.labels or ():
        out[label] = {"optional": True} if label in row.optional else {}
    for label, value in row.const_labels.items():
        out[label] = {} if value is None else {"values": [value]}
    return out


def families(declarations: Iterable[Declaration]) -> list[Family]:
    """The families of all declarations with a known name."""
    by_name: dict[str, list[Declaration]] = {}
    for declaration in declarations:
        if not declaration.dynamic:
            by_name.setdefault(declaration.name, []).append(declaration)
    return [family(by_name[name]) for name in sorted(by_name)]


def patterns(declarations: Iterable[Declaration]) -> list[str]:
    """The names made at run time, with * for what is not known of them; those that could be any name left out."""
    return sorted({row.name for row in declarations if row.dynamic and row.prefix})


def closed(found: Iterable[Family], declarations: Iterable[Declaration], names: Collection[str]) -> None:
    """Put the values of some labels into families, where every use in the source gives the label a constant."""
    rows: dict[str, list[Declaration]] = {}
    for row in declarations:
        rows.setdefault(row.name, []).append(row)
    for one in found:
        for label, facts in one.get("labels", {}).items():
            seen = [row.values.get(label) for row in rows[one["name"]] if label in (row.labels or ())]
            values = {value for some in seen if some is not None for value in some}
            if label in names and seen and None not in seen and values and "" not in values:
                facts["values"] = sorted(values)


def build_info(program: str) -> Family:
    """The family that the version collector of Prometheus' common library adds under the name of a program.

    All but the Go version is put in when the program is linked: a packager may leave it empty, and older builds lack some.
    """
    linked = ("branch", "goarch", "goos", "revision", "tags", "version")
    labels: dict[str, dict[str, Any]] = {label: {"optional": True} for label in linked} | {"goversion": {}}
    return {
        "name": f"{program}_build_info",
        "type": "info",
        "labels": dict(sorted(labels.items())),
        "presence": "always",
    }
