"""What a rule is, and what it is shown.

A rule is a module in `signalproof.lint.rules`; being there is being in force. Its docstring is its page in the rule
reference, its examples are its tests, and one method yields what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.closest import Closest
from signalproof.catalogue.exposition import Exposition, Series
from signalproof.config import Config
from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.documents import Table
from signalproof.infer.inference import Inference
from signalproof.infer.value import Kind, Value
from signalproof.lint.drawn import AS_SAID, Drawn, Place, drawn_of, place_of
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.templates import templates_of
from signalproof.promql.ast import Node
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import children
from signalproof.scraping import NO_SETUP, Setup

if TYPE_CHECKING:
    from signalproof.rules.foreign import RuleFile

T = TypeVar("T")

Example: TypeAlias = "str | Query | ForeignDashboard | tuple[Query, ...] | Setting"
"""An expression; a query where what surrounds it matters; a dashboard; queries that belong together; a whole world."""
Examples: TypeAlias = tuple[tuple[Example, str], ...]
"""Each example with the culprit that must be found in it."""


class Filtered:
    """What a rule visits that looks at selectors with matchers, and not at bare names."""


class Grouped:
    """What a rule visits that looks at aggregations with ``by`` or ``without``."""


class Joined:
    """What a rule visits that looks at operations between two vectors, which have to find each other."""


class Rule(Generic[T]):
    """One rule about one kind of thing: a node of the syntax tree, a query, or everything that was read.

    Attributes:
        code: Letter and number; the letter is the family.
        slug: Its name in words.
        severity: ``error``, ``warning`` or ``info``.
        visits: Types of what it looks at: node types or some nodes of a type (`Filtered`, `Grouped`, `Joined`),
            `Query`, or `Everything`.
        names: Of functions, of aggregations, of binary operators: those it looks at; all of them where it names none.
        uses: What the queries it looks at are for.
        kinds: Kinds of samples: it has nothing to say of a query that selects none of these; empty for any.
        about: Of a rule that looks at queries: the fields without any of which it has nothing to say of them.
        configured: The list in the configuration of the lint without which it has nothing to say.
        promql_only: Whether it judges by what Prometheus does, where VictoriaMetrics does something else.
        closed: Whether it asks about our own world only: where a name that is not listed does not exist.
        bad: What is wrong, each with its culprit.
        good: What is right.
        fixable: Whether a problem may carry its fix.
        default: Whether it is in force without being selected.
        with_key: The key of the configuration that puts it in force where it is not so by default.
    """

    code: ClassVar[str]
    slug: ClassVar[str]
    severity: ClassVar[str]
    visits: ClassVar[tuple[type[Any], ...]]
    names: ClassVar[frozenset[str]] = frozenset()
    bad: ClassVar[Examples]
    good: ClassVar[tuple[Example, ...]]
    uses: ClassVar[frozenset[Use]] = frozenset(Use)
    kinds: ClassVar[frozenset[Kind]] = frozenset()
    about: ClassVar[tuple[str, ...]] = ()
    configured: ClassVar[str] = ""
    promql_only: ClassVar[bool] = False
    closed: ClassVar[bool] = False
    fixable: ClassVar[bool] = False
    default: ClassVar[bool] = True
    with_key: ClassVar[str] = ""

    def __str__(self) -> str:
        return self.code

    def check(self, seen: T, context: Context) -> Iterator[Problem]:
        """Yield what is wrong with *seen*."""
        raise TypeError(f"{type(self).__name__} checks nothing")


class World:
    """Every series that exists and the configuration, with what can be looked up in them.

    Attributes:
        exposition: Every series that exists, recording rules among them.
        config: The configuration of the project.
        dashboards: The bodies of the foreign dashboards, as read.
        foreign: Whether files of others are looked at: rules of the house do not bind them, and nobody told us how
            they are scraped but who said it.
    """

    def __init__(
        self,
        exposition: Exposition,
        config: Config,
        dashboards: tuple[ForeignDashboard, ...] = (),
        *,
        foreign: bool = False,
    ) -> None:
        self.exposition = exposition
        self.config = config
        self.dashboards = dashboards
        self.foreign = foreign

    @property
    def scrape_is_known(self) -> bool:
        """Whether somebody told how often targets are scraped: our own project, its configuration, or a server."""
        return not self.foreign or "scrape_interval" in self.config.said or bool(self.exposition.intervals)

    @property
    def targets_are_known(self) -> bool:
        """Whether somebody told which labels targets have: our own project, its configuration, a catalogue, or a server."""
        return not self.foreign or "target_labels" in self.config.said

    @property
    def house(self) -> Severity | None:
        """The severity of what a rule of the house finds: its own among our files, info in files of others."""
        return Severity.INFO if self.foreign else None

    @cached_property
    def _drawn(self) -> Mapping[Place, Drawn]:
        return drawn_of(self.dashboards)

    def drawn(self, query: Query) -> Drawn:
        """Return how the panel of *query* draws it."""
        return self._drawn.get(place_of(query), AS_SAID) if self.dashboards else AS_SAID

    @cached_property
    def families(self) -> Mapping[str, tuple[Series, ...]]:
        """The series of each metric family."""
        found: dict[str, tuple[Series, ...]] = {}
        for one in self.exposition.series.values():
            found[one.family] = (*found.get(one.family, ()), one)
        return found

    @cached_property
    def displaced(self) -> frozenset[str]:
        """The target labels that took the place of a metric's own label of that name."""
        targets = {f"exported_{name}": name for name in self.exposition.target_labels}
        found = {
            label for one in self.exposition.series.values() for label in targets.keys() & one.labels.keys()
        }
        return frozenset(targets[label] for label in found)

    @cached_property
    def _closest(self) -> Closest:
        return Closest(self.exposition.series)

    def closest(self, name: str) -> str:
        """Return the series whose name is closest to *name*; empty when none is close."""
        return self._closest.to(name)


class Context:
    """One query, parsed and inferred, and the world it is asked in.

    Attributes:
        query: The query.
        root: Its syntax tree.
        inference: What is known of every node.
        value: Returns what is known of one node.
        world: Every series that exists, and the configuration.
    """

    __slots__ = ("_parents", "_templates", "inference", "query", "root", "value", "world")

    def __init__(self, query: Query, root: Node, inference: Inference, world: World) -> None:
        self.query, self.root, self.inference, self.world = query, root, inference, world
        self.value: Callable[[Node], Value] = inference.value
        self._parents: dict[int, Node] = {}
        self._templates: tuple[tuple[str, str], ...] | None = None

    @property
    def templates(self) -> tuple[tuple[str, str], ...]:
        """The templates of an alert, after what each is; see `lint.templates.templates_of`."""
        if self._templates is None:
            self._templates = tuple(templates_of(self.query))
        return self._templates

    def parent(self, node: Node) -> Node | None:
        """Return the expression directly above *node*, or None at the top."""
        if not self._parents:
            pending = [self.root]
            while pending:
                one = pending.pop()
                for child in children(one):
                    self._parents[id(child)] = one
                    pending.append(child)
        return self._parents.get(id(node))

    def ancestors(self, node: Node) -> Iterator[Node]:
        """Yield the expressions above *node*, the nearest first."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    def series(self, name: str) -> Series | None:
        """Return what is known of the series *name*, or None when nothing emits it."""
        return self.world.exposition.series.get(name)


@dataclass(frozen=True)
class Everything:
    """All that was read in one run, for rules that compare.

    Attributes:
        contexts: Every query that could be parsed.
        world: Every series that exists, recording rules among them, and the configuration.
        dashboards: The bodies of the foreign dashboards, as read.
        catalogue: What the project declares, when it is a project of ours.
        emitted: What a running program really exposed, values included, when that is known.
        rules: The foreign rule files, as read.
        setup: What the configurations that were read say of Prometheus and Grafana.
    """

    contexts: tuple[Context, ...]
    world: World
    dashboards: tuple[ForeignDashboard, ...] = ()
    catalogue: Catalogue | None = None
    emitted: Exposition | None = None
    rules: tuple[RuleFile, ...] = ()
    setup: Setup = NO_SETUP

    @cached_property
    def _asked(self) -> Mapping[int, Context]:
        return {id(one.query.text): one for one in self.contexts}

    def context_of(self, target: Table, key: str = "expr") -> Context | None:
        """Return the query that a target of a foreign dashboard asks; None where it is no PromQL or could not be parsed.

        A query keeps the very text that was read from the file, so that even of two targets that say the same in one
        place each is found.
        """
        return self._asked.get(id(target.get(key)))


@dataclass(frozen=True)
class Setting:
    """An example that needs a world of its own.

    Attributes:
        queries: What is asked in it.
        exposition: What exists; None for the world of the other examples.
        catalogue: What is declared; None for nothing.
        emitted: What was really exposed; None where that is not known.
        config: The configuration; None for the defaults.
        foreign: Whether the files are those of others.
        dashboards: Dashboards that are read beside the queries.
        rule_file: The text of a rule file that is read beside the queries.
        setup: What configurations say that are read beside the queries.
    """

    queries: tuple[Query, ...] = ()
    exposition: Exposition | None = None
    catalogue: Catalogue | None = None
    emitted: Exposition | None = None
    config: Config | None = None
    foreign: bool = False
    dashboards: tuple[ForeignDashboard, ...] = ()
    rule_file: str = ""
    setup: Setup = NO_SETUP


def words(names: Iterable[str]) -> str:
    """Return *names* sorted and quoted for a message; ``none`` when there are none."""
    return ", ".join(repr(str(name)) for name in sorted(names)) or "none"
