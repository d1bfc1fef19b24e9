"""The calls of one operation in one process."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signalproof.live.calls import STATUSES, Calls
from signalproof.live.chance import Lognormal
from signalproof.live.process import Process

START = 1_700_000_000.0
BOUNDS = (0.5, 1.0, 2.0, 5.0, 10.0)
DURATION = Lognormal.through(4.0, 0.95)


def some(rate: float = 2.0, *, every: float = 0.0, **options: Any) -> Calls:
    process = Process("app", "app-0:9100", START, every, every)
    return Calls(process, rate, DURATION, BOUNDS, "call", **options)


def after(seconds: float, rate: float = 2.0, *, every: float = 0.0, **options: Any) -> Calls:
    calls = some(rate, every=every, **options)
    calls.advance(START + seconds)
    return calls


def test_nothing_has_happened_at_the_start() -> None:
    calls = after(0.0)
    assert (calls.ended, calls.in_progress, calls.last_end) == (0, 0, START)


def test_a_call_is_counted_when_it_ends_and_not_before() -> None:
    calls = some(1.0)
    time = START
    while not calls.in_progress:
        time += 0.01
        calls.advance(time)
    assert calls.ended == 0


@settings(max_examples=25)
@given(st.lists(st.floats(0.0, 200.0), max_size=20))
def test_how_often_one_looks_changes_nothing(moments: list[float]) -> None:
    often = some(failure=0.2, errors=2)
    for moment in sorted(moments):
        often.advance(START + moment)
    often.advance(START + 200)
    once = after(200, failure=0.2, errors=2)
    assert (often.ended, often.seconds, often.buckets, often.statuses, often.errors) == (
        once.ended, once.seconds, once.buckets, once.statuses, once.errors,
    )  # fmt: skip


def test_looking_back_changes_nothing() -> None:
    calls = after(600)
    ended = calls.ended
    calls.advance(START)
    assert calls.ended == ended


@settings(max_examples=25)
@given(st.floats(0.0, 600.0))
def test_buckets_and_statuses_and_errors_add_up(seconds: float) -> None:
    calls = after(seconds, failure=0.3, cancelled=0.1, errors=3)
    failed = calls.statuses[STATUSES.index("failure")]
    assert (sum(calls.buckets), sum(calls.statuses), sum(calls.errors)) == (calls.ended, calls.ended, failed)


def test_the_share_of_failures_is_the_one_asked_for() -> None:
    calls = after(3600, failure=0.05, errors=1)
    assert calls.statuses[STATUSES.index("failure")] / calls.ended == pytest.approx(0.05, abs=0.001)


def test_the_durations_have_the_distribution_asked_for() -> None:
    calls = after(3600)
    below = [count / calls.ended for count in accumulate(calls.buckets)]
    assert below[:-1] == pytest.approx([DURATION.below(bound) for bound in BOUNDS], abs=0.003)


def test_the_mean_duration_is_the_one_asked_for() -> None:
    calls = after(3600)
    assert calls.seconds / calls.ended == pytest.approx(DURATION.mean, rel=0.01)


def test_calls_in_progress_follow_littles_law() -> None:
    calls = some(4.0)
    seen = []
    for second in range(3600):
        calls.advance(START + second)
        seen.append(calls.in_progress)
    assert sum(seen) / len(seen) == pytest.approx(4.0 * DURATION.mean, rel=0.03)


def test_no_more_calls_run_than_the_limit_allows() -> None:
    calls = some(4.0, limit=3)
    most = 0
    for second in range(600):
        calls.advance(START + second)
        most = max(most, calls.in_progress)
    assert most == 3


def test_a_call_that_waits_for_its_turn_is_made_later() -> None:
    calls = after(3600, 4.0, limit=3)
    assert calls.ended == pytest.approx(3600 * 3 / DURATION.mean, rel=0.02)


def test_a_restart_forgets_what_was_counted() -> None:
    before, at = after(999.9, every=1000.0), after(1000.0, every=1000.0)
    assert (before.ended > 1000, at.ended, at.in_progress, at.seconds) == (True, 0, 0, 0.0)


def test_work_goes_on_after_a_restart() -> None:
    assert after(2000 - 1, every=1000.0).ended == pytest.approx(2000, rel=0.2)


def test_another_name_draws_other_calls() -> None:
    process = Process("app", "app-0:9100", START)
    one, other = (Calls(process, 2.0, DURATION, BOUNDS, name) for name in ("one", "other"))
    one.advance(START + 60)
    other.advance(START + 60)
    assert one.seconds != other.seconds
