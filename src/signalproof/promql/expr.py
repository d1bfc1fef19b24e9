"""An expression with the place that wrote it: what the builder makes, dashboards and rules hold, inference reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from signalproof.errors import Location, caller
from signalproof.promql.ast import Binary, Call, Matching, Node, Number, Paren


@dataclass(frozen=True, slots=True)
class Limit:
    """A promised value, drawn as a threshold.

    Attributes:
        value: The promise, in the unit of the expression.
        worse: On which side of it the promise is broken.
        promised: Whether an objective says so, and not only whoever drew the panel.
    """

    value: float
    worse: Literal["above", "below"] = "above"
    promised: bool = False


@dataclass(frozen=True, eq=False)
class Expr:
    """A PromQL expression; Python's arithmetic and order operators combine two, or one and a number.

    Attributes:
        node: Its syntax tree.
        name: What tells it from its neighbours in a panel (``p95``); empty when nothing has to.
        limit: What an objective promises of it, if anything does.
        text: As written, when it was written by hand; empty when it was built.
        at_most: Most series that it returns by its own making, ``topk(5, …)``; 0 where nothing sees to that.
        where: The line of the definition.
    """

    node: Node
    name: str = ""
    limit: Limit | None = None
    text: str = ""
    at_most: int = 0
    where: Location = field(default_factory=caller)

    def named(self, name: str) -> Expr:
        """Return this expression under *name*, which becomes its legend when its labels do not tell it apart."""
        return replace(self, name=name)

    def limited(self, value: float, worse: Literal["above", "below"] = "above") -> Expr:
        """Return this expression with a promise of its own."""
        return replace(self, limit=Limit(value, worse))

    def __add__(self, other: Expr | float) -> Expr:
        return binary("+", self, other)

    def __sub__(self, other: Expr | float) -> Expr:
        return binary("-", self, other)

    def __rsub__(self, other: float) -> Expr:
        return binary("-", other, self)

    def __mul__(self, other: Expr | float) -> Expr:
        return binary("*", self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Expr | float) -> Expr:
        return binary("/", self, other)

    def __gt__(self, other: Expr | float) -> Expr:
        return binary(">", self, other)

    def __ge__(self, other: Expr | float) -> Expr:
        return binary(">=", self, other)

    def __lt__(self, other: Expr | float) -> Expr:
        return binary("<", self, other)

    def __le__(self, other: Expr | float) -> Expr:
        return binary("<=", self, other)

    def equals(self, other: Expr | float) -> Expr:
        """Return the samples of this expression that equal *other* (``==`` keeps Python's meaning)."""
        return binary("==", self, other)

    def and_(self, other: Expr) -> Expr:
        """Return the samples that have a partner with the same labels in *other*."""
        return binary("and", self, other)

    def or_(self, other: Expr) -> Expr:
        """Return the samples of this expression, and those of *other* whose labels it does not have."""
        return binary("or", self, other)

    def unless(self, other: Expr) -> Expr:
        """Return the samples that have no partner with the same labels in *other*."""
        return binary("unless", self, other)

    def and_any(self, other: Expr) -> Expr:
        """Return the samples of this expression while *other* has any sample at all."""
        return binary("and", self, other, Matching(on=True, explicit=True))

    def or_zero(self) -> Expr:
        """Return this expression, or 0 while it has no sample; only for a result without labels.

        With labels, ``or vector(0)`` adds a series without them beside the others: a result by label is kept from being
        empty by initialising its metric instead.
        """
        return binary("or", self, Expr(Call("vector", (Number(0.0),))))


def binary(operator: str, left: Expr | float, right: Expr | float, matching: Matching | None = None) -> Expr:
    """Return ``left operator right``; name and limit are dropped, because they were those of one side."""
    return Expr(Binary(operator, node_of(left), node_of(right), matching))


def node_of(operand: Expr | float) -> Node:
    """Return the tree of an operand; a binary one stands in parentheses, so that the result reads as it was built."""
    if not isinstance(operand, Expr):
        return Number(float(operand))
    return Paren(operand.node) if isinstance(operand.node, Binary) else operand.node
