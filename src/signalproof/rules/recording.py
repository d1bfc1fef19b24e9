"""Recording rules: expressions that Prometheus evaluates all the time and stores under a name of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.errors import Location, SignalproofError, caller
from signalproof.infer.inference import infer
from signalproof.infer.value import Value
from signalproof.promql.ast import Aggregation, Call, Node, Range, Selector
from signalproof.promql.expr import Expr
from signalproof.promql.select import many, matchers

_RECORD = re.compile(r"([a-zA-Z_][a-zA-Z0-9_]*)?:[a-zA-Z0-9_]+:[a-zA-Z0-9_]+")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True, eq=False)
class RecordingRule:
    """A stored expression; it is a metric, and dashboards and later rules query it like any other.

    Attributes:
        record: ``level:metric:operations``, checked against what the expression computes (see `naming`).
        expr: What is stored.
        help: One sentence that says what a sample of it means.
        labels: Labels that the rule adds to every series.
        where: The declaration.

    Raises:
        SignalproofError: The name or a label cannot be one.
    """

    existing: ClassVar[bool] = False
    """Whether it is written down as it was found; see `signalproof.rules.existing`."""

    record: str
    expr: Expr
    help: str
    labels: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True)

    def __post_init__(self) -> None:
        self._check()

    def _check(self) -> None:
        if not _RECORD.fullmatch(self.record):
            raise SignalproofError(
                f"{self.record!r} is not called as a recording rule is",
                "write level:metric:operations, such as job:http_requests:rate5m",
                where=self.where,
            )
        if not self.help.strip():
            raise SignalproofError(
                f"{self.record} has no help text", "say in one sentence what it means", where=self.where
            )
        check_rule_labels(self.record, self.labels, self.where)

    def value(self, *, where: Any = ()) -> Expr:
        """Return the stored series as an expression, those with the label values *where* if any are given.

        A recorded rate needs no further rate: it is read as it is, like a gauge.
        """
        return Expr(Selector(self.record, matchers(many(where))))

    def series(self, exposition: Exposition, scrape_interval: float = 15.0) -> Series:
        """Return what is known of the stored series, inferred from the expression.

        Args:
            exposition: Everything that the expression may name.
            scrape_interval: Seconds between two scrapes.
        """
        return self.series_of(infer(self.expr.node, exposition, scrape_interval=scrape_interval).root)

    def series_of(self, value: Value) -> Series:
        """Return what is known of the stored series when *value* is what is known of the expression."""
        added = {name: LabelDomain(name, frozenset({text}), 1) for name, text in self.labels.items()}
        return Series(
            self.record,
            self.record,
            Role.RECORDED,
            {**value.labels.known, **added},
            value.unit,
            low=value.low,
            high=value.high,
            open=value.labels.open,
            initialised=value.full and not value.empty,
            meaning=value.kind.value,
            help=self.help,
            where=self.where,
            rate_of=_rate_of(self.expr.node),
        )


def _rate_of(node: Node) -> str:
    """Return of which series *node* is the rate, summed, and nothing else: all of its samples are in it."""
    if not (isinstance(node, Aggregation) and node.operator == "sum" and isinstance(node.expr, Call)):
        return ""
    of = node.expr.args[0] if node.expr.function == "rate" else None
    if not isinstance(of, Range) or of.selector.matchers or of.selector.offset or of.selector.at:
        return ""
    return of.selector.name


def check_rule_labels(name: str, labels: Mapping[str, str], where: Location) -> None:
    """Raise for a label that a rule cannot add: no label name, or one that would hide a label of the scrape."""
    for label, value in labels.items():
        if not _LABEL.fullmatch(label) or label.startswith("__") or label in {"job", "instance", "alertname"}:
            raise SignalproofError(
                f"{name} cannot add a label {label!r}",
                "choose a snake_case name that the scrape and Prometheus do not use",
                where=where,
            )
        if not value:
            raise SignalproofError(
                f"{name} adds label {label!r} with an empty value",
                "an empty label does not exist; leave it out",
                where=where,
            )
