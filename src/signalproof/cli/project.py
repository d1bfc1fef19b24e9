"""A whole project, loaded: what `render`, `lint` and `verify` start from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.family import Family, Site, exposition_of
from signalproof.cli.definitions import load_folder, load_object
from signalproof.config import Config, load_config
from signalproof.errors import Location, SignalproofError
from signalproof.infer.names import names_read
from signalproof.knowledge.site import site_of

if TYPE_CHECKING:
    from signalproof.convert.calls import Known
    from signalproof.dashboard.model import Dashboard
    from signalproof.knowledge.world import Knowledge
    from signalproof.promql.query import Query
    from signalproof.rules.check import CheckedRules
    from signalproof.rules.group import RuleGroup


@dataclass(frozen=True)
class Project:
    """The definitions that a configuration names; each is loaded when it is first asked for.

    Attributes:
        config: The configuration.
    """

    config: Config

    @cached_property
    def catalogue(self) -> Catalogue:
        """The metric catalogue; without one, that of a project that has dashboards of other people's metrics is empty."""
        if not self.config.catalogue and (self.config.root / self.config.dashboards).is_dir():
            return Catalogue.of_entries(())
        return self.own_catalogue

    @property
    def own_catalogue(self) -> Catalogue:
        """The metric catalogue that the configuration names.

        Raises:
            SignalproofError: It names none, or it cannot be loaded.
        """
        if not self.config.catalogue:
            raise SignalproofError(
                "no catalogue is configured",
                'set catalogue = "package.module" in [tool.signalproof]',
                where=Location(str(self.config.root / "pyproject.toml")),
            )
        return load_object(self.config.catalogue, Catalogue, "CATALOGUE")

    @cached_property
    def groups(self) -> tuple[RuleGroup, ...]:
        """The rule groups, in the order of evaluation; none when no rules are configured."""
        if not self.config.rules:
            return ()
        return load_object(self.config.rules, tuple, "GROUPS")

    @cached_property
    def dashboards(self) -> tuple[Dashboard, ...]:
        """Every dashboard that a definition module defines at its top level, in the order of the files."""
        from signalproof.dashboard.model import Dashboard

        found: dict[int, Dashboard] = {}
        folder = self.config.root / self.config.dashboards
        for module in load_folder(folder):
            here = [one for one in vars(module).values() if isinstance(one, Dashboard)]
            if not here:
                raise SignalproofError(
                    "no dashboard is defined here",
                    "define one: dashboard = Dashboard(…); a module that only helps starts with an underscore",
                    where=Location(str(module.__file__)),
                )
            found.update((id(one), one) for one in here)
        return tuple(found.values())

    @cached_property
    def rules(self) -> CheckedRules:
        """The rule groups with what inference knows of them."""
        from signalproof.rules.check import check_rules
        from signalproof.rules.recording import RecordingRule

        rules = [rule for group in self.groups for rule in group.rules]
        recorded = {rule.record for rule in rules if isinstance(rule, RecordingRule)}
        read = {name for rule in rules for name in names_read(rule.expr.node)}
        own = exposition_of(declared(self.catalogue, self.config), self.site)
        if not self.config.catalogue:  # then nobody said that there is nothing else
            own = replace(own, complete=False)
        exposition = self._with(read - recorded, own)
        return check_rules(self.groups, exposition, scrape_interval=self.config.scrape_interval)

    @property
    def site(self) -> Site:
        """How Prometheus stores what the project exposes."""
        return site_of(self.config, foreign=not self.config.catalogue)

    @cached_property
    def knowledge(self) -> Knowledge:
        """What is known of metrics beside those of the catalogue."""
        from signalproof.knowledge.told import Told
        from signalproof.knowledge.world import Knowledge

        return Knowledge(self.site, Told(self.config))

    @cached_property
    def exposition(self) -> Exposition:
        """What Prometheus stores: the catalogue, the results of the recording rules, and what the dashboards read of others."""
        panels = (panel for one in self.dashboards for row in one.rows for panel in row.panels)
        shown = [expr.node for panel in panels for expr in panel.exprs]
        shown += [event.expr.node for one in self.dashboards for event in one.annotations]
        return self._with({name for one in shown for name in names_read(one)}, self.rules.exposition)

    def _with(self, names: set[str], exposition: Exposition) -> Exposition:
        """Return *exposition* with what is known of these *names* beside the catalogue."""
        return exposition if names <= exposition.series.keys() else self.knowledge.extended(exposition, names)

    def queries(self) -> Iterator[Query]:
        """Yield every query of the project: panels, variables and annotations, then rules."""
        from signalproof.dashboard.queries import queries
        from signalproof.rules.queries import queries as rule_queries

        interval = self.config.scrape_interval
        for dashboard in self.dashboards:
            yield from queries(dashboard, self.exposition, scrape_interval=interval)
        yield from rule_queries(self.rules)


def declared(catalogue: Catalogue, config: Config) -> tuple[Family, ...]:
    """Return what a catalogue in Python says: its families, with ``job`` one of the declared services."""
    jobs = frozenset(one.job for one in config.services.values()) or None
    return tuple(replace(one, jobs=jobs) for one in catalogue.families)


def load_project(config: Path | None) -> Project:
    """Return the project of that configuration file, or of the nearest one upwards; raises as `load_config` does."""
    return Project(load_config(config))


def known_in(project: Project) -> Known | None:
    """Return what the builder can make of queries about the metrics of *project*; None without a catalogue in Python."""
    from signalproof.convert.calls import Known

    if not project.config.catalogue:
        return None
    return Known(project.catalogue, project.config.catalogue.partition(":")[0].partition(".")[0])
