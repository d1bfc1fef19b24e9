"""The unit of a result: dimensions multiply, literals convert where nobody means anything else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signalproof.catalogue.units import Dimension
from signalproof.infer.dimensions import product, raised, scaled
from signalproof.infer.value import Value

_CALLS = "sum(rate(deploy_calls_total[5m]))"
_SPENT = "sum(rate(deploy_duration_seconds_sum[5m]))"
_COUNT = "sum(rate(deploy_duration_seconds_count[5m]))"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("deploy_calls_total", "event"),
        (_CALLS, "event/second"),
        ("sum(increase(deploy_calls_total[1h]))", "event"),
        ("rate(received_bytes_total[5m])", "byte/second"),
        (_SPENT, "a plain number"),
        (f"{_SPENT} / {_COUNT}", "second/event"),
        (f"{_CALLS} * {_SPENT} / {_COUNT}", "a plain number"),
        ("histogram_quantile(0.9, sum by (le) (rate(deploy_duration_seconds_bucket[5m])))", "second"),
        ("histogram_quantile(0.9, rate(native_seconds[5m]))", "second"),
        ("histogram_count(rate(native_seconds[5m]))", "event/second"),
        ("histogram_sum(rate(native_seconds[5m]))", "a plain number"),
        ("histogram_avg(native_seconds)", "second"),
        ("histogram_stdvar(native_seconds)", "second^2"),
        ("histogram_fraction(0, 1, native_seconds)", "a plain number"),
        ("time()", "instant"),
        ("time() - last_run_timestamp_seconds", "second"),
        ("last_run_timestamp_seconds + time() - time()", "None"),
        ("last_run_timestamp_seconds - 3600", "instant"),
        ("time() - histogram_avg(native_seconds)", "instant"),
        ("timestamp(balance)", "instant"),
        ("max(last_run_timestamp_seconds)", "instant"),
        ("sum(last_run_timestamp_seconds)", "None"),
        ("changes(last_run_timestamp_seconds[1h])", "event"),
        ("delta(last_run_timestamp_seconds[1h])", "second"),
        ("stddev(last_run_timestamp_seconds)", "second"),
        ("deriv(disk_bytes[1h])", "byte/second"),
        ("predict_linear(disk_bytes[1h], 3600)", "byte"),
        ("stdvar(disk_bytes)", "byte^2"),
        ("sqrt(disk_bytes * disk_bytes)", "byte"),
        ("sqrt(disk_bytes)", "None"),
        ("disk_bytes ^ 2", "byte^2"),
        ("ln(disk_bytes)", "None"),
        ("ln(busy_ratio)", "a plain number"),
        ("disk_bytes / disk_limit_bytes", "a plain number"),
        ("count(queue_length)", "event"),
        ('count_values("v", queue_length)', "event"),
        ("group(disk_bytes)", "a plain number"),
        ("absent(disk_bytes)", "a plain number"),
        ("disk_bytes > bool 5", "a plain number"),
        ("disk_bytes > 5", "byte"),
        ("disk_bytes or vector(0)", "byte"),
        ("vector(0) or disk_bytes", "byte"),
        ("disk_bytes and balance", "byte"),
        ("disk_bytes + balance", "None"),
        ("disk_bytes + 1", "byte"),
        ("-disk_bytes", "byte"),
        ("disk_bytes % 10", "byte"),
        ("clamp_max(disk_bytes, 5)", "byte"),
        ("scalar(disk_bytes)", "byte"),
        ("vector(scalar(disk_bytes))", "byte"),
        ("1 / rate(received_bytes_total[5m])", "second/byte"),
        ("balance atan2 balance", "a plain number"),
        ("foreign", "None"),
        ("foreign * disk_bytes", "None"),
        ("5", "None"),
        ("job:deploy:ratio", "a plain number"),
        ("integral(rate(received_bytes_total[5m])[1h:1m])", "byte"),
    ],
)  # fmt: skip
def test_the_unit_follows_from_the_operation(ask: Callable[[str], Value], text: str, unit: str) -> None:
    assert str(ask(text).unit) == unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (f"{_SPENT} / {_COUNT} * 1000", "0.001 × second/event"),
        (f"{_SPENT} * 1e3 / {_COUNT}", "0.001 × second/event"),
        (f"1000 * ({_SPENT} / {_COUNT})", "0.001 × second/event"),
        ("disk_bytes / 1024 / 1024", "1.04858e+06 × byte"),
        ("disk_bytes / 1024 ^ 3", "1.07374e+09 × byte"),
        ("disk_bytes / 1e6", "1e+06 × byte"),
        ("disk_bytes * 8", "0.125 × byte"),
        ("rate(received_bytes_total[5m]) * 8", "0.125 × byte/second"),
        ("busy_ratio * 100", "0.01 × a plain number"),
        ("busy_ratio * 100 / 100", "a plain number"),
        (f"{_CALLS} * 60", "0.0166667 × event/second"),
        (f"{_CALLS} * 60 / 60", "event/second"),
        ("(time() - last_run_timestamp_seconds) / 60", "60 × second"),
        ("(time() - last_run_timestamp_seconds) / 86400", "86400 × second"),
        ("(time() - last_run_timestamp_seconds) / (60 * 60)", "3600 × second"),
        ("rate(deploy_calls_total[5m]) * 300", "event"),
        ("increase(deploy_calls_total[5m]) / 300", "event/second"),
        ("increase(deploy_calls_total[1h]) / 3600", "event/second"),
        ("last_run_timestamp_seconds * 1000", "0.001 × instant"),
        ("100 / disk_bytes", "0.01 × 1/byte"),
    ],
)
def test_a_conversion_is_tracked_in_the_scale(ask: Callable[[str], Value], text: str, unit: str) -> None:
    assert str(ask(text).unit) == unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("2 * disk_bytes", "byte"),
        ("disk_bytes / 3", "byte"),
        ("deploy_calls_total * 60", "event"),
        ("queue_length * 8", "a plain number"),
        (f"{_CALLS} * 7", "event/second"),
    ],
)
def test_any_other_literal_is_a_mere_factor(ask: Callable[[str], Value], text: str, unit: str) -> None:
    assert str(ask(text).unit) == unit


def test_a_factor_of_time_that_leads_nowhere_makes_the_unit_unknown(ask: Callable[[str], Value]) -> None:
    assert ask("(time() - last_run_timestamp_seconds) * 60").unit is None


def test_a_scale_beyond_all_sense_makes_the_unit_unknown() -> None:
    unit: Dimension | None = Dimension()
    for _ in range(40):
        unit = scaled(unit, 1e12) if unit is not None else None
    assert unit is None


def test_a_power_beyond_all_sense_makes_the_unit_unknown() -> None:
    square = raised(Dimension.of({"byte": 8}), 15.0)
    assert square is None
    assert product(Dimension.of({"byte": 60}), Dimension.of({"byte": 60})) is None
