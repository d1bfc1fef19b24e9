"""The node for what other dialects of PromQL say and Prometheus does not."""

from __future__ import annotations

from dataclasses import dataclass, field

from signalproof.promql.ast import Call, Node
from signalproof.promql.node import NOWHERE, Place
from signalproof.promql.terms import Variable


@dataclass(slots=True, eq=False)
class Foreign(Call):
    """An expression of another dialect: a call of a function that nobody knows, so nothing is claimed of its result.

    Attributes:
        function: What it is, with a blank in it, so that no function of PromQL is meant: ``metricsql rate``.
        args: The expressions in it.
        template: The texts around the expressions: one more than there are expressions.
        variables: The Grafana variables in those texts.
        closed: Whether it needs no parentheses, whatever stands beside it.
    """

    template: tuple[str, ...]
    variables: tuple[Variable, ...] = field(compare=False)
    closed: bool = field(compare=False)

    def __init__(
        self,
        function: str,
        args: tuple[Node, ...],
        template: tuple[str, ...],
        variables: tuple[Variable, ...] = (),
        name_place: Place = NOWHERE,
        place: Place = NOWHERE,
        closed: bool = False,
    ) -> None:
        self.function = function
        self.args = args
        self.template = template
        self.variables = variables
        self.name_place = name_place
        self.place = place
        self.closed = closed

    @property
    def what(self) -> str:
        """What it is, without the name of the dialect: ``rate``, ``default``."""
        return self.function.partition(" ")[2]
