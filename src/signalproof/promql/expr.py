"""An expression with the place that wrote it: what the builder makes, dashboards and rules hold, inference reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from signalproof.errors import Location, caller
from signalproof.promql.ast import Node


@dataclass(frozen=True, slots=True)
class Limit:
    """A promised value, drawn as a threshold.

    Attributes:
        value: The promise, in the unit of the expression.
        worse: On which side of it the promise is broken.
    """

    value: float
    worse: Literal["above", "below"] = "above"


@dataclass(frozen=True, eq=False)
class Expr:
    """A PromQL expression.

    Attributes:
        node: Its syntax tree.
        name: What tells it from its neighbours in a panel (``p95``); empty when nothing has to.
        limit: What an objective promises of it, if anything does.
        text: As written, when it was written by hand; empty when it was built.
        where: The line of the definition.
    """

    node: Node
    name: str = ""
    limit: Limit | None = None
    text: str = ""
    where: Location = field(default_factory=caller)

    def named(self, name: str) -> Expr:
        """Return this expression under *name*, which becomes its legend when its labels do not tell it apart."""
        return replace(self, name=name)
