"""Where Grafana variables stand in an expression."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.rule import Context
from signalproof.promql.ast import Variable
from signalproof.promql.tree import parts


def variables_in(context: Context) -> Iterator[Variable]:
    """Yield every Grafana variable of a query, those in strings, durations and label lists among them."""
    text = context.query.text
    if "$" in text or "[[" in text:
        yield from (one for one in parts(context.root) if isinstance(one, Variable))
