"""RR003: a rule reads what is recorded after it."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import alert, recording
from signalproof.promql.ast import Range, Selector
from signalproof.promql.query import Use
from signalproof.promql.tree import walk


class RecordedLater(Rule[Everything]):
    """A rule reads a series that a later rule of its own group records.

    The rules of a group are evaluated one after the other. A rule that stands before the one it reads sees what that
    recorded an evaluation ago, and after a change of the rule file nothing at first. Put it after. Where a rule reads a
    window of the series, one evaluation more or less does not matter.
    """

    code = "RR003"
    slug = "recorded-later"
    severity = "warning"
    visits = (Everything,)
    bad = (
        (
            (
                alert("queue:jobs:rate5m > 10"),
                recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[5m]))"),
            ),
            "queue:jobs:rate5m",
        ),
    )
    good = (
        (
            recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[5m]))"),
            alert("queue:jobs:rate5m > 10"),
        ),
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every selector of a series that is first recorded further down in the same group."""
        first: dict[tuple[str, str, str], int] = {}
        rules = [one for one in seen.contexts if one.query.use in (Use.RECORDING, Use.ALERT)]
        for at, one in enumerate(rules):
            if one.query.use is Use.RECORDING:
                first.setdefault((one.query.where.file, one.query.dashboard, one.query.panel), at)
        names = {name for _, _, name in first}
        for at, one in enumerate(rules):
            for node in walk(one.root):
                if isinstance(node, Selector) and node.name in names:
                    recorded = first.get((one.query.where.file, one.query.dashboard, node.name), -1)
                    if recorded > at and not isinstance(one.parent(node), Range):
                        yield Problem(
                            f"{node.name} is recorded further down in the group: this reads the value before",
                            f"put this rule after {node.name}",
                            node.span,
                            query=one.query,
                        )
