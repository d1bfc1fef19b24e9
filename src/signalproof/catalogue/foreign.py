"""Catalogues of programs that declare none: taken from a dump of ``/metrics``, or from what Prometheus says of them.

Text format: https://prometheus.io/docs/instrumenting/exposition_formats/, OpenMetrics 1.0:
https://prometheus.io/docs/specs/om/open_metrics_spec/. From a dump, names, types, units and label *names* are known
and closed, label values stay open; from ``/api/v1/metadata`` alone labels are open, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signalproof.catalogue.exposition import SCRAPE_SERIES, Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import EVENT, ONE, UNITS, Dimension
from signalproof.errors import Location, SignalproofError

_STRING = r'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"'
_LABEL = re.compile(rf"\s*(?:([a-zA-Z_][a-zA-Z0-9_]*)|{_STRING})\s*(?:=\s*{_STRING}\s*)?(?:,|(?=\}}))\s*")
_OPEN = re.compile(r"[ \t]*\{")
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_VALUE = re.compile(
    r"\s+[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|0[xX][0-9a-fA-F.pP+-]+|[iI][nN][fF](?:inity)?|[nN][aA][nN])"
    r"(?:\s+[+-]?\d+(?:\.\d*)?)?\s*(?:#\s*\{.*)?"
)
_COMMENT = re.compile(rf"#\s*(HELP|TYPE|UNIT)\s+(?:([a-zA-Z_:][a-zA-Z0-9_:]*)|{_STRING})(?:\s(.*))?")
_UNIT_WORD = re.compile(
    r"(?:^|_)(?:(?:milli|micro|nano)?seconds?|minutes|hours|days|[mun]s|secs?|(?:kilo|mega|giga|kibi|mebi|gibi)?bytes|[kmg]i?b|bits"
    r"|percent(?:age)?|ratio|(?:kilo)?joules|watts|volts|amperes|celsius|fahrenheit|(?:kilo)?meters|(?:kilo)?grams|dollars"
    r"|timestamp|pages|sectors)(?:_|$)"
)
_ESCAPE = re.compile(r"\\(.)")

_ENDINGS = {
    "counter": {"": Role.COUNTER, "_total": Role.COUNTER, "_created": Role.GAUGE},
    "histogram": {"_bucket": Role.BUCKET, "_sum": Role.SUM, "_count": Role.COUNT, "_created": Role.GAUGE},
    "gaugehistogram": {"_bucket": Role.GAUGE, "_gsum": Role.GAUGE, "_gcount": Role.GAUGE},
    "summary": {"": Role.SUMMARY, "_sum": Role.SUM, "_count": Role.COUNT, "_created": Role.GAUGE},
    "info": {"": Role.INFO, "_info": Role.INFO},
    "gauge": {"": Role.GAUGE},
    "stateset": {"": Role.GAUGE},
}  # fmt: skip
_OPTIONAL = frozenset({"_created"})
_COUNTING = frozenset({Role.COUNTER, Role.BUCKET, Role.COUNT, Role.SUM})


@dataclass
class _Family:
    name: str
    kind: str = "unknown"
    help: str = ""
    unit: str = ""
    line: int = 0
    samples: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """Series name → label names seen on it → values seen."""


def read_exposition(path: Path) -> Exposition:
    """Return what the file *path* says exists: a text or OpenMetrics dump, metadata JSON, or series JSON.

    Raises:
        SignalproofError: The file cannot be read, or a line of it is none of these.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SignalproofError(
            f"cannot read {path}: {error.strerror}", "give a readable file", where=Location(str(path))
        ) from None
    except UnicodeDecodeError:
        raise SignalproofError(
            f"{path} is no UTF-8 text", "save it as UTF-8", where=Location(str(path))
        ) from None
    if text.lstrip().startswith("{") and not _looks_like_samples(text):
        return exposition_of_json(text, str(path))
    return exposition_of_text(text, str(path))


def _looks_like_samples(text: str) -> bool:
    """Whether a text that begins with a brace is an exposition whose first metric has a quoted name."""
    return re.match(rf"\s*\{{\s*{_STRING}\s*[,}}]", text) is not None


def exposition_of_text(text: str, file: str = "", *, values: bool = False) -> Exposition:
    """Return what a ``/metrics`` *text* (Prometheus text format or OpenMetrics) says exists.

    Args:
        text: The exposition.
        file: Where it came from, for messages.
        values: Whether the label values seen are all there are; else nothing is claimed of them.

    Raises:
        SignalproofError: A line is neither a comment nor a sample.
    """
    families: dict[str, _Family] = {}
    owners: dict[str, _Family] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if line.startswith("#"):
            _take_comment(line, number, families, owners)
            continue
        name, labels = _sample(line.rstrip("\r"), Location(file, number))
        family = owners.get(name) or families.setdefault(name, _Family(name, line=number))
        seen = family.samples.setdefault(name, {})
        for label, value in labels:
            seen.setdefault(label, set()).add(value)
    series = (one for family in families.values() for one in _series(family, file, values=values))
    return Exposition({**SCRAPE_SERIES, **{one.name: one for one in series}})


def _take_comment(line: str, number: int, families: dict[str, _Family], owners: dict[str, _Family]) -> None:
    found = _COMMENT.fullmatch(line.rstrip())
    if found is None:
        return
    name = found[2] or _unescaped(found[3])
    family = families.setdefault(name, _Family(name, line=number))
    rest = (found[4] or "").strip()
    if found[1] == "HELP":
        family.help = rest
    elif found[1] == "UNIT":
        family.unit = rest
    else:
        family.kind = rest
        for ending in _ENDINGS.get(rest, {"": Role.UNKNOWN}):
            owners[name + ending] = family


def _sample(line: str, where: Location) -> tuple[str, list[tuple[str, str]]]:
    """Return the name and the labels of one sample line."""
    text = line.lstrip()
    found = _NAME.match(text)
    name, at = (found[0], found.end()) if found else ("", 0)
    labels: list[tuple[str, str]] = []
    opened = _OPEN.match(text, at)
    if opened is not None:
        at = opened.end()
        while text[at : at + 1] != "}":
            label = _LABEL.match(text, at)
            if label is None:
                raise _broken(line, where)
            if label[3] is None:
                name = name or _unescaped(label[2] or "")
            else:
                labels.append((label[1] or _unescaped(label[2]), _unescaped(label[3])))
            at = label.end()
        at += 1
    if not name or _VALUE.fullmatch(text, at) is None:
        raise _broken(line, where)
    return name, labels


def _broken(line: str, where: Location) -> SignalproofError:
    return SignalproofError(
        f"not an exposition: {line[:60]!r}", 'a sample is written name{label="value"} 1', where=where
    )


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def _series(family: _Family, file: str, *, values: bool = False) -> Iterator[Series]:
    """Yield the series of a family: those seen, or, of a family without samples, those its type has."""
    endings = _ENDINGS.get(family.kind, {"": Role.UNKNOWN})
    seen = family.samples or {
        family.name + ending: dict[str, set[str]]()
        for ending in endings
        if ending not in _OPTIONAL and not (ending == "_total" and family.name.endswith("_total"))
    }
    for name, labels in seen.items():
        role = endings.get(name.removeprefix(family.name), Role.UNKNOWN)
        domains = {
            label: LabelDomain(label, frozenset(labels[label]) if values else None)
            for label in sorted(labels)
        }
        if not family.samples and role in (Role.BUCKET, Role.SUMMARY):
            key = "le" if role is Role.BUCKET else "quantile"
            domains[key] = LabelDomain(key)
        yield Series(
            name,
            family.name,
            role,
            domains,
            _dimension(family, name, role),
            low=1.0 if role is Role.INFO else 0.0 if role in _COUNTING else float("-inf"),
            high=1.0 if role is Role.INFO else float("inf"),
            open=not family.samples,
            monotonic=role in _COUNTING,
            help=family.help,
            where=Location(file, family.line) if file else None,
        )


def _dimension(family: _Family, name: str, role: Role) -> Dimension | None:
    """Return the dimension that the unit line, or else the name, promises; None where it promises nothing."""
    if role in (Role.BUCKET, Role.COUNT):
        return EVENT
    if role is Role.INFO:
        return ONE
    if name.endswith("_created"):
        return UNITS["timestamp_seconds"].dimension
    stem = family.name.removesuffix("_total")
    if stem.endswith("_time_seconds") and role is Role.GAUGE and not family.unit:
        return None  # process_start_time_seconds is an instant, gc_time_seconds a span
    for unit in sorted(UNITS, key=len, reverse=True):
        if family.unit == unit or stem.endswith("_" + unit):
            return UNITS[unit].dimension
    counts = role is Role.COUNTER and not family.unit and _UNIT_WORD.search(stem) is None
    return EVENT if counts else None


def exposition_of_json(text: str, file: str = "") -> Exposition:
    """Return what an answer of ``/api/v1/metadata`` or ``/api/v1/series`` says exists.

    Raises:
        SignalproofError: It is neither.
    """
    try:
        data = json.loads(text).get("data")
    except (ValueError, AttributeError, RecursionError):
        data = None
    if isinstance(data, dict):
        return _of_metadata(data, file)
    if isinstance(data, list) and all(isinstance(one, dict) and "__name__" in one for one in data):
        return _of_series(data, file)
    raise SignalproofError(
        "not the JSON of Prometheus' /api/v1/metadata or /api/v1/series",
        'the first has {"data": {name: [{"type": …}]}}, the second {"data": [{"__name__": …}]}',
        where=Location(file),
    )


def _of_metadata(data: dict[str, Any], file: str) -> Exposition:
    series: dict[str, Series] = dict(SCRAPE_SERIES)
    for name, listed in data.items():
        entries = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        kinds = {str(one.get("type")) for one in entries}
        first = entries[0] if entries else {}
        kind = kinds.pop() if len(kinds) == 1 else "unknown"
        family = _Family(name, kind, str(first.get("help", "")), str(first.get("unit", "")))
        for one in _series(family, file):
            series[one.name] = one
        if kind == "histogram":
            native = _Family(name, "unknown", family.help, family.unit)
            series[name] = next(_series(native, file))
    return Exposition(series)


def _of_series(data: list[dict[str, Any]], file: str) -> Exposition:
    families: dict[str, _Family] = {}
    for labels in data:
        name = str(labels["__name__"])
        family = families.setdefault(name, _Family(name))
        seen = family.samples.setdefault(name, {})
        for label in labels:
            if label != "__name__":
                seen.setdefault(str(label), set())
    series = (one for family in families.values() for one in _series(family, file))
    return Exposition({**SCRAPE_SERIES, **{one.name: one for one in series}})
