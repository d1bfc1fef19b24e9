"""R007: irate in an alert."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import alert
from signalproof.promql.ast import Call
from signalproof.promql.query import Use


class IrateInAlert(Rule[Call]):
    """An alert on irate.

    irate looks at the last two samples only. One quiet scrape resets the ``for`` of the alert, and one busy scrape
    starts it: it flaps, or never fires. rate over a few minutes is what an alert is about.
    """

    code = "R007"
    slug = "irate-in-alert"
    severity = "warning"
    visits = (Call,)
    uses = frozenset({Use.ALERT})
    names = frozenset({"irate", "idelta"})
    bad = ((alert("sum(irate(jobs_total[5m])) > 10"), "irate"),)
    good = (alert("sum(rate(jobs_total[5m])) > 10"), "sum(irate(jobs_total[5m]))")

    def check(self, seen: Call, context: Context) -> Iterator[Problem]:
        """Yield the function's name, in an alert."""
        yield Problem(
            f"{seen.function}() looks at two samples: the alert flaps or never fires",
            f"use {'rate' if seen.function == 'irate' else 'delta'}()",
            seen.name_span,
        )
