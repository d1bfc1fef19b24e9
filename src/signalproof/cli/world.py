"""Which world the queries of a lint are asked in: what a person points at, what the project declares, what is bundled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from signalproof.catalogue.exposition import SCRAPE_SERIES, Exposition
from signalproof.errors import Location, SignalproofError, did_you_mean
from signalproof.infer.names import names_read
from signalproof.knowledge.site import first_word, site_of
from signalproof.presets import with_presets
from signalproof.promql.query import Query, Use
from signalproof.scraping import NO_SETUP, Setup
from signalproof.text import shown

if TYPE_CHECKING:
    from signalproof.cli.project import Project
    from signalproof.config import Config
    from signalproof.knowledge.bundled import Exporter
    from signalproof.knowledge.merge import Source
    from signalproof.knowledge.world import Knowledge
    from signalproof.live.inventory import Inventory

_SLOWEST_SECONDS = 20.0
"""How long one answer of a server may take."""


@dataclass(frozen=True)
class Wish:
    """What the command line says of the world.

    Attributes:
        references: Of ``--catalogue``.
        no_catalogue: Whether nothing is said about names.
        no_bundled: Whether the bundled exporters are left out.
        complete: Whether what no source lists does not exist.
        foreign: Whether files are linted, and not the project's own definitions.
        prometheus: URL of a running server, or empty.
        assumed: Labels that targets may have, beside the usual ones.
    """

    references: Sequence[str] = ()
    no_catalogue: bool = False
    no_bundled: bool = False
    complete: bool = False
    foreign: bool = False
    prometheus: str = ""
    assumed: frozenset[str] = frozenset()


def world(
    project: Project,
    wish: Wish,
    queries: Callable[[], Iterable[Query]] = tuple,
    setup: Setup = NO_SETUP,
) -> tuple[Exposition, Knowledge | None, Project]:
    """Return what exists, who is asked about the rest, and the project with what a server says of itself.

    Nobody is asked where nothing is to be said about names.

    Args:
        project: The project, for its configuration and its own catalogue.
        wish: What the command line says.
        queries: Returns what is linted: a running server is asked only of metrics that are queried.
        setup: What configurations of Prometheus say that were read beside it; a running server knows better.

    Raises:
        SignalproofError: A reference names nothing, two contradict each other, or a server does not answer.
    """
    project = replace(project, config=_as_set_up(project.config, setup)) if setup.scrapings else project
    if wish.no_catalogue:
        return Exposition({}, complete=False, intervals=setup.intervals), None, project
    more = wish.foreign or wish.references or wish.prometheus or wish.no_bundled
    if project.config.catalogue and not more:
        return project.exposition, None, project  # which has asked already
    from signalproof.knowledge.merge import Source
    from signalproof.knowledge.told import Told
    from signalproof.knowledge.world import Knowledge

    found = _pointed_at(wish.references, project.config)
    sources = [one for one in found if isinstance(one, Source)]
    asked = _asked(wish.prometheus, queries(), project.config.dialect) if wish.prometheus else None
    config = project.config if asked is None else _as_served(project.config, asked)
    foreign = wish.foreign or not config.catalogue
    site = site_of(config, foreign=foreign, honored_jobs=setup.honoring)
    site = replace(site, assumed=site.assumed | wish.assumed)
    if asked is not None:
        sources += asked.sources
        site = replace(
            site, target_labels=site.target_labels | asked.certain, assumed=asked.possible - asked.certain
        )
    labels = {label for one in sources for label in one.target_labels}
    if labels and "target_labels" not in config.said:
        site = replace(site, target_labels=site.target_labels | labels, assumed=site.assumed - labels)
    if labels or asked is not None:
        config = replace(config, said=config.said | {"target_labels"})
    versions = tuple(one for one in found if not isinstance(one, Source))
    knowledge = Knowledge(site, Told(config), not wish.no_bundled, versions)
    if asked is None and not sources and config.catalogue:
        return project.rules.exposition, replace(knowledge, site=project.site), project
    if config.catalogue and not any(isinstance(one, Source) for one in found):
        from signalproof.cli.references import own_source

        sources.append(own_source(project.catalogue, config.catalogue, config))
    exposition = knowledge.exposition(sources, complete=wish.complete)
    if asked is not None:
        exposition = replace(
            exposition,
            intervals=asked.intervals or setup.intervals,
            glimpsed=exposition.glimpsed | {first_word(one) for one in asked.names},
        )
    else:
        exposition = replace(exposition, intervals=setup.intervals)
    return exposition, knowledge, replace(project, config=config)


def _pointed_at(references: Sequence[str], config: Config) -> list[Source | Exporter]:
    if not references:
        return []
    from signalproof.cli.references import source_of

    return [source_of(one, config) for one in references]


def _asked(url: str, queries: Iterable[Query], dialect: str) -> Inventory:
    """Return what the server at *url* has of what *queries* name."""
    from signalproof.cli.references import placed
    from signalproof.lint.project import names_of_variables, tree_of
    from signalproof.live.api import Prometheus
    from signalproof.live.inventory import inventory
    from signalproof.promql.parser import PromQLSyntaxError

    names: set[str] = set()
    recorded: set[str] = set()
    for query in queries:
        if query.use is Use.RECORDING:
            recorded.add(query.panel)
        tree = tree_of(query.text, names_of_variables(query), query.dialect or dialect)
        if not isinstance(tree, PromQLSyntaxError):
            names.update(names_read(tree))
    with placed(url):
        server = Prometheus.at(url, timeout=_SLOWEST_SECONDS)
        try:
            found = inventory(server, names - recorded - SCRAPE_SERIES.keys())
        finally:
            server.client.close()
    if found.unasked:
        typer.echo(
            f"too much to ask {shown(server.client.address.shown)} of: {len(found.unasked)} names are taken as not known",
            err=True,
        )
    return found


def _as_set_up(config: Config, setup: Setup) -> Config:
    """Return the configuration with how often the slowest job is scraped, where the file does not say."""
    if not setup.intervals or "scrape_interval" in config.said:
        return config
    return replace(config, scrape_interval=max(setup.intervals.values()))


def evaluated(queries: Iterable[Query], setup: Setup) -> list[Query]:
    """Return *queries*, each rule whose group does not say how often it is evaluated with what the configuration says."""
    return [
        replace(one, interval=setup.evaluation(one.where.file))
        if one.interval is None and one.use in (Use.ALERT, Use.RECORDING)
        else one
        for one in queries
    ]


def _as_served(config: Config, asked: Inventory) -> Config:
    """Return the configuration with what the server says of itself, where the file says nothing."""
    if asked.intervals and "scrape_interval" not in config.said:
        config = replace(config, scrape_interval=max(asked.intervals.values()))
    if asked.version and "prometheus" not in config.said:
        major_minor = ".".join(asked.version.split(".")[:2])
        config = replace(config, prometheus=major_minor, said=config.said | {"prometheus"})
    return config


def told(
    project: Project, external: Sequence[str], target_labels: Sequence[str], dialect: str = ""
) -> Project:
    """Return the project as the command line has it: more external metrics, other target labels, another dialect.

    Raises:
        SignalproofError: No dialect is called so.
    """
    config = replace(project.config, dialect=dialect) if dialect else project.config
    from signalproof.promql.dialect import DIALECTS

    if config.dialect not in DIALECTS:
        raise SignalproofError(
            f"no dialect is called {config.dialect!r}",
            did_you_mean(config.dialect, DIALECTS, f"dialects: {', '.join(DIALECTS)}"),
            where=Location("--dialect" if dialect else str(config.root / "pyproject.toml")),
        )
    if external:
        config = replace(config, external=(*config.external, *external))
    if target_labels:
        labels, possible = with_presets(("job", "instance", *target_labels))
        config = replace(
            config,
            target_labels=labels,
            possible_labels=possible or config.possible_labels,
            said=config.said | {"target_labels"},
        )
    return project if config is project.config else replace(project, config=config)
