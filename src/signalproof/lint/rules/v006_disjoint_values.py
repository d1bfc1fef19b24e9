"""V006: the same label with other values."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem, Severity
from signalproof.lint.matching import clashes, keys, may_clash, place_of, sides
from signalproof.lint.rule import Context, Joined, Rule, words
from signalproof.promql.ast import Binary


class DisjointValues(Rule[Binary]):
    """A label that must be equal has no value that both sides can have.

    The two sides select different things, and the pairing asks for the same: nothing matches. Leave the label out of
    the pairing, or sum it away on both sides.
    """

    code = "V006"
    slug = "disjoint-values"
    severity = "error"
    visits = (Joined,)
    bad = (
        ('rate(jobs_total{status="failure"}[5m]) / rate(jobs_total{status="success"}[5m])', "/"),
        ('workers{region="eu"} - on (job, region) workers{region="us"}', "region"),
    )
    good = (
        'rate(jobs_total{status="failure"}[5m]) / ignoring (status) rate(jobs_total{status="success"}[5m])',
        'sum(workers{region="eu"}) - sum(workers{region="us"})',
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the label, or the operator where it is not written, whose values cannot be equal."""
        both = sides(seen, context)
        if both is None or not may_clash(seen, context):
            return
        found = list(clashes(both[0].labels, both[1].labels, keys(seen)))
        apart = [one for one in found if not one.lacking]
        if not apart or len(apart) < len(found):
            return  # V001 and V002 speak about labels that are missing
        one = apart[0]
        useless = seen.operator == "unless"
        yield Problem(
            f"label {one.label!r} is {words(one.left or ())} on the left and {words(one.right or ())} on the right: "
            + ("unless takes nothing away" if useless else "nothing matches"),
            f"leave it out of the pairing: ignoring ({one.label})",
            place_of(seen, one.label),
            Severity.WARNING if useless else None,
        )
