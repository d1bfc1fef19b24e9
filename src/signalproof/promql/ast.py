"""The syntax tree of PromQL. Every node knows where it stands in the text.

Nodes compare by what they mean: spans, redundant parentheses, and the way a literal was spelled, do not take part.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from signalproof.promql.node import NOWHERE, Place, Span, node
from signalproof.promql.terms import (
    At,
    Braces,
    Duration,
    DurationOperation,
    GroupLabel,
    LabelName,
    Matcher,
    Matchers,
    MatchOperator,
    Number,
    String,
    Time,
    Variable,
)

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
    "Range",
    "Selector",
    "Span",
    "String",
    "Subquery",
    "Time",
    "Unary",
    "Variable",
]


@node
class Selector:
    """An instant vector selector: ``name{matchers} offset d @ t``.

    Attributes:
        name: The metric, or empty. Grafana variables may stand in it: ``${prefix}_total``.
        matchers: Matchers and whole-list variables (``{$filters}``), ``or`` groups apart.
        name_variables: The Grafana variables in the name.
        offset: How far back, or None.
        at: The fixed evaluation time, or None.
        mode: ``anchored`` or ``smoothed`` (Prometheus 3.7, behind a feature flag), or empty.
        name_span: Where the name stands.
    """

    name: str
    matchers: Matchers = Matchers()
    name_variables: tuple[Variable, ...] = field(default=(), compare=False)
    offset: Time | None = None
    at: At | None = None
    mode: Literal["", "anchored", "smoothed"] = ""
    name_span: Place = Place()
    span: Place = Place()

    @property
    def pattern(self) -> Braces | tuple[Matcher | Variable, ...]:
        """What its braces say, without its place: selectors of parsed texts that say the same share one object."""
        held: Braces | tuple[Matcher | Variable, ...] = self._matchers  # type: ignore[attr-defined]  # the slot of `Matchers`
        return held


@node
class Range:
    """A range vector selector: ``name{…}[5m]``. Offset, ``@`` and mode are those of the selector."""

    selector: Selector
    window: Time
    span: Place = Place()


@node
class Subquery:
    """``expr[1h:5m]``; *step* is None for the default evaluation interval."""

    expr: Node
    window: Time
    step: Time | None = None
    offset: Time | None = None
    at: At | None = None
    span: Place = Place()


@node
class Call:
    """A function call: ``rate(x[5m])``."""

    function: str
    args: tuple[Node, ...]
    name_span: Place = Place()
    span: Place = Place()


@node
class Grouping:
    """``by (a, b)`` or ``without (a, b)``."""

    without: bool
    labels: tuple[GroupLabel, ...]
    span: Place = Place()


@node
class Aggregation:
    """``sum by (le) (expr)``, ``topk(5, expr)``.

    Attributes:
        operator: ``sum``, ``avg``, ``topk`` …, lower case.
        expr: What is aggregated.
        parameter: First argument of topk, bottomk, quantile, count_values, limitk, limit_ratio; else None.
        grouping: None means over everything.
    """

    operator: str
    expr: Node
    parameter: Node | None = None
    grouping: Grouping | None = None
    operator_span: Place = Place()
    span: Place = Place()


@node
class Matching:
    """How the two sides of a binary operation find each other.

    Attributes:
        on: True for ``on (labels)``, False for ``ignoring (labels)`` and for neither.
        labels: The labels of on/ignoring.
        group: ``left`` for group_left (many on the left), ``right``, or empty for one-to-one.
        include: Labels of group_left/group_right copied from the one side.
        explicit: Whether ``on`` or ``ignoring`` was written.
        fill: Values for missing partners by side, from ``fill``, ``fill_left``, ``fill_right``.
    """

    on: bool = False
    labels: tuple[GroupLabel, ...] = ()
    group: Literal["", "left", "right"] = ""
    include: tuple[GroupLabel, ...] = ()
    explicit: bool = False
    fill_left: float | None = None
    fill_right: float | None = None
    span: Place = Place()


@node
class Binary:
    """``left op right``.

    Attributes:
        operator: Arithmetic, comparison, ``and``/``or``/``unless``, ``atan2``, trims ``</`` ``>/``; lower case.
        matching: None when nothing was written.
        bool_modifier: Whether the comparison answers 0/1 instead of filtering.
    """

    operator: str
    left: Node
    right: Node
    matching: Matching | None = None
    bool_modifier: bool = False
    operator_span: Place = Place()
    span: Place = Place()


@node
class Unary:
    """``-expr`` or ``+expr``."""

    operator: Literal["-", "+"]
    expr: Node
    span: Place = Place()

    def __plain__(self) -> Node:
        """Return the negative number that a sign before a number is."""
        sign = 1.0
        one: Node = self
        while isinstance(one, Unary | Paren):
            if isinstance(one, Unary) and one.operator == "-":
                sign = -sign
            one = one.expr
        return Number(sign * one.value) if isinstance(one, Number) else self


@node
class Paren:
    """``(expr)``: kept, so that the text can be printed as it was grouped. The printer adds and drops them freely."""

    expr: Node
    span: Place = Place()

    def __plain__(self) -> Node:
        """Return what stands inside."""
        return self.expr


Node: TypeAlias = (
    Number | String | Variable | Selector | Range | Subquery | Call | Aggregation | Binary | Unary | Paren
)
"""An expression."""
