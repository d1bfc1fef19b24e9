"""Alerts on what waits in a queue, read from gauges of its length and age: nothing is processed, or it takes too long."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from signalproof.catalogue.labels import Instance, Job, Label
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Operation, Status
from signalproof.durations import parse_duration
from signalproof.errors import SignalproofError, caller
from signalproof.promql.build import value
from signalproof.promql.expr import Expr
from signalproof.promql.operations import calls
from signalproof.promql.select import aggregate, over, select
from signalproof.rules.alert import Alert
from signalproof.rules.duty import Duty, camel
from signalproof.rules.group import RuleGroup
from signalproof.rules.scenario import Course, Given, Scenario, counts, fires, holds, silent
from signalproof.rules.severity import Severity

_RECENTLY = "5m"
"""A process that starts again and again has no number between its start and its first poll; its last one still counts."""


def waiting_group(
    waiting: Gauge[Any],
    oldest: Gauge[Any],
    queue: Label,
    works: Sequence[Operation[Any, Any]],
    duty: Duty,
    *,
    window: str,
    limit: str,
) -> RuleGroup:
    """Return the group that tells when tasks wait and nothing is processed, and when the oldest waits too long.

    It knows an empty queue from a stuck one, which `stuck_group` cannot; that one stays, and the two share no case:
    there, tasks are taken up and end without success; here, no call ends at all, however it would, though tasks wait.
    A queue that cannot be read has no number and is `poll_group`'s to report.

    Nothing processed is a page: no user is served any more. A wait that is too long, though work passes, is a ticket:
    there is more work than workers, or something that cannot be done blocks what stands behind it.

    Args:
        waiting: How many tasks wait.
        oldest: How many seconds the oldest of them has waited.
        queue: The value of the label that both have, of this queue.
        works: The work on one task, or on another kind of it; one that ends is enough.
        duty: Whose queue it is.
        window: How long nothing may end while something waits; longer than the longest task: ``30m``.
        limit: How long a task may wait: ``30m``.

    Raises:
        SignalproofError: No work is given.
    """
    if not works:
        raise SignalproofError(f"no work on the queue {queue} is given", "name one operation", where=caller())
    names = " or ".join(work.prefix + work.name for work in works)
    tasks = select(waiting, waiting.name, where=queue, by=Job)
    some = Expr(aggregate("max", over("max_over_time", tasks, _RECENTLY), Job)) > 0
    ended = [calls(work, by=Job, window=_RECENTLY) > 0 for work in works]
    idle = Alert(
        f"{camel(str(queue))}QueueWaits",
        reduce(Expr.unless, ended, some),
        for_=window,
        severity=Severity.PAGE,
        summary=f"{{value}} tasks wait in the {queue} queue of {{job}}, and none is processed",
        description=(
            f"Tasks have waited for {window}, and no {names} has ended since: they are not taken up, or hang. "
            "Look whether a worker runs, and at what it does."
        ),
        runbook=duty.section("queue-waits"),
        owner=duty.owner,
    )
    seconds = parse_duration(limit, caller())
    overdue = Alert(
        f"{camel(str(queue))}QueueOverdue",
        value(oldest, "max", where=queue, by=Job) > seconds,
        for_="5m",
        severity=Severity.TICKET,
        summary=f"the oldest task in the {queue} queue of {{job}} has waited for {{value}}",
        description=(
            f"That is longer than {limit}. Work may pass all the same: then there is more of it than workers can do, "
            "or what waits cannot be done yet."
        ),
        runbook=duty.section("queue-waits"),
        owner=duty.owner,
    )
    return RuleGroup(
        f"{queue}-queue-waiting".replace("_", "-"),
        (idle, overdue),
        file=duty.file,
        scenarios=(
            *_idle_scenarios(idle, waiting, queue, works, duty.job, window),
            *_overdue_scenarios(overdue, oldest, queue, duty.job, seconds),
        ),
    )


def _idle_scenarios(
    idle: Alert,
    waiting: Gauge[Any],
    queue: Label,
    works: Sequence[Operation[Any, Any]],
    job: Job,
    window: str,
) -> tuple[Scenario, ...]:
    one, other = Instance("one:9464"), Instance("two:9464")
    minutes = round(parse_duration(window, caller()) / 60)
    late = f"{10 + 2 * minutes}m"
    others = [text for text in waiting.labels.domains[queue.label_name].values or () if text != str(queue)]

    def given(wait: Course, *ends: Course, status: Status = Status.SUCCESS) -> tuple[Given, ...]:
        done = (*ends, *(0.0 for _ in works[len(ends) :]))
        return (
            holds(waiting, job, one, queue, value=wait),
            *(
                counts(work.calls, job, one, status, per_minute=course)
                for work, course in zip(works, done, strict=True)
            ),
        )

    stops = ((10, 1.0), (1, 0.0))
    return (
        Scenario(
            f"{queue}: tasks wait, and nothing is processed any more",
            given(4.0, stops),
            (silent(idle, f"{10 + minutes}m"), fires(idle, late, 4.0, job)),
        ),
        Scenario(
            f"{queue}: tasks wait from the start, and nothing is ever processed",
            given(4.0),
            (silent(idle, f"{minutes - 1}m"), fires(idle, f"{minutes + 1}m", 4.0, job)),
        ),
        Scenario(
            f"{queue}: two instances see the same queue, and one of them processes nothing either",
            (*given(4.0), holds(waiting, job, other, queue, value=4.0)),
            (fires(idle, late, 4.0, job),),
        ),
        Scenario(
            f"{queue}: whoever takes a task up starts again",
            given(tuple((1, step) for step in (4.0, 0.0, None)) * minutes),
            (fires(idle, late, 4.0, job),),
        ),
        Scenario(f"{queue}: the queue is empty", given(0.0), (silent(idle, late),)),
        Scenario(
            f"{queue}: tasks wait for a while, and not for long enough",
            given(((10, 0.0), (minutes - 10, 4.0), (1, 0.0))),
            (silent(idle, late),),
        ),
        Scenario(f"{queue}: nobody knows what waits", given(None), (silent(idle, late),)),
        *(
            Scenario(
                f"{queue}: tasks wait in the {text} queue",
                (*given(0.0), holds(waiting, job, one, type(queue)(text), value=4.0)),  # type: ignore[call-arg]  # every value class is built from its text
                (silent(idle, late),),
            )
            for text in sorted(others)
        ),
        *(
            Scenario(
                f"{queue}: tasks wait while {work.prefix}{work.name} passes through",
                given(4.0, *(0.5 if each is work else 0.0 for each in works)),
                (silent(idle, late),),
            )
            for work in works
        ),
        Scenario(
            f"{queue}: tasks wait while others fail, which is another alert's to tell",
            given(4.0, 0.5, status=Status.FAILURE),
            (silent(idle, late),),
        ),
    )


def _overdue_scenarios(
    overdue: Alert, oldest: Gauge[Any], queue: Label, job: Job, seconds: float
) -> tuple[Scenario, ...]:
    one, other = (job, Instance("one:9464"), queue), (job, Instance("two:9464"), queue)
    return (
        Scenario(
            f"{queue}: the oldest task waits too long",
            (holds(oldest, *one, value=seconds + 60),),
            (silent(overdue, "4m"), fires(overdue, "6m", seconds + 60, job)),
        ),
        Scenario(
            f"{queue}: an instance that looked a while ago knows less",
            (holds(oldest, *one, value=60.0), holds(oldest, *other, value=seconds + 60)),
            (fires(overdue, "10m", seconds + 60, job),),
        ),
        Scenario(
            f"{queue}: the oldest task waits as long as it may",
            (holds(oldest, *one, value=seconds),),
            (silent(overdue, "20m"),),
        ),
        Scenario(f"{queue}: no task waits", (holds(oldest, *one, value=0.0),), (silent(overdue, "20m"),)),
        Scenario(
            f"{queue}: nobody knows how long", (holds(oldest, *one, value=None),), (silent(overdue, "20m"),)
        ),
    )
