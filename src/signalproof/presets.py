"""Names that stand for the labels which a usual way to scrape gives to targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from signalproof.errors import Location, SignalproofError, did_you_mean

PRESETS: Final[Mapping[str, tuple[str, ...]]] = {
    "kubernetes": ("namespace", "pod", "container", "node", "service", "endpoint"),
}
"""Preset → labels that some targets have: ``kubernetes`` is what the operator of Prometheus gives."""


def preset(name: str, where: Location) -> str:
    """Return *name*.

    Raises:
        SignalproofError: No preset is called so.
    """
    if name in PRESETS:
        return name
    raise SignalproofError(
        f"no preset of target labels is called {name!r:.80}",
        did_you_mean(name, PRESETS, f"give a list of labels, or a preset: {', '.join(PRESETS)}"),
        where=where,
    )


def with_presets(labels: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels that every target has, and those that some have, where *labels* may name presets."""
    possible = tuple(label for one in labels for label in PRESETS.get(one, ()))
    named = [one for one in labels if one not in PRESETS]
    return tuple(dict.fromkeys((*(("job", "instance") if possible else ()), *named))), possible
