"""V004: several series on both sides of a pair."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem, Severity
from signalproof.lint.matching import keys, sides
from signalproof.lint.rule import Context, Joined, Rule
from signalproof.lint.samples import SETS
from signalproof.promql.ast import Binary


class ManyToMany(Rule[Binary]):
    """A side has several series for one match, where only one is allowed.

    Prometheus refuses such a query when it meets the second series: "multiple matches", or "many-to-many matching not
    allowed". It is an error where the catalogue promises that all values of a label are there from the start, and a
    warning where they come with the first event each, as those of a counter do. Of a gauge nothing is said: a label such
    as the kind of workload has one value for each pod, and joins are right.
    """

    code = "V004"
    slug = "many-to-many"
    severity = "error"
    visits = (Joined,)
    bad = (
        ("workers / on (job, instance) memory_used_bytes", "/"),
        ("queue_length * ignoring (queue, region) group_left workers", "*"),
        ("workers * on (job) group_left workers", "*"),
        ("workers * on (job, instance) group_left rate(http_requests_total[5m])", "*"),
    )
    good = (
        "workers / on (job, instance) group_left memory_used_bytes",
        "sum by (job, instance) (workers) / on (job, instance) memory_used_bytes",
        "workers and on (job) workers",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the operator when a side that must be single has a label with several values left to differ in."""
        both = None if seen.operator in SETS else sides(seen, context)
        if both is None or (compared := keys(seen)).unknown:
            return
        group = "" if seen.matching is None else seen.matching.group
        for value, name in zip(both, ("left", "right"), strict=True):
            counted = bool(value.sources) and all(one.monotonic for one in value.sources)
            if name == group or not (value.full or counted):
                continue
            for label, domain in sorted(value.labels.known.items()):
                several = domain.values is not None and len(domain.values) > 1
                if several and not compared.compares(label):
                    yield _problem(seen, label, name, group, None if value.full else Severity.WARNING)
                    return


def _problem(binary: Binary, label: str, side: str, group: str, severity: Severity | None) -> Problem:
    if group:
        message = f"the {side} side is to be the single one and has several {label!r} for each match"
        remedy = f"aggregate it: max without ({label}) (…), or compare {label!r}, too"
    else:
        message = f"the {side} side has several series for each match: they differ in {label!r}"
        remedy = f"write group_{side}, or aggregate that side"
    return Problem(message, remedy, binary.operator_span, severity)
