from __future__ import annotations

from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import Job, labels
from signalproof.catalogue.metric import Counter
from signalproof.errors import SignalproofError
from signalproof.promql.build import promql, rate
from signalproof.promql.expr import Expr
from signalproof.promql.query import Use
from signalproof.rules.alert import Alert
from signalproof.rules.check import check_rules
from signalproof.rules.group import Rule, RuleGroup
from signalproof.rules.queries import queries
from signalproof.rules.recording import RecordingRule
from signalproof.rules.scenario import Scenario, fires, silent
from signalproof.rules.severity import Severity

ORDERS: Counter[Any] = Counter("shop_orders_total", "Orders taken.", labels())
EXPOSITION = Catalogue.of_entries([ORDERS]).exposition()
PER_SECOND = RecordingRule("job:shop_orders:rate5m", rate(ORDERS, by=Job, window="5m"), "Orders per second.")


def alert(name: str = "FewOrders", expr: Expr | None = None, for_: str = "5m", **changed: Any) -> Alert:
    given = {
        "severity": Severity.TICKET,
        "summary": "{value} orders per second in {job}",
        "description": "Fewer than usual.",
        "runbook": "docs/runbook.md#orders",
        "owner": "shop",
    }
    return Alert(name, expr or PER_SECOND.value() < 1, for_=for_, **{**given, **changed})


def group(*rules: Rule, name: str = "shop", proven: bool = True, **changed: Any) -> RuleGroup:
    alerts = [rule for rule in rules if isinstance(rule, Alert)] if proven else []
    scenarios = tuple(
        Scenario(f"{one.name}", (), (silent(one, "1m"), fires(one, "20m", 0.5, Job("web")))) for one in alerts
    )
    return RuleGroup(name, rules, **{"scenarios": scenarios, **changed})


def test_what_is_recorded_can_be_queried_afterwards() -> None:
    checked = check_rules([group(PER_SECOND, alert())], EXPOSITION)
    assert set(checked.exposition.series["job:shop_orders:rate5m"].labels) == {"job"}


def test_an_alert_reads_what_an_earlier_group_records() -> None:
    checked = check_rules([group(PER_SECOND), group(alert(), name="alerts", file="shop")], EXPOSITION)
    (_, found, one), *_ = checked.alerts()
    assert found.name == "FewOrders"
    assert one.annotations["summary"] == "{{ $value | humanize }} orders per second in {{ $labels.job }}"


def test_a_name_that_does_not_fit_its_expression_is_refused() -> None:
    wrong = RecordingRule("instance:shop_orders:rate5m", PER_SECOND.expr, "Orders per second.")
    with pytest.raises(SignalproofError, match="the level says 'instance'") as raised:
        check_rules([group(wrong)], EXPOSITION)
    assert raised.value.where == wrong.where


def test_a_rule_that_is_used_before_it_is_recorded_is_refused() -> None:
    with pytest.raises(SignalproofError, match="is used before it is recorded") as raised:
        check_rules([group(alert(), PER_SECOND)], EXPOSITION)
    assert "put its rule" in raised.value.help


def test_that_holds_where_the_exposition_knows_the_recorded_series_already() -> None:
    with pytest.raises(SignalproofError, match="is used before it is recorded"):
        check_rules([group(alert(), PER_SECOND)], EXPOSITION.with_series([PER_SECOND.series(EXPOSITION)]))


def test_a_recorded_name_that_nothing_records_is_refused_with_the_closest_one() -> None:
    lost = alert(expr=promql("job:shop_orders:rate1m > 5"))
    with pytest.raises(SignalproofError, match="nothing records job:shop_orders:rate1m") as raised:
        check_rules([group(PER_SECOND, lost)], EXPOSITION)
    assert raised.value.help == "did you mean 'job:shop_orders:rate5m'?"


def test_a_recorded_name_of_somebody_else_is_accepted_when_it_is_known() -> None:
    foreign = RecordingRule("job:other:rate5m", PER_SECOND.expr, "Of another project.").series(EXPOSITION)
    rules = [group(alert(expr=promql("job:other:rate5m > 5")))]
    assert check_rules(rules, EXPOSITION.with_series([foreign])).groups


def test_a_label_in_the_words_that_was_aggregated_away_is_refused() -> None:
    with pytest.raises(SignalproofError, match="name the label 'instance'"):
        check_rules([group(PER_SECOND, alert(summary="{instance}"))], EXPOSITION)


@pytest.mark.parametrize(("for_", "interval"), [("29s", ""), ("1m", "31s"), ("0s", "")])
def test_an_alert_that_one_bad_evaluation_could_fire_is_refused(for_: str, interval: str) -> None:
    rules = [group(PER_SECOND, alert(for_=for_), interval=interval)]
    with pytest.raises(SignalproofError, match="less than two evaluations"):
        check_rules(rules, EXPOSITION, scrape_interval=15.0)


def test_two_evaluations_are_enough() -> None:
    rules = [group(PER_SECOND, alert(for_="2m"), interval="1m")]
    assert check_rules(rules, EXPOSITION).groups[0].interval == 60.0


@pytest.mark.parametrize("expectation", [silent, lambda one, at: fires(one, at, 0.5, Job("web"))])
def test_an_alert_that_is_not_proven_both_ways_is_refused(expectation: Any) -> None:
    one = alert()
    scenario = Scenario("half a proof", (), (expectation(one, "5m"),))
    with pytest.raises(SignalproofError, match="no scenario shows that alert FewOrders") as raised:
        check_rules([group(PER_SECOND, one, scenarios=(scenario,))], EXPOSITION)
    assert raised.value.where == one.where


def test_a_scenario_of_another_files_alert_is_refused() -> None:
    one = alert()
    stray = group(PER_SECOND, name="stray", scenarios=(Scenario("stray", (), (silent(one, "5m"),)),))
    with pytest.raises(SignalproofError, match="which another file holds"):
        check_rules([stray, group(one, name="alerts")], EXPOSITION)


@pytest.mark.parametrize(
    ("groups", "what"),
    [
        ([group(PER_SECOND), group(PER_SECOND, name="other")], "recording rule job:shop_orders:rate5m"),
        ([group(PER_SECOND), group(alert(expr=promql("up < 1")), name="shop")], "rule group shop"),
        (
            [group(alert(expr=promql("up < 1")), alert(expr=promql("up < 2")))],
            "alert FewOrders",
        ),
    ],
)
def test_a_name_that_is_given_twice_is_refused(groups: list[RuleGroup], what: str) -> None:
    with pytest.raises(SignalproofError, match=f"{what} is declared twice") as raised:
        check_rules(groups, EXPOSITION)
    assert raised.value.where is not None


@pytest.mark.parametrize("name", ["", "Shop", "shop orders", "shop/", "-shop", "../shop"])
def test_a_group_whose_name_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(SignalproofError, match="names neither a rule group nor a file"):
        RuleGroup(name, (PER_SECOND,))


def test_an_empty_group_is_refused() -> None:
    with pytest.raises(SignalproofError, match="rule group shop is empty"):
        RuleGroup("shop", ())


def test_rules_are_queries_in_the_order_of_evaluation() -> None:
    checked = check_rules([group(PER_SECOND, alert(), interval="30s")], EXPOSITION)
    recording, alerting = queries(checked)
    assert (recording.use, recording.panel) == (Use.RECORDING, "job:shop_orders:rate5m")
    assert recording.text == "sum by (job) (rate(shop_orders_total[5m]))"
    assert (alerting.use, alerting.panel, alerting.for_seconds, alerting.interval) == (
        Use.ALERT,
        "FewOrders",
        300.0,
        30.0,
    )
    assert alerting.labels == {"severity": "ticket", "owner": "shop"}
    assert set(alerting.annotations) == {"summary", "description", "runbook"}
    assert alerting.where.file == __file__
