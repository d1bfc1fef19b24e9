"""The bucket bounds of found histograms as source: a preset where they are one, a constant where several have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from signalproof.catalogue import buckets as presets
from signalproof.catalogue.buckets import PRESETS, Buckets
from signalproof.catalogue.existing import CLIENT
from signalproof.catalogue.family import Family, Type
from signalproof.convert.source import Names, constant, literal, number

_CONSTANTS: Final = {
    one.bounds: name
    for name, one in vars(presets).items()
    if isinstance(one, Buckets) and one.name in PRESETS and name.isupper()
}
_WIDTH: Final = 80


class BucketsOf:
    """What stands behind ``buckets=`` of each histogram.

    Attributes:
        constants: Declarations of the bounds that several histograms have, or that are long.
        imports: Module → what these need.
    """

    CONSTANTS: ClassVar[frozenset[str]] = frozenset(_CONSTANTS.values())

    def __init__(self, families: Sequence[Family], names: Names) -> None:
        self.constants: list[str] = []
        self.imports: dict[str, set[str]] = {"catalogue.buckets": set(), "catalogue.existing": set()}
        self._sources: dict[tuple[float, ...], str] = {CLIENT.bounds: ""}
        uses: dict[tuple[float, ...], list[str]] = {}
        for one in families:
            if one.type is Type.HISTOGRAM and one.buckets is not None:
                uses.setdefault(tuple(map(float, one.buckets)), []).append(one.name)
        for bounds, of in uses.items():
            if bounds not in self._sources and bounds:
                self._sources[bounds] = self._declared(bounds, of, names)

    def of(self, family: Family) -> str:
        """Return the source; empty for the bounds that an existing histogram has anyway."""
        if not family.buckets:
            self.imports["catalogue.existing"].add("NO_BOUNDS")
            return "NO_BOUNDS"
        return self._sources[tuple(map(float, family.buckets))]

    def _declared(self, bounds: tuple[float, ...], of: list[str], names: Names) -> str:
        if bounds in _CONSTANTS:
            self.imports["catalogue.buckets"].add(_CONSTANTS[bounds])
            return _CONSTANTS[bounds]
        self.imports["catalogue.buckets"].add("Buckets")
        listed = f"({', '.join(map(number, bounds))}{',' if len(bounds) == 1 else ''})"
        inline = f"Buckets({literal(of[0])}, {listed})"
        if len(of) == 1 and len(inline) <= _WIDTH - 10:
            return inline
        name = names.take(constant(f"{of[0]}_buckets"))
        lines = (
            [f"    {listed},"]
            if len(listed) <= _WIDTH
            else ["    (", *(f"        {number(one)}," for one in bounds), "    ),"]
        )
        self.constants.append("\n".join([f"{name} = Buckets(", f"    {literal(of[0])},", *lines, ")"]))
        return name
