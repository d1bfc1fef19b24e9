"""V001: two sides with different labels."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Value
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.labels import possible
from signalproof.lint.matching import Clash, clashes, keys, may_clash, sides
from signalproof.lint.rule import Context, Joined, Rule, words
from signalproof.promql.ast import Binary


class NeverMatch(Rule[Binary]):
    """The two sides can never match: one always has a label that the other cannot have.

    Without ``on`` or ``ignoring`` two series match only when all their labels are equal. An aggregation on one side
    leaves other labels than on the other, and the result is empty, for ever, without an error. Of ``unless`` it is
    the whole left side.

    Of a metric that nobody described it is taken for granted that a scrape brought it, with its ``job`` and ``instance``:
    what rests on that alone is a warning.
    """

    code = "V001"
    slug = "never-match"
    severity = "error"
    visits = (Joined,)
    bad = (
        ("sum by (queue) (rate(jobs_total[5m])) / sum(rate(jobs_total[5m]))", "/"),
        ("sum by (status) (rate(jobs_total[5m])) / rate(jobs_total[5m])", "/"),
        ("memory_used_bytes and queue_length", "and"),
        ("memory_used_bytes / ignoring (job) queue_length", "/"),
    )
    good = (
        "sum by (queue) (rate(jobs_total[5m])) / on () group_left sum(rate(jobs_total[5m]))",
        "memory_used_bytes / memory_limit_bytes",
        "memory_used_bytes / on (job, instance) group_left queue_length",
        "queue_length / scalar(sum(queue_length))",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the operator when labels that must be equal cannot be there on both sides."""
        both = sides(seen, context)
        if both is None or not may_clash(seen, context) or (compared := keys(seen)).on:
            return
        found = [one for one in clashes(both[0].labels, both[1].labels, compared) if one.lacking]
        if not found:
            return
        only_left = [one.label for one in found if one.lacking == "right"]
        only_right = [one.label for one in found if one.lacking == "left"]
        parts = [f"only the left has {words(only_left)}"] if only_left else []
        parts += [f"only the right has {words(only_right)}"] if only_right else []
        useless = seen.operator == "unless"
        granted = all(_is_granted(one, both) for one in found)
        yield Problem(
            ("unless takes nothing away: " if useless else "the two sides can never match: ")
            + ", ".join(parts),
            _remedy(
                only_left, only_right, seen, possible(seen.left, context) & possible(seen.right, context)
            ),
            seen.operator_span,
            Severity.WARNING if useless or granted else None,
        )


def _is_granted(clash: Clash, both: tuple[Value, Value]) -> bool:
    """Whether the side that has the label is a scraped one of which nobody said so."""
    having = both[0] if clash.lacking == "right" else both[1]
    domain = having.labels.known.get(clash.label)
    return domain is not None and domain.assumed


def _remedy(only_left: list[str], only_right: list[str], binary: Binary, common: frozenset[str]) -> str:
    ignored = ", ".join((*sorted(keys(binary).names), *only_left, *only_right))
    if binary.operator in ("and", "unless") or (only_left and only_right):
        shared = f"on ({', '.join(sorted(common))})"
        return f"say what must be equal: {shared}, or what need not be: ignoring ({ignored})"
    group = "group_left" if only_left else "group_right"
    return f"write {binary.operator} ignoring ({ignored}) {group}, or keep the same labels on both sides"
