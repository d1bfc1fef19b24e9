"""S002: a suppression without a reason, or past its date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signalproof.errors import Location
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.query import Query


class UnfoundedSuppression(Rule[Any]):
    """A finding is allowed without a reason, or the date in the reason has passed.

    Write why, and ``until 2027-01-31`` where it is for a time. Without a reason, or after that day, the allowance
    itself is the finding.
    """

    code = "S002"
    slug = "unfounded-suppression"
    severity = "error"
    visits = ()
    bad = (
        (Query('workers{region!="apac"}', Location("example"), allow={"L002": " "}), ""),
        (
            Query(
                'workers{region!="apac"}', Location("example"), allow={"L002": "it opens, until 2020-01-31"}
            ),
            "",
        ),
    )
    good = (
        Query('workers{region="apac"}', Location("example"), allow={"L002": "it opens, until 2999-12-31"}),
    )

    def check(self, seen: Any, context: Context) -> Iterator[Problem]:
        """Yield nothing: what is allowed is known when all rules have run, in `Suppressions.complaints`."""
        return iter(())
