from __future__ import annotations

from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, Job, labels
from signalproof.catalogue.operation import Objective, Request
from signalproof.errors import SignalproofError
from signalproof.rules.alert import Alert
from signalproof.rules.check import CheckedRules, check_rules
from signalproof.rules.duty import Duty
from signalproof.rules.objectives import error_budget
from signalproof.rules.recording import RecordingRule
from signalproof.rules.severity import Severity
from signalproof.rules.windows import THIRTY_DAYS, BurnWindow


class Failure(ClosedLabel, name="error_type"):
    """Why."""

    OTHER = "other"


SHOP = Duty(Job("web"), owner="shop", runbook="docs/runbook.md", file="shop")


def operation(objective: Objective | None) -> Request[Any, Any]:
    return Request("take_order", "an order taken", labels(), Failure, owner="shop.take", objective=objective)


def checked(objective: Objective, **options: Any) -> CheckedRules:
    one = operation(objective)
    return check_rules([error_budget(one, SHOP, **options)], Catalogue.of_entries([one]).exposition())


def alerts(rules: CheckedRules) -> dict[str, Alert]:
    return {alert.name: alert for _, alert, _ in rules.alerts()}


def test_the_windows_are_those_of_the_workbook() -> None:
    assert [(one.long, one.short, one.factor, one.severity.value) for one in THIRTY_DAYS] == [
        ("1h", "5m", 14.4, "page"),
        ("6h", "30m", 6.0, "page"),
        ("1d", "2h", 3.0, "ticket"),
        ("3d", "6h", 1.0, "ticket"),
    ]


@pytest.mark.parametrize(
    ("long", "factor", "spent"), [("1h", 14.4, 0.02), ("6h", 6.0, 0.05), ("3d", 1.0, 0.1)]
)
def test_each_factor_spends_the_share_of_the_budget_that_the_workbook_names(
    long: str, factor: float, spent: float
) -> None:
    hours = {"1h": 1, "6h": 6, "3d": 72}[long]
    assert factor * hours / (30 * 24) == pytest.approx(spent)


def test_every_window_is_recorded_once_the_shortest_first() -> None:
    rules = checked(Objective(success=0.99))
    records = [one.rule.record for one in rules.groups[0].rules if isinstance(one.rule, RecordingRule)]
    assert records == [
        f"job:take_order_calls:failure_ratio_rate{window}"
        for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
    ]


def test_a_recorded_error_ratio_is_known_to_lie_between_0_and_1() -> None:
    rules = checked(Objective(latency=1.0, success=0.99))
    ratios = [series for name, series in rules.exposition.series.items() if ":" in name]
    assert len(ratios) == 14
    assert {(series.low, series.high) for series in ratios} == {(0.0, 1.0)}


def test_each_promise_has_an_alert_that_pages_and_one_that_opens_a_ticket() -> None:
    found = alerts(checked(Objective(latency=1.0, success=0.99)))
    assert {name: one.severity for name, one in found.items()} == {
        "TakeOrderFailuresBurnFast": Severity.PAGE,
        "TakeOrderFailuresBurnSlow": Severity.TICKET,
        "TakeOrderSlownessBurnsFast": Severity.PAGE,
        "TakeOrderSlownessBurnsSlow": Severity.TICKET,
    }


def test_the_value_of_an_alert_is_told_in_percent() -> None:
    rules = checked(Objective(success=0.99))
    assert all("humanizePercentage" in one.annotations["summary"] for _, _, one in rules.alerts())


def test_a_share_that_no_ratio_can_exceed_is_left_out_with_the_reason() -> None:
    rules = checked(Objective(success=0.9))
    (note,) = rules.groups[0].group.notes
    assert note.startswith("TakeOrderFailuresBurn: 14.4 × a budget of 0.1 is no ratio below 1")
    assert not any(name.endswith("rate5m") for name in rules.exposition.series)


def test_an_alert_without_any_window_left_is_not_written() -> None:
    rules = checked(Objective(success=0.8))
    assert set(alerts(rules)) == {"TakeOrderFailuresBurnSlow"}


def test_a_budget_that_no_window_can_watch_is_refused() -> None:
    steep = (BurnWindow("1h", "5m", 14.4, Severity.PAGE),)
    with pytest.raises(SignalproofError, match="no burn rate of take_order can be reached"):
        error_budget(operation(Objective(success=0.9)), SHOP, windows=steep)


def test_an_operation_without_an_objective_is_refused() -> None:
    with pytest.raises(SignalproofError, match="take_order has no objective") as raised:
        error_budget(operation(None), SHOP)
    assert raised.value.where is not None
    assert raised.value.where.file == __file__


def test_the_rules_point_to_the_line_that_asked_for_them() -> None:
    group = error_budget(operation(Objective(success=0.99)), SHOP)
    assert {rule.where for rule in group.rules} == {group.where}
    assert group.where.file == __file__
