"""Histogram bucket presets by what is measured, each in one unit.

Each preset is a geometric ladder: neighbours are at most a factor 2.5 apart, so a quantile read from it is at most
that factor off, and its top lies above the slowest call that still counts as an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from signalproof.catalogue.units import BYTES, RATIO, SECONDS, US_DOLLARS, Unit
from signalproof.errors import Location, SignalproofError, did_you_mean


@dataclass(frozen=True, slots=True)
class Buckets:
    """Upper bounds of a classic histogram, ascending, without ``+Inf``.

    Attributes:
        name: What the preset is for.
        bounds: Upper bounds in the unit of the metric.
        unit: The unit they are meant for; None where the metric's own has to be believed.
    """

    name: str
    bounds: tuple[float, ...]
    unit: Unit | None = None

    def check_objective(self, bound: float, where: Location) -> None:
        """Raise unless *bound* is one of the bounds.

        An objective between two bounds can only be estimated, and one above the top bucket can never be seen missed.
        """
        if bound in self.bounds or not self.bounds:
            return
        if bound > self.bounds[-1]:
            raise SignalproofError(
                f"an objective of {bound:g} lies above the top bucket {self.bounds[-1]:g} of {self.name!r}",
                "choose buckets that reach it, or a lower objective",
                where=where,
            )
        below = max((b for b in self.bounds if b < bound), default=None)
        above = min(b for b in self.bounds if b > bound)
        near = f"{above:g}" if below is None else f"{below:g} or {above:g}"
        raise SignalproofError(
            f"an objective of {bound:g} is no bucket bound of {self.name!r}",
            f"use {near}, or add the bound",
            where=where,
        )


DATABASE = Buckets(
    "database", (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0), SECONDS
)
HTTP = Buckets("http", (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0), SECONDS)
LLM = Buckets(
    "llm",
    (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0),
    SECONDS,
)
DEPLOYMENT = Buckets(
    "deployment",
    (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1800.0),
    SECONDS,
)
LOOP = Buckets(
    "loop",
    (
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1.0,
        2.5,
        5.0,
        10.0,
        20.0,
        30.0,
        60.0,
        120.0,
        300.0,
        600.0,
        1800.0,
    ),
    SECONDS,
)
SIZE = Buckets("bytes", tuple(float(2**power) for power in range(7, 27)), BYTES)
PRICE = Buckets(
    "dollars",
    (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    US_DOLLARS,
)
SHARE = Buckets("ratio", (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0), RATIO)

PRESETS: Mapping[str, Buckets] = {
    preset.name: preset for preset in (DATABASE, HTTP, LLM, DEPLOYMENT, LOOP, SIZE, PRICE, SHARE)
}
OF_THE_UNIT = Buckets("of the unit", ())
"""Stands for the preset of the metric's unit; no metric has it once it is declared."""
_USUAL = {preset.unit: preset for preset in (HTTP, SIZE, PRICE, SHARE)}


def buckets(preset: str | Buckets, where: Location) -> Buckets:
    """Return the preset of that name, or *preset* itself.

    Raises:
        SignalproofError: No preset is called so.
    """
    if isinstance(preset, Buckets):
        return preset
    if preset not in PRESETS:
        raise SignalproofError(
            f"unknown bucket preset {preset!r}",
            did_you_mean(preset, PRESETS, f"presets: {', '.join(PRESETS)}"),
            where=where,
        )
    return PRESETS[preset]


def buckets_for(name: str, given: Buckets, unit: Unit, where: Location) -> Buckets:
    """Return the buckets of the histogram *name*: those it was *given*, or the preset of its *unit*.

    Raises:
        SignalproofError: They are for another unit, do not ascend, or there is no preset for the unit.
    """
    if given is OF_THE_UNIT:
        usual = _USUAL.get(unit)
        if usual is None:
            raise SignalproofError(
                f"{name}: there are no usual buckets for {unit.suffix or 'a plain number'}",
                f"give its own: buckets=Buckets({name.removesuffix('_' + unit.suffix)!r}, (1.0, 2.0, 5.0, 10.0))",
                where=where,
            )
        return usual
    check_bounds(given, where)
    if given.unit is not None and given.unit != unit:
        usual = _USUAL.get(unit)
        remedy = f"leave buckets out for those of {usual.name!r}, or " if usual else ""
        raise SignalproofError(
            f"{name}: the buckets {given.name!r} are in {given.unit.suffix} "
            f"and the unit is {unit.suffix or 'a plain number'}",
            f"{remedy}give its own: Buckets({name!r}, (…))",
            where=where,
        )
    if unit == BYTES and given.bounds[0] < 1:
        raise SignalproofError(
            f"{name}: a bucket of {given.bounds[0]:g} bytes holds nothing; the bounds {given.name!r} look like seconds",
            f"leave buckets out for those of {SIZE.name!r}, or give bounds in bytes",
            where=where,
        )
    return given


def check_bounds(preset: Buckets, where: Location) -> None:
    """Raise unless there is a bound, and each lies above the one before.

    Raises:
        SignalproofError: There is none, or they do not ascend.
    """
    if not preset.bounds or any(a >= b for a, b in pairwise(preset.bounds)):
        raise SignalproofError(
            f"the bounds of {preset.name!r} do not ascend",
            "give at least one bound, each above the one before",
            where=where,
        )
