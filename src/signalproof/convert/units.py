"""The unit of a found metric as source: left out where its name says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from signalproof.catalogue import units
from signalproof.catalogue.family import Family, Type
from signalproof.catalogue.units import COUNT, EVENTS, NOT_KNOWN, UNITS, Dimension, Unit, unit_in
from signalproof.convert.source import literal, number
from signalproof.knowledge.suffixes import speaks_of_a_measure

_MODULE: Final = "catalogue.units"
_CONSTANTS: Final[Mapping[Dimension, str]] = {
    one.dimension: next(name for name, value in vars(units).items() if value is one and name.isupper())
    for one in (*UNITS.values(), COUNT)
}

NAMES: Final = frozenset(_CONSTANTS.values())
"""What a module may import to say a unit."""


def unit_of(family: Family) -> tuple[str, str, Mapping[str, set[str]]]:
    """Return the unit of *family* as source, what to check about it, and what the source imports; empty where its name says it."""
    said = unit_in(family.name)
    usual = said or _usual(family.type)
    known = family.unit
    if known is None:
        measured = speaks_of_a_measure(family.name) and family.type not in (Type.INFO, Type.STATESET)
        if usual is NOT_KNOWN and not measured:
            return "", "", {}
        if family.type is Type.INFO:
            return "", "", {}
        return "NOT_KNOWN", "name and help do not say the unit for certain", {_MODULE: {"NOT_KNOWN"}}
    if usual is not NOT_KNOWN and usual.dimension == known:
        return "", "", {}
    if family.type is Type.INFO:
        return "", "", {}
    if known in _CONSTANTS:
        return _CONSTANTS[known], "", {_MODULE: {_CONSTANTS[known]}}
    powers = ", ".join(f"{literal(base)}: {power}" for base, power in known.exponents)
    scale = "" if known.scale == 1 else f", {number(known.scale)}"
    return (
        f"Unit({literal(_word(family))}, Dimension.of({{{powers}}}{scale}))",
        "",
        {_MODULE: {"Unit", "Dimension"}},
    )


def _usual(kind: Type) -> Unit:
    return EVENTS if kind is Type.COUNTER else COUNT if kind is Type.INFO else NOT_KNOWN


def _word(family: Family) -> str:
    return family.name.removesuffix("_total").rpartition("_")[2]
