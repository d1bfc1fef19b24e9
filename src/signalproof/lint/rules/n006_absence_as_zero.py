"""N006: a gauge that is gone is shown as a good 0."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.drawn import NUMBERS
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.ast import Aggregation, Binary, Matcher, Node, Selector
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap

_STATES = frozenset({"max", "min", "avg", "sum"})


class AbsenceAsZero(Rule[Query]):
    """A panel that is coloured by its value takes a gauge that nobody reports for 0, and 0 is its good colour.

    The program that should report is dead, and the panel is green. Of a counter a 0 in place of nothing is often right:
    nothing has happened. A gauge is there as long as its program is; where it is gone, nobody knows its value. Leave the
    ``or vector(0)`` out and give the panel a text for "no data", or alert on ``absent()``.

    It depends on the metric: where its series are there only while there is something to tell, as those of ``ALERTS``, the
    0 is right. Gauges with matchers on labels of their own are not judged for that reason.
    """

    code = "N006"
    slug = "absence-as-zero"
    severity = "warning"
    visits = (Query,)
    about = ("thresholds",)
    uses = frozenset({Use.PANEL})
    bad = (
        (panel("max(workers) or vector(0)", kind="stat", thresholds=(1.0,)), "or"),
        (panel("memory_used_bytes or on () vector(0)", kind="gauge", thresholds=(1000.0, 2000.0)), "or"),
    )
    good = (
        panel("max(workers)", kind="stat", thresholds=(1.0,)),
        panel("sum(increase(payments_total[1h])) or vector(0)", kind="stat", thresholds=(1.0,)),
        panel('max(workers{region="eu"}) or vector(0)', kind="stat", thresholds=(1.0,)),
        panel("count(workers == 0) or vector(0)", kind="stat", thresholds=(1.0,)),
        panel("max(workers) or vector(-1)", kind="stat", thresholds=(1.0,)),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the ``or`` at the top of a coloured panel whose left side is a gauge and whose right side is 0."""
        above = unwrap(context.root)
        if seen.panel_type not in NUMBERS or not context.world.drawn(seen).thresholds:
            return
        if not isinstance(above, Binary) or above.operator != "or" or min(seen.thresholds) <= 0:
            return
        gauge = _gauge(above.left, context)
        if gauge and context.value(above.right).constant == 0:
            yield Problem(
                f"where nobody reports {gauge}, the panel shows 0 as if all were well",
                "leave the default out: no data is not 0",
                above.operator_span,
            )


def _gauge(node: Node, context: Context) -> str:
    """Return the gauge whose value *node* is, aggregated or not, without matchers on its own labels; else nothing."""
    node = unwrap(node)
    if isinstance(node, Aggregation) and node.operator in _STATES:
        node = unwrap(node.expr)
    if not isinstance(node, Selector) or context.value(node).kind is not Kind.GAUGE:
        return ""
    series = context.series(node.name)
    own = series.labels.keys() if series is not None else ()
    narrowed = any(isinstance(one, Matcher) and one.label in own for one in node.matchers)
    return "" if narrowed else node.name
