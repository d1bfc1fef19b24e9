"""A004: an alert that does not say what to do."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule, Setting
from signalproof.lint.shown import alert
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap

_RUNBOOKS = frozenset({"runbook_url", "runbook", "runbookURL"})
_OWNERS = frozenset({"owner", "team"})


class NoRunbook(Rule[Query]):
    """An alert names neither a runbook nor an owner.

    Whoever is woken by it has to find out alone what it means and whom to ask. One of them is enough: an annotation
    ``runbook_url``, or a label or an annotation ``owner`` or ``team``. Files of others, and rules that are linted
    without a catalogue, are not asked.
    """

    code = "A004"
    slug = "no-runbook"
    severity = "warning"
    visits = (Query,)
    closed = True
    uses = frozenset({Use.ALERT})
    bad = ((alert("queue_length > 10", summary="The queue is full.", owner=""), "queue_length > 10"),)
    good = (
        alert("queue_length > 10"),
        alert("queue_length > 10", labels={"team": "jobs"}, owner=""),
        Setting((alert("queue_length > 10", summary="The queue is full.", owner=""),), foreign=True),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the expression of an alert without either."""
        if context.world.foreign:
            return
        if not (_RUNBOOKS | _OWNERS) & set(seen.annotations) and not _OWNERS & set(seen.labels):
            yield Problem(
                "the alert names neither a runbook nor an owner",
                "add the annotation runbook_url, or a label owner",
                unwrap(context.root).span,
            )
