"""Alerts on the job itself: without them, every other alert of an application that is gone stays silent for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from signalproof.catalogue.labels import Instance, Job, Label
from signalproof.catalogue.metric import Counter
from signalproof.promql.ast import Binary, Call, Duration, Number, Selector
from signalproof.promql.build import increase, up
from signalproof.promql.expr import Expr
from signalproof.promql.select import aggregate, matchers, select
from signalproof.rules.alert import Alert
from signalproof.rules.duty import Duty, camel
from signalproof.rules.group import RuleGroup
from signalproof.rules.scenario import Scenario, appears, counts, fires, silent, target_up
from signalproof.rules.severity import Severity


def job_group(duty: Duty) -> RuleGroup:
    """Return the group that tells when nothing of the job answers, and when one of its instances does not."""
    job = duty.job
    missing = Expr(Call("absent", (Selector("up", matchers((job,))),)))
    down = Alert(
        f"{camel(job)}Down",
        (up(where=job, by=Job) < 1).or_(missing),
        for_="2m",
        severity=Severity.PAGE,
        summary="no instance of {job} answers",
        description=(
            "Every target fails to answer its scrape, or none is configured. "
            "Until it is back, no other alert of this application can fire."
        ),
        runbook=duty.section("job-down"),
        owner=duty.owner,
    )
    instance_down = Alert(
        f"{camel(job)}InstanceDown",
        up(where=job, by=(Job, Instance)) < 1,
        for_="10m",
        severity=Severity.TICKET,
        summary="{instance} of {job} does not answer",
        description="One process of the application fails to answer its scrape; the others may be carrying its work.",
        runbook=duty.section("job-down"),
        owner=duty.owner,
    )
    first, second = (job, Instance("one:9464")), (job, Instance("two:9464"))
    return RuleGroup(
        f"{job.replace('_', '-')}-job",
        (down, instance_down),
        file=duty.file,
        scenarios=(
            Scenario(
                f"{job}: both instances answer no more",
                (target_up(*first, value=((10, 1.0), (1, 0.0))), target_up(*second, value=0.0)),
                (silent(down, "9m"), fires(down, "15m", 0.0, job)),
            ),
            Scenario(
                f"{job}: no target at all", (), (fires(down, "5m", 1.0, job), silent(instance_down, "20m"))
            ),
            Scenario(
                f"{job}: one of two instances answers",
                (target_up(*first), target_up(*second, value=0.0)),
                (silent(down, "20m"), fires(instance_down, "20m", 0.0, *second)),
            ),
            Scenario(
                f"{job}: every instance answers",
                (target_up(*first), target_up(*second)),
                (silent(down, "20m"), silent(instance_down, "20m")),
            ),
        ),
    )


def instrumentation_group(errors: Counter[Any], duty: Duty, *labels: Label) -> RuleGroup:
    """Return the group that tells when the measuring itself fails: numbers are missing, and no caller notices.

    A series that does not exist before its first error has no increase when it appears, so one that is new and not 0
    counts as well.

    Args:
        errors: What the instrumentation counts when it swallows an error of its own.
        duty: Whose metrics they are.
        labels: One value for each label of *errors*, for the proofs.
    """
    now = select(errors, errors.name, where=duty.job)
    before = replace(now, offset=Duration(900.0, "15m"))
    new = Binary("unless", Binary(">", now, Number(0.0)), before)
    alert = Alert(
        f"{camel(duty.job)}InstrumentationFails",
        (increase(errors, where=duty.job, by=Job, window="15m") > 0).or_(Expr(aggregate("count", new, Job))),
        for_="2m",
        severity=Severity.TICKET,
        summary="{job} fails to measure itself",
        description="Measurements were lost within 15m: panels and alerts of this application see too little.",
        runbook=duty.section("instrumentation-errors"),
        owner=duty.owner,
    )
    one = (duty.job, Instance("one:9464"), *labels)
    return RuleGroup(
        f"{duty.job.replace('_', '-')}-instrumentation",
        (alert,),
        file=duty.file,
        scenarios=(
            Scenario(
                f"{duty.job}: measurements are lost again and again",
                (counts(errors, *one, per_minute=2.0),),
                (fires(alert, "30m", 30.0, duty.job),),
            ),
            Scenario(
                f"{duty.job}: one measurement is lost, and its series appears with it",
                (appears(errors, *one, after=20, count=1.0),),
                (silent(alert, "19m"), fires(alert, "25m", 1.0, duty.job), silent(alert, "40m")),
            ),
            Scenario(
                f"{duty.job}: the application starts",
                (appears(errors, *one, after=5, count=0.0),),
                (silent(alert, "10m"),),
            ),
        ),
    )
