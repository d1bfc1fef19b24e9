"""Alerts on endless loops: one that turns no more, one that never turned, and none running at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from signalproof.catalogue.labels import Instance, Job
from signalproof.catalogue.operation import Loop
from signalproof.durations import parse_duration
from signalproof.errors import SignalproofError, caller
from signalproof.promql.ast import Call
from signalproof.promql.build import up, value
from signalproof.promql.expr import Expr
from signalproof.rules.alert import Alert
from signalproof.rules.duty import Duty, camel
from signalproof.rules.group import RuleGroup
from signalproof.rules.scenario import Given, Scenario, fires, holds, silent, target_up, ticks
from signalproof.rules.severity import Severity

_BY = (Job, Instance)


def loop_group(loop: Loop[Any, Any], duty: Duty, *, limit: str) -> RuleGroup:
    """Return the group that watches one loop: it must end an iteration at least every *limit*.

    A loop that is not running is not reported here: whether it should run only the job knows (`running_group`).

    Args:
        loop: The loop.
        duty: Whose loop it is.
        limit: The longest time that one iteration may take, what it calls included: ``15m``.
    """
    title = camel(loop.name)
    running = value(loop.running, "max", by=_BY) > 0
    last = value(loop.last_iteration, "max", by=_BY)
    age = Expr(Call("time", ())) - (last > 0)
    seconds = parse_duration(limit, caller())
    stalled = Alert(
        f"{title}Stalled",
        (age > seconds).and_(running),
        for_="2m",
        severity=Severity.PAGE,
        summary=f"{loop.name} on {{instance}} ended its last iteration {{value}} ago",
        description=(
            f"The loop runs, and no iteration has ended for longer than {limit}: "
            "it hangs in a call, or waits for a lock. Whatever it should take up waits with it."
        ),
        runbook=duty.section("loop-stalled"),
        owner=duty.owner,
    )
    never = Alert(
        f"{title}NeverTurned",
        last.equals(0).and_(running),
        for_=limit,
        severity=Severity.PAGE,
        summary=f"{loop.name} on {{instance}} has not ended a single iteration",
        description=f"The loop has been running for {limit} and hangs in its first iteration.",
        runbook=duty.section("loop-stalled"),
        owner=duty.owner,
    )
    return RuleGroup(
        f"{loop.name.replace('_', '-')}-turns",
        (stalled, never),
        file=duty.file,
        scenarios=_loop_scenarios(loop, stalled, never, duty.job, seconds),
    )


def running_group(loops: Sequence[Loop[Any, Any]], duty: Duty) -> RuleGroup:
    """Return the group that tells when the targets of the job answer and none of *loops* runs in any of them.

    Raises:
        SignalproofError: No loop is given.
    """
    job = duty.job
    if not loops:
        raise SignalproofError(f"no loop of job {job} is given", "name at least one", where=caller())
    names = " or ".join(loop.name for loop in loops)
    running = reduce(Expr.or_, [value(loop.running, by=Job) > 0 for loop in loops])
    alert = Alert(
        f"{camel(job)}LoopsNotRunning",
        (up(where=job, by=Job) > 0).unless(running),
        for_="5m",
        severity=Severity.PAGE,
        summary="{job} answers, and no loop runs in it",
        description=f"No instance of {{job}} runs {names}: nothing is taken from the queue.",
        runbook=duty.section("loop-not-running"),
        owner=duty.owner,
    )
    one = (job, Instance("one:9464"))
    scenarios = [
        Scenario(
            f"{job}: up without a loop",
            (target_up(*one), *(holds(loop.running, *one, value=0.0) for loop in loops)),
            (silent(alert, "4m"), fires(alert, "10m", 1.0, job)),
        ),
        Scenario(
            f"{job}: up, and the metrics of its loops are missing",
            (target_up(*one),),
            (fires(alert, "10m", 1.0, job),),
        ),
        Scenario(f"{job}: down", (target_up(*one, value=0.0),), (silent(alert, "10m"),)),
    ]
    for loop in loops:
        rest = (holds(other.running, *one, value=0.0) for other in loops if other is not loop)
        scenarios.append(
            Scenario(
                f"{job}: only {loop.name} runs",
                (target_up(*one), holds(loop.running, *one, value=1.0), *rest),
                (silent(alert, "10m"),),
            )
        )
    return RuleGroup(f"{job.replace('_', '-')}-running", (alert,), file=duty.file, scenarios=tuple(scenarios))


def _loop_scenarios(
    loop: Loop[Any, Any], stalled: Alert, never: Alert, job: Job, seconds: float
) -> tuple[Scenario, ...]:
    one = (job, Instance("one:9464"))
    minutes = round(seconds / 60)

    def given(running: float, *alive: tuple[int, bool]) -> tuple[Given, ...]:
        return (holds(loop.running, *one, value=running), ticks(loop.last_iteration, *one, alive=alive))

    at, age = 10 + minutes + 10, (minutes + 10) * 60.0
    return (
        Scenario(
            f"{loop.name}: turns, then hangs",
            given(1.0, (10, True), (1, False)),
            (
                silent(stalled, f"{10 + minutes}m"),
                fires(stalled, f"{at}m", age, *one),
                silent(never, f"{at}m"),
            ),
        ),
        Scenario(
            f"{loop.name}: hangs in its first iteration",
            given(1.0, (1, False)),
            (
                silent(never, f"{minutes - 1}m"),
                fires(never, f"{minutes + 5}m", 0.0, *one),
                silent(stalled, f"{minutes + 5}m"),
            ),
        ),
        Scenario(
            f"{loop.name}: turns all the time",
            given(1.0, (1, True)),
            (silent(stalled, f"{at}m"), silent(never, f"{at}m")),
        ),
        Scenario(
            f"{loop.name}: has been stopped",
            given(0.0, (10, True), (1, False)),
            (silent(stalled, f"{at}m"), silent(never, f"{at}m")),
        ),
    )
