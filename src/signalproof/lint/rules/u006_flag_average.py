"""U006: flags that are added up or averaged under a title that does not say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.ast import Aggregation, Selector
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap

_STATES = frozenset({"stat", "singlestat", "state-timeline", "status-history"})
_SAYS_SO = re.compile(
    r"(?i)percent|%|share|ratio|rate|avail|uptime|sla|slo|count|number|how many|total|instances|targets|replicas|nodes|[a-z]s\b"
)


class FlagAverage(Rule[Query]):
    """A panel that shows a state averages flags of several series.

    ``avg(up)`` is 0.75 where three of four are up. In a panel that says UP or DOWN that is neither: its mapping of 1 and 0
    does not hold, and it shows a bare 0.75. Take ``min()`` to show the worst, or show a share, in percent.
    """

    code = "U006"
    slug = "flag-average"
    severity = "info"
    visits = (Query,)
    about = ("panel_type",)
    uses = frozenset({Use.PANEL})
    bad = ((panel("avg(up)", "Shop", kind="stat"), "avg(up)"),)
    good = (
        panel("min(up)", "Shop", kind="stat"),
        panel("avg(up)", "Availability", kind="stat", unit="percentunit"),
        panel("avg(workers)", "Workers", kind="stat"),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the average of a 0/1 series in a panel of states without a unit of shares."""
        root = unwrap(context.root)
        if seen.panel_type not in _STATES or seen.unit in ("percentunit", "percent"):
            return
        if not isinstance(root, Aggregation) or root.operator != "avg":
            return
        inner = unwrap(root.expr)
        value = context.value(inner)
        if not isinstance(inner, Selector) or not value.ratio or value.kind not in (Kind.GAUGE, Kind.BOOL):
            return
        if inner.name.endswith("ratio") or _SAYS_SO.search(f"{seen.panel} {seen.legend}"):
            return
        yield Problem(
            f"{inner.name or 'the flag'} is 0 or 1, its average neither",
            "take min() or max() for a state, or show a share: unit percentunit",
            root.span,
        )
