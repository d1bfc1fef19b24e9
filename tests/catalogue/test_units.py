"""Units: dimension algebra and the table to Grafana's units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.catalogue.units import EVENT, GRAFANA, ONE, SECOND, UNITS, Dimension, grafana_unit, unit
from signalproof.errors import SignalproofError

dimensions = st.builds(
    Dimension.of,
    st.dictionaries(st.sampled_from(["second", "byte", "event"]), st.integers(-3, 3)),
    st.sampled_from([1.0, 0.001, 1024.0]),
)


@given(dimensions, dimensions)
def test_dividing_by_what_was_multiplied_gives_the_same_bases(a: Dimension, b: Dimension) -> None:
    assert (a * b / b).exponents == a.exponents


@given(dimensions)
def test_a_dimension_over_itself_is_a_plain_number(a: Dimension) -> None:
    assert a / a == ONE


@given(dimensions, dimensions)
def test_multiplication_commutes(a: Dimension, b: Dimension) -> None:
    assert a * b == b * a


def test_plans_per_second_times_seconds_per_plan_is_a_plain_number() -> None:
    assert (EVENT / SECOND) * (SECOND / EVENT) == ONE


def test_a_count_is_comparable_with_a_plain_number() -> None:
    assert EVENT.comparable(ONE)


def test_seconds_are_not_comparable_with_milliseconds() -> None:
    assert not SECOND.comparable(GRAFANA["ms"])


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        (SECOND, "s"),
        (SECOND / EVENT, "s"),
        (EVENT / SECOND, "ops"),
        (EVENT, "short"),
        (Dimension.of({"byte": 1}), "bytes"),
        (Dimension.of({"byte": 1, "second": -1}), "binBps"),
        (Dimension.of({"second": 1}, 0.001), "ms"),
        (ONE, "none"),
        (Dimension((), 0.01), "percent"),
        (Dimension.of({"second": 7}), ""),
        (None, ""),
    ],
)
def test_a_dimension_has_the_grafana_unit_of_its_numbers(dimension: Dimension | None, expected: str) -> None:
    assert grafana_unit(dimension) == expected


def test_a_ratio_is_read_in_percent() -> None:
    assert grafana_unit(ONE, ratio=True) == "percentunit"


def test_every_prometheus_unit_has_a_grafana_unit() -> None:
    without = {name for name, one in UNITS.items() if not grafana_unit(one.dimension)}
    assert without == {
        "timestamp_seconds"
    }  # Grafana's date formats want milliseconds: an age is shown instead


def test_an_unknown_unit_is_answered_with_the_closest_one() -> None:
    with pytest.raises(SignalproofError) as caught:
        unit("secnds")
    assert caught.value.help == "did you mean 'seconds'?"


def test_the_place_of_an_unknown_unit_is_the_line_that_named_it() -> None:
    with pytest.raises(SignalproofError) as caught:
        unit("secnds")
    assert caught.value.where is not None
    assert caught.value.where.file == __file__


def test_a_dimension_reads_as_a_quotient() -> None:
    assert str(SECOND / EVENT) == "second/event"
