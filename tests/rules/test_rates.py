"""Recorded rates: one rule for each metric, over all instances, known to be what they are."""

from __future__ import annotations

import pytest

from hive.catalogue import CATALOGUE
from hive.catalogue.deployer import DEPLOYMENT_EXECUTION
from signalproof.catalogue.exposition import Role
from signalproof.catalogue.labels import Job
from signalproof.errors import SignalproofError
from signalproof.promql.build import rate
from signalproof.rules.check import CheckedRules, check_rules
from signalproof.rules.duty import Duty
from signalproof.rules.group import RuleGroup
from signalproof.rules.rates import rate_group
from signalproof.rules.recording import RecordingRule

DUTY = Duty(Job("ai_deployer"), owner="deployment", runbook="README.md", file="deployer")


@pytest.fixture(scope="module")
def checked() -> CheckedRules:
    group = rate_group(DUTY, DEPLOYMENT_EXECUTION.duration, DEPLOYMENT_EXECUTION.calls)
    return check_rules((group,), CATALOGUE.exposition())


def test_each_metric_is_known_to_be_recorded(checked: CheckedRules) -> None:
    recorded = {
        one.rate_of: set(one.labels)
        for one in checked.exposition.series.values()
        if one.role is Role.RECORDED
    }
    assert recorded == {
        "deployment_execution_duration_seconds_bucket": {"job", "component", "strategy", "le"},
        "deployment_execution_duration_seconds_sum": {"job", "component", "strategy"},
        "deployment_execution_duration_seconds_count": {"job", "component", "strategy"},
        "deployment_execution_calls_total": {"job", "component", "strategy", "status"},
    }


def test_of_an_operation_durations_calls_and_failures_are_recorded() -> None:
    rules = rate_group(DUTY, DEPLOYMENT_EXECUTION).rules
    assert [one.record.split(":")[1] for one in rules if isinstance(one, RecordingRule)] == [
        "deployment_execution_duration_seconds_bucket",
        "deployment_execution_duration_seconds_sum",
        "deployment_execution_duration_seconds_count",
        "deployment_execution_calls",
        "deployment_execution_errors",
    ]


def test_the_rate_of_some_calls_is_not_the_rate_of_all() -> None:
    calls = DEPLOYMENT_EXECUTION.calls
    some = RecordingRule(
        "job:deployment_execution_calls:rate5m",
        rate(calls, where=next(iter(calls.labels.classes["status"])), by=Job, window="5m"),  # type: ignore[call-overload]  # a member of an enumeration that nothing names
        "Some calls per second.",
    )
    checked = check_rules((RuleGroup("some", (some,)),), CATALOGUE.exposition())
    assert checked.exposition.series[some.record].rate_of == ""


def test_nothing_to_record_is_refused() -> None:
    with pytest.raises(SignalproofError, match="no rate to record"):
        rate_group(DUTY)
