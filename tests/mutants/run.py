"""Makes every mutant of a set of queries, lints it, and counts what the lint does not see."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.mutants import kinds, labels, shown
from tests.mutants.subject import Operator, Subject

from signalproof.catalogue.exposition import Exposition, Role
from signalproof.config import Config
from signalproof.infer.inference import infer
from signalproof.infer.names import names_read
from signalproof.lint.finding import Finding, Severity
from signalproof.lint.project import lint, names_of_variables
from signalproof.lint.recorded import with_recorded
from signalproof.lint.registry import all_rules
from signalproof.lint.rule import Everything
from signalproof.promql.ast import Node
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.query import Query, Use

OPERATORS: tuple[Operator, ...] = (
    kinds.le_lost,
    kinds.quantile_as_percent,
    kinds.quantiles_averaged,
    kinds.buckets_as_count,
    kinds.bare_histogram,
    kinds.quantile_of_the_title,
    kinds.rate_lost,
    kinds.rate_as_delta,
    kinds.rate_as_average,
    kinds.rate_of_sum,
    kinds.gauge_rated,
    kinds.window_too_short,
    kinds.window_of_a_pixel,
    kinds.share_not_summed,
    kinds.mean_of_two_families,
    kinds.threshold_out_of_reach,
    kinds.times_1000,
    labels.grouping_label_lost,
    labels.grouping_label_swapped,
    labels.grouping_label_misspelt,
    labels.matcher_label_misspelt,
    labels.value_misspelt,
    labels.alternatives_as_text,
    labels.matcher_negated,
    labels.complement_divided,
    labels.on_lost,
    labels.group_lost,
    labels.included_label_misspelt,
    labels.metric_misspelt,
    labels.total_forgotten,
    shown.panel_unit_off,
    shown.legend_label_misspelt,
    shown.legend_label_summed_away,
    shown.annotation_label_misspelt,
)

_OF_ALL = tuple(one.code for one in all_rules() if one.visits == (Everything,))
"""Rules that compare queries with each other: a mutant is looked at alone, or beside its readers."""
_OF_SUPPRESSIONS = ("S001", "S002")
"""A mutant that is not found by a suppressed rule is not found by its being suppressed in vain."""
_OWN_NAMES = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?=[{\[])|\b[a-z]+(?:_[a-z0-9]+){2,}\b|[a-z]+:[a-z0-9_:]+")


@dataclass(frozen=True)
class World:
    """Sound queries and what exists.

    Attributes:
        name: What to call it.
        queries: The queries; what they record is known to all of them.
        exposition: What exists, recording rules apart or among it.
        scrape_interval: Seconds between two scrapes.
        retention: Seconds that samples are kept.
    """

    name: str
    queries: tuple[Query, ...]
    exposition: Exposition
    scrape_interval: float = 15.0
    retention: float = 15 * 86400.0

    @property
    def config(self) -> Config:
        """The configuration to lint with."""
        return Config(Path(), scrape_interval=self.scrape_interval, retention=self.retention)

    def findings(self, queries: Iterable[Query]) -> tuple[Finding, ...]:
        """Return what fails a build: errors and warnings about each query by itself."""
        report = lint(queries, self.exposition, ignore=_OF_ALL + _OF_SUPPRESSIONS, config=self.config)
        return tuple(one for one in report.findings if one.severity is not Severity.INFO)


@dataclass
class Tally:
    """What became of the mutants of one operator.

    Attributes:
        mutants: How many there are.
        survivors: Those that nothing is said about.
        by: Code of a rule → how many mutants it found.
    """

    mutants: int = 0
    survivors: list[Query] = field(default_factory=list)
    by: Counter[str] = field(default_factory=Counter)

    @property
    def killed(self) -> int:
        """How many were found."""
        return self.mutants - len(self.survivors)


@dataclass(frozen=True)
class Outcome:
    """What became of all mutants of a world.

    Attributes:
        world: The world.
        unsound: Findings about the queries as they are; such queries are not made worse.
        tallies: Operator → what became of its mutants.
    """

    world: World
    unsound: tuple[Finding, ...]
    tallies: dict[str, Tally]

    @property
    def share(self) -> float:
        """The share of all mutants that were found."""
        return sum(one.killed for one in self.tallies.values()) / sum(
            one.mutants for one in self.tallies.values()
        )


def run(world: World, operators: Sequence[Operator] = OPERATORS) -> Outcome:
    """Return what the lint says of every mutant of *world*."""
    queries = list(
        {(one.text, one.use, one.panel, one.legend, one.unit): one for one in world.queries}.values()
    )
    trees = [_parsed(one) for one in queries]
    exposition = with_recorded(world.exposition, queries, trees, world.scrape_interval)
    world = replace(world, queries=tuple(queries), exposition=exposition)
    unsound = world.findings(one for one in queries if one.use is not Use.RECORDING)
    unsound += world.findings(one for one in queries if one.use is Use.RECORDING)
    known = {id(one.query) for one in unsound}
    readers: dict[str, list[Query]] = defaultdict(list)
    for query, tree in zip(queries, trees, strict=True):
        if not isinstance(tree, PromQLSyntaxError) and id(query) not in known:
            for name in set(names_read(tree)):
                readers[name].append(query)
    tallies = {one.__name__: Tally() for one in operators}
    made: list[tuple[Tally, Subject, Query]] = []
    slips: set[object] = set()
    for query, tree in zip(queries, trees, strict=True):
        if isinstance(tree, PromQLSyntaxError) or id(query) in known:
            continue
        inference = infer(tree, exposition, scrape_interval=world.scrape_interval)
        beside = tuple(readers[query.panel]) if query.use is Use.RECORDING else ()
        subject = Subject(query, tree, inference, exposition, world.scrape_interval, beside)
        for operator in operators:
            tally = tallies[operator.__name__]
            for mutant in _distinct(query, operator(subject)):
                key = _slip_of(operator, subject, mutant)
                if key is None or key not in slips:
                    slips.add(key)
                    made.append((tally, subject, mutant))
    _count(world, made)
    return Outcome(world, unsound, tallies)


def _count(world: World, made: Sequence[tuple[Tally, Subject, Query]]) -> None:
    """Lint all mutants and note what became of them.

    They are linted at once, but what a mutant records must not be what another mutant reads: those of recording rules
    are apart from all others, and from each other where one reads another. Of a recording rule its readers are looked
    at, too, when nothing is said of itself.
    """
    rules = [mutant for _, subject, mutant in made if _records(subject) and not _reads_recorded(subject)]
    others = [mutant for _, subject, mutant in made if not _records(subject)]
    codes: dict[int, set[str]] = defaultdict(set)
    for finding in (*world.findings(rules), *world.findings(others)):
        codes[id(finding.query)].add(finding.code)
    for tally, subject, mutant in made:
        if _records(subject) and _reads_recorded(subject):
            codes[id(mutant)] = {one.code for one in world.findings([mutant])}
        if not codes[id(mutant)] and subject.readers:
            codes[id(mutant)] = {one.code for one in world.findings((mutant, *subject.readers))}
        tally.mutants += 1
        tally.by.update(codes[id(mutant)])
        if not codes[id(mutant)]:
            tally.survivors.append(mutant)


def _records(subject: Subject) -> bool:
    return subject.query.use is Use.RECORDING


def _reads_recorded(subject: Subject) -> bool:
    series = subject.exposition.series
    return any(name in series and series[name].role is Role.RECORDED for name in names_read(subject.root))


_SLIPS = frozenset(
    {labels.matcher_label_misspelt, labels.value_misspelt, labels.metric_misspelt, labels.total_forgotten}
)


def _slip_of(operator: Operator, subject: Subject, mutant: Query) -> object:
    """Return what makes two mutants of a slip the same: what is misspelt, among which metrics; None for other operators.

    These are the easiest to find, and the same metric is read in many queries: each slip counts once.
    """
    if operator not in _SLIPS:
        return None
    new = frozenset(re.findall(r"[\w:]+", mutant.text)) - frozenset(re.findall(r"[\w:]+", subject.query.text))
    return operator.__name__, mutant.use, new, frozenset(names_read(subject.root))


def _parsed(query: Query) -> Node | PromQLSyntaxError:
    try:
        return parse(query.text, names_of_variables(query))
    except PromQLSyntaxError as error:
        return error


def _distinct(query: Query, mutants: Iterable[Query]) -> Iterator[Query]:
    """Yield the *mutants* of *query*, each once."""
    seen: list[tuple[str, str, str, object]] = []
    for one in mutants:
        key = (one.text, one.legend, one.unit, one.annotations)
        if key not in seen:
            seen.append(key)
            yield one


def shape(query: Query) -> str:
    """Return what a query looks like without its names and numbers, to show survivors of one kind once."""
    text = re.sub(r"\b\d+(?:\.\d+)?(?:[smhdwy]\b)?", "9", query.text)
    text = re.sub(r'"[^"]*"', '"…"', text)
    return f"{query.use}: {_OWN_NAMES.sub('metric', text)}"


def table(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of the report on *outcome*."""
    sound = len(outcome.world.queries) - len({id(one.query) for one in outcome.unsound})
    yield f"{outcome.world.name}: {sound} sound queries"
    shown: Counter[tuple[str, str]] = Counter((one.code, one.message) for one in outcome.unsound)
    for (code, message), count in shown.items():
        yield f"  left as it is ×{count}: {code} {message}"
    yield f"  {'operator':28} {'mutants':>7} {'killed':>7} {'share':>7}  by"
    for name, tally in outcome.tallies.items():
        share = f"{tally.killed / tally.mutants:7.1%}" if tally.mutants else f"{'–':>7}"
        by = ", ".join(f"{code} {count}" for code, count in tally.by.most_common(4))
        yield f"  {name:28} {tally.mutants:7} {tally.killed:7} {share}  {by}"
    total = sum(one.mutants for one in outcome.tallies.values())
    killed = sum(one.killed for one in outcome.tallies.values())
    yield f"  {'all':28} {total:7} {killed:7} {outcome.share:7.1%}"
    for name, tally in outcome.tallies.items():
        shapes: dict[str, list[Query]] = defaultdict(list)
        for mutant in tally.survivors:
            shapes[shape(mutant)].append(mutant)
        for mutants in shapes.values():
            text = " ".join(mutants[0].text.split())
            yield f"  survives {name} ×{len(mutants)}: {text[:240]}  {mutants[0].legend or mutants[0].unit}"
