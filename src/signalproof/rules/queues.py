"""Alerts on work queues, read from what the tracked functions count: polls that fail, polls that stop, work that never gets done."""

from __future__ import annotations

from typing import Any

from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Loop, Operation, Status
from signalproof.durations import parse_duration
from signalproof.errors import caller
from signalproof.promql.build import value
from signalproof.promql.operations import calls, error_ratio
from signalproof.rules.alert import Alert
from signalproof.rules.duty import Duty, camel
from signalproof.rules.group import RuleGroup
from signalproof.rules.scenario import Course, Given, Scenario, counts, fires, holds, silent
from signalproof.rules.severity import Severity

_WINDOW = "10m"


def poll_group(poll: Operation[Any, Any], loop: Loop[Any, Any], duty: Duty, *, limit: str) -> RuleGroup:
    """Return the group that watches the polls of a queue: they must happen while the loop runs, and mostly succeed.

    Args:
        poll: One look into the queue.
        loop: The loop that polls.
        duty: Whose queue it is.
        limit: The longest time between two polls, what the loop does in between included: ``15m``.
    """
    name = poll.prefix + poll.name
    failing = Alert(
        f"{camel(poll.name)}Fails",
        error_ratio(poll, by=Job, window=_WINDOW) > 0.5,
        for_="5m",
        severity=Severity.PAGE,
        summary="{value} of the polls of {job} fail: " + name,
        description="The queue cannot be read. Tasks wait, and none is lost; look at the database and its errors first.",
        runbook=duty.section("queue-poll"),
        owner=duty.owner,
    )
    ended = calls(poll, where=(Status.SUCCESS, Status.FAILURE), by=Job, window=limit) > 0
    stopped = Alert(
        f"{camel(poll.name)}Stopped",
        (value(loop.running, by=Job) > 0).unless(ended),
        for_="5m",
        severity=Severity.PAGE,
        summary=f"{{job}} runs {loop.name}, and polls its queue no more",
        description=f"No {name} has ended within {limit}: the loop turns past its queue, or hangs in the poll.",
        runbook=duty.section("queue-poll"),
        owner=duty.owner,
    )
    one = (duty.job, Instance("one:9464"))
    gone = 10 + round(parse_duration(limit, caller()) / 60)

    def given(good: Course, bad: Course, running: Course = 1.0) -> tuple[Given, ...]:
        return (
            holds(loop.running, *one, value=running),
            counts(poll.calls, *one, Status.SUCCESS, per_minute=good),
            counts(poll.calls, *one, Status.FAILURE, per_minute=bad),
        )

    return RuleGroup(
        f"{name.replace('_', '-')}-polls",
        (failing, stopped),
        file=duty.file,
        scenarios=(
            Scenario(
                f"{name}: three polls of four fail",
                given(1.0, 3.0),
                (fires(failing, "20m", 0.75, duty.job), silent(stopped, "20m")),
            ),
            Scenario(
                f"{name}: one poll of four fails",
                given(3.0, 1.0),
                (silent(failing, "20m"), silent(stopped, "20m")),
            ),
            Scenario(
                f"{name}: no poll any more",
                given(((10, 4.0), (1, 0.0)), 0.0),
                (
                    silent(stopped, f"{gone}m"),
                    fires(stopped, f"{gone + 10}m", 1.0, duty.job),
                    silent(failing, f"{gone + 10}m"),
                ),
            ),
            Scenario(
                f"{name}: the loop has ended, and so have the polls",
                given(((10, 4.0), (1, 0.0)), 0.0, ((10, 1.0), (1, 0.0))),
                (silent(stopped, f"{gone + 10}m"),),
            ),
        ),
    )


def stuck_group(
    work: Operation[Any, Any],
    duty: Duty,
    *,
    window: str,
    poll: Operation[Any, Any] | None = None,
    at_least: int = 3,
) -> RuleGroup:
    """Return the group that tells when tasks are taken from the queue and not one of them gets done.

    What is seen is that tasks were taken up: they ended without success, or (where the operation counts its calls in
    flight) they do not end at all. Tasks that wait and are not taken up are seen by `waiting.waiting_group`, from gauges
    of what waits; it says nothing of this case, in which the queue may well be empty between two tries.

    Args:
        work: The work on one task.
        duty: Whose queue it is.
        window: How long nothing may get done: ``30m``.
        poll: One look into the queue; with it, the alert waits until polls succeed: a queue that cannot be read is
            `poll_group`'s to report.
        at_least: So many tasks must have ended without success; one that fails alone is no stuck queue.
    """
    name = work.prefix + work.name
    undone = calls(work, where=(Status.FAILURE, Status.CANCELLED), by=Job, window=window) > at_least - 0.5
    done = calls(work, where=Status.SUCCESS, by=Job, window=window) > 0
    stuck_when = undone.unless(done)
    if poll is not None:
        stuck_when = stuck_when.and_(calls(poll, where=Status.SUCCESS, by=Job, window=window) > 0)
    stuck = Alert(
        f"{camel(work.name)}Stuck",
        stuck_when,
        for_="5m",
        severity=Severity.PAGE,
        summary=f"{{job}} takes up tasks and gets none done: {name}",
        description=(
            f"About {{value}} tasks ended without success within {window}, and not one succeeded: "
            "the queue moves, and its work does not. Look at the errors by type first."
        ),
        runbook=duty.section("queue-stuck"),
        owner=duty.owner,
    )
    one = (duty.job, Instance("one:9464"))
    minutes = round(parse_duration(window, caller()) / 60)
    at = f"{minutes + 20}m"

    def given(good: float, bad: float, polls: float = 4.0) -> tuple[Given, ...]:
        return (
            counts(work.calls, *one, Status.SUCCESS, per_minute=good),
            counts(work.calls, *one, Status.FAILURE, per_minute=bad),
            *((counts(poll.calls, *one, Status.SUCCESS, per_minute=polls),) if poll is not None else ()),
        )

    scenarios = [
        Scenario(f"{name}: every task fails", given(0.0, 1.0), (fires(stuck, at, float(minutes), duty.job),)),
        Scenario(f"{name}: most tasks fail", given(0.5, 3.0), (silent(stuck, at),)),
        Scenario(f"{name}: the queue is empty", given(0.0, 0.0), (silent(stuck, at),)),
    ]
    if poll is not None:
        scenarios.append(
            Scenario(f"{name}: the queue cannot be read", given(0.0, 1.0, 0.0), (silent(stuck, at),))
        )
    alerts = [stuck]
    if work.in_flight is not None:
        hanging, more = _hanging(work, work.in_flight, duty, window, minutes)
        alerts.append(hanging)
        scenarios += more
    return RuleGroup(
        f"{name.replace('_', '-')}-stuck", tuple(alerts), file=duty.file, scenarios=tuple(scenarios)
    )


def _hanging(
    work: Operation[Any, Any], in_flight: Gauge[Any], duty: Duty, window: str, minutes: int
) -> tuple[Alert, list[Scenario]]:
    name = work.prefix + work.name
    hanging = Alert(
        f"{camel(work.name)}Hangs",
        (value(in_flight, by=Job) > 0).unless(calls(work, by=Job, window=window) > 0),
        for_=window,
        severity=Severity.PAGE,
        summary=f"{{value}} calls of {name} are in progress in {{job}}, and none ends",
        description=f"Calls have been in progress for {window} and not one has ended: they wait for something that never comes.",
        runbook=duty.section("queue-stuck"),
        owner=duty.owner,
    )
    one = (duty.job, Instance("one:9464"))
    at = f"{10 + 2 * minutes + 10}m"

    def given(flying: float, ends: Course) -> tuple[Given, ...]:
        return (
            holds(in_flight, *one, value=flying),
            counts(work.calls, *one, Status.SUCCESS, per_minute=ends),
        )

    return hanging, [
        Scenario(
            f"{name}: calls are in progress and end no more",
            given(8.0, ((10, 4.0), (1, 0.0))),
            (silent(hanging, f"{10 + minutes}m"), fires(hanging, at, 8.0, duty.job)),
        ),
        Scenario(f"{name}: calls are in progress, and end", given(8.0, 4.0), (silent(hanging, at),)),
        Scenario(f"{name}: nothing is in progress", given(0.0, 0.0), (silent(hanging, at),)),
    ]
