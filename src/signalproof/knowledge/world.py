"""The world that queries are asked in: the sources together, and what is looked up when a query names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from signalproof.catalogue.exposition import Exposition, Gone
from signalproof.catalogue.family import Family, Site, exposition_of, series_of
from signalproof.knowledge.merge import Rank, Source, merged, united
from signalproof.knowledge.site import first_word
from signalproof.knowledge.told import Told

if TYPE_CHECKING:
    from signalproof.knowledge.bundled import Exporter


@dataclass(frozen=True)
class Knowledge:
    """Everything that can be said of a metric.

    Attributes:
        site: How Prometheus stores what it scrapes.
        told: What the configuration says.
        bundled: Whether the exporters that come with the package are asked.
        versions: The exporters of which a person named the version or gave the file.
    """

    site: Site
    told: Told
    bundled: bool = True
    versions: tuple[Exporter, ...] = field(default=())

    def exposition(self, sources: Iterable[Source], *, complete: bool = False) -> Exposition:
        """Return what exists as far as *sources* list it; bundled exporters and globs answer later, see `extended`.

        Args:
            sources: Each with its sureness.
            complete: Whether what no source lists does not exist, whatever they are.

        Raises:
            SignalproofError: Two sources contradict each other.
        """
        told = Source("pyproject.toml", Rank.DECLARED, tuple(self.told.families()))
        listed = list(sources)
        if self.told.metrics:
            listed = [replace(one, families=tuple(map(self.told.refined, one.families))) for one in listed]
        families = merged([*listed, told])
        seen = [one for source in listed if source.rank >= Rank.SEEN for one in source.families]
        return exposition_of(
            families,
            self.site,
            complete=complete or any(one.complete for one in listed),
            glimpsed={first_word(one.name) for one in seen},
        )

    def extended(self, exposition: Exposition, names: Iterable[str]) -> Exposition:
        """Return *exposition* with what the exporters and the globs of the configuration know of these *names*."""
        added: dict[str, Family] = {}
        gone: dict[str, Gone] = {}
        for name in sorted(names):
            listed = exposition.series.get(name)
            if listed is not None and not listed.seen:
                continue
            found, why = self._looked_up(name)
            before = exposition.families.get(listed.family) if listed is not None else None
            if found is not None and before is not None:
                found = united(found, before, Rank.BUNDLED, Rank.SEEN)
            if found is not None:
                added[found.name] = found
            if why is not None and listed is None and (found is None or name not in found.names):
                gone[name] = why
        if not added and not gone:
            return exposition
        series = {one.name: one for family in added.values() for one in series_of(family, self.site)}
        return replace(
            exposition,
            series={**exposition.series, **series},
            families={**exposition.families, **added},
            gone={**exposition.gone, **gone},
        )

    def _looked_up(self, name: str) -> tuple[Family | None, Gone | None]:
        """Return the family of series *name*, or why there is none."""
        told = self.told.family(name)
        if told is not None:
            return told, None
        found: Family | None = None
        near: Family | None = None
        reasons: list[Gone | None] = []
        for one in self._asked(name):
            family = one.family(name)
            if family is not None and name in family.names:
                found = family if found is None else united(found, family, Rank.BUNDLED, Rank.BUNDLED)
            elif found is None:
                near = near or family
                reasons.append(one.gone(name))
        if found is not None:
            return self.told.refined(found), None
        known = [one for one in reasons if one is not None]
        gone = known[0] if known and len(known) == len(reasons) else None
        return None if near is None else self.told.refined(near), gone

    def _asked(self, name: str) -> Iterator[Exporter]:
        yield from (one for one in self.versions if one.prefix(name) or one.family(name) is not None)
        if self.bundled:
            from signalproof.knowledge.bundled import exporter, exporters_of

            chosen = {one.name for one in self.versions}
            yield from (exporter(one) for one in exporters_of(name) if one not in chosen)
