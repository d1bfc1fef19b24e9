"""The look of a panel: all that its field configuration and options depend on, and nothing else.

Most panels of a project look like another one: they differ in their title, place and queries only. What a look becomes
in Grafana's JSON is therefore made once for all panels that share it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter

from signalproof.dashboard.asking import ShownTarget
from signalproof.dashboard.panels import Panel, Table
from signalproof.dashboard.resolve import ShownPanel

_NOT_LOOK = frozenset(
    {
        "title",
        "markdown",
        "key",
        "width",
        "height",
        "links",
        "data_links",
        "where",
        "queries",
        "why",
        "allow",
        "asked",
        "at",
        "raw",
    }
)
"""Fields of a definition that say what and where a panel is, not how it looks."""


_LOOK = frozenset({"legend", "no_value", "min", "max", "decimals", "thresholds"})
"""What is said and decides about other things, too."""


class Look:
    """A panel that stands for all panels of the same look; compares and hashes by it.

    Attributes:
        shown: The panel.
    """

    __slots__ = ("_hash", "_key", "shown")

    def __init__(self, shown: ShownPanel) -> None:
        panel = shown.panel
        columns = isinstance(panel, Table)
        self.shown = shown
        self._key: Hashable = (
            type(panel),
            _settings(type(panel))(panel),  # type: ignore[arg-type]  # a class hashes, whatever its instances do
            shown.scale,
            shown.grid.w,
            shown.data_links,
            tuple(target.lines for target in shown.targets),
            tuple(_series(target, columns) for target in shown.targets),
        )
        self._hash = hash(self._key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Look) and self._key == other._key


def labels_of(legend: str) -> tuple[str, ...]:
    """Return the labels that stand in a legend: ``{{status}} of {{strategy}}`` has two."""
    return _labels_of(legend) if "{{" in legend else ()


@lru_cache(maxsize=1024)
def _labels_of(legend: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\{\{\s*(\w+)\s*\}\}", legend))


@lru_cache(maxsize=64)
def _settings(kind: type[Panel]) -> attrgetter[tuple[object, ...]]:
    # what was said of it is laid over its look
    said = {one.name for one in fields(kind) if "place" in one.metadata} - _LOOK
    names = [one.name for one in fields(kind) if one.name not in _NOT_LOOK | said]
    return attrgetter("kind", "preferred_height", *names)


def _series(target: ShownTarget, columns: bool) -> Hashable:
    known = target.value.labels.known
    labels = sorted(known) if columns else labels_of(target.legend)
    return (
        target.ref,
        target.legend,
        target.expr.name,
        target.instant,
        target.value.unit,
        tuple(known.get(label) for label in labels),
    )
