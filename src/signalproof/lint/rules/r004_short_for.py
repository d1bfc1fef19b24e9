"""R004: an alert that waits for less than two evaluations."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.windows import spoken
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import alert
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap


class ShortFor(Rule[Query]):
    """``for`` is shorter than two evaluations.

    An alert fires at the first evaluation after ``for`` has passed. With an evaluation every minute a ``for`` of 30 s is
    over at the second one: it waits for no more than one sample, and promises a precision that is not there.
    """

    code = "R004"
    slug = "short-for"
    severity = "warning"
    visits = (Query,)
    about = ("for_seconds",)
    uses = frozenset({Use.ALERT})
    bad = ((alert("queue_length > 10", wait=90.0, interval=60.0), "queue_length > 10"),)
    good = (
        alert("queue_length > 10", wait=120.0, interval=60.0),
        alert("queue_length > 10", wait=0.0, interval=60.0),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the expression of an alert that waits, but not for two evaluations."""
        if seen.interval and 0 < seen.for_seconds < 2 * seen.interval:
            yield Problem(
                f"for: {spoken(seen.for_seconds)} is less than two evaluations, one every {spoken(seen.interval)}",
                f"wait for {spoken(2 * seen.interval)} or more, or leave `for` out",
                unwrap(context.root).span,
            )
