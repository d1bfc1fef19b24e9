"""V006: the same label with other values."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.selectors import labels_of
from signalproof.infer.value import Value
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.labels import is_made
from signalproof.lint.matching import clashes, keys, may_clash, place_of, sides
from signalproof.lint.rule import Context, Joined, Rule, words
from signalproof.promql.ast import Binary, Node, Selector
from signalproof.promql.tree import walk


class DisjointValues(Rule[Binary]):
    """A label that must be equal has no value that both sides can have.

    The two sides select different things, and the pairing asks for the same: nothing matches. Leave the label out of
    the pairing, or sum it away on both sides.

    Of ``job`` and ``instance`` it is a warning: two exporters on one host have two instances, ``host:9100`` and
    ``host:9216``, and a join on ``instance`` finds nothing. It is said where a running Prometheus, or what it answered
    to ``/api/v1/series``, shows values of both sides and none that they share.
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
        if both is None:
            return
        if not may_clash(seen, context):
            yield from _never_together(seen, both, context)
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


def _never_together(seen: Binary, both: tuple[Value, Value], context: Context) -> Iterator[Problem]:
    """Yield a target label whose values were seen on both sides, and no value on both."""
    compared = keys(seen)
    if compared.unknown:
        return
    for label in sorted(context.world.exposition.target_labels):
        if not compared.compares(label):
            continue
        left, right = (
            _seen(label, side, one, context) for side, one in zip(both, (seen.left, seen.right), strict=True)
        )
        if left and right and not left & right:
            yield Problem(
                f"label {label!r} was seen as {words(sorted(left)[:3])} on the left and as {words(sorted(right)[:3])} on the "
                "right, and never the same",
                f"these are two programs: pair them by a label that both have, on (…), or make {label!r} alike with label_replace",
                place_of(seen, label),
                Severity.WARNING,
            )
            return


def _seen(label: str, side: Value, node: Node, context: Context) -> frozenset[str]:
    """Return the values of a target label that were seen on everything that flows into *side*; none where they do not say it all."""
    found = [one.targets.get(label) for one in side.sources]
    domain = side.labels.known.get(label)
    if not found or not all(found) or domain is None or domain.values is not None or is_made(label, node):
        return frozenset()
    if any(label in labels_of(one) for one in walk(node) if isinstance(one, Selector)):
        return frozenset()  # a matcher leaves other values, which may not have been seen
    return frozenset[str]().union(*(one for one in found if one))
