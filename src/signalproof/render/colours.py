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

OWN = ("dark-blue", "dark-purple", "dark-orange", "dark-yellow", "dark-green", "dark-red")
"""Colours for series that share theirs with a line: shades that the automatic palette begins without."""

NEUTRAL = "text"
"""The colour of the letters: a number that nothing was promised of is neither good nor bad."""


def grafana_colour(colour: str) -> str:
    """Return the name that Grafana knows the colour by; grey has none in its palette."""
    return "#808080" if colour == "grey" else colour


def meaning(word: str) -> str:
    """Return Grafana's colour for a label value or query name, or an empty string if it says nothing."""
    found = MEANING.get(word.lower())
    return grafana_colour(found) if found else ""
