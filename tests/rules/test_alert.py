from __future__ import annotations

from typing import Any

import pytest

from signalproof.catalogue.labels import Job, labels
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.units import COUNT
from signalproof.errors import SignalproofError
from signalproof.promql.build import absent, promql, rate, value
from signalproof.promql.expr import Expr
from signalproof.rules.alert import Alert, states_condition
from signalproof.rules.severity import Severity

ORDERS: Counter[Any] = Counter("shop_orders_total", "Orders taken.", labels())
CARTS: Gauge[Any] = Gauge("shop_carts", "Carts that are open.", labels(), COUNT, low=0)
HIGH = value(CARTS, by=Job) > 5


def alert(name: str = "TooManyCarts", expr: Expr = HIGH, **changed: Any) -> Alert:
    given = {
        "for_": "5m",
        "severity": Severity.PAGE,
        "summary": "{value} carts in {job}",
        "description": "More than the shop can carry.",
        "runbook": "docs/runbook.md#carts",
        "owner": "shop",
    }
    return Alert(name, expr, **{**given, **changed})


def test_an_alert_says_whom_it_wakes() -> None:
    assert alert(labels={"region": "north"}).written_labels == {
        "severity": "page",
        "owner": "shop",
        "region": "north",
    }


def test_an_alert_knows_how_long_it_holds() -> None:
    assert alert(for_="1h30m").for_seconds == 5400


@pytest.mark.parametrize("name", ["tooManyCarts", "Too Many", "too_many", "", "1st"])
def test_a_name_that_is_not_camel_case_is_refused(name: str) -> None:
    with pytest.raises(SignalproofError, match="no name for an alert"):
        alert(name)


@pytest.mark.parametrize("text", ["summary", "description", "runbook", "owner"])
def test_a_missing_text_is_refused(text: str) -> None:
    changed: Any = {text: " "}
    with pytest.raises(SignalproofError, match=f"has no {text}") as raised:
        alert(**changed)
    assert raised.value.where is not None


def test_a_duration_that_is_none_is_refused() -> None:
    with pytest.raises(SignalproofError, match="'five minutes' is no duration"):
        alert(for_="five minutes")


def test_an_expression_without_a_condition_is_refused() -> None:
    with pytest.raises(SignalproofError, match="compares nothing") as raised:
        alert(expr=rate(ORDERS, by=Job, window="5m"))
    assert "expr > 5" in raised.value.help


@pytest.mark.parametrize(
    "text",
    [
        "up == 0",
        "(up < 1)",
        "absent(up)",
        "a > 1 and b",
        "b and a > 1",
        "a > 1 or absent(a)",
        "a unless b",
        "sum(a > 1)",
        "(a > 1) / b",
        "time() - a > 5",
        "histogram_quantile(0.9, a > 1)",
    ],
)
def test_a_comparison_or_an_absence_is_a_condition(text: str) -> None:
    assert states_condition(promql(text).node)


@pytest.mark.parametrize(
    "text", ["up", "a > bool 1", "a and b", "a > 1 or b", "rate(a[5m])", "1", "-a", "a + b"]
)
def test_whatever_returns_every_series_is_no_condition(text: str) -> None:
    assert not states_condition(promql(text).node)


def test_absence_alone_is_a_condition() -> None:
    assert alert(expr=absent(CARTS)).expr.node is not None
