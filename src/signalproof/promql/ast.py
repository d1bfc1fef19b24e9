"""The syntax tree of PromQL. Every node knows where it stands in the text.

Nodes compare by what they mean: spans, redundant parentheses, and the way a literal was spelled, do not take part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from operator import attrgetter
from typing import Literal, TypeAlias

from signalproof.promql.node import NOWHERE, Place, Span, node
from signalproof.promql.terms import (
    At,
    Braces,
    Duration,
    DurationOperation,
    GroupLabel,
    GroupLabels,
    LabelName,
    Matcher,
    Matchers,
    MatchOperator,
    Number,
    String,
    Time,
    Variable,
    names_of,
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
    "Pattern",
    "Range",
    "Selector",
    "Span",
    "String",
    "Subquery",
    "Time",
    "Unary",
    "Variable",
    "pattern_of",
]

Pattern: TypeAlias = Braces | tuple[Matcher | Variable, ...]
"""What stands in the braces of a selector."""


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


pattern_of: Callable[[Selector], Pattern] = attrgetter("_matchers")
"""Return what the braces of a selector say, without its place: parsed texts that say the same share one object."""


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
    labels: GroupLabels = GroupLabels()
    span: Place = Place()

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names of its labels, None for a Grafana variable."""
        return names_of(self._labels)  # type: ignore[attr-defined]  # the slot of `GroupLabels`


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
    labels: GroupLabels = GroupLabels()
    group: Literal["", "left", "right"] = ""
    include: GroupLabels = GroupLabels()
    explicit: bool = False
    fill_left: float | None = None
    fill_right: float | None = None
    span: Place = Place()

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names of its labels, None for a Grafana variable."""
        return names_of(self._labels)  # type: ignore[attr-defined]  # the slot of `GroupLabels`

    @property
    def included(self) -> tuple[str | None, ...]:
        """The names of the labels it includes, None for a Grafana variable."""
        return names_of(self._include)  # type: ignore[attr-defined]  # as above


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
