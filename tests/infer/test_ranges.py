"""The range of a result, and which quotients are shares."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, pi

import pytest

from signalproof.infer.value import Value

_OK = 'rate(deploy_calls_total{status="success"}[5m])'
_BAD = 'rate(deploy_calls_total{status="failure"}[5m])'
_ALL = "rate(deploy_calls_total[5m])"
_ENDED = 'rate(deploy_calls_total{status=~"success|failure"}[5m])'
_WITHIN = 'rate(deploy_duration_seconds_bucket{le="30.0"}[5m])'
_COUNT = "rate(deploy_duration_seconds_count[5m])"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("balance", -10, 10),
        ("abs(balance)", 0, 10),
        ("-balance", -10, 10),
        ("balance + 5", -5, 15),
        ("5 - balance", -5, 15),
        ("balance * balance", -100, 100),
        ("balance / 0", -inf, inf),
        ("queue_length / balance", -inf, inf),
        ("busy_ratio / 4", 0, 0.25),
        ("1 - busy_ratio", 0, 1),
        ("100 * busy_ratio", 0, 100),
        ("balance % 3", -3, 3),
        ("busy_ratio ^ 2", 0, 1),
        ("balance ^ 2", 0, inf),
        ("sum(busy_ratio)", 0, inf),
        ("sum(balance)", -inf, inf),
        ("avg(balance)", -10, 10),
        ("quantile(0.5, balance)", -10, 10),
        ("quantile(1.5, balance)", inf, inf),
        ("quantile(-1, balance)", -inf, -inf),
        ("count(balance)", 1, inf),
        ("group(balance)", 1, 1),
        ("stddev(balance)", 0, 10),
        ("stdvar(balance)", 0, 100),
        ("topk(1, balance)", -10, 10),
        ("balance > 3", 3, 10),
        ("3 < balance", 3, 10),
        ("balance == 3", 3, 3),
        ("balance != 3", -10, 10),
        ("balance > bool 3", 0, 1),
        ("balance or vector(20)", -10, 20),
        ("balance and queue_length", -10, 10),
        (_ALL, 0, inf),
        ("rate(balance[5m])", -inf, inf),
        ("delta(busy_ratio[5m])", -inf, inf),
        ("idelta(busy_ratio[5m])", -1, 1),
        ("avg_over_time(busy_ratio[5m])", 0, 1),
        ("sum_over_time(busy_ratio[5m])", 0, inf),
        ("count_over_time(balance[5m])", 1, inf),
        ("quantile_over_time(0.5, balance[5m])", -10, 10),
        ("stddev_over_time(balance[5m])", 0, 10),
        ("present_over_time(balance[5m])", 1, 1),
        ("clamp(balance, 0, 3)", 0, 3),
        ("clamp_max(balance, 3)", -10, 3),
        ("clamp_min(balance, 3)", 3, 10),
        ("round(balance / 4)", -2, 3),
        ("ceil(busy_ratio)", 0, 1),
        ("sgn(balance)", -1, 1),
        ("sqrt(busy_ratio)", 0, 1),
        ("ln(busy_ratio)", -inf, 0),
        ("exp(busy_ratio - 1)", 0.36787944117144233, 1),
        ("acos(balance)", 0, pi),
        ("hour()", 0, 23),
        ("day_of_year(balance)", 1, 366),
        ("scalar(balance)", -10, 10),
        ("vector(3)", 3, 3),
        ("2 * 3 + 4", 10, 10),
        ("2 == bool 2", 1, 1),
        ("histogram_quantile(0.9, rate(deploy_duration_seconds_bucket[5m]))", 0, 1800),
        ("histogram_quantile(1.9, rate(deploy_duration_seconds_bucket[5m]))", inf, inf),
        ('histogram_quantile(0.9, rate(deploy_duration_seconds_bucket{le=~"1.0|5.0|[+]Inf"}[5m]))', 0, 5),
        ("histogram_quantile(0.9, rate(native_seconds[5m]))", -inf, inf),
        ("histogram_fraction(0, 1, native_seconds)", 0, 1),
        ("absent(balance)", 1, 1),
        ("balance + fill(100) queue_length{strategy=\"ssh\"}", -10, inf),
    ],
)  # fmt: skip
def test_the_range_follows_from_the_operation(
    ask: Callable[[str], Value], text: str, low: float, high: float
) -> None:
    value = ask(text)
    assert (value.low, value.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        f"sum({_OK}) / sum({_ALL})",
        f"sum({_OK}) / sum({_ENDED})",
        f"sum by (strategy) ({_OK}) / sum by (strategy) ({_ALL})",
        f"sum by (strategy) ({_OK}) / on (strategy) sum by (strategy) ({_ALL})",
        f"sum by (strategy, status) ({_ALL}) / ignoring (status) group_left () sum by (strategy) ({_ALL})",
        f"sum by (strategy, status) ({_ALL}) / on (strategy) group_left () sum by (strategy) ({_ALL})",
        f"{_OK} / ignoring (status) group_left () sum without (status) ({_ALL})",
        f"sum({_OK}) / (sum({_OK}) + sum({_BAD}))",
        f"sum({_OK}) / (sum({_BAD}) + sum({_OK}))",
        f"(sum({_OK}) + sum({_BAD})) / sum({_ALL})",
        f"(sum({_OK}) or vector(0)) / sum({_ALL})",
        f"sum({_OK}) / (sum({_ALL}) > 0)",
        f"sum({_OK}) / clamp_min(sum({_ALL}), 1)",
        f"1 - sum({_BAD}) / sum({_ALL})",
        f"(sum({_ALL}) - sum({_BAD})) / sum({_ALL})",
        f"sum(sum by (strategy) ({_OK})) / sum({_ALL})",
        f"sum({_WITHIN}) / sum({_COUNT})",
        f"sum by (le) (rate(deploy_duration_seconds_bucket[5m])) / on () group_left () sum({_COUNT})",
        "count(balance > 3) / count(balance)",
        "count(queue_length == 0) / count(queue_length)",
        "sum(up) / count(up)",
        'max(queue_length{strategy="ssh"}) / max(queue_length)',
        "sum(busy_ratio > 0.5) / sum(busy_ratio)",
        'sum(queue_length{strategy="ssh"}) / sum(queue_length)',
        f"avg_over_time((sum({_OK}) / sum({_ALL}))[1h:5m])",
    ],
)
def test_a_part_of_a_whole_is_a_share(ask: Callable[[str], Value], text: str) -> None:
    assert ask(text).ratio


def test_a_share_in_percent_ends_at_a_hundred(ask: Callable[[str], Value]) -> None:
    value = ask(f"100 * sum({_BAD}) / sum({_ALL})")
    assert (value.low, value.high) == (0, 100)


@pytest.mark.parametrize(
    "text",
    [
        f"sum({_ALL}) / sum({_OK})",
        f"sum({_OK}) / sum({_BAD})",
        "sum(rate(deploy_errors_total[5m])) / sum(rate(deploy_calls_total[5m]))",
        f"sum by (strategy) ({_OK}) / sum by (strategy) (rate(deploy_calls_total[1m]))",
        f"sum by (strategy) ({_OK}) / on () group_left () sum by (status) ({_ALL})",
        f"avg({_OK}) / avg({_ALL})",
        f"sum({_OK}) / (sum({_ALL}) - sum({_BAD}))",
        f"(sum({_OK}) + sum({_OK})) / sum({_ALL})",
        "sum(balance > 3) / sum(balance)",
        "sum(rate(deploy_duration_seconds_bucket[5m])) / sum(rate(deploy_duration_seconds_count[5m]))",
        "sum(busy_ratio offset 5m) / sum(busy_ratio)",
        f"sum({_ALL} > 1) / sum({_OK} > 1)",
        f"sum({_OK}) / sum({_ALL} + on (strategy) group_left () somewhere)",
        'sum(rate(deploy_calls_total{status=~"$status"}[5m])) / sum(rate(deploy_calls_total{status="success"}[5m]))',
    ],
)
def test_what_is_no_part_is_no_share(ask: Callable[[str], Value], text: str) -> None:
    assert not ask(text).ratio


@pytest.mark.parametrize(
    "text",
    [
        f"{_OK} / {_ALL}",
        f"{_OK} / ignoring (status) {_ALL}",
        f"{_OK} / on (job, instance, strategy) {_ALL}",
        "queue_length / queue_length",
        f"sum by (strategy) ({_ALL}) / sum by (strategy) ({_ALL})",
        'foreign{a="b"} / foreign',
    ],
)
def test_a_series_divided_by_itself_is_always_one(ask: Callable[[str], Value], text: str) -> None:
    assert ask(text).constant == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{_ALL} / {_OK}",
        f"{_OK} / ignoring (status) group_right () {_ALL}",
        "queue_length / (queue_length offset 5m)",
        f"sum by (strategy) ({_ALL}) / on (job) sum by (strategy) ({_ALL})",
        f"sum({_OK}) / sum({_ALL})",
    ],
)
def test_what_may_differ_is_not_always_one(ask: Callable[[str], Value], text: str) -> None:
    assert ask(text).constant is None


@pytest.mark.parametrize(
    "text",
    [
        f"sum({_OK}) / sum({_ALL}) > 1",
        "busy_ratio > 1.5",
        "balance < -20",
        "histogram_quantile(0.95, rate(deploy_duration_seconds_bucket[5m])) > 2000",
        "vector(1) == 2",
    ],
)
def test_a_comparison_that_nothing_passes_is_void(ask: Callable[[str], Value], text: str) -> None:
    assert ask(text).void


def test_a_comparison_that_something_may_pass_is_not_void(ask: Callable[[str], Value]) -> None:
    assert not ask("busy_ratio >= 1").void
