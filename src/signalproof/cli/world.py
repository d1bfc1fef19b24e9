"""Which world the queries of a lint are asked in: what a person points at, what the project declares, what is bundled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from signalproof.catalogue.exposition import Exposition
from signalproof.cli.references import source_of
from signalproof.knowledge.bundled import Exporter
from signalproof.knowledge.merge import Source
from signalproof.knowledge.told import Told
from signalproof.knowledge.world import Knowledge, site_of

if TYPE_CHECKING:
    from signalproof.cli.project import Project


@dataclass(frozen=True)
class Wish:
    """What the command line says of the world.

    Attributes:
        references: Of ``--catalogue``.
        no_catalogue: Whether nothing is said about names.
        no_bundled: Whether the bundled exporters are left out.
        complete: Whether what no source lists does not exist.
        foreign: Whether files are linted, and not the project's own definitions.
    """

    references: Sequence[str] = ()
    no_catalogue: bool = False
    no_bundled: bool = False
    complete: bool = False
    foreign: bool = False


def world(project: Project, wish: Wish, more: Sequence[Source] = ()) -> tuple[Exposition, Knowledge | None]:
    """Return what exists, and who is asked about the rest; nobody is where nothing is to be said about names.

    Args:
        project: The project, for its configuration and its own catalogue.
        wish: What the command line says.
        more: Sources that are no references.

    Raises:
        SignalproofError: A reference names nothing, or two contradict each other.
    """
    if wish.no_catalogue:
        return Exposition({}, complete=False), None
    config = project.config
    found = [source_of(one, config) for one in wish.references]
    sources = [one for one in found if isinstance(one, Source)] + list(more)
    site = site_of(config, foreign=wish.foreign)
    said = [label for one in sources for label in one.target_labels]
    if said and "target_labels" not in config.said:
        site = replace(
            site, target_labels=frozenset({*site.target_labels, *said}), assumed=site.assumed - {*said}
        )
    versions = tuple(one for one in found if isinstance(one, Exporter))
    knowledge = Knowledge(site, Told(config), not wish.no_bundled, versions)
    if not sources and config.catalogue:
        own = project.rules.exposition if wish.foreign else project.exposition
        return own, replace(knowledge, site=project.knowledge.site)
    return knowledge.exposition(sources, complete=wish.complete), knowledge


def told(project: Project, external: Sequence[str], target_labels: Sequence[str]) -> Project:
    """Return the project as the command line has it: with more external metrics, with other target labels."""
    config = project.config
    if external:
        config = replace(config, external=(*config.external, *external))
    if target_labels:
        labels = tuple(dict.fromkeys(("job", "instance", *target_labels)))
        config = replace(config, target_labels=labels, said=config.said | {"target_labels"})
    return project if config is project.config else replace(project, config=config)
