"""What a v2 dashboard shows where: its layouts, read through to the panels that lie in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from signalproof.dashboard.v2_names import LAYOUTS
from signalproof.documents import Table, Text
from signalproof.errors import Location, SignalproofError, did_you_mean

_KNOWN = {**LAYOUTS, "ResponsiveGridLayout": "items"}
"""Grafana 12.0 called an auto grid so."""

_SIDES = {"x": "x", "y": "y", "width": "w", "height": "h"}


@dataclass(frozen=True)
class Part:
    """A panel, or a row or tab with what lies in it.

    Attributes:
        element: Name of the panel; empty for a row or tab.
        place: Of a panel its ``gridPos``; of a row or tab what is said of it.
        repeat: The variable it is repeated for; empty for none.
        parts: What lies in it.
    """

    element: str
    place: Table
    repeat: Text
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class LaidOut:
    """A layout that was read.

    Attributes:
        parts: What is shown, in its order; last the elements that no layout shows.
        repeated: The variables that something repeats for in which something else repeats for another one.
    """

    parts: tuple[Part, ...]
    repeated: frozenset[str]


def laid_out(spec: Table, file: str) -> LaidOut:
    """Return what the v2 body *spec* of *file* shows where.

    Raises:
        SignalproofError: A layout is of no known kind, or shows an element that is not there.
    """
    reading = _Reading(file, spec.table("elements"))
    layout = spec.table("layout")
    parts = tuple(reading.layout(layout, "")) if layout else ()
    nothing = Text.at("", spec.line)
    hidden = (Part(one, Table(), nothing) for one in reading.elements if one not in reading.shown)
    return LaidOut((*parts, *hidden), frozenset(reading.repeated))


@dataclass
class _Reading:
    """What has been read so far: each element is taken where it is shown first."""

    file: str
    elements: Table
    shown: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)

    def layout(self, layout: Table, outer: str) -> Iterator[Part]:
        kind = layout.text("kind")
        if kind not in _KNOWN:
            raise SignalproofError(
                f"no layout is called {str(kind)!r}",
                did_you_mean(kind, _KNOWN, f"known are {', '.join(LAYOUTS)}"),
                where=Location(self.file, kind.line),
            )
        for one in layout.table("spec").tables(_KNOWN[kind]):
            spec = one.table("spec")
            repeat = spec.table("repeat").text("value")
            if repeat and outer:
                self.repeated.add(outer)
            if _KNOWN[kind] == "items":
                yield from self.item(spec, repeat)
            else:
                inside = spec.table("layout")
                yield Part("", spec, repeat, tuple(self.layout(inside, repeat or outer)) if inside else ())

    def item(self, spec: Table, repeat: Text) -> Iterator[Part]:
        name = spec.table("element").text("name")
        if name not in self.elements:
            raise SignalproofError(
                f"the layout shows {str(name)!r}, and no element is called so",
                did_you_mean(name, self.elements, "take it out of the layout, or put it among the elements"),
                where=Location(self.file, name.line),
            )
        if name not in self.shown:
            self.shown.add(name)
            place = Table(spec.line)
            place.update({short: spec[key] for key, short in _SIDES.items() if key in spec})
            yield Part(name, place, repeat)
