"""S001: a suppression that suppresses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signalproof.errors import Location
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.query import Query


class UnusedSuppression(Rule[Any]):
    """A finding is allowed here that is not found here.

    The fault was mended or the code is misspelled; left standing, the allowance would hide the next one.
    """

    code = "S001"
    slug = "unused-suppression"
    severity = "warning"
    visits = ()
    bad = ((Query("workers", Location("example"), allow={"L002": "regions are added by hand"}), ""),)
    good = (Query('workers{region="apac"}', Location("example"), allow={"L002": "opens next month"}),)

    def check(self, seen: Any, context: Context) -> Iterator[Problem]:
        """Yield nothing: that an allowance is unused is known when all rules have run, in `Suppressions.complaints`."""
        return iter(())
