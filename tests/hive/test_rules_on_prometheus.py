"""The Hive's rules on a real Prometheus that holds an hour of synthetic history of the whole catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hive.catalogue import CATALOGUE
from hive.rules import GROUPS
from signalproof.live.model import Model
from signalproof.promql.query import Use
from signalproof.rules.check import CheckedRules, check_rules
from signalproof.rules.queries import queries
from signalproof.rules.recording import RecordingRule

if TYPE_CHECKING:
    from tests.conftest import Backfilled, History


@pytest.fixture(scope="module")
def rules() -> CheckedRules:
    return check_rules(GROUPS, CATALOGUE.exposition())


@pytest.fixture(scope="module")
def history(backfilled: Backfilled) -> History:
    return backfilled(Model.of(CATALOGUE, busy=True), hours=1.0)


def test_every_recording_rule_returns_what_was_inferred_of_it(rules: CheckedRules, history: History) -> None:
    for group in rules.groups:
        for one in group.rules:
            if not isinstance(one.rule, RecordingRule):
                continue
            (text,) = (query.text for query in queries(rules) if query.panel == one.rule.record)
            found = history.prometheus.ask(text, history.end)
            assert found, one.rule.record
            for labels, value in found:
                assert set(labels) == set(one.value.labels.known), one.rule.record
                assert one.value.low - 1e-9 <= value <= one.value.high + 1e-9, (one.rule.record, value)


def test_every_alert_is_accepted_by_a_running_prometheus(rules: CheckedRules, history: History) -> None:
    asked = [query for query in queries(rules) if query.use is Use.ALERT]
    answers = [
        history.prometheus.get("/api/v1/query", query=one.text, time=f"{history.end:.3f}")[0] for one in asked
    ]
    assert answers == [200] * len(asked)
    assert asked


def test_healthy_applications_fire_no_alert(rules: CheckedRules, history: History) -> None:
    fired = [
        query.panel
        for query in queries(rules)
        if query.use is Use.ALERT and history.prometheus.ask(query.text, history.end)
    ]
    assert fired == []
