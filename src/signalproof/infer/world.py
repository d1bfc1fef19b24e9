"""Where a query is asked: every series that exists, and what was already worked out about them.

Results are kept per exposition, so that ten thousand queries over one catalogue group the same label sets once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from signalproof.catalogue.exposition import Exposition, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.infer import labelsets
from signalproof.infer.value import Labels, Value
from signalproof.promql.ast import Braces

T = TypeVar("T")

_MOST = 20_000
_EXPOSITIONS = 4


class World:
    """One exposition and one scrape interval, with everything that is remembered about them.

    Attributes:
        exposition: Every series that exists.
        scrape_interval: Seconds between two scrapes.
        target: Labels that the scrape adds to every series.
        target_domains: Their domains, and those of labels that the scrape may add.
        selected: What selectors gave, by name and matchers.
        said: What braces say of series that nothing else is known of: the labels, and why there can be none.
    """

    def __init__(self, exposition: Exposition, scrape_interval: float) -> None:
        self.exposition = exposition
        self.scrape_interval = scrape_interval
        self.target = exposition.target_labels
        self.target_domains = {name: LabelDomain(name) for name in sorted(self.target)}
        self.target_domains |= {
            name: LabelDomain(name, optional=True, assumed=True) for name in sorted(exposition.assumed)
        }
        self.selected: dict[Hashable, Value] = {}
        self.said: dict[Braces, tuple[Labels, str]] = {}
        self._only: dict[tuple[object, ...], Labels] = {}
        self._once: dict[Hashable, tuple[object, Any]] = {}
        self._bounds: dict[int, tuple[Labels, int | None]] = {}

    def remember(self, key: Hashable, value: Value) -> Value:
        """Keep the *value* of a selector under *key* and return it."""
        if len(self.selected) >= _MOST:
            self.selected.clear()
            self.said.clear()
        self.selected[key] = value
        return value

    def only(self, labels: Labels, names: tuple[str, ...]) -> Labels:
        """Return what ``by (names)`` leaves; the same object wherever the same domains are left."""
        listed = labels.known
        domains = [listed.get(name) or labelsets.at(labels, name) for name in names]
        key = (names, *map(id, domains))
        found = self._only.get(key)
        if found is None:
            if len(self._only) >= _MOST:
                self._only.clear()
            known = {name: domain for name, domain in zip(names, domains, strict=True) if domain is not None}
            found = self._only[key] = Labels(known)  # it keeps the domains alive whose ids are in the key
        return found

    def once(self, key: Hashable, basis: object, work: Callable[[], T]) -> T:
        """Return what *work* gives, doing it once per *key*; *basis* holds every object whose id is in the key."""
        found = self._once.get(key)
        if found is None:
            if len(self._once) >= _MOST:
                self._once.clear()
            found = self._once[key] = (basis, work())
        made: T = found[1]
        return made

    def bound(self, labels: Labels) -> int | None:
        """Return how many series per target the values of *labels* allow, or None."""
        if labels.open:
            return None
        found = self._bounds.get(id(labels))
        if found is None:
            if len(self._bounds) >= _MOST:
                self._bounds.clear()
            found = self._bounds[id(labels)] = (labels, labelsets.series_bound(labels, self.target))
        return found[1]

    def carried(self, value: Value, labels: Labels) -> int | None:
        """Return how many series per target a result can have whose every series comes from one of *value*.

        What counts per target says nothing any more once the labels of the target are gone.
        """
        bound, most = self.bound(labels), value.cardinality
        if most is None or (bound is not None and bound <= most):
            return bound
        known = value.labels.known
        lost = any(name in known and name not in labels.known for name in self.target)
        return bound if lost else most

    def series(self, name: str) -> Series | None:
        """Return what is known of series *name*, or None."""
        return self.exposition.series.get(name)


_worlds: dict[tuple[int, float], World] = {}


def world_of(exposition: Exposition, scrape_interval: float) -> World:
    """Return the world of *exposition*, the one used before if it is still remembered."""
    key = (id(exposition), scrape_interval)
    world = _worlds.get(key)
    if world is None:
        while len(_worlds) >= _EXPOSITIONS:
            _worlds.pop(next(iter(_worlds)), None)
        world = _worlds[key] = World(exposition, scrape_interval)
    return world
