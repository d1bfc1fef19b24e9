"""How much of what was read could be proven, dashboard by dashboard and panel by panel, and why the rest could not.

"Nothing wrong" of queries whose metrics nobody knows says little; the report says how many these are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from signalproof.catalogue.exposition import SCRAPE_SERIES, Exposition
from signalproof.infer.value import NAME
from signalproof.promql.ast import Matcher, Node, Selector
from signalproof.promql.query import Query
from signalproof.promql.tree import walk


@dataclass
class Figure:
    """How queries fared.

    Attributes:
        queries: How many there are.
        proven: Every metric that they name is known, and nothing in them is an error.
        wrong: How many have an error.
        chosen: How many leave it to a variable or a pattern which metrics they read.
        known: Names of metrics that some source knows.
        unknown: Names of metrics that no source knows.
    """

    queries: int = 0
    proven: int = 0
    wrong: int = 0
    chosen: int = 0
    known: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def take(self, names: Collection[str], world: Exposition, *, wrong: bool, chosen: bool) -> None:
        """Count one query."""
        known = {one for one in names if one in world.series or one in world.gone or world.complete}
        self.queries += 1
        self.known |= known
        self.unknown |= set(names) - known
        self.wrong += wrong
        self.chosen += chosen and not wrong
        self.proven += not wrong and not chosen and len(known) == len(names)

    @property
    def share(self) -> float:
        """The share of the queries that is proven or known to be wrong: of which something certain is said."""
        return (self.proven + self.wrong) / self.queries if self.queries else 1.0


@dataclass
class Place:
    """A dashboard or a rule group.

    Attributes:
        file: Where it stands.
        name: uid of the dashboard, name of the group.
        figure: Of all its queries.
        panels: Title of the panel, or name of the rule or variable → its queries.
    """

    file: str
    name: str
    figure: Figure = field(default_factory=Figure)
    panels: dict[str, Figure] = field(default_factory=dict)


@dataclass
class Compatibility:
    """What was proven of everything that was read.

    Attributes:
        figure: Of all queries.
        places: Dashboards and rule groups, in the order of the files.
    """

    figure: Figure = field(default_factory=Figure)
    places: list[Place] = field(default_factory=list)


def compatibility(
    queries: Iterable[Query],
    names: Mapping[int, frozenset[str]],
    trees: Iterable[Node | Exception],
    wrong: Collection[int],
    world: Exposition,
) -> Compatibility:
    """Return what was proven.

    Args:
        queries: Everything that was read.
        names: ``id`` of a tree → the names that it reads.
        trees: The tree of each query, or why it has none.
        wrong: ``id`` of each query with an error.
        world: What is known.
    """
    found = Compatibility()
    places: dict[tuple[str, str], Place] = {}
    for query, tree in zip(queries, trees, strict=True):
        key = query.where.file, query.dashboard
        place = places.get(key)
        if place is None:
            place = places[key] = Place(*key)
            found.places.append(place)
        panel = place.panels.setdefault(query.panel, Figure())
        broken = isinstance(tree, Exception)
        read = frozenset[str]() if isinstance(tree, Exception) else names[id(tree)] - SCRAPE_SERIES.keys()
        chosen = not isinstance(tree, Exception) and chooses(tree)
        for figure in (found.figure, place.figure, panel):
            figure.take(read, world, wrong=broken or id(query) in wrong, chosen=chosen)
    return found


def chooses(tree: Node) -> bool:
    """Whether some selector leaves it to a variable or a pattern which metric it reads."""
    for node in walk(tree):
        if not isinstance(node, Selector):
            continue
        if node.name_variables:
            return True
        if not node.name:
            named = [one for one in node.matchers if isinstance(one, Matcher) and one.label == NAME]
            if not any(one.operator == "=" and not one.value.variables for one in named):
                return True
    return False
