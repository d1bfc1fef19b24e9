"""A012: an expression whose result is a text or a range, where samples are wanted."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Shape
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import alert, panel, recording
from signalproof.promql.ast import String
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap

_RULES = frozenset({Use.ALERT, Use.RECORDING})


class NoSamples(Rule[Query]):
    """The whole expression is a text in quotes, or a range of samples.

    A quote too many makes a text of an expression: ``expr: '"up == 0"'``. Prometheus loads such a rule without a word,
    and so does promtool; every evaluation then fails with "rule result is not a vector or scalar", and the alert never
    fires. In a graph Prometheus refuses it: "invalid expression type". A range, ``up[5m]``, ends in the same
    way; only a table that asks for one moment can show it.
    """

    code = "A012"
    slug = "no-samples"
    severity = "error"
    visits = (Query,)
    uses = frozenset({Use.ALERT, Use.RECORDING, Use.PANEL, Use.ANNOTATION})
    promql_only = True
    bad = (
        (alert('"queue_length > 10"'), '"queue_length > 10"'),
        (recording("queue_length:sum", "'sum(queue_length)'"), "'sum(queue_length)'"),
        (alert("queue_length[5m]"), "queue_length[5m]"),
        (panel("`queue_length`"), "`queue_length`"),
        (panel("up[5m]"), "up[5m]"),
    )
    good = (
        alert("queue_length > 10"),
        recording("queue_length:sum", "sum(queue_length)"),
        panel("up[5m]", kind="table", instant=True),
        '"queue_length > 10"',
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the expression, where no samples come out of it."""
        shape = context.inference.root.shape
        if shape not in (Shape.STRING, Shape.RANGE) or (seen.use not in _RULES and seen.instant):
            return
        root = unwrap(context.root)
        if isinstance(root, String):
            remedy = "take the quotes off"
            try:
                parse(root.value, None)
            except PromQLSyntaxError:
                remedy = "write an expression"
            what = "a text"
        else:
            what, remedy = "a range of samples", "take a function of it: rate(…[5m]), max_over_time(…[5m])"
        refused = (
            "every evaluation fails: rule result is not a vector or scalar"
            if seen.use in _RULES
            else "Prometheus refuses it in a graph"
        )
        yield Problem(f"the result is {what}, and {refused}", remedy, root.span)
