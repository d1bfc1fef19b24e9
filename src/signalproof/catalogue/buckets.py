"""Histogram bucket presets by what is measured, in seconds.

Each preset is a geometric ladder: neighbours are at most a factor 2.5 apart, so a quantile read from it is at most
that factor off, and its top lies above the slowest call that still counts as an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from signalproof.errors import Location, SignalproofError, did_you_mean


@dataclass(frozen=True, slots=True)
class Buckets:
    """Upper bounds of a classic histogram, ascending, without ``+Inf``.

    Attributes:
        name: What the preset is for.
        bounds: Upper bounds in the unit of the metric.
    """

    name: str
    bounds: tuple[float, ...]

    def check_objective(self, bound: float, where: Location) -> None:
        """Raise unless *bound* is one of the bounds.

        An objective between two bounds can only be estimated, and one above the top bucket can never be seen missed.
        """
        if bound in self.bounds:
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


DATABASE = Buckets("database", (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0))
HTTP = Buckets("http", (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0))
LLM = Buckets(
    "llm", (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0)
)
DEPLOYMENT = Buckets(
    "deployment",
    (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1800.0),
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
)

PRESETS: Mapping[str, Buckets] = {preset.name: preset for preset in (DATABASE, HTTP, LLM, DEPLOYMENT, LOOP)}


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
