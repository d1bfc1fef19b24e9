"""Writing a catalogue file, and taking its families from what exists."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any, Final

import orjson

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.family import Family, Native, Type
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import UNITS
from signalproof.knowledge.file import FLAGS, TEXTS, VERSION, CatalogueFile
from signalproof.text import as_json, shown

_WHOLE: Final = 2**53
"""Every whole number below it is a float, and needs no point to be read as the same one."""
_UNIT_NAMES: Final = {unit.dimension: name for name, unit in UNITS.items()}


def write_catalogue(said: CatalogueFile) -> str:
    """Return the text of a catalogue file: one family on each line, so that a change of one shows as one."""
    head: dict[str, Any] = {"signalproof": VERSION}
    for key in ("name", "version", "oldest", "date", "source", "how"):
        if value := getattr(said, key):
            head[key] = value
    head.update((key, True) for key in ("complete", "side_by_side") if getattr(said, key))
    if said.target_labels:
        head["target_labels"] = list(said.target_labels)
    if said.prefixes:
        head["prefixes"] = dict(sorted(said.prefixes.items()))
    lines = [_dumped(as_object(one)) for one in sorted(said.families, key=lambda one: one.name)]
    body = _dumped(head).removesuffix("}")
    return body + ',"families":[\n' + ",\n".join(lines) + "\n]}\n"


def _dumped(value: dict[str, Any]) -> str:
    try:
        text = orjson.dumps(value).decode()
    except TypeError:  # half a character
        return as_json(value)
    return text if shown(text, at_most=len(text)) == text else as_json(value)


def as_object(family: Family) -> dict[str, Any]:
    """Return a family as it stands in the file; what says nothing is left out."""
    made: dict[str, Any] = {"name": family.name, "type": str(family.type)}
    if family.help:
        made["help"] = family.help
    if family.unit is not None:
        named = _UNIT_NAMES.get(family.unit)
        scale = {} if family.unit.scale == 1 else {"scale": family.unit.scale}
        made["unit"] = named or dict(family.unit.exponents) | scale
        if named == "count" and (family.name.endswith("_ratio") or family.high == 1):
            made["unit"] = "ratio"  # the same dimension; people read it as a share
    if family.labels or not family.open:
        made["labels"] = {name: _label(one) for name, one in family.labels.items()}
        if family.open:
            made["open"] = True
    for key, values in (
        ("endings", family.endings or None),
        ("buckets", family.buckets),
        ("quantiles", family.quantiles),
    ):
        if values is not None:
            made[key] = list(values)
    if family.native:
        made["native"] = True if family.native is Native.ALSO else str(family.native)
    for key, limit in (("low", family.low), ("high", family.high)):
        if limit is not None:
            made[key] = _number(limit)
    made.update((key, True) for key in FLAGS if getattr(family, key))
    if family.per_hour:
        made["per_hour"] = _number(family.per_hour)
    if family.totals:
        made["totals"] = sorted(family.totals)
    if family.jobs is not None:
        made["jobs"] = sorted(family.jobs)
    if family.targets:
        made["targets"] = {name: sorted(values) for name, values in family.targets.items()}
    if family.follows:
        made["follows"] = {name: sorted(others) for name, others in family.follows.items()}
    if family.renamed_from:
        made["renamed_from"] = dict(family.renamed_from)
    made.update((key, value) for key in TEXTS if (value := getattr(family, key)))
    if family.where is not None:
        where = family.where
        made["declared"] = f"{where.file}:{where.line}" if where.line else where.file
    return made


def _number(value: float) -> float | str:
    if abs(value) == inf:
        return "+Inf" if value > 0 else "-Inf"
    return int(value) if float(value).is_integer() and abs(value) < _WHOLE else value


def _label(domain: LabelDomain) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if domain.values is not None:
        made["values"] = sorted(domain.values)
    if domain.at_most is not None and (domain.values is None or domain.at_most != len(domain.values)):
        made["at_most"] = domain.at_most
    made.update((key, True) for key in ("optional", "assumed") if getattr(domain, key))
    return made


def families_of(exposition: Exposition) -> Iterator[Family]:
    """Yield every family of *exposition*, what recording rules record among them."""
    yield from exposition.families.values()
    for series in exposition.series.values():
        if series.role is Role.RECORDED and series.family not in exposition.families:
            yield _recorded(series)


def _recorded(series: Series) -> Family:
    return Family(
        name=series.name,
        type=Type.RECORDED,
        help=series.help,
        unit=series.unit,
        labels=series.labels,
        open=series.open,
        low=series.low,
        high=series.high,
        monotonic=series.monotonic,
        initialised=series.initialised,
        stored=True,
        meaning=series.meaning,
        where=series.where,
    )
