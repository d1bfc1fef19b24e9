"""Colours by meaning: the same word has the same colour on every panel."""

from __future__ import annotations

from collections.abc import Mapping

from signalproof.dashboard.panels import Colour

MEANING: Mapping[str, Colour] = {
    "success": "green",
    "succeeded": "green",
    "successful": "green",
    "ok": "green",
    "healthy": "green",
    "failure": "red",
    "failures": "red",
    "failed": "red",
    "error": "red",
    "errors": "red",
    "unhealthy": "red",
    "timeout": "orange",
    "cancelled": "grey",
    "canceled": "grey",
    "skipped": "grey",
}
"""Label values and query names that mean something to a reader before the number does."""

_SHADES: Mapping[str, tuple[str, ...]] = {
    "green": ("green", "dark-green", "light-green", "semi-dark-green", "super-light-green"),
    "red": ("red", "dark-red", "light-red", "semi-dark-red", "super-light-red"),
    "orange": ("orange", "dark-orange", "light-orange", "semi-dark-orange", "super-light-orange"),
    "grey": ("#808080", "#595959", "#a6a6a6", "#404040", "#bfbfbf"),
}
"""Shades of a meaning, for panels where several series have the same one."""

NEUTRAL = "text"
"""The colour of the letters: a number that nothing was promised of is neither good nor bad."""


def grafana_colour(colour: str) -> str:
    """Return the name that Grafana knows the colour by; grey has none in its palette."""
    return "#808080" if colour == "grey" else colour


def meaning(word: str) -> Colour | None:
    """Return the colour of a label value or query name, or None if it says nothing by itself."""
    return MEANING.get(word.lower())


def shade(colour: Colour, number: int) -> str:
    """Return Grafana's name for a colour that *number* series of the panel have already."""
    shades = _SHADES.get(colour, (grafana_colour(colour),))
    return shades[number % len(shades)]
