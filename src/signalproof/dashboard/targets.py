"""What a panel asks: expressions, with what Grafana may be told of each; and queries to others than Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from signalproof.dashboard.said import NUMBER, SWITCH, TEXT, said
from signalproof.dashboard.settings import SOURCE
from signalproof.errors import Location, SignalproofError
from signalproof.promql.expr import Expr


@dataclass(frozen=True, eq=False)
class Target:
    """A query with more to say of it than its expression; what is left out is derived.

    Attributes:
        expr: The expression.
        ref: Its refId; the next letter when empty.
        legend: ``legendFormat``; else the expression's name, with the labels that tell its series apart.
        instant: Whether it is asked for the end of the time range only.
        range: Whether it is asked over time; Grafana assumes so where neither is said.
        hide: Whether it is not shown, only used by transformations.
        exemplar: Whether exemplars are asked for, and shown.
        interval: Shortest time between two points: ``1m``.
        interval_factor: Resolution: a point for so many pixels.
        format: ``time_series``, ``table`` or ``heatmap``.
        datasource: uid of a data source of its own, in a panel of several.
        raw: What Grafana's JSON of it has besides; laid over what is rendered, None removes.
    """

    expr: Expr
    ref: str = field(default="", kw_only=True)
    legend: str | None = field(default=None, kw_only=True, metadata=said("legendFormat", TEXT))
    instant: bool | None = field(default=None, kw_only=True, metadata=said("instant", SWITCH))
    range: bool | None = field(default=None, kw_only=True, metadata=said("range", SWITCH))
    hide: bool | None = field(default=None, kw_only=True, metadata=said("hide", SWITCH))
    exemplar: bool | None = field(default=None, kw_only=True, metadata=said("exemplar", SWITCH))
    interval: str | None = field(default=None, kw_only=True, metadata=said("interval", TEXT))
    interval_factor: float | None = field(default=None, kw_only=True, metadata=said("intervalFactor", NUMBER))
    format: str | None = field(default=None, kw_only=True, metadata=said("format", TEXT))
    datasource: str | None = field(default=None, kw_only=True, metadata=said("datasource", SOURCE))
    raw: Mapping[str, Any] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, eq=False)
class RawTarget:
    """A query to another data source than Prometheus, as Grafana has it; it is not checked.

    Attributes:
        json: The query: ``{"datasource": {"type": "loki", "uid": "…"}, "expr": "…"}``.
        ref: Its refId; that of *json*, or the next letter, when empty.
    """

    json: Mapping[str, Any]
    ref: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if not self.ref:
            object.__setattr__(self, "ref", str(self.json.get("refId", "")))


Asked: TypeAlias = Expr | Target | RawTarget
"""What may stand in the queries of a panel, alone or in lists and tuples of any depth."""


def asked_in(queries: object, where: Location) -> Iterator[Target | RawTarget]:
    """Yield the queries of a panel, however they are nested.

    Raises:
        SignalproofError: Something among them is none.
    """
    if isinstance(queries, Expr):
        yield Target(queries)
    elif isinstance(queries, Target | RawTarget):
        yield queries
    elif isinstance(queries, list | tuple):
        for one in queries:
            yield from asked_in(one, where)
    else:
        raise SignalproofError(
            f"a {type(queries).__name__} where a query is asked for: {queries!s:.60}",
            'write promql("…"), or a call of the builder',
            where=where,
        )
