"""The syntax tree of PromQL. Every node knows where it stands in the text.

Nodes compare by what they mean: spans, redundant parentheses, and the way a literal was spelled, do not take part.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from signalproof.promql.node import NOWHERE, Place, Span, node

__all__ = ["NOWHERE", "Span"]


@node
class Number:
    """``5``, ``0x1F``, ``1_000``, ``Inf``; a duration where a number is wanted (``5m`` is 300).

    Attributes:
        value: The number; seconds for a duration.
        text: As it was spelled; empty when built.
    """

    value: float
    text: str = field(default="", compare=False)
    span: Place = Place()


@node
class String:
    """A quoted string.

    Attributes:
        value: What it says, escapes resolved. Grafana variables stand in it as written.
        text: As it was spelled, quotes included; empty when built.
        variables: The Grafana variables in it, with their spans in the whole text.
    """

    value: str
    text: str = field(default="", compare=False)
    variables: tuple[Variable, ...] = field(default=(), compare=False)
    span: Place = Place()

    @property
    def bare(self) -> bool:
        """Whether it is a Grafana variable without quotes, whose format adds them: ``${job:doublequote}``."""
        return self.text[:1] in ("$", "[")

    def __plain__(self) -> String | Variable:
        """Return the variable it is when it is bare."""
        return self.variables[0] if self.bare else self


@node
class Variable:
    """A Grafana variable: ``$job``, ``${job}``, ``${job:regex}``, ``[[job]]``, ``$__rate_interval``.

    It is a token, not text: it may stand for an expression, a duration, a number, a label name, a metric name (alone)
    or a whole matcher list.

    Attributes:
        name: Without the dollar and the braces: ``job``, ``__rate_interval``.
        text: As written, ``${job:regex}``.
        format: The part after the colon, or empty.
    """

    name: str
    text: str
    format: str = ""
    span: Place = Place()


@node
class Duration:
    """``5m``, ``1h30m``; or a plain number of seconds, ``300``.

    Attributes:
        seconds: How long.
        text: As it was spelled; empty when built.
    """

    seconds: float
    text: str = field(default="", compare=False)
    span: Place = Place()


@node
class DurationOperation:
    """A duration expression: ``5m * 2``, ``-(step())``, ``max(5m, step())``, ``range()``.

    Attributes:
        operator: ``+ - * / % ^``, or the name of a duration function: ``step``, ``range``, ``min``, ``max``.
        operands: Two for arithmetic, one for a sign, the arguments for a function.
        parenthesised: Whether it stood in parentheses.
    """

    operator: str
    operands: tuple[Time, ...]
    parenthesised: bool = field(default=False, compare=False)
    span: Place = Place()


Time: TypeAlias = "Duration | Variable | DurationOperation"
"""A length of time: literal, Grafana variable or duration expression."""


@node
class LabelName:
    """A label in ``by``, ``on``, ``group_left`` … ; in quotes when it is no plain identifier."""

    name: str
    span: Place = Place()


GroupLabel: TypeAlias = LabelName | Variable

MatchOperator: TypeAlias = Literal["=", "!=", "=~", "!~"]


@node
class Matcher:
    """``status="success"``.

    Attributes:
        label: Label name; ``__name__`` for a matcher on the metric name.
        operator: How it compares.
        value: What it compares with.
        label_span: Where the name stands.
    """

    label: str | Variable
    operator: MatchOperator
    value: String
    label_span: Place = Place()
    span: Place = Place()


@node
class At:
    """``@ 1609746000``, ``@ start()``, ``@ end()``; *time* is Unix seconds."""

    time: float | Variable | Literal["start", "end"]
    span: Place = Place()


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
    matchers: tuple[Matcher | Variable, ...] = ()
    name_variables: tuple[Variable, ...] = field(default=(), compare=False)
    offset: Time | None = None
    at: At | None = None
    mode: Literal["", "anchored", "smoothed"] = ""
    name_span: Place = Place()
    span: Place = Place()


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
