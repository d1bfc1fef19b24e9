"""Which checks a node is given to: looked up by its type and name, so that a walk asks no rule in vain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from signalproof.lint.finding import Finding, Problem, Severity
from signalproof.lint.rule import Context, Rule
from signalproof.promql.ast import Aggregation, Binary, Call, Node, Selector
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import children

Check: TypeAlias = tuple[Rule[Any], Callable[[Any, Context], Iterable[Problem]]]

_NAMED = (Call, Aggregation, Binary)


class Dispatch:
    """The checks for queries of one use.

    Attributes:
        by_type: Type of what is looked at → checks; for types with names, those that look at any name.
    """

    def __init__(self, rules: Iterable[Rule[Any]], use: Use, *, closed: bool) -> None:
        self.by_type: dict[type[Any], list[Check]] = {}
        wanted: dict[type[Any], dict[str, list[Rule[Any]]]] = {kind: {} for kind in _NAMED}
        inside: list[Rule[Any]] = [one for one in rules if use in one.uses and (closed or not one.closed)]
        for rule in inside:
            for kind in rule.visits:
                if rule.names and kind in wanted:
                    for name in rule.names:
                        wanted[kind].setdefault(name, []).append(rule)
                else:
                    self.by_type.setdefault(kind, []).append((rule, rule.check))
        self.calls, self.aggregations, self.binaries = (self._named(kind, wanted[kind]) for kind in _NAMED)
        self.any_call, self.any_aggregation, self.any_binary = (self.by_type.get(kind, []) for kind in _NAMED)

    def _named(self, kind: type[Any], names: Mapping[str, list[Rule[Any]]]) -> Mapping[str, list[Check]]:
        return {
            name: [*self.by_type.get(kind, ()), *((one, one.check) for one in found)]
            for name, found in names.items()
        }

    def of_nodes(self, context: Context) -> list[Finding]:
        """Return what the checks find in the nodes of one query."""
        findings: list[Finding] = []
        by_type, calls, aggregations, binaries = self.by_type, self.calls, self.aggregations, self.binaries
        pending: list[Node] = [context.root]
        checks: Iterable[Check]
        for node in pending:  # grows while it is walked
            kind = type(node)
            if kind is Selector:
                checks = by_type.get(kind, ())
            elif kind is Call:
                checks = calls.get(node.function, self.any_call)  # type: ignore[union-attr]  # known from its type, without the cost of isinstance
                pending += node.args  # type: ignore[union-attr]  # as above
            elif kind is Aggregation:
                checks = aggregations.get(node.operator, self.any_aggregation)  # type: ignore[union-attr]  # as above
                pending += children(node)
            elif kind is Binary:
                checks = binaries.get(node.operator, self.any_binary)  # type: ignore[union-attr]  # as above
                pending.append(node.left)  # type: ignore[union-attr]  # as above
                pending.append(node.right)  # type: ignore[union-attr]  # as above
            else:
                checks = by_type.get(kind, ())
                pending += children(node)
            for rule, check in checks:
                for problem in check(node, context):
                    findings.append(finding(rule, problem, context.query))  # noqa: PERF401  # nearly always empty: extend would cost a generator each
        return findings

    def of(self, seen: object, context: Context, kind: type[Any] | None = None) -> Iterator[Finding]:
        """Yield what the checks find in something that is no node: a query, a syntax error, everything."""
        for rule, check in self.by_type.get(kind or type(seen), ()):
            if rule.about and not getattr(seen, rule.about):
                continue
            for problem in check(seen, context):
                yield finding(rule, problem, problem.query or context.query)


@lru_cache(maxsize=64)
def dispatch(rules: tuple[Rule[Any], ...], use: Use, *, closed: bool) -> Dispatch:
    """Return the checks of *rules* for queries of one *use*; see `Dispatch`."""
    return Dispatch(rules, use, closed=closed)


def finding(rule: Rule[Any], problem: Problem, query: Query) -> Finding:
    """Return the finding of *rule* about *query*."""
    return Finding(
        rule.code, problem.severity or Severity(rule.severity), problem.message, problem.help,
        query, problem.span, problem.part, problem.text, problem.fix,
    )  # fmt: skip
