"""Rules that somebody already has: as they were found, and asked for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from signalproof.catalogue.exposition import Exposition
from signalproof.errors import SignalproofError
from signalproof.promql.build import promql
from signalproof.promql.query import Use
from signalproof.render.prometheus import rule_files, unit_test_files
from signalproof.rules.alert import Alert as OwnAlert
from signalproof.rules.check import check_rules
from signalproof.rules.existing import Alert, RecordingRule
from signalproof.rules.group import RuleGroup
from signalproof.rules.queries import queries
from signalproof.rules.severity import Severity

EVERYTHING = Exposition({}, complete=False)


def group(*rules: Alert | RecordingRule, name: str = "All of it") -> RuleGroup:
    """Return a group of *rules*."""
    return RuleGroup(name, rules, file="web.rules")


def test_an_existing_alert_needs_no_proof_and_no_words() -> None:
    check_rules([group(Alert("down", promql("up == 0")))], EVERYTHING)


def test_an_alert_of_ones_own_beside_it_needs_its_proof() -> None:
    own = OwnAlert(
        "Down",
        promql("up == 0"),
        for_="5m",
        severity=Severity.PAGE,
        summary="s",
        description="d",
        runbook="r",
        owner="o",
    )
    both = RuleGroup("web", (Alert("down", promql("up == 0")), own))
    with pytest.raises(SignalproofError, match="no scenario shows that alert Down fires"):
        check_rules([both], EVERYTHING)


def test_an_existing_recording_rule_may_have_any_name() -> None:
    check_rules([group(RecordingRule("node_namespace_pod:kube_pod_info:", promql("up")))], EVERYTHING)


def test_existing_rules_may_share_a_name() -> None:
    rules = [RecordingRule("a:b", promql("up"), labels={"verb": one}) for one in ("read", "write")]
    checked = check_rules(
        [group(*rules, Alert("down", promql("up == 0")), Alert("down", promql("up == 1")))], EVERYTHING
    )
    assert checked.exposition.series["a:b"].open


def test_a_name_that_prometheus_could_not_record_is_refused() -> None:
    with pytest.raises(SignalproofError, match="no name of a metric"):
        RecordingRule("a b", promql("up"))


def test_a_hold_that_is_no_length_of_time_is_refused() -> None:
    with pytest.raises(SignalproofError, match="no length of time"):
        Alert("down", promql("up == 0"), for_="5 minutes")


def test_a_group_of_ones_own_rules_keeps_its_naming() -> None:
    with pytest.raises(SignalproofError, match="names neither a rule group nor a file"):
        RuleGroup("All of it", ())


def test_a_file_cannot_lead_out_of_its_folder() -> None:
    with pytest.raises(SignalproofError, match="names neither a rule group nor a file"):
        RuleGroup("web", (Alert("down", promql("up == 0")),), file="../web")


def test_an_existing_rule_is_rendered_as_it_stands(tmp_path: Path) -> None:
    text = """
        # why
        up
          == 0
    """
    alert = Alert("down", promql(text), annotations={"summary": "{{ $labels.job }} is {{ $value }}"})
    checked = check_rules([group(alert)], EVERYTHING)
    (data,) = rule_files(checked, tmp_path).values()
    (rule,) = yaml.safe_load(data)["groups"][0]["rules"]
    assert rule == {
        "alert": "down",
        "expr": "# why\nup\n  == 0",
        "annotations": {"summary": "{{ $labels.job }} is {{ $value }}"},
    }


def test_existing_alerts_have_no_unit_tests(tmp_path: Path) -> None:
    assert unit_test_files(check_rules([group(Alert("down", promql("up == 0")))], EVERYTHING), tmp_path) == {}


def test_an_existing_alert_is_linted_with_its_words() -> None:
    alert = Alert(
        "down",
        promql("up == 0"),
        for_="5m",
        labels={"severity": "warning"},
        annotations={"summary": "{{ $x }}"},
    )
    (query,) = queries(check_rules([group(alert)], EVERYTHING))
    assert (query.use, query.for_seconds, query.annotations, query.labels) == (
        Use.ALERT,
        300.0,
        {"summary": "{{ $x }}"},
        {"severity": "warning"},
    )
