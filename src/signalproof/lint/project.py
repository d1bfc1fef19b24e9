"""Running the rules over queries."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Exposition
from signalproof.config import Config
from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.errors import Location
from signalproof.infer.inference import Inference, infer
from signalproof.infer.names import names_read
from signalproof.infer.value import Kind
from signalproof.lint.asked import names_asked
from signalproof.lint.dispatch import Dispatch, dispatch
from signalproof.lint.finding import Finding, Report, Severity
from signalproof.lint.prose import names_in, prose_of
from signalproof.lint.recorded import follow
from signalproof.lint.registry import selected_rules
from signalproof.lint.rule import Context, Everything, Rule, World
from signalproof.lint.suppressions import Suppressions
from signalproof.promql.ast import Node, Variable
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.query import Query, Use
from signalproof.scraping import NO_SETUP, Setup

if TYPE_CHECKING:
    from signalproof.knowledge.world import Knowledge
    from signalproof.rules.foreign import RuleFile

# a string that nobody closes is one, too: or else each quote in it would be tried up to the end
_STRING = re.compile(r"""("(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|`[^`]*+`?)""")
_PROMQL = "prometheus"
_BRACED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)|\[\[([A-Za-z_][A-Za-z0-9_]*)")
_BARE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")


def lint(
    queries: Iterable[Query],
    exposition: Exposition,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    config: Config | None = None,
    dashboards: Iterable[ForeignDashboard] = (),
    baseline: frozenset[str] = frozenset(),
    catalogue: Catalogue | None = None,
    emitted: Exposition | None = None,
    knowledge: Knowledge | None = None,
    foreign: bool = False,
    rule_files: Iterable[RuleFile] = (),
    setup: Setup = NO_SETUP,
) -> Report:
    """Return what is wrong with *queries*.

    Recording rules among the queries are followed: what they record is known to all others.

    Args:
        queries: What to look at.
        exposition: What exists; with ``complete=False`` nothing is said about names that are not listed.
        select: Codes, their beginnings, or slugs; empty for all.
        ignore: The same.
        config: Scrape interval, retention and oldest Prometheus; the defaults when None.
        dashboards: Foreign dashboards, for the rules about a dashboard as a whole.
        baseline: Fingerprints of findings that are known and left out.
        catalogue: What the project declares, for the reports on coverage.
        emitted: What a running program really exposed, label values included, for the same.
        knowledge: Who is asked about names that *exposition* does not list, and that were only seen; None for nobody.
        foreign: Whether the queries stand in files of others, which rules of the house do not bind.
        rule_files: Foreign rule files, for the rules about a rule file as a whole.
        setup: What configurations of Prometheus and Grafana say that were read beside them.

    Raises:
        SignalproofError: *select* or *ignore* names no rule.
    """
    config = config or Config(Path())
    rules = selected_rules(select or config.lint.select, (*config.lint.ignore, *ignore), config.said)
    with _uncollected():  # nobody holds the run, so that it is gone when collection starts again
        world = World(exposition, config, tuple(dashboards), foreign=foreign)
        return _Run(rules, world, knowledge).over(
            list(queries), baseline, catalogue, emitted, tuple(rule_files), setup
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off garbage collection: trees and what is known of them hold no circles, and searching them costs a third."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def names_of_variables(query: Query) -> frozenset[str] | None:
    """Return the names that stand for Grafana variables in a query; None for every name with a dollar.

    In a dashboard these are the declared ones, and those that cannot be meant otherwise: with braces, outside of
    strings, or alone in a string. Rule G003 says which of them nobody declares.
    """
    if query.use in (Use.EXPRESSION, Use.RECORDING, Use.ALERT) and not query.variables:
        return None
    declared = frozenset(query.variables)
    bare = frozenset(_BARE.findall(query.text))
    if bare <= declared and "${" not in query.text and "[[" not in query.text:
        return declared
    pieces = _STRING.split(query.text)
    outside = frozenset(name for piece in pieces[::2] for name in _BARE.findall(piece))
    alone = frozenset(found[1] for piece in pieces[1::2] if (found := _BARE.fullmatch(piece[1:-1])))
    braced = frozenset(name for pair in _BRACED.findall(query.text) for name in pair if name)
    return declared | outside | alone | braced


class _Run:
    """One run over queries: what exists, and which checks are in force."""

    def __init__(
        self,
        rules: tuple[Rule[Any], ...],
        world: World,
        knowledge: Knowledge | None,
    ) -> None:
        self.rules, self.config, self.knowledge = rules, world.config, knowledge
        self.world = world
        self.inferred: dict[int, Inference] = {}
        self.checks: dict[tuple[Use, frozenset[Kind], bool], Dispatch] = {}
        self.asked = tuple(
            one for one in rules if not one.configured or getattr(world.config.lint, one.configured)
        )

    def over(
        self,
        queries: list[Query],
        baseline: frozenset[str],
        catalogue: Catalogue | None,
        emitted: Exposition | None,
        rule_files: tuple[RuleFile, ...],
        setup: Setup,
    ) -> Report:
        """Return the report on *queries*."""
        trees = self._parsed(queries)
        interval = self.config.scrape_interval
        exposition = self.world.exposition
        names: dict[int, frozenset[str]] = {}
        if self.knowledge is not None:
            names = _names(trees)
            recorded = {one.panel for one in queries if one.use is Use.RECORDING}
            told = prose_of(queries, self.world.dashboards)  # what a text names is looked up, too
            named = {name for one in told for name, _ in names_in(one.text)}
            read = frozenset[str]().union(named, names_asked(queries), *names.values()) - recorded
            exposition = self.knowledge.extended(exposition, read)
        exposition, self.inferred = follow(exposition, queries, trees, interval)
        dashboards = self.world.dashboards
        self.world = World(exposition, self.config, dashboards, foreign=self.world.foreign)
        findings: list[Finding] = []
        contexts: list[Context] = []
        for query, tree in zip(queries, trees, strict=True):
            if isinstance(tree, PromQLSyntaxError):
                context = self._context(query, Variable("", query.text))
                findings.extend(self._checks(context).of(tree, context))
                continue
            context = self._context(query, tree)
            checks = self._checks(context)
            contexts.append(context)
            found = checks.of_nodes(context)
            found += checks.of_query(context)
            if len(found) > 1:
                found.sort(key=lambda one: (one.part, one.span, one.code))
            findings.extend(found)
        everything = Everything(
            tuple(contexts), self.world, dashboards, catalogue, emitted, rule_files, setup
        )
        nothing = self._context(Query("", Location("")), Variable("", ""))
        findings.extend(self._checks(nothing).of(everything, nothing))
        report = self._report(queries, findings, baseline)
        if self.knowledge is None:
            return report
        from signalproof.lint.compatibility import compatibility

        wrong = {id(one.query) for one in findings if one.severity is Severity.ERROR}
        return replace(report, compatibility=compatibility(queries, names, trees, wrong, exposition))

    def _checks(self, context: Context) -> Dispatch:
        """Return the checks for one query."""
        query = context.query
        key = query.use, context.inference.kinds, (query.dialect or self.config.dialect) != _PROMQL
        found = self.checks.get(key)
        if found is None:
            use, kinds, other = key
            asked = tuple(one for one in self.asked if not (other and one.promql_only))
            found = self.checks[key] = dispatch(asked, use, kinds, closed=self.world.exposition.complete)
        return found

    def _parsed(self, queries: list[Query]) -> list[Node | PromQLSyntaxError]:
        """Return the tree of each query; dashboards repeat each other, and what says the same shares its tree."""
        known: dict[tuple[str, frozenset[str] | None, str], Node | PromQLSyntaxError] = {}
        trees: list[Node | PromQLSyntaxError] = []
        for query in queries:
            key = query.text, names_of_variables(query), query.dialect or self.config.dialect
            tree = known.get(key)
            if tree is None:
                tree = known[key] = tree_of(*key)
            trees.append(tree)
        return trees

    def _context(self, query: Query, tree: Node) -> Context:
        inference = self.inferred.get(id(tree))
        if inference is None:
            inference = infer(tree, self.world.exposition, scrape_interval=self.config.scrape_interval)
            self.inferred[id(tree)] = inference
        return Context(query, tree, inference, self.world)

    def _report(self, queries: list[Query], findings: list[Finding], baseline: frozenset[str]) -> Report:
        suppressions = Suppressions(queries, self.rules, config=self.config)
        kept = [one for one in findings if not suppressions.covers(one)]
        suppressed = len(findings) - len(kept)
        kept += suppressions.complaints()
        new = tuple(one for one in kept if one.fingerprint not in baseline) if baseline else tuple(kept)
        return Report(new, suppressed, len(kept) - len(new), len(queries))


def _names(trees: Iterable[Node | PromQLSyntaxError]) -> dict[int, frozenset[str]]:
    """Return the names that each tree reads, by its ``id``."""
    whole = {id(one): one for one in trees if not isinstance(one, PromQLSyntaxError)}
    return {key: frozenset(names_read(one)) for key, one in whole.items()}


def tree_of(text: str, variables: frozenset[str] | None, dialect: str) -> Node | PromQLSyntaxError:
    """Return the tree of *text* in *dialect*, or why it has none."""
    try:
        if dialect == _PROMQL:
            return parse(text, variables)
        from signalproof.promql.metricsql import parse_metricsql

        return parse_metricsql(text, variables)
    except PromQLSyntaxError as error:
        return error
