"""D006: the points of a graph are added up, and each counts the same events again."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.documents import Table, Text
from signalproof.infer.windows import seconds_of, spoken
from signalproof.lint.drawn import adding
from signalproof.lint.finding import Problem
from signalproof.lint.pointing import panel_problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.samples import RATES
from signalproof.lint.shown import dashboard, later
from signalproof.promql.ast import Aggregation, Binary, Call, Node, Number, Range, Variable
from signalproof.promql.tree import unwrap
from signalproof.text import shown

_PANEL = """{"panels": [{
  "type": "timeseries", "title": "Jobs"%s,
  "targets": [{"refId": "A", "expr": "%s"}],
  "options": {"legend": {"displayMode": "table", "calcs": ["%s"]}}
}]}"""
_STAT = """{"panels": [{
  "type": "stat", "title": "Jobs",
  "targets": [{"refId": "A", "expr": "sum(increase(payments_total[$__range]))", "instant": %s}],
  "options": {"reduceOptions": {"calcs": ["sum"]}}
}]}"""
_SHARE = "sum(rate(jobs_total{status='failure'}[$__rate_interval])) / sum(rate(jobs_total[$__rate_interval]))"
_HANDED_ON = frozenset({"sum", "avg", "max", "min", "topk", "bottomk"})
_TRANSPARENT = frozenset(
    {"round", "ceil", "floor", "abs", "sort", "sort_desc", "label_replace", "label_join"}
)
_SHOWN = 80


class SumOfWindows(Rule[Everything]):
    """The calculation "Total" over increases whose windows overlap, or over rates.

    A graph asks for one value at each step, and the calculation adds these up. ``increase(x[$__rate_interval])`` looks back
    at least four scrapes and always further than one step, so that each event lies in several windows and is counted as
    often. A fixed window does the same wherever the steps are shorter than it. The sum of rates counts nothing at all: it
    grows with the number of points that are drawn.

    To count the events of the time range, ask an instant query for ``increase(x[$__range])``, or let each window end where
    the next begins: ``increase(x[$__interval])``, or a fixed window with the same minimum step in the query options.
    """

    code = "D006"
    slug = "sum-of-windows"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            (dashboard(_PANEL % ("", "sum(increase(jobs_total[$__rate_interval]))", "sum")), "sum"),
            (dashboard(_PANEL % ("", "sum by (status) (rate(jobs_total[$__rate_interval]))", "sum")), "sum"),
            (dashboard(_PANEL % (', "interval": "1m"', "sum(increase(jobs_total[1h]))", "sum")), "sum"),
            (dashboard(_STAT % "false"), "sum"),
        )
    )
    good = later(
        lambda: (
            dashboard(_PANEL % ("", "sum(increase(jobs_total[$__rate_interval]))", "lastNotNull")),
            dashboard(_PANEL % (', "interval": "1m"', "sum(increase(jobs_total[$__interval]))", "sum")),
            dashboard(_PANEL % (', "interval": "1h"', "sum(increase(jobs_total[1h]))", "sum")),
            dashboard(_PANEL % ("", "sum(queue_length)", "sum")),
            dashboard(_PANEL % ("", _SHARE, "max")),
            dashboard(_STAT % "true"),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield the calculation of a panel that adds up windows that overlap."""
        for found in seen.dashboards:
            for panel in panels_of(found.spec):
                added = list(adding(panel))
                if added:
                    yield from _overlapping(panel, added, found, seen)


def _overlapping(
    panel: Table, added: list[Text], found: ForeignDashboard, seen: Everything
) -> Iterator[Problem]:
    for target in panel.tables("targets"):
        one = seen.context_of(target)
        if one is None or one.query.instant or target.get("hide") is True:
            continue
        step = target.text("interval") or panel.text("interval")
        why = next(filter(None, (_why(call, step, one) for call in _rated(one.root))), "")
        if why:
            for word in added:
                yield panel_problem(
                    f"the calculation {str(word)!r} adds up every point of {shown(' '.join(one.query.text.split()), at_most=_SHOWN + 1)!r}: {why}",
                    "take lastNotNull or mean here; a total is increase(…[$__range]) as an instant query",
                    word,
                    "calculation",
                    panel,
                    found,
                )
            return  # the same calculation is wrong for each query of the panel


def _rated(node: Node) -> Iterator[Call]:
    """Yield the rates and increases whose points *node* hands on, added up or scaled; none where it makes something else of them."""
    node = unwrap(node)
    if isinstance(node, Call) and node.args:
        if node.function in RATES:
            yield node
        elif node.function in _TRANSPARENT:
            yield from _rated(node.args[0])
    elif isinstance(node, Aggregation) and node.operator in _HANDED_ON:
        yield from _rated(node.expr)
    elif isinstance(node, Binary) and node.operator == "or":
        yield from _rated(node.left)
    elif isinstance(node, Binary) and node.operator == "+":
        both = list(_rated(node.left)), list(_rated(node.right))
        yield from [*both[0], *both[1]] if all(both) else ()
    elif isinstance(node, Binary) and node.operator in ("*", "/"):
        left, right = unwrap(node.left), unwrap(node.right)
        if isinstance(right, Number):
            yield from _rated(left)
        elif isinstance(left, Number) and node.operator == "*":
            yield from _rated(right)


def _why(call: Call, step: str, context: Context) -> str:
    """Return why adding up the points of *call* counts no events; empty where it may."""
    window = unwrap(call.args[0])
    if not isinstance(window, Range):
        return ""
    if call.function != "increase":
        return "the sum of rates grows with the number of points, and counts nothing"
    shown = context.query.text[window.window.span.start : window.window.span.end]
    if isinstance(window.window, Variable):
        overlaps = window.window.name in ("__rate_interval", "__range", "__range_s")
        return f"the windows [{shown}] overlap, each event is counted several times" if overlaps else ""
    seconds = seconds_of(window.window)
    if seconds is None or step.lstrip("><= ") == shown:
        return ""
    apart = context.query.interval
    if apart is not None and apart >= seconds:
        return ""
    return f"windows of {spoken(seconds)} overlap wherever the steps are shorter, and each event is counted several times"
