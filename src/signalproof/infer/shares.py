"""Which numerators are part of their denominators, so that a quotient is known to lie in 0..1.

Both sides are taken apart into terms, ``coefficient × aggregation(selection)``. A term is part of another when it
selects among the same samples, aggregates in a compatible way, and the compared labels send everything in the left
group into the matched right one. The proof needs samples that are not negative, and holds up to the rounding of sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Final, NamedTuple

from signalproof.catalogue.exposition import Role
from signalproof.infer.intervals import Interval, is_positive
from signalproof.infer.matching import Keys
from signalproof.infer.selection import Selection, first_name, selection_of
from signalproof.infer.value import UNKNOWN, Kind, Value
from signalproof.infer.world import World
from signalproof.promql.ast import Aggregation, Binary, Call, Grouping, Matcher, Node
from signalproof.promql.tree import unwrap

_DEEPEST: Final = 24
_MOST_TERMS: Final = 16
_COMPARISONS: Final = frozenset({">", "<", ">=", "<=", "==", "!="})

_WITHIN: Final[Mapping[str, frozenset[str]]] = {
    "each": frozenset({"each"}),
    "sum": frozenset({"each", "sum", "max", "min", "avg"}),
    "max": frozenset({"each", "max", "min", "avg"}),
    "count": frozenset({"count", "group"}),
}
"""Aggregation → those that give no more, over some of its samples."""

_SAME: Final = frozenset({"sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"})


class Group(NamedTuple):
    """The labels that tell groups apart: those named or, inverted, all others."""

    inverted: bool
    names: frozenset[str]

    def within(self, other: Group) -> bool:
        """Whether every label of this group is one of the *other*."""
        if self.inverted:
            return other.inverted and other.names <= self.names
        return not self.names & other.names if other.inverted else self.names <= other.names


_EACH: Final = Group(inverted=True, names=frozenset())


class Term(NamedTuple):
    """``coefficient × operator by (group) (selection)``.

    Attributes:
        coefficient: A literal factor.
        operator: Name of the aggregation; ``each`` where nothing is aggregated.
        group: What tells the groups apart.
        selection: What is aggregated.
        low: No aggregated sample lies below it.
        high: No aggregated sample lies above it.
    """

    coefficient: float
    operator: str
    group: Group
    selection: Selection
    low: float
    high: float


def may_share(node: Binary, left: Value, right: Value) -> bool:
    """Whether the comparison of the two sides can say anything: most pairs are told apart at once."""
    if is_positive(left.low) and is_positive(right.low):
        return True
    return node.operator == "/" and first_name(node.left) == first_name(node.right)


class Shares:
    """The comparison of the two sides of one operation.

    Attributes:
        world: Where the query is asked.
        known: What is known of each node, by its id.
        keys: The labels that must be equal.
    """

    def __init__(self, world: World, known: Mapping[int, Value], keys: Keys) -> None:
        self.world = world
        self.known = known
        self.keys = keys
        self._compared = Group(not keys.on, keys.names)

    def improved(self, node: Binary, left: Value, right: Value, interval: Interval) -> Interval:
        """Return the range of ``left / right`` or ``left - right``, narrowed where the one is part of the other."""
        if self.keys.unknown:
            return interval
        if node.operator == "/" and self._same(node):
            return 1.0, 1.0
        if not (is_positive(left.low) and is_positive(right.low)):
            return interval
        if node.operator == "-":
            rest = self._share(node.right, node.left)
            return (max(0.0, interval[0]), min(interval[1], left.high)) if rest <= 1 else interval
        return max(0.0, interval[0]), min(interval[1], self._share(node.left, node.right))

    def _same(self, node: Binary) -> bool:
        """Whether each series is divided by itself, or each aggregate by the same one."""
        if first_name(node.left) != first_name(node.right):
            return False
        a, b = self._direct(node.left), self._direct(node.right)
        if a is None or b is None or a.operator != b.operator:
            return False
        if a.operator == "each":
            # the right side has one series at most for the compared labels, and the left one is among them
            one_right = node.matching is None or node.matching.group != "right"
            return one_right and a.selection.part_of(b.selection)
        return a.operator in _SAME and a.group == b.group and a.selection == b.selection and self._sends(a, b)

    def _direct(self, node: Node) -> Term | None:
        node = unwrap(node)
        if isinstance(node, Aggregation):
            return self._aggregated(node)
        selection = selection_of(node)
        return None if selection is None else self._term(node, "each", _EACH, selection)

    def _term(self, node: Node, operator: str, group: Group, selection: Selection) -> Term:
        value = self.known.get(id(node), UNKNOWN)
        return Term(1.0, operator, group, selection, value.low, value.high)

    def _aggregated(self, node: Aggregation) -> Term | None:
        group = _group(node.grouping)
        selection = selection_of(node.expr) if group is not None and node.parameter is None else None
        if group is None or selection is None:
            return None
        return self._term(unwrap(node.expr), node.operator, group, selection)

    def _sends(self, part: Term, whole: Term) -> bool:
        """Whether all that is in a group of *part* is in the group of *whole* that it is compared with."""
        return whole.group.within(part.group) and whole.group.within(self._compared)

    def _factor(self, part: Term, whole: Term) -> float:
        """Return the most that *part* can be of *whole*, coefficients apart; infinite if unknown."""
        if not self._sends(part, whole):
            return inf
        if not part.selection.part_of(whole.selection) and not self._in_count(part, whole):
            return inf
        if part.operator in _WITHIN.get(whole.operator, ()):
            return 1.0 if whole.operator == "count" or is_positive(whole.low) else inf
        if whole.operator == "count" and part.operator in _WITHIN["sum"] and part.low >= 0:
            return part.high
        return inf

    def _in_count(self, part: Term, whole: Term) -> bool:
        """Whether *part* is one bucket of the histogram that *whole* counts: a restart is seen in both."""
        series = self.world.series(part.selection.name)
        if series is None or series.role is not Role.BUCKET or part.operator not in ("each", "sum"):
            return False
        one_bound = Group(inverted=False, names=frozenset({"le"})).within(part.group) or any(
            isinstance(one, Matcher) and one.label == "le" and one.operator == "="
            for one in part.selection.conditions
        )
        return one_bound and part.selection.renamed(f"{series.family}_count", "le").part_of(whole.selection)

    def _share(self, part: Node, whole: Node) -> float:
        """Return the most that *part* can be of *whole*; infinite if unknown."""
        above, below = self._terms(part, 0, upper=True), self._terms(whole, 0, upper=False)
        if not above or not below or len(above) + len(below) > _MOST_TERMS:
            return inf
        if any(one.coefficient <= 0 for one in (*above, *below)):
            return inf
        if any(not is_positive(one.low) and one.operator != "count" for one in below):
            return inf
        most = 0.0
        taken: list[list[Term]] = [[] for _ in below]
        for one in above:
            for other, users in zip(below, taken, strict=True):
                factor = self._factor(one, other)
                if factor < inf and _joins(one, other, users):
                    users.append(one)
                    most = max(most, factor * one.coefficient / other.coefficient)
                    break
            else:
                return inf
        return most

    def _terms(self, node: Node, depth: int, *, upper: bool) -> list[Term] | None:
        """Return terms whose sum *node* never exceeds (*upper*), or never falls below; None where there are none."""
        node = unwrap(node)
        if depth > _DEEPEST:
            return None
        if isinstance(node, Aggregation):
            term = self._aggregated(node)
            return [term] if term is not None else self._regrouped(node, depth, upper=upper)
        if isinstance(node, Binary):
            found = self._of_binary(node, depth, upper=upper)
            if found is not None:
                return found
        if isinstance(node, Call) and node.args and node.function == ("clamp_max" if upper else "clamp_min"):
            return self._terms(node.args[0], depth + 1, upper=upper)
        selection = selection_of(node)
        return None if selection is None else [self._term(node, "each", _EACH, selection)]

    def _regrouped(self, node: Aggregation, depth: int, *, upper: bool) -> list[Term] | None:
        """Return the terms of a sum of sums; of a sum of pairs only an upper bound, as some may find no partner."""
        group = _group(node.grouping)
        if node.operator != "sum" or group is None:
            return None
        linear = _is_linear(node.expr, ("*", "/", "+") if upper else ("*", "/"))
        inner = self._terms(node.expr, depth + 1, upper=upper) if linear else None
        if not inner:
            return None
        if any(one.operator not in ("sum", "each") or not group.within(one.group) for one in inner):
            return None
        return [Term(one.coefficient, "sum", group, *one[3:]) for one in inner]

    def _of_binary(self, node: Binary, depth: int, *, upper: bool) -> list[Term] | None:
        left = self.known.get(id(node.left), UNKNOWN)
        right = self.known.get(id(node.right), UNKNOWN)
        operator = node.operator
        if operator in ("*", "/") and right.kind is Kind.NUMBER:
            return self._scaled(node.left, right.constant, depth, upper=upper, divide=operator == "/")
        if operator == "*" and left.kind is Kind.NUMBER:
            return self._scaled(node.right, left.constant, depth, upper=upper, divide=False)
        if operator == "or":
            neutral = (right.low == 0 and right.high == 0) if upper else right.low > 0
            return (
                self._terms(node.left, depth + 1, upper=upper)
                if neutral and right.kind is Kind.NUMBER
                else None
            )
        if operator in ("and", "unless") or (
            operator in _COMPARISONS and not node.bool_modifier and node.matching is None
        ):
            return self._terms(node.left, depth + 1, upper=upper)
        if node.matching is not None:
            return None
        if operator == "-" and upper and is_positive(right.low):
            return self._terms(node.left, depth + 1, upper=True)
        if operator != "+":
            return None
        a = self._terms(node.left, depth + 1, upper=upper)
        b = self._terms(node.right, depth + 1, upper=upper)
        if a and b:
            return [*a, *b]
        if upper:
            return None
        return a if a and is_positive(right.low) else b if b and is_positive(left.low) else None

    def _scaled(
        self, node: Node, number: float | None, depth: int, *, upper: bool, divide: bool
    ) -> list[Term] | None:
        terms = self._terms(node, depth + 1, upper=upper)
        if terms is None or number is None or not 0 < number < inf:
            return None
        factor = 1 / number if divide else number
        return [Term(one.coefficient * factor, *one[1:]) for one in terms]


def _is_linear(node: Node, operators: tuple[str, ...]) -> bool:
    """Whether nothing filters or fills up the series of *node* before they are summed."""
    return all(not isinstance(one, Binary) or one.operator in operators for one in _above_aggregations(node))


def _above_aggregations(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending and len(pending) < _MOST_TERMS:
        one = unwrap(pending.pop())
        yield one
        if isinstance(one, Binary):
            pending += (one.left, one.right)


def _joins(one: Term, whole: Term, users: list[Term]) -> bool:
    """Whether *one* can be counted into *whole* beside those already counted: a sum takes parts that do not overlap."""
    if not users:
        return True
    parts = (*users, one)
    return (
        whole.operator == "sum"
        and all(part.operator in ("sum", "each") for part in parts)
        and all(one.selection.apart_from(other.selection) for other in users)
    )


def _group(grouping: Grouping | None) -> Group | None:
    """Return what tells the groups apart; None when a Grafana variable stands among the labels."""
    if grouping is None:
        return Group(inverted=False, names=frozenset())
    names = grouping.names
    if None in names:
        return None
    return Group(grouping.without, frozenset(names))  # type: ignore[arg-type]  # none of them is None
