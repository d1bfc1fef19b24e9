"""The syntax tree of PromQL. Every node knows where it stands in the text.

Nodes compare by what they mean: spans, redundant parentheses, and the way a literal was spelled, do not take part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from signalproof.promql.braces import Braces, Matcher, MatchOperator, Pattern
from signalproof.promql.grouping import Grouping, GroupLabel, LabelName, Matching
from signalproof.promql.node import NOWHERE, Part, Place, Span
from signalproof.promql.terms import At, Duration, DurationOperation, Number, String, Time, Variable

__all__ = [
    "NOWHERE",
    "Aggregation",
    "At",
    "Binary",
    "Braces",
    "Call",
    "Duration",
    "DurationOperation",
    "GroupLabel",
    "Grouping",
    "LabelName",
    "MatchOperator",
    "Matcher",
    "Matching",
    "Node",
    "Number",
    "Paren",
    "Pattern",
    "Range",
    "Selector",
    "Span",
    "String",
    "Subquery",
    "Time",
    "Unary",
    "Variable",
]


@dataclass(slots=True, eq=False)
class Selector(Part):
    """An instant vector selector: ``name{matchers} offset d @ t``.

    Attributes:
        name: The metric, or empty. Grafana variables may stand in it: ``${prefix}_total``.
        pattern: What the braces say: matchers, or what was read once for all selectors that say the same; that ends
            where the selector ends, so who gives a selector another place gives it `matchers`.
        name_variables: The Grafana variables in the name.
        offset: How far back, or None.
        at: The fixed evaluation time, or None.
        mode: ``anchored`` or ``smoothed`` (Prometheus 3.7, behind a feature flag), or empty.
        name_place: Where the name stands.
    """

    name: str
    pattern: Pattern = field(metadata={"reads": "matchers"})
    name_variables: tuple[Variable, ...] = field(compare=False)
    offset: Time | None
    at: At | None
    mode: Literal["", "anchored", "smoothed"]
    name_place: Place
    place: Place

    def __init__(
        self,
        name: str,
        pattern: Pattern = (),
        name_variables: tuple[Variable, ...] = (),
        offset: Time | None = None,
        at: At | None = None,
        mode: Literal["", "anchored", "smoothed"] = "",
        name_place: Place = NOWHERE,
        place: Place = NOWHERE,
    ) -> None:
        self.name = name
        self.pattern = pattern
        self.name_variables = name_variables
        self.offset = offset
        self.at = at
        self.mode = mode
        self.name_place = name_place
        self.place = place

    @property
    def matchers(self) -> tuple[Matcher | Variable, ...]:
        """Matchers and whole-list variables (``{$filters}``), ``or`` groups apart, with their places."""
        pattern = self.pattern
        if isinstance(pattern, Braces):
            pattern = self.pattern = pattern.at(self.place[1] - pattern.length)
        return pattern

    @property
    def name_span(self) -> Span:
        """Where the name stands."""
        return Span(*self.name_place)


@dataclass(slots=True, eq=False)
class Range(Part):
    """A range vector selector: ``name{…}[5m]``. Offset, ``@`` and mode are those of the selector."""

    selector: Selector
    window: Time
    place: Place

    def __init__(self, selector: Selector, window: Time, place: Place = NOWHERE) -> None:
        self.selector = selector
        self.window = window
        self.place = place


@dataclass(slots=True, eq=False)
class Subquery(Part):
    """``expr[1h:5m]``; *step* is None for the default evaluation interval."""

    expr: Node
    window: Time
    step: Time | None = None
    offset: Time | None = None
    at: At | None = None
    place: Place = NOWHERE


@dataclass(slots=True, eq=False)
class Call(Part):
    """A function call: ``rate(x[5m])``."""

    function: str
    args: tuple[Node, ...]
    name_place: Place
    place: Place

    def __init__(
        self, function: str, args: tuple[Node, ...], name_place: Place = NOWHERE, place: Place = NOWHERE
    ) -> None:
        self.function = function
        self.args = args
        self.name_place = name_place
        self.place = place

    @property
    def name_span(self) -> Span:
        """Where the name stands."""
        return Span(*self.name_place)


@dataclass(slots=True, eq=False)
class Aggregation(Part):
    """``sum by (le) (expr)``, ``topk(5, expr)``.

    Attributes:
        operator: ``sum``, ``avg``, ``topk`` …, lower case.
        expr: What is aggregated.
        parameter: First argument of topk, bottomk, quantile, count_values, limitk, limit_ratio; else None.
        grouping: None means over everything.
    """

    operator: str
    expr: Node
    parameter: Node | None
    grouping: Grouping | None
    operator_place: Place
    place: Place

    def __init__(
        self,
        operator: str,
        expr: Node,
        parameter: Node | None = None,
        grouping: Grouping | None = None,
        operator_place: Place = NOWHERE,
        place: Place = NOWHERE,
    ) -> None:
        self.operator = operator
        self.expr = expr
        self.parameter = parameter
        self.grouping = grouping
        self.operator_place = operator_place
        self.place = place

    @property
    def operator_span(self) -> Span:
        """Where the operator stands."""
        return Span(*self.operator_place)


@dataclass(slots=True, eq=False)
class Binary(Part):
    """``left op right``.

    Attributes:
        operator: Arithmetic, comparison, ``and``/``or``/``unless``, ``atan2``, trims ``</`` ``>/``; lower case.
        matching: None when nothing was written.
        bool_modifier: Whether the comparison answers 0/1 instead of filtering.
    """

    operator: str
    left: Node
    right: Node
    matching: Matching | None
    bool_modifier: bool
    operator_place: Place
    place: Place

    def __init__(
        self,
        operator: str,
        left: Node,
        right: Node,
        matching: Matching | None = None,
        bool_modifier: bool = False,
        operator_place: Place = NOWHERE,
        place: Place = NOWHERE,
    ) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.matching = matching
        self.bool_modifier = bool_modifier
        self.operator_place = operator_place
        self.place = place

    @property
    def operator_span(self) -> Span:
        """Where the operator stands."""
        return Span(*self.operator_place)


@dataclass(slots=True, eq=False)
class Unary(Part):
    """``-expr`` or ``+expr``."""

    operator: Literal["-", "+"]
    expr: Node
    place: Place = NOWHERE

    def __plain__(self) -> Node:
        """Return the negative number that a sign before a number is."""
        sign = 1.0
        one: Node = self
        while isinstance(one, Unary | Paren):
            if isinstance(one, Unary) and one.operator == "-":
                sign = -sign
            one = one.expr
        return Number(sign * one.value) if isinstance(one, Number) else self


@dataclass(slots=True, eq=False)
class Paren(Part):
    """``(expr)``: kept, so that the text can be printed as it was grouped. The printer adds and drops them freely."""

    expr: Node
    place: Place

    def __init__(self, expr: Node, place: Place = NOWHERE) -> None:
        self.expr = expr
        self.place = place

    def __plain__(self) -> Node:
        """Return what stands inside."""
        return self.expr


Node: TypeAlias = (
    Number | String | Variable | Selector | Range | Subquery | Call | Aggregation | Binary | Unary | Paren
)
"""An expression."""
