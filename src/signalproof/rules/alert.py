"""Alerts: a condition that must hold for a while, and the words for whoever has to act on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from signalproof.durations import parse_duration
from signalproof.errors import Location, SignalproofError, caller
from signalproof.promql.ast import Aggregation, Binary, Call, Node
from signalproof.promql.expr import Expr
from signalproof.promql.tree import unwrap
from signalproof.rules.recording import check_rule_labels
from signalproof.rules.severity import Severity

_COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
_PRESENCE = frozenset({"absent", "absent_over_time"})


@dataclass(frozen=True, eq=False)
class Alert:
    """A condition that somebody has to act on.

    In *summary* and *description*, ``{value}`` is the value that the expression has, formatted by its unit, and
    ``{job}`` the label ``job`` of the series that fired; a label that no such series can have is an error.

    Attributes:
        name: CamelCase.
        expr: The condition: a comparison, or `absent`; the alert fires for each series it returns.
        for_: How long it must hold: ``5m``.
        severity: Whom it wakes.
        summary: One line: what is wrong.
        description: What it means and what to look at first.
        runbook: Where the next steps stand: an address, or a path of the repository with its anchor.
        owner: Who acts; becomes the label ``owner``.
        labels: Further labels, for routing.
        where: The declaration.

    Raises:
        SignalproofError: A text is missing, the duration is none, or the expression states no condition.
    """

    existing: ClassVar[bool] = False

    name: str
    expr: Expr
    for_: str = field(kw_only=True)
    severity: Severity = field(kw_only=True)
    summary: str = field(kw_only=True)
    description: str = field(kw_only=True)
    runbook: str = field(kw_only=True)
    owner: str = field(kw_only=True)
    labels: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", self.name):
            raise SignalproofError(
                f"{self.name!r} is no name for an alert",
                "write it in CamelCase: PlannerLoopStalled",
                where=self.where,
            )
        for attribute in ("summary", "description", "runbook", "owner"):
            if not getattr(self, attribute).strip():
                raise SignalproofError(
                    f"alert {self.name} has no {attribute}",
                    "whoever is woken needs it: write it in words that lead to the next step",
                    where=self.where,
                )
        parse_duration(self.for_, self.where)
        check_rule_labels(self.name, self.labels, self.where)
        if not states_condition(self.expr.node):
            raise SignalproofError(
                f"alert {self.name} fires for every series: its expression compares nothing",
                "compare it with a threshold (expr > 5), or ask for absence",
                where=self.where,
            )

    @property
    def for_seconds(self) -> float:
        """How long the condition must hold, in seconds."""
        return parse_duration(self.for_, self.where)

    @property
    def written_labels(self) -> Mapping[str, str]:
        """The labels that the rule adds to every alert it raises."""
        return {"severity": self.severity.value, "owner": self.owner, **self.labels}


def states_condition(node: Node) -> bool:
    """Return whether *node* leaves out the series for which all is well.

    A comparison filters unless it says ``bool``; of a conjunction one side is enough, of an alternative both must.
    """
    node = unwrap(node)
    match node:
        case Binary(operator="and"):
            return states_condition(node.left) or states_condition(node.right)
        case Binary(operator="or"):
            return states_condition(node.left) and states_condition(node.right)
        case Binary(operator="unless"):
            return True
        case Binary():
            filters = node.operator in _COMPARISONS and not node.bool_modifier
            return filters or states_condition(node.left) or states_condition(node.right)
        case Call():
            return node.function in _PRESENCE or any(map(states_condition, node.args))
        case Aggregation():
            return states_condition(node.expr)
        case _:
            return False
