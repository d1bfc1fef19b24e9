"""What we print, promql-parser reads: where the language is one that it knows."""

from __future__ import annotations

from collections.abc import Mapping

import promql_parser
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    DurationOperation,
    Node,
    Number,
    Range,
    Selector,
    String,
    Subquery,
    Unary,
    Variable,
)
from signalproof.promql.printer import to_text
from signalproof.promql.tree import parts, unwrap

TYPES: Mapping[type, tuple[str, ...]] = {
    Aggregation: ("AggregateExpr",),
    Binary: ("BinaryExpr",),
    Call: ("Call",),
    Number: ("NumberLiteral",),
    Range: ("MatrixSelector",),
    Selector: ("VectorSelector",),
    String: ("StringLiteral",),
    Subquery: ("SubqueryExpr",),
    Unary: ("UnaryExpr", "NumberLiteral"),
}
"""Type of our node → what promql-parser calls it; a sign before a number is part of the number."""
UNKNOWN_FUNCTIONS = {"holt_winters", "start", "end", "step", "range", "min_of", "max_of"}


def is_known(part: object) -> bool:
    """Whether promql-parser 0.12 knows what *part* is."""
    match part:
        case Variable() | DurationOperation():
            return False
        case Binary(operator=operator):
            return operator not in ("</", ">/")
        case Selector(mode=mode):
            return not mode
        case Call(function=function):
            return function not in UNKNOWN_FUNCTIONS
        case _:
            return True


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(data=st.data())
def test_promql_parser_reads_what_we_print(expressions: st.SearchStrategy[Node], data: st.DataObject) -> None:
    tree = data.draw(expressions)
    assume(all(map(is_known, parts(tree))))
    read = promql_parser.parse(to_text(tree))
    while isinstance(tree := unwrap(tree), Unary) and tree.operator == "+":
        tree = tree.expr  # which promql-parser drops
    while isinstance(read, promql_parser.ParenExpr):
        read = read.expr
    assert type(read).__name__ in TYPES[type(tree)]
