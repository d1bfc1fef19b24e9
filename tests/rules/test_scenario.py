from __future__ import annotations

from typing import Any

import pytest

from signalproof.catalogue.labels import ClosedLabel, Instance, Job, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.units import COUNT, TIMESTAMP_SECONDS
from signalproof.errors import SignalproofError
from signalproof.promql.build import value
from signalproof.rules.alert import Alert
from signalproof.rules.scenario import (
    Course,
    Given,
    Scenario,
    appears,
    counts,
    fires,
    holds,
    notation,
    observes,
    silent,
    target_up,
    ticks,
)
from signalproof.rules.severity import Severity


class Shop(ClosedLabel):
    """Where."""

    NORTH = "north"
    SOUTH = "south"


class Till(ClosedLabel):
    """Which."""

    FIRST = "first"


ORDERS = Counter("shop_orders_total", "Orders taken.", labels(Shop, Till.FIRST))
TAKES: Histogram[Any] = Histogram("shop_order_seconds", "Seconds per order.", labels())
CARTS: Gauge[Any] = Gauge("shop_carts", "Carts that are open.", labels(), COUNT, low=0)
SEEN: Gauge[Any] = Gauge("shop_seen_timestamp_seconds", "When it was last seen.", labels(), TIMESTAMP_SECONDS)
ONE = (Job("web"), Instance("one:80"))
ALERT = Alert(
    "TooManyCarts",
    value(CARTS, by=Job) > 5,
    for_="5m",
    severity=Severity.PAGE,
    summary="Carts.",
    description="Many.",
    runbook="docs/x.md",
    owner="shop",
)


def samples(given: Given, minutes: int) -> list[float | None]:
    """What promtool makes of the notation: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/."""
    found: list[float | None] = []
    for part in notation(given, minutes).split():
        value_, _, times = part.partition("x")
        if value_ == "_":
            found += [None] * int(times)
            continue
        start, _, step = value_.partition("+")
        found += [float(start) + index * float(step or 0) for index in range(int(times or 0) + 1)]
    return found


@pytest.mark.parametrize(
    ("course", "grows", "wanted"),
    [
        (2.0, True, [0, 2, 4, 6, 8]),
        (0.0, True, [0, 0, 0, 0, 0]),
        (((2, 3.0), (1, 0.0)), True, [0, 3, 6, 6, 6]),
        (((1, 1.0), (2, 0.0), (1, 5.0)), True, [0, 1, 1, 1, 6]),
        (7.0, False, [7, 7, 7, 7, 7]),
        (((3, 1.0), (1, 0.0)), False, [1, 1, 1, 0, 0]),
        (((2, None), (1, 4.0)), False, [None, None, 4, 4, 4]),
        (None, False, [None] * 5),
        (((9, 1.0), (1, 0.0)), False, [1, 1, 1, 1, 1]),
    ],
)
def test_a_course_becomes_a_sample_for_each_minute(
    course: Course, grows: bool, wanted: list[float | None]
) -> None:
    assert samples(Given("x", {}, course, grows), 4) == wanted


def test_fixed_labels_are_filled_in() -> None:
    given = counts(ORDERS, *ONE, Shop.NORTH, per_minute=1.0)
    assert given.labels == {"shop": "north", "till": "first", "job": "web", "instance": "one:80"}


def test_a_label_that_varies_must_be_given() -> None:
    with pytest.raises(SignalproofError, match="shop_orders_total also has the label 'shop'") as raised:
        counts(ORDERS, *ONE, per_minute=1.0)
    assert raised.value.where is not None
    assert raised.value.where.file == __file__


def test_a_label_of_another_metric_is_refused() -> None:
    with pytest.raises(SignalproofError, match="shop_carts has no label 'shop'"):
        holds(CARTS, *ONE, Shop.NORTH, value=1.0)


def test_a_value_that_a_fixed_label_never_has_is_refused() -> None:
    class Other(ClosedLabel, name="till"):
        """Another enum of the same label."""

        SECOND = "second"

    with pytest.raises(SignalproofError, match="never has till='second'"):
        counts(ORDERS, *ONE, Shop.NORTH, Other.SECOND, per_minute=1.0)


def test_a_histogram_counts_what_lies_above_the_bound_too() -> None:
    bucket, count = observes(TAKES, 1.0, *ONE, within=3.0, above=1.0)
    assert bucket.series == "shop_order_seconds_bucket"
    assert bucket.labels["le"] == "1.0"
    assert samples(count, 2) == [0, 4, 8]


def test_a_course_and_a_number_add_up() -> None:
    _, count = observes(TAKES, 1.0, *ONE, within=((1, 3.0), (1, 0.0)), above=1.0)
    assert samples(count, 3) == [0, 4, 5, 6]


def test_courses_that_change_at_different_minutes_are_refused() -> None:
    with pytest.raises(SignalproofError, match="change at different minutes"):
        observes(TAKES, 1.0, *ONE, within=((1, 3.0), (1, 0.0)), above=((2, 3.0), (1, 0.0)))


def test_a_bound_that_no_bucket_has_is_refused() -> None:
    with pytest.raises(SignalproofError, match="no bucket bound"):
        observes(TAKES, 1.5, *ONE, within=1.0)


def test_a_clock_follows_the_time_and_then_stands_still() -> None:
    assert samples(ticks(SEEN, *ONE, alive=((2, True), (1, False))), 4) == [0, 60, 120, 120, 120]


def test_a_series_can_appear_late() -> None:
    given = appears(ORDERS, *ONE, Shop.SOUTH, after=2, count=1.0)
    assert samples(given, 3) == [None, None, 1, 1]


def test_a_target_can_go_down() -> None:
    given = target_up(*ONE, value=((2, 1.0), (1, 0.0)))
    assert (given.series, samples(given, 3)) == ("up", [1, 1, 0, 0])


def test_a_scenario_lasts_until_its_last_expectation() -> None:
    scenario = Scenario("x", (), (silent(ALERT, "5m"), fires(ALERT, "1h", 6.0, Job("web"))))
    assert scenario.minutes == 60


def test_a_scenario_that_expects_nothing_is_refused() -> None:
    with pytest.raises(SignalproofError, match="expects nothing"):
        Scenario("x", (), ())


def test_one_series_given_twice_is_refused() -> None:
    given: list[Any] = [holds(CARTS, *ONE, value=1.0), holds(CARTS, *ONE, value=2.0)]
    with pytest.raises(SignalproofError, match="gives shop_carts twice"):
        Scenario("x", tuple(given), (silent(ALERT, "5m"),))
