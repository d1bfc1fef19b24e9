"""The languages that a query may be written in, and one way to read them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, TypeAlias, get_args

from signalproof.promql import parser
from signalproof.promql.ast import Node

Dialect: TypeAlias = Literal["prometheus", "metricsql"]
"""``prometheus`` is PromQL; ``metricsql`` is what VictoriaMetrics makes of it."""

DIALECTS: Final[tuple[Dialect, ...]] = get_args(Dialect)


def parse(text: str, variables: Collection[str] | None = None, dialect: Dialect = "prometheus") -> Node:
    """Return the syntax tree of *text*, which is written in *dialect*; otherwise as `parser.parse`.

    Raises:
        PromQLSyntaxError: It is not of that dialect.
    """
    if dialect == "metricsql":
        from signalproof.promql.metricsql import parse_metricsql  # a third of the front end, which few need

        return parse_metricsql(text, variables)
    return parser.parse(text, variables)
