from __future__ import annotations

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Role
from signalproof.catalogue.labels import ClosedLabel, Job, labels
from signalproof.catalogue.metric import Counter, Histogram
from signalproof.catalogue.operation import Status
from signalproof.catalogue.units import EVENT, SECOND
from signalproof.errors import SignalproofError
from signalproof.infer.inference import infer
from signalproof.promql.build import quantile, rate
from signalproof.promql.printer import to_text
from signalproof.rules.recording import RecordingRule


class Shop(ClosedLabel):
    """Where."""

    NORTH = "north"
    SOUTH = "south"


ORDERS = Counter("shop_orders_total", "Orders taken.", labels(Shop, Status))
TAKES = Histogram("shop_order_seconds", "Seconds per order.", labels(Shop))
EXPOSITION = Catalogue.of_entries([ORDERS, TAKES]).exposition()

RATE = RecordingRule(
    "job_shop:shop_orders:rate5m", rate(ORDERS, by=(Job, Shop), window="5m"), "Orders per second."
)
RATIO = RecordingRule(
    "shop:shop_orders:failure_ratio_rate5m",
    rate(ORDERS, where=Status.FAILURE, by=Shop, window="5m")
    / rate(ORDERS, where=(Status.SUCCESS, Status.FAILURE), by=Shop, window="5m"),
    "Share of orders that failed.",
)


def test_a_recorded_series_has_the_labels_that_the_aggregation_keeps() -> None:
    series = RATE.series(EXPOSITION)
    assert set(series.labels) == {"job", "shop"}
    assert series.labels["shop"].values == frozenset({"north", "south"})
    assert not series.open


def test_a_recorded_series_has_the_unit_that_inference_finds() -> None:
    series = RATE.series(EXPOSITION)
    assert series.unit == EVENT / SECOND
    assert (
        RecordingRule(
            "shop:shop_order_seconds:p95_rate5m", quantile(0.95, TAKES, by=Shop, window="5m"), "p95."
        )
        .series(EXPOSITION)
        .unit
        == SECOND
    )


def test_a_recorded_ratio_lies_between_0_and_1() -> None:
    series = RATIO.series(EXPOSITION)
    assert (series.low, series.high) == (0.0, 1.0)


def test_a_recorded_series_points_to_its_rule() -> None:
    series = RATE.series(EXPOSITION)
    assert series.role is Role.RECORDED
    assert series.where == RATE.where
    assert series.help == "Orders per second."


def test_a_query_of_a_recorded_series_means_what_its_expression_means() -> None:
    exposition = EXPOSITION.with_series([RATIO.series(EXPOSITION)])
    direct = infer(RATIO.expr.node, EXPOSITION).root
    stored = infer(RATIO.value().node, exposition).root
    assert (stored.unit, stored.low, stored.high, stored.kind) == (
        direct.unit,
        direct.low,
        direct.high,
        direct.kind,
    )
    assert stored.labels.known == direct.labels.known


def test_a_recorded_series_gets_no_label_of_the_scrape() -> None:
    exposition = EXPOSITION.with_series([RATIO.series(EXPOSITION)])
    stored = infer(RATIO.value().node, exposition).root
    assert not stored.labels.can_have("instance")


def test_labels_that_the_rule_adds_are_labels_of_the_series() -> None:
    rule = RecordingRule(RATE.record, RATE.expr, RATE.help, labels={"team": "sales"})
    assert rule.series(EXPOSITION).labels["team"].values == frozenset({"sales"})


def test_a_recorded_rate_is_read_as_it_is() -> None:
    assert to_text(RATE.value(where=(Shop.NORTH, Job("web"))).node) == (
        'job_shop:shop_orders:rate5m{shop="north",job="web"}'
    )


@pytest.mark.parametrize("record", ["shop_orders", "a:b", "a:b:c:d", "a::c", "a:b:", "1a:b:c", "a:b c:d"])
def test_a_name_that_is_no_record_is_refused(record: str) -> None:
    with pytest.raises(SignalproofError, match="is not called as a recording rule is"):
        RecordingRule(record, RATE.expr, RATE.help)


@pytest.mark.parametrize("label", ["job", "instance", "__name__", "a-b"])
def test_a_label_that_would_hide_one_of_the_scrape_is_refused(label: str) -> None:
    with pytest.raises(SignalproofError, match="cannot add a label"):
        RecordingRule(RATE.record, RATE.expr, RATE.help, labels={label: "x"})


def test_an_empty_label_value_is_refused() -> None:
    with pytest.raises(SignalproofError, match="empty value"):
        RecordingRule(RATE.record, RATE.expr, RATE.help, labels={"team": ""})


def test_a_rule_without_help_is_refused() -> None:
    with pytest.raises(SignalproofError, match="no help text") as raised:
        RecordingRule(RATE.record, RATE.expr, " ")
    assert raised.value.where is not None
    assert raised.value.where.file == __file__
