"""RR004: recording rules that read each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from signalproof.infer.names import names_read
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import recording
from signalproof.promql.query import Use
from signalproof.promql.tree import unwrap


class Circle(Rule[Everything]):
    """A recording rule reads, over others or directly, what it records itself.

    Each evaluation feeds on the one before: the value depends on how often the rules have run, and is lost with the
    first gap. The first value never comes, since there is nothing to read.
    """

    code = "RR004"
    slug = "circle"
    severity = "error"
    visits = (Everything,)
    bad = (
        (
            recording("jobs:open", "jobs:open + sum(increase(jobs_total[1m]))"),
            "jobs:open + sum(increase(jobs_total[1m]))",
        ),
    )
    good = (
        (
            recording("jobs:rate5m", "sum(rate(jobs_total[5m]))"),
            recording("jobs:rate5m:max1h", "max_over_time(jobs:rate5m[1h])"),
        ),
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield the expression of every recording rule from which a way leads back to itself."""
        rules = [one for one in seen.contexts if one.query.use is Use.RECORDING]
        reads: dict[str, set[str]] = {}
        for one in rules:
            reads.setdefault(one.query.panel, set()).update(names_read(one.root))
        for one in rules:
            way = _way_back(one.query.panel, reads)
            if way and not (context.world.foreign and _apart(way, rules)):
                yield Problem(
                    f"{one.query.panel} reads itself: {' ← '.join(way)}",
                    "record it from the metrics alone",
                    unwrap(one.root).span,
                    query=one.query,
                )


def _apart(way: list[str], rules: list[Context]) -> bool:
    """Whether the rules on the *way* stand in several files, which others may offer to choose from: old to new, new to old."""
    return len({one.query.where.file for one in rules if one.query.panel in way}) > 1


def _way_back(name: str, reads: Mapping[str, set[str]]) -> list[str]:
    """Return the names on the shortest way from *name* to itself; none when there is none."""
    before: dict[str, str] = {}
    pending = [name]
    for one in pending:
        for read in sorted(reads.get(one, ())):
            if read == name:
                way = [name]
                while one != name:
                    way.append(one)
                    one = before[one]  # noqa: PLW2901  # walking back along the way
                return [name, *reversed(way[1:]), name]
            if read in reads and read not in before:
                before[read] = one
                pending.append(read)
    return []
