"""Which checks a node is given to: looked up by what it is, so that a walk asks no rule in vain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias

from signalproof.infer.value import Kind, Shape
from signalproof.lint.finding import Finding, Problem, Severity
from signalproof.lint.rule import Context, Filtered, Grouped, Joined, Rule
from signalproof.promql.ast import Aggregation, Binary, Call, Number, Range, Selector, String
from signalproof.promql.binary import PRECEDENCE
from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import children

Check: TypeAlias = tuple[Rule[Any], Callable[[Any, Context], Iterable[Problem]]]

_INSTANT: Final = Shape.INSTANT
_NAMES: Final[Mapping[type[Any], Collection[str]]] = {
    Call: FUNCTIONS,
    Aggregation: AGGREGATIONS,
    Binary: PRECEDENCE,
}
"""Types of nodes with a name: the names there are."""


_FIELDS: Final = tuple(one.name for one in fields(Query) if one.name not in ("text", "where", "use"))
"""Everything that surrounds the expression of a query."""
_SURROUNDINGS: Final = attrgetter(*_FIELDS)


class Named(NamedTuple):
    """The checks for nodes that have a name.

    Attributes:
        by_name: Name of the function, aggregation or operator → checks.
        others: Those for any other name.
    """

    by_name: Mapping[str, list[Check]]
    others: list[Check]


class Dispatch:
    """The checks for queries of one use over samples of some kinds."""

    def __init__(self, rules: Iterable[Rule[Any]], use: Use, kinds: frozenset[Kind], *, closed: bool) -> None:
        self._rules = [
            one
            for one in rules
            if use in one.uses and (closed or not one.closed) and (not one.kinds or one.kinds & kinds)
        ]
        self._by_type: dict[type[Any], list[Check]] = {}
        for rule in self._rules:
            for kind in rule.visits:
                self._by_type.setdefault(kind, []).append((rule, rule.check))
        self._by_surroundings: dict[tuple[bool, ...], list[Check]] = {}
        self._selectors = self._by_type.get(Selector, [])
        self._matching = self._selectors + self._by_type.get(Filtered, [])
        self._calls = self._named(Call, Call)
        self._aggregations = self._named(Aggregation, Aggregation)
        self._grouped = self._named(Aggregation, Aggregation, Grouped)
        self._operations = self._named(Binary, Binary)
        self._joins = self._named(Binary, Binary, Joined)

    def _named(self, node: type[Any], *visited: type[Any]) -> Named:
        """Return the checks for nodes of that type from the rules that visit one of *visited*."""
        names = _NAMES[node]
        checks: list[tuple[Check, frozenset[str]]] = [
            ((rule, rule.check), rule.names.intersection(names))
            for kind in visited
            for rule in self._rules
            if kind in rule.visits
        ]
        by_name = {
            name: [check for check, wanted in checks if not wanted or name in wanted] for name in names
        }
        return Named(by_name, [check for check, wanted in checks if not wanted])

    def of_nodes(self, context: Context) -> list[Finding]:
        """Return what the checks find in the nodes of one query."""
        findings: list[Finding] = []
        value = context.value
        pending: list[Any] = [context.root]  # of its type and fields a node is asked without isinstance
        checks: Iterable[Check]
        for node in pending:  # grows while it is walked
            kind = type(node)
            if kind is Selector:
                checks = self._matching if node.pattern else self._selectors
            elif kind is Number or kind is String:
                checks = self._by_type.get(kind, ())
            elif kind is Range:
                pending.append(node.selector)
                checks = self._by_type.get(kind, ())
            elif kind is Call:
                pending += node.args
                by_name, others = self._calls
                checks = by_name.get(node.function, others)
            elif kind is Aggregation:
                pending += children(node)
                by_name, others = self._aggregations if node.grouping is None else self._grouped
                checks = by_name.get(node.operator, others)
            elif kind is Binary:
                left, right = node.left, node.right
                pending.append(left)
                pending.append(right)
                joined = value(right).shape is _INSTANT and value(left).shape is _INSTANT
                by_name, others = self._joins if joined else self._operations
                checks = by_name.get(node.operator, others)
            else:
                pending += children(node)
                checks = self._by_type.get(kind, ())
            for rule, check in checks:
                for problem in check(node, context):
                    findings.append(finding(rule, problem, context.query))  # noqa: PERF401  # nearly always empty: extend would cost a generator each
        return findings

    def of(self, seen: object, context: Context) -> Iterator[Finding]:
        """Yield what the checks find in something that is no node and no query: a syntax error, everything."""
        for rule, check in self._by_type.get(type(seen), ()):
            for problem in check(seen, context):
                yield finding(rule, problem, problem.query or context.query)

    def _about(self, said: tuple[bool, ...]) -> list[Check]:
        """Return the checks for queries that say something in these fields and nothing in the others."""
        given = {name for name, one in zip(_FIELDS, said, strict=True) if one}
        queries = self._by_type.get(Query, [])
        return [
            (rule, check) for rule, check in queries if not rule.about or not given.isdisjoint(rule.about)
        ]

    def of_query(self, context: Context) -> list[Finding]:
        """Return what the checks find in a query as a whole: what surrounds its expression."""
        findings: list[Finding] = []
        query = context.query
        said = tuple(map(bool, _SURROUNDINGS(query)))
        checks = self._by_surroundings.get(said)
        if checks is None:
            checks = self._by_surroundings[said] = self._about(said)
        for rule, check in checks:
            for problem in check(query, context):
                findings.append(finding(rule, problem, query))  # noqa: PERF401  # as above
        return findings


@lru_cache(maxsize=512)
def dispatch(rules: tuple[Rule[Any], ...], use: Use, kinds: frozenset[Kind], *, closed: bool) -> Dispatch:
    """Return the checks of *rules* for queries of one *use* whose selectors are of *kinds*; see `Dispatch`."""
    return Dispatch(rules, use, kinds, closed=closed)


def finding(rule: Rule[Any], problem: Problem, query: Query) -> Finding:
    """Return the finding of *rule* about *query*."""
    return Finding(
        rule.code, problem.severity or Severity(rule.severity), problem.message, problem.help,
        query, problem.span, problem.part, problem.text, problem.fix,
    )  # fmt: skip
