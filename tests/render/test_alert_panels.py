"""An alert leads to the panel that shows what it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, Job, labels
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.units import COUNT
from signalproof.dashboard import Dashboard, Row, Stat, TimeSeries
from signalproof.promql.build import increase, promql, rate, value
from signalproof.promql.expr import Expr
from signalproof.render.alert_panels import DASHBOARD, PANEL, with_panels
from signalproof.rules.alert import Alert
from signalproof.rules.check import check_rules
from signalproof.rules.group import RuleGroup
from signalproof.rules.recording import RecordingRule
from signalproof.rules.scenario import Scenario, fires, silent
from signalproof.rules.severity import Severity


class Kind(ClosedLabel):
    RYE = "rye"
    WHEAT = "wheat"


LOAVES = Counter("bakery_loaves_total", "Loaves baked.", labels(Kind))
OVENS = Gauge("bakery_ovens", "Ovens that are hot.", labels(), COUNT)
FLOUR = Gauge("bakery_flour_sacks", "Sacks in the store.", labels(), COUNT)
PER_SECOND = RecordingRule(
    "job:bakery_loaves:rate5m", rate(LOAVES, by=Job, window="5m"), "Loaves per second."
)

FEW = Stat("Loaves", increase(LOAVES, window="$__range"), "How many.")
COURSE = TimeSeries("Baking", rate(LOAVES), "How many a second.")
RYE = TimeSeries("Rye", rate(LOAVES, where=Kind.RYE), "How many of rye a second.")
BOTH = TimeSeries(
    "Ovens and loaves", (rate(LOAVES).named("loaves"), value(OVENS, "sum").named("ovens")), "Both."
)
HOT = TimeSeries("Ovens", value(OVENS, "sum"), "How many are hot.")
DASHBOARDS = (
    Dashboard("counter", "Counter", (Row("Shop", (BOTH, FEW)),)),
    Dashboard("bakery", "Bakery", (Row("Baking", (COURSE, RYE, HOT)),)),
)


def led_to(expr: Expr) -> Mapping[str, str]:
    """Return what an alert on *expr* gets."""
    alert = Alert(
        "Something",
        expr,
        for_="2m",
        severity=Severity.PAGE,
        summary="s",
        description="d",
        runbook="r",
        owner="o",
    )
    proof = Scenario("it is proven elsewhere", (), (silent(alert, "1m"), fires(alert, "10m", 0.0)))
    group = RuleGroup("bakery", (PER_SECOND, alert), interval="1m", scenarios=(proof,))
    rules = with_panels(
        check_rules([group], Catalogue.of_entries([LOAVES, OVENS, FLOUR]).exposition()), DASHBOARDS
    )
    ((_, _, checked),) = rules.alerts()
    return checked.links


def place_of(panel: TimeSeries) -> dict[str, str]:
    (dashboard, row) = next((d, r) for d in DASHBOARDS for r in d.rows if panel in r.panels)
    return {DASHBOARD: dashboard.uid, PANEL: str(dashboard.ids[row.key, panel.key])}


def test_it_leads_to_the_panel_that_shows_its_metric_alone_over_time() -> None:
    assert led_to(rate(LOAVES, window="5m") < 1) == place_of(COURSE)


def test_the_same_label_values_are_nearer() -> None:
    assert led_to(rate(LOAVES, where=Kind.RYE, window="5m") < 1) == place_of(RYE)


def test_two_metrics_lead_to_the_panel_that_shows_both() -> None:
    assert led_to((rate(LOAVES, window="5m") < 1).and_(value(OVENS, "sum") > 1)) == place_of(BOTH)


def test_what_was_recorded_counts_as_what_it_was_made_of() -> None:
    assert led_to(PER_SECOND.value() < 1) == place_of(COURSE)


def test_asking_besides_whether_the_target_is_up_leads_nowhere_else() -> None:
    assert led_to(promql("sum(bakery_ovens) < 1 and max(up) == 1")) == place_of(HOT)


def test_an_alert_about_what_no_panel_shows_is_left_as_it_is() -> None:
    assert led_to(value(FLOUR, "sum") < 1) == {}


@pytest.fixture(scope="module")
def provisioned() -> list[dict[str, Any]]:
    folder = Path(__file__).parents[2] / "provisioning/prometheus/rules"
    read = [yaml.safe_load(file.read_text()) for file in folder.glob("*.yml")]
    return [rule for one in read for group in one["groups"] for rule in group["rules"] if "alert" in rule]


def test_every_provisioned_alert_leads_to_a_panel_that_asks_something(
    provisioned: list[dict[str, Any]],
) -> None:
    files = (Path(__file__).parents[2] / "provisioning/grafana/dashboards").glob("**/*.json")
    panels = {
        (dashboard["uid"], str(panel["id"])): panel
        for dashboard in map(json.loads, (file.read_text() for file in files))
        for outer in dashboard["panels"]
        for panel in (outer, *outer.get("panels", ()))
    }
    led = [one for one in provisioned if PANEL in one["annotations"]]
    assert len(led) > 50
    for one in led:
        panel = panels[one["annotations"][DASHBOARD], one["annotations"][PANEL]]
        assert panel["targets"], one["alert"]


def test_the_only_alerts_without_a_panel_are_those_of_the_instrumentation(
    provisioned: list[dict[str, Any]],
) -> None:
    missing = {one["alert"] for one in provisioned if PANEL not in one["annotations"]}
    assert missing == {"AiPlannerInstrumentationFails", "AiDeployerInstrumentationFails"}
