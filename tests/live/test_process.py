"""Processes that restart, and load that comes in waves."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.live.process import Load, Process

START = 1_700_000_000.0


@given(
    st.floats(1.0, 1e5),
    st.floats(0.1, 1e5),
    st.floats(0.0, 1e6),
)
def test_a_time_lies_between_the_last_start_and_the_next_restart(
    every: float, first: float, since: float
) -> None:
    process = Process("app", "app-0:9100", START, every, first)
    assert process.started(START + since) <= START + since < process.next_restart(START + since)


@given(st.floats(1.0, 1e5), st.floats(0.1, 1e5), st.integers(0, 50))
def test_a_restart_is_followed_by_another_one(every: float, first: float, number: int) -> None:
    process = Process("app", "app-0:9100", START, every, first)
    time = START
    for _ in range(number):
        assert process.next_restart(time) > time
        time = process.next_restart(time)
    assert process.started(time) == time


def test_a_process_that_never_restarts_has_one_start() -> None:
    process = Process("app", "app-0:9100", START)
    assert (process.started(START + 1e9), process.next_restart(START)) == (START, inf)


@given(st.floats(0.001, 50.0), st.floats(0.0, 1e5), st.floats(0.0, 100.0))
def test_load_never_falls(rate: float, since: float, later: float) -> None:
    load = Load.of(rate, START, "deployment")
    assert load.count(START + since) <= load.count(START + since + later)


@given(st.floats(0.001, 50.0), st.floats(0.0, 1e5))
def test_a_count_is_reached_when_the_load_says_so(rate: float, count: float) -> None:
    load = Load.of(rate, START, "deployment")
    assert load.count(load.when(count, START)) == pytest.approx(count, abs=1e-4)


def test_a_load_of_nothing_never_reaches_a_count() -> None:
    assert Load.of(0.0, START).when(1.0, START) == inf


def test_waves_leave_the_mean_rate_as_it_is() -> None:
    load = Load.of(2.0, START, "deployment")
    assert load.count(START + 86400) / 86400 == pytest.approx(2.0, rel=2e-3)


def test_a_load_swells_and_ebbs() -> None:
    load = Load.of(2.0, START, "deployment")
    minutes = [load.count(START + 60 * m + 60) - load.count(START + 60 * m) for m in range(60)]
    assert max(minutes) > 1.4 * min(minutes)
