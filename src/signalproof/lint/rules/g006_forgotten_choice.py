"""G006: a query that does not follow what the reader of its dashboard chooses."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.errors import Location
from signalproof.lint.choices import Board, other_choice
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Joined, Rule
from signalproof.lint.shown import later, panel
from signalproof.promql.ast import Binary
from signalproof.promql.query import Query, Use

_FOLLOWING = tuple(
    panel(f'{function}(workers{{region=~"$region"}})', function) for function in ("sum", "max", "min")
)
_QUEUES = tuple(
    panel(f'{function}(queue_length{{queue=~"$queue"}})', function) for function in ("sum", "max", "min")
)
_OF_QUEUE = Query(
    'queue_length{queue=~"$queue"}',
    Location("example", 1),
    Use.VARIABLE,
    "example",
    "shard",
    label="instance",
)
_RESTARTS = "changes(queue_length[5m]) > 100"


def _annotation(text: str) -> Query:
    return Query(text, Location("example", 1), Use.ANNOTATION, "example", "busy")


class ForgottenChoice(Rule[Binary | Everything]):
    """Nearly all queries of a metric filter a label by a variable of the dashboard, and this one does not.

    The reader chooses a region and reads numbers of all regions in one panel, or in one half of a ratio, or those of a
    region that somebody wrote there, without a hint. What counts is how the other panels of the dashboard ask for the same
    metric: with the same labels filtered, at least three follow the variable, and at least three for each one that does not. Metrics of one beginning, ``container_network_…``, count
    together where a single panel stands apart. An annotation follows as panels do. In a ratio, a sum or a difference the other side says what is chosen; of another metric it has to be known
    that it has the label.

    Nothing is said of a result that shows the label, of a share of the whole (both sides differ in the choice alone), of a
    query that is narrowed by another variable whose values depend on this one, of a fixed value that the title or the legend
    names, of a variable that panels are repeated for, of a single number where no other one follows, and where title or
    legend speak of the whole: "total", "all", "overall", "cluster".
    """

    code = "G006"
    slug = "forgotten-choice"
    severity = "warning"
    visits = (Joined, Everything)
    names = frozenset({"/", "-", "+"})
    bad = later(
        lambda: (
            ((*_FOLLOWING, panel("avg(workers)", "avg")), "workers"),
            ((*_FOLLOWING, panel('avg(workers{region="eu"})', "avg")), 'region="eu"'),
            ((*_FOLLOWING, panel('avg(workers{region=~".+"})', "avg")), 'region=~".+"'),
            ((*_QUEUES, _annotation(_RESTARTS)), "queue_length"),
            (
                'sum(rate(jobs_total{queue="$queue", status="failure"}[5m])) / sum(rate(jobs_total[5m]))',
                "sum(rate(jobs_total[5m]))",
            ),
            (
                'sum(rate(job_duration_seconds_sum{queue="$queue"}[5m])) / sum(rate(job_duration_seconds_count[5m]))',
                "sum(rate(job_duration_seconds_count[5m]))",
            ),
        )
    )
    good = later(
        lambda: (
            (*_FOLLOWING, panel('avg(workers{region=~"$region"})', "avg")),
            (*_FOLLOWING, panel("avg by (region) (workers)", "avg", legend="{{region}}")),
            (*_FOLLOWING, panel("sum(queue_length)", "queues")),
            (*_FOLLOWING[1:], panel("avg(workers)", "avg")),
            (*_FOLLOWING, panel("avg(workers)", "avg overall")),
            (*_FOLLOWING, panel('avg(workers{region="eu"})', "avg in the EU")),
            (*_QUEUES, _OF_QUEUE, panel('avg(queue_length{instance=~"$shard"})', "avg")),
            'sum(rate(jobs_total{queue="$queue", status="failure"}[5m])) / sum(rate(jobs_total{queue=~"$queue"}[5m]))',
            'sum(rate(jobs_total{queue="$queue"}[5m])) / sum(rate(jobs_total[5m]))',
            'sum(workers{instance="$instance"}) / sum(queue_length)',
        )
    )

    def check(self, seen: Binary | Everything, context: Context) -> Iterator[Problem]:
        """Yield what the choice does not reach: the side of an operation, the selector, the matcher that fixes its label."""
        if isinstance(seen, Binary):
            if "$" in context.query.text:
                yield from other_choice(seen, context)
            return
        boards = {(one.file, one.uid): Board(_repeated(one)) for one in seen.dashboards}
        for query in seen.contexts:
            if query.query.use in (Use.PANEL, Use.ANNOTATION, Use.VARIABLE):
                boards.setdefault((query.query.where.file, query.query.dashboard), Board()).add(query)
        for board in boards.values():
            yield from board.forgotten()


def _repeated(found: ForeignDashboard) -> frozenset[str]:
    return frozenset(str(one["repeat"]) for one in panels_of(found.spec) if one.get("repeat"))
