"""The scenarios that prove the burn-rate alerts of one promise: they follow from the budget and the windows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from signalproof.catalogue.labels import ClosedLabel, Instance, Job, Label
from signalproof.catalogue.operation import Operation, Status
from signalproof.rules.alert import Alert
from signalproof.rules.scenario import Course, Given, Scenario, counts, fires, observes, silent
from signalproof.rules.severity import Severity
from signalproof.rules.windows import BurnWindow

_CALLS = 1000.0
"""Calls per minute where the share of bad ones matters and not their number."""


@dataclass(frozen=True)
class Promise:
    """One promise of an operation.

    Attributes:
        operation: The operation.
        job: The job that runs it.
        budget: Share of the calls that may be bad.
        bound: Seconds within which a call is good; None when what matters is whether it succeeds.
    """

    operation: Operation[Any, Any]
    job: Job
    budget: float
    bound: float | None = None

    def given(self, good: Course, bad: Course) -> tuple[Given, ...]:
        """Return the samples of so many good and bad calls per minute."""
        labels = (self.job, Instance("one:9464"), *_some_values(self.operation))
        if self.bound is not None:
            return observes(self.operation.duration, self.bound, *labels, within=good, above=bad)
        calls = self.operation.calls
        return (
            counts(calls, *labels, Status.SUCCESS, per_minute=good),
            counts(calls, *labels, Status.FAILURE, per_minute=bad),
            counts(calls, *labels, Status.CANCELLED, per_minute=_CALLS),
        )


def budget_scenarios(
    promise: Promise, alerts: Sequence[Alert], windows: Sequence[BurnWindow], at_least: int
) -> list[Scenario]:
    """Return what the *alerts* of a promise must do: each fires in one scenario and stays silent in others."""
    what = "slow" if promise.bound is not None else "failing"
    name = f"{promise.operation.prefix}{promise.operation.name}"
    scenarios = [
        Scenario(f"{name}: no calls at all", promise.given(0.0, 0.0), _all_silent(alerts, "20m")),
        Scenario(
            f"{name}: half the budget is spent, evenly, and calls are cancelled",
            promise.given(*_share(promise.budget / 2)),
            _all_silent(alerts, "30m"),
        ),
    ]
    if at_least > 1:
        scenarios.append(
            Scenario(
                f"{name}: {at_least - 1} {what} calls, and no other call",
                promise.given(0.0, ((10, 0.0), (1, at_least - 1.0), (1, 0.0))),
                _all_silent(alerts, "30m"),
            )
        )
    lowest = {
        one.severity: min(two.factor for two in windows if two.severity is one.severity) for one in windows
    }
    for alert in alerts:
        above = min((factor for factor in lowest.values() if factor > lowest[alert.severity]), default=None)
        share = _between(lowest[alert.severity] * promise.budget, (above or float("inf")) * promise.budget)
        others = tuple(silent(one, "25m") for one in alerts if lowest[one.severity] > lowest[alert.severity])
        scenarios.append(
            Scenario(
                f"{name}: {share:.4g} of the calls are {what}",
                promise.given(*_share(share)),
                (fires(alert, "25m", share, promise.job), *others),
            )
        )
    page = next((alert for alert in alerts if alert.severity is Severity.PAGE), None)
    if page is not None:
        share = _between(lowest[Severity.PAGE] * promise.budget, float("inf"))
        good, bad = _share(share)
        course = (((20, good), (1, _CALLS)), ((20, bad), (1, 0.0)))
        scenarios.append(
            Scenario(
                f"{name}: {what} calls for 20 minutes, then none",
                promise.given(*course),
                (fires(page, "20m", share, promise.job), silent(page, "60m")),
            )
        )
    return scenarios


def _share(bad: float) -> tuple[float, float]:
    return round(_CALLS * (1 - bad), 6), round(_CALLS * bad, 6)


def _between(low: float, high: float) -> float:
    """Return a share above *low*, below *high* and at most 1."""
    return (low + min(high, 1.0)) / 2


def _all_silent(alerts: Sequence[Alert], at: str) -> tuple[Any, ...]:
    return tuple(silent(alert, at) for alert in alerts)


def _some_values(operation: Operation[Any, Any]) -> tuple[Label, ...]:
    """Return one value for each label of the operation that is not fixed."""
    found: list[Label] = []
    for name, cls in operation.calls.labels.classes.items():
        if name in operation.labels.fixed or name == Status.label_name:
            continue
        values = sorted(cls.domain().values or ()) if issubclass(cls, ClosedLabel) else ["one"]
        found.append(cls(values[0]))  # type: ignore[call-arg]  # every label class is built from its text
    return tuple(found)
