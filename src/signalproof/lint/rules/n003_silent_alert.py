"""N003: an alert that falls silent with what it watches."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import alert
from signalproof.promql.ast import Binary, Call, Node, Selector
from signalproof.promql.query import Use
from signalproof.promql.tree import unwrap, walk

_WATCHES = frozenset({"absent", "absent_over_time"})


class SilentAlert(Rule[Everything]):
    """An alert that something is too low, and nothing that says it is gone.

    When the job dies its series end. A sum of no series is not 0, it is empty: the alert "nothing is processed any
    more" is silent exactly when nothing is. It needs an alert on ``up == 0`` or ``absent(…)`` beside it; any such alert
    among the rules that are linted together will do.
    """

    code = "N003"
    slug = "silent-alert"
    severity = "warning"
    visits = (Everything,)
    closed = True
    bad = ((alert("sum(rate(jobs_total[5m])) == 0"), "sum(rate(jobs_total[5m])) == 0"),)
    good = (
        alert("sum(rate(jobs_total[5m])) == 0 or absent(jobs_total)"),
        alert("sum(rate(jobs_total[5m])) > 100"),
        alert("up == 0"),
        alert("(sum(rate(jobs_total[5m])) or vector(0)) == 0"),
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every alert of a rate that is 0 or low, when no alert at all watches for what is gone."""
        alerts = [one for one in seen.contexts if one.query.use is Use.ALERT]
        if any(_watches(one.root) for one in alerts):
            return
        for one in alerts:
            root = unwrap(one.root)
            if isinstance(root, Binary) and root.operator in ("==", "<", "<="):
                value, limit = one.value(root.left), one.value(root.right)
                low = limit.kind is Kind.NUMBER and (root.operator != "==" or limit.constant == 0)
                if value.kind is Kind.RATE and low and not _has_default(root.left, one):
                    yield Problem(
                        "the alert falls silent when its job is gone: no series is not 0",
                        "add an alert on up == 0, or `or absent(…)`",
                        root.span,
                        query=one.query,
                    )


def _watches(tree: Node) -> bool:
    return any(
        (isinstance(one, Selector) and one.name == "up")
        or (isinstance(one, Call) and one.function in _WATCHES)
        for one in walk(tree)
    )


def _has_default(node: Node, context: Context) -> bool:
    """Whether *node* is there without any series: ``… or vector(0)``."""
    inner = unwrap(node)
    return isinstance(inner, Binary) and inner.operator == "or" and not context.value(inner.right).sources
