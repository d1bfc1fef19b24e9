"""A strategy that makes expressions: every construct of the language, in trees of the right types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import pytest
from hypothesis import strategies as st

from signalproof.promql.ast import (
    Aggregation,
    At,
    Binary,
    Call,
    Duration,
    DurationOperation,
    Grouping,
    LabelName,
    Matcher,
    Matching,
    MatchOperator,
    Node,
    Number,
    Range,
    Selector,
    String,
    Subquery,
    Time,
    Unary,
    Variable,
)
from signalproof.promql.binary import COMPARISONS, PRECEDENCE, SET_OPERATORS
from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS, INSTANT, RANGE, SCALAR, STRING, Type

T = TypeVar("T")

DEEPEST = 4
NAMES: Final = st.sampled_from(
    [
        "up",
        "a:b:rate5m",
        "sum",
        "by",
        "offset",
        "start",
        "fill",
        "and",
        "on",
        "inf",
        "http.requests",
        "été",
        "a b",
    ]
)
LABELS: Final = st.sampled_from(
    ["job", "le", "on", "by", "bool", "or", "http.code", "naïve", "without", "nan"]
)
TEXTS: Final = st.one_of(
    st.sampled_from(
        ["", "x", 'say "hi"', "back\\slash", "tab\t", "new\nline", "§", "\udcff", "$1", "'", "a`b"]
    ),
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd$["), max_size=6),
)
PATTERNS: Final = st.sampled_from(["", ".*", ".+", "a|b", "(?i)x.*", "[a-z]+\\d{2}", "5..", "\\\\", '"'])
NUMBERS: Final = st.one_of(
    st.sampled_from([0.0, 1.0, 0.5, 100.0, 1e-9, 1e21, float("inf"), float("nan"), -1.0, -0.5, 1234567.0]),
    st.floats(width=32),
)
SECONDS: Final = st.one_of(
    st.sampled_from([1.0, 15.0, 60.0, 90.0, 300.0, 3600.0, 86400.0, 604800.0, 0.25, 31536000.0, 0.0001]),
    st.integers(1, 10**9).map(lambda milliseconds: milliseconds / 1000),
)
SCALARS_TO: Final = [one for one in FUNCTIONS.values() if one.result == SCALAR]
VECTORS_TO: Final = [one for one in FUNCTIONS.values() if one.result == INSTANT and one.name != "info"]
ARITHMETIC: Final = [operator for operator in PRECEDENCE if operator not in SET_OPERATORS]


@dataclass(frozen=True)
class Maker:
    """Makes trees by drawing what they consist of, at most *depth* levels deep."""

    draw: Callable[[st.SearchStrategy[Any]], Any]

    def one_of(self, *choices: T) -> T:
        """Return one of *choices*."""
        chosen: T = self.draw(st.sampled_from(choices))
        return chosen

    def sometimes(self, make: Callable[[], T]) -> T | None:
        """Return what *make* makes, or None."""
        return make() if self.draw(st.booleans()) else None

    def tree(self, type_: Type, depth: int) -> Node:
        """Return an expression that gives *type_*."""
        if type_ == STRING:
            return String(self.draw(TEXTS))
        if type_ == RANGE:
            if depth < 1 or self.draw(st.booleans()):
                return Range(self.selector(), self.window())
            step = self.sometimes(self.window)
            return Subquery(self.tree(INSTANT, depth - 1), self.window(), step, self.offset(), self.at())
        return self.scalar(depth) if type_ == SCALAR else self.vector(depth)

    def scalar(self, depth: int) -> Node:
        """Return a scalar expression."""
        kind = self.one_of("number", "sign", "operation", "call") if depth > 0 else "number"
        if kind == "number":
            return Number(self.draw(NUMBERS))
        if kind == "sign":
            return Unary(self.one_of("-", "+"), self.scalar(depth - 1))
        if kind == "operation":
            operator = self.one_of(*ARITHMETIC)
            left, right = self.scalar(depth - 1), self.scalar(depth - 1)
            return Binary(operator, left, right, None, operator in COMPARISONS)
        return self.call(self.one_of(*SCALARS_TO), depth)

    def vector(self, depth: int) -> Node:
        """Return an expression for an instant vector."""
        kind = (
            self.one_of("selector", "sign", "operation", "call", "aggregation") if depth > 0 else "selector"
        )
        if kind == "selector":
            return self.selector()
        if kind == "sign":
            return Unary(self.one_of("-", "+"), self.vector(depth - 1))
        if kind == "operation":
            return self.operation(depth)
        if kind == "call":
            return self.call(self.one_of(*VECTORS_TO), depth)
        operator = self.one_of(*AGGREGATIONS.values())
        parameter = self.tree(operator.parameter, depth - 1) if operator.parameter else None
        grouping = self.sometimes(lambda: Grouping(self.draw(st.booleans()), self.labels()))
        return Aggregation(operator.name, self.vector(depth - 1), parameter, grouping)

    def call(self, function: Any, depth: int) -> Call:
        """Return a call with as many arguments as *function* takes."""
        count = self.draw(st.integers(function.required, max(function.required, len(function.args))))
        types = [function.args[min(index, len(function.args) - 1)] for index in range(count)]
        return Call(function.name, tuple(self.tree(type_, depth - 1) for type_ in types))

    def operation(self, depth: int) -> Binary:
        """Return an operation with at least one vector."""
        vectors: tuple[Type, Type] = (INSTANT, INSTANT)
        from_scalar: tuple[Type, Type] = (SCALAR, INSTANT)
        to_scalar: tuple[Type, Type] = (INSTANT, SCALAR)
        sides = self.one_of(vectors, vectors, from_scalar, to_scalar)
        both = sides == (INSTANT, INSTANT)
        operator = self.one_of(*PRECEDENCE) if both else self.one_of(*ARITHMETIC)
        matching = self.sometimes(lambda: self.matching(operator in SET_OPERATORS)) if both else None
        flag = operator in COMPARISONS and self.draw(st.booleans())
        return Binary(
            operator, self.tree(sides[0], depth - 1), self.tree(sides[1], depth - 1), matching, flag
        )

    def matching(self, of_sets: bool) -> Matching:
        """Return the modifiers of an operation between two vectors."""
        on, labels = self.draw(st.booleans()), self.labels()
        if of_sets:
            return Matching(on, labels, explicit=True)
        group: Literal["", "left", "right"] = self.one_of("", "left", "right")
        include = tuple(one for one in self.labels() if one not in labels) if group else ()
        left = self.sometimes(lambda: self.draw(NUMBERS))
        right = self.sometimes(lambda: self.draw(NUMBERS))
        return Matching(on, labels, group, include, True, left, right)

    def labels(self) -> tuple[LabelName | Variable, ...]:
        """Return a list of labels."""
        names = self.draw(st.lists(LABELS, max_size=3))
        variable = (Variable("g", "$g"),) if self.draw(st.booleans()) else ()
        return (*(LabelName(name) for name in names), *variable)

    def selector(self) -> Selector:
        """Return an instant vector selector."""
        count = self.draw(st.integers(0, 3))
        matchers = tuple(self.matcher() for _ in range(count))
        mode: Literal["", "anchored", "smoothed"] = self.one_of("", "", "anchored", "smoothed")
        return Selector(self.draw(NAMES), matchers, (), self.offset(), self.at(), mode)

    def matcher(self) -> Matcher:
        """Return a matcher."""
        operator: MatchOperator = self.one_of("=", "!=", "=~", "!~")
        return Matcher(
            self.draw(LABELS), operator, String(self.draw(PATTERNS if operator[-1] == "~" else TEXTS))
        )

    def window(self) -> Time:
        """Return a length of time above 0."""
        time = self.time(2)
        return Duration(abs(time.seconds)) if isinstance(time, Duration) else time

    def offset(self) -> Time | None:
        """Return an offset, or none."""
        return self.sometimes(lambda: self.time(2))

    def at(self) -> At | None:
        """Return a fixed time, or none."""
        from_ = Variable("__from", "${__from:date:seconds}", "date:seconds")
        return self.sometimes(lambda: At(self.one_of("start", "end", 0.0, 1609746000.0, -1.5, from_)))

    def time(self, depth: int) -> Time:
        """Return a length of time."""
        kind = self.one_of("plain", "plain", "negative", "variable", "call", "sign", "operation", "choice")
        if kind == "variable":
            return Variable("w", "$w")
        if kind == "call":
            return DurationOperation(self.one_of("step", "range"), ())
        if kind == "sign":
            return DurationOperation(self.one_of("-", "+"), (DurationOperation("step", ()),))
        if kind == "operation" and depth:
            operator = self.one_of("+", "-", "*", "/", "%", "^")
            return DurationOperation(operator, (self.time(depth - 1), self.time(depth - 1)))
        if kind == "choice" and depth:
            return DurationOperation(
                self.one_of("min_of", "max_of"), (self.time(depth - 1), self.time(depth - 1))
            )
        seconds: float = self.draw(SECONDS)
        return Duration(-seconds if kind == "negative" else seconds)


@st.composite
def trees(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Node:
    """Return a tree of any type."""
    maker = Maker(draw)
    type_: Type = maker.one_of(INSTANT, INSTANT, INSTANT, SCALAR, RANGE, STRING)
    return maker.tree(type_, DEEPEST)


@pytest.fixture(scope="session")
def expressions() -> st.SearchStrategy[Node]:
    """Trees of everything the language has, of the right types."""
    return trees()
