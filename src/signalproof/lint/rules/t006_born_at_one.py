"""T006: the first event of a series, which increase() does not see."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import alert, panel
from signalproof.promql.ast import Binary, Call, Node, Range, Selector, Variable
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap, walk

_STATS = frozenset({"stat", "singlestat"})
_ONE_EVENT = 1.0


class BornAtOne(Rule[Query]):
    """A counter that appears with its first event, and a query that is about single events.

    The first sample of such a series is 1, not 0. ``increase()`` compares samples, and there was none before: of the first
    event it says 0. So ``increase(errors_total[5m]) > 0`` does not fire for the first error of its kind, often the only
    one, and a stat over the range of the dashboard counts one event too few for each series.

    Initialise the counter with every label value it can have, or ask for new series, too:
    ``increase(x[5m]) > 0 or (x unless x offset 5m)``. It depends on the program, whether the catalogue says so, and on
    Prometheus: with the feature ``created-timestamp-zero-ingestion`` it adds the 0 itself where the program tells when a
    series was born. Alerts above a rate that many events make are not reported.
    """

    code = "T006"
    slug = "born-at-one"
    severity = "warning"
    visits = (Query,)
    uses = frozenset({Use.ALERT, Use.PANEL, Use.EXPRESSION})
    kinds = frozenset({Kind.COUNTER, Kind.COUNT})
    bad = (
        ("increase(payment_errors_total[5m]) > 0", "increase(payment_errors_total[5m])"),
        (alert("sum(rate(payment_errors_total[5m])) > 0"), "rate(payment_errors_total[5m])"),
        (
            panel("sum(increase(payment_errors_total[$__range]))", kind="stat", instant=True),
            "increase(payment_errors_total[$__range])",
        ),
    )
    good = (
        alert("increase(payments_total[5m]) > 0"),
        alert("increase(payment_errors_total[5m]) > 100"),
        alert(
            "increase(payment_errors_total[5m]) > 0 or (payment_errors_total unless payment_errors_total offset 5m)"
        ),
        alert("sum(rate(payment_errors_total[5m])) > 0.1"),
        alert("queue_length > 5 and on () sum(rate(payment_errors_total[5m])) > 0"),
        panel("sum(rate(payment_errors_total[$__rate_interval]))", kind="timeseries"),
        panel("sum(increase(payment_errors_total[24h]))", kind="stat", instant=True),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the first rate of a counter whose series begin at 1, where a single event matters."""
        if seen.use is Use.PANEL and seen.panel_type not in _STATS:
            return
        for one in walk(context.root):
            if not isinstance(one, Call) or one.function not in ("increase", "rate"):
                continue
            over = unwrap(one.args[0])
            series = context.series(over.selector.name) if isinstance(over, Range) else None
            if series is None or not series.lazy or _asks_for_new(series.name, context):
                continue
            shown = seen.use is Use.PANEL
            if _is_over_range(one, over) if shown else _is_about_one(one, context):
                yield Problem(
                    f"a series of {series.name} begins at 1: of its first event {one.function}() says 0",
                    "initialise the counter, or add `or (x unless x offset 5m)` for series that are new",
                    one.span,
                    Severity.INFO if shown else None,
                )
                return


def _asks_for_new(name: str, context: Context) -> bool:
    """Whether the query looks for series that were not there before: ``x unless x offset 5m``."""
    return any(
        isinstance(one, Binary)
        and one.operator == "unless"
        and any(isinstance(each, Selector) and each.name == name and each.offset for each in walk(one.right))
        for one in walk(context.root)
    )


def _is_over_range(call: Call, over: object) -> bool:
    """Whether *call* counts the events of the whole range of the dashboard."""
    window = over.window if isinstance(over, Range) else None
    return call.function == "increase" and isinstance(window, Variable) and window.name == "__range"


def _is_about_one(call: Call, context: Context) -> bool:
    """Whether the alert asks of *call* that one event has happened."""
    below: Node = call
    asked = False
    for above in context.ancestors(call):
        if isinstance(above, Binary):
            if above.left is not below or above.operator in ("/", "-"):
                return False  # a guard, or a share
            if above.operator in COMPARISONS:
                asked = _one_passes(above, call.function, context)
                if not asked:
                    return False
        below = above
    return asked


def _one_passes(comparison: Binary, function: str, context: Context) -> bool:
    limit = context.value(comparison.right)
    if comparison.operator not in (">", "!=") or limit.kind is not Kind.NUMBER or limit.constant is None:
        return False
    return limit.constant == 0 or (function == "increase" and 0 < limit.constant < _ONE_EVENT)
