"""From an operation's objective to rules: recorded error ratios, and alerts on how fast the error budget burns.

An objective of 99 % leaves a budget of 1 % of the calls. An alert looks at the share of bad calls in a long window (has
enough of the budget gone to matter?) and in a short one (is it still going on?), and fires when both are so many times
above the budget; see `windows`. Without calls the ratio is 0 ÷ 0, which compares as false: no traffic, no alert.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from signalproof.catalogue.labels import Job
from signalproof.catalogue.operation import Operation
from signalproof.durations import parse_duration
from signalproof.errors import SignalproofError, caller
from signalproof.promql.build import increase, share_within
from signalproof.promql.expr import Expr
from signalproof.promql.operations import ENDED, calls, error_ratio
from signalproof.rules.alert import Alert
from signalproof.rules.duty import Duty, camel
from signalproof.rules.group import RuleGroup
from signalproof.rules.proofs import Promise, budget_scenarios
from signalproof.rules.recording import RecordingRule
from signalproof.rules.severity import Severity
from signalproof.rules.windows import THIRTY_DAYS, BurnWindow

_PACE = {Severity.PAGE: "Fast", Severity.TICKET: "Slow"}
_HOLD = {Severity.PAGE: "2m", Severity.TICKET: "15m"}
_INTERVAL = "1m"


@dataclass(frozen=True)
class _Kind:
    """One promise of an objective, as a ratio of bad calls.

    Attributes:
        promise: What is promised, for the proofs.
        record: Everything of the record's name before the window.
        alert: What the alerts are called, before their pace.
        bad: What happens to a bad call: ``fail``.
        ratio: Window → share of bad calls.
        volume: Window → number of calls that the ratio is about.
    """

    promise: Promise
    record: str
    alert: str
    bad: str
    ratio: Callable[[str], Expr]
    volume: Callable[[str], Expr]


def error_budget(
    operation: Operation[Any, Any],
    duty: Duty,
    *,
    at_least: int = 3,
    windows: Sequence[BurnWindow] = THIRTY_DAYS,
) -> RuleGroup:
    """Return the group that watches the error budget of *operation*: its ratios, its alerts and their proofs.

    Args:
        operation: Must have an objective.
        duty: Whose operation it is.
        at_least: So many bad calls must lie in the long window: with few calls, one bad one is no trend.
        windows: Burn rates; one that the ratio can never reach is left out, and the group's notes say so.

    Raises:
        SignalproofError: The operation has no objective, or no window of it can ever be reached.
    """
    name = operation.prefix + operation.name
    where = caller()
    if operation.objective is None:
        raise SignalproofError(
            f"{name} has no objective to watch",
            "declare objective=Objective(success=0.99) in the catalogue",
            where=where,
        )
    rules: list[RecordingRule | Alert] = []
    scenarios, notes = [], []
    for kind in _kinds(operation, duty.job):
        budget = kind.promise.budget
        reachable = [one for one in windows if one.factor * budget < 1]
        notes += [
            f"{kind.alert}: {one.factor:g} × a budget of {budget:.4g} is no ratio below 1, "
            f"so {one.long}/{one.short} could never fire and is left out."
            for one in windows
            if one not in reachable
        ]
        if not reachable:
            raise SignalproofError(
                f"no burn rate of {name} can be reached with a budget of {budget:g}",
                "promise more, or give windows with smaller factors",
                where=where,
            )
        ratios = {window: _recording(kind, window) for window in _lengths(reachable)}
        alerts = tuple(
            _alert(kind, severity, reachable, ratios, operation, duty, at_least)
            for severity in Severity
            if any(one.severity is severity for one in reachable)
        )
        rules += [*ratios.values(), *alerts]
        scenarios += budget_scenarios(kind.promise, alerts, reachable, at_least)
    return RuleGroup(
        f"{name.replace('_', '-')}-budget",
        tuple(rules),
        interval=_INTERVAL,
        file=f"{duty.file}-{operation.name.replace('_', '-')}-budget",
        scenarios=tuple(scenarios),
        notes=tuple(notes),
    )


def _kinds(operation: Operation[Any, Any], job: Job) -> list[_Kind]:
    name, promise = operation.prefix + operation.name, operation.objective
    title = camel(operation.name)
    kinds: list[_Kind] = []
    if promise is not None and promise.success is not None:
        kinds.append(
            _Kind(
                Promise(operation, job, round(1 - promise.success, 9)),
                f"job:{name}_calls:failure_ratio_rate",
                f"{title}FailuresBurn",
                "fail",
                lambda window: error_ratio(operation, by=Job, window=window),
                lambda window: calls(operation, where=ENDED, by=Job, window=window),
            )
        )
    if promise is not None and (bound := promise.latency) is not None:
        kinds.append(
            _Kind(
                Promise(operation, job, round(1 - promise.quantile, 9), bound),
                f"job:{name}_duration_seconds:slow_ratio_rate",
                f"{title}SlownessBurns",
                f"take longer than {bound:g} s",
                lambda window: 1 - share_within(operation.duration, bound, by=Job, window=window),
                lambda window: increase(operation.duration, by=Job, window=window),
            )
        )
    return kinds


def _lengths(windows: Sequence[BurnWindow]) -> list[str]:
    """Return every window once, the shortest first."""
    lengths = {length for one in windows for length in (one.short, one.long)}
    return sorted(lengths, key=lambda length: parse_duration(length, caller()))


def _recording(kind: _Kind, window: str) -> RecordingRule:
    return RecordingRule(
        f"{kind.record}{window}",
        kind.ratio(window),
        f"Share of the calls that {kind.bad}, of those that ended within {window}.",
    )


def _alert(
    kind: _Kind,
    severity: Severity,
    windows: Sequence[BurnWindow],
    ratios: dict[str, RecordingRule],
    operation: Operation[Any, Any],
    duty: Duty,
    at_least: int,
) -> Alert:
    budget = kind.promise.budget
    conditions = [
        _burns(
            ratios[one.long],
            ratios[one.short],
            kind.volume(one.long),
            round(one.factor * budget, 9),
            at_least,
        )
        for one in windows
        if one.severity is severity
    ]
    spent = "within days" if severity is Severity.PAGE else "before its 30 days are over"
    return Alert(
        f"{kind.alert}{_PACE[severity]}",
        reduce(Expr.or_, conditions),
        for_=_HOLD[severity],
        severity=severity,
        summary=f"{{value}} of the calls of {operation.prefix}{operation.name} {kind.bad}",
        description=(
            f"{operation.help[:1].upper()}{operation.help[1:]}: {{value}} {kind.bad} in {{job}}; over 30 days "
            f"{budget * 100:.4g} % may. At this pace that budget is gone {spent}."
        ),
        runbook=duty.section("error-budget"),
        owner=duty.owner,
    )


def _burns(long: RecordingRule, short: RecordingRule, volume: Expr, share: float, at_least: int) -> Expr:
    """Return the long ratio while both ratios lie above *share* and enough calls were bad.

    The number of bad calls is compared with half a call less: increase() extrapolates, so a count is no whole number.
    """
    above = (long.value() > share).and_(short.value() > share)
    return above.and_((long.value() * volume) > at_least - 0.5)
