"""V002: a label of on() that one side does not have."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.labels import named, possible
from signalproof.lint.matching import sides
from signalproof.lint.rule import Context, Joined, Rule, words
from signalproof.promql.ast import Binary


class OnLabelMissing(Rule[Binary]):
    """``on`` names a label that one of the sides cannot have.

    Where the other side has it, nothing matches; where it may have it, only its series without the label do. Usually
    an aggregation on one side dropped the label.
    """

    code = "V002"
    slug = "on-label-missing"
    severity = "error"
    visits = (Joined,)
    bad = (
        ("sum by (job) (rate(jobs_total[5m])) / on (queue) sum by (queue) (rate(jobs_total[5m]))", "queue"),
        ("queue_length and on (queue) memory_used_bytes", "queue"),
        ("workers * on (instance) group_left sum by (job) (memory_used_bytes)", "instance"),
    )
    good = (
        "sum by (queue) (rate(jobs_total[5m])) / on (queue) sum by (queue) (queue_length)",
        "workers * on () group_left sum(memory_used_bytes)",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield every label of ``on`` that exactly one side can have."""
        if seen.matching is None or not seen.matching.on or sides(seen, context) is None:
            return
        left, right = context.value(seen.left).labels, context.value(seen.right).labels
        if not left.lack(seen.matching.names) and not right.lack(seen.matching.names):
            return
        for label in named(seen.matching.labels):
            here, there = left.can_have(label.name), right.can_have(label.name)
            if here != there:
                side, node = ("right", seen.right) if here else ("left", seen.left)
                yield Problem(
                    f"the {side} side has no label {label.name!r}",
                    f"it has {words(possible(node, context))}",
                    label.span,
                )
