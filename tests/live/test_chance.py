"""Numbers that look random and are a function of what they are for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.live.chance import Lognormal, chance, shares

DISTRIBUTIONS = st.builds(Lognormal, st.floats(1e-4, 1e4), st.floats(0.05, 2.0))


def test_the_same_names_have_the_same_chance() -> None:
    assert chance(1, "deployment") == chance(1, "deployment")


def test_other_names_have_another_chance() -> None:
    assert chance("ab", "c") != chance("a", "bc")


@given(st.text())
def test_a_chance_lies_between_0_and_1(name: str) -> None:
    assert 0 <= chance(name) < 1


@given(st.integers(1, 20))
def test_shares_sum_up_to_1(count: int) -> None:
    assert sum(shares(count)) == pytest.approx(1)


@given(DISTRIBUTIONS, st.floats(0.01, 0.99))
def test_the_share_below_a_quantile_is_its_share(distribution: Lognormal, share: float) -> None:
    assert distribution.below(distribution.quantile(share)) == pytest.approx(share)


@given(st.floats(0.001, 1000.0), st.floats(0.05, 0.99))
def test_a_distribution_goes_through_the_value_it_was_made_for(value: float, share: float) -> None:
    assert Lognormal.through(value, share).quantile(share) == pytest.approx(value)


def test_the_mean_of_a_lognormal_is_the_mean_of_its_quantiles() -> None:
    distribution = Lognormal(2.0, 0.5)
    drawn = [distribution.quantile((place + 0.5) / 10_000) for place in range(10_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(distribution.mean, rel=1e-3)


def test_nothing_lies_below_zero() -> None:
    assert Lognormal(1.0).below(-1.0) == 0.0
